"""Founded offices for tests: real keys, real charters, real archives."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zoneinfo import available_timezones

from comity.archive.memory import MemoryArchive
from comity.archive.port import Archive
from comity.archive.sqlite import SqliteArchive
from comity.desk.cards import Person, make_card, read_card
from comity.desk.filing import Done, Draft
from comity.desk.founding import (
    Terms,
    check_charter,
    draft_charter,
    endorse,
    install,
    new_note,
    office_id,
    read_charter_note,
)
from comity.desk.home import Home, OfficeFolder
from comity.desk.keychain import open_delegate, open_keychain
from comity.desk.lock import HeadLock
from comity.desk.registry import Environment, Registry
from comity.office.acts import Body, Message
from comity.record.keys import SecretKey

ZONES = available_timezones()
AT = "2018-09-14T10:30:00+09:00"


@dataclass
class Party:
    """One side of a test office."""

    side: str
    folder: OfficeFolder
    registry: Registry
    chief: SecretKey

    def draft(self, body: Body, *, to: tuple[str, ...] | None = None, attachments: tuple[bytes, ...] = ()) -> Draft:
        """A draft by the chief."""
        return Draft("chief", self.chief, body, AT, to=to, attachments=attachments)

    def act(self, body: Body, *, to: tuple[str, ...] | None = None, attachments: tuple[bytes, ...] = ()) -> Done:
        """An act of the chief, filed."""
        return self.registry.file(self.draft(body, to=to, attachments=attachments)).result()

    def send_to(self, other: Party) -> None:
        """Carry a pouch to another side and its answer back."""
        self.registry.take_in(other.registry.answer(self.registry.pouch_for(other.side)))


def found_homes(
    root: Path, sides: Sequence[str], *, seed: int = 0, people: Sequence[Person] = ()
) -> list[OfficeFolder]:
    """The homes of an office that all sides have signed."""
    chance = Random(seed).randbytes
    everyone = [Person("chief", "Chief delegate", chief=True), *people]
    folders = []
    for side in sides:
        home = Home(root / side)
        home.make(side, side.title(), "en")
        folders.append(make_card(home, "kaesong.example", everyone, chance=chance))
    cards = [read_card(folder.card_path.read_bytes()) for folder in folders]
    text = draft_charter(cards, Terms(title="Liaison office"), founded="2018-09-14T10:30:00+09:00", zones=ZONES)
    note = new_note(text)
    charter = check_charter(text, zones=ZONES)
    for folder in folders:
        note = endorse(folder, charter, note, "chief", lambda what: "")
    for folder in folders:
        install(folder, charter, note)
    return folders


def open_party(folder: OfficeFolder, env: Environment, archive: Callable[[Path], Archive] = SqliteArchive) -> Party:
    """Open one side."""
    raw = folder.charter_path.read_bytes()
    charter, note = read_charter_note(raw, zones=ZONES)
    side = read_card(folder.card_path.read_bytes()).side.side
    keys = open_keychain(folder.keys, lambda what: "")
    registry = Registry(
        office_id(note.text), charter, raw, side, archive(folder.archive_path), HeadLock(folder.lock_path), keys, env
    )
    return Party(side, folder, registry, open_delegate(folder.keys, "chief", lambda what: ""))


def message(text: str, *, line: str = "liaison") -> Message:
    """A message on the line."""
    return Message(line=line, precedence="ROUTINE", subject="Word", language="en", text=text)


def open_all(folders: Sequence[OfficeFolder]) -> list[Party]:
    """Open every side, with real chance and a clock that stands still."""
    return [open_party(folder, Environment(lambda: 1_536_888_600.0, os.urandom)) for folder in folders]


def in_memory(path: Path) -> Archive:
    """An archive that leaves nothing behind."""
    return MemoryArchive()
