"""The founding ceremony step by step: draft, read, compare aloud, sign, install. What a face asks of `founding`."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import available_timezones

import msgspec

from comity.desk.cards import Card, read_card
from comity.desk.founding import (
    MAX_CHARTER,
    Terms,
    check_charter,
    check_own_card,
    draft_charter,
    endorse,
    fingerprint,
    install,
    new_note,
    office_id,
    read_charter_note,
    unsigned,
)
from comity.desk.home import OfficeFolder, write_new
from comity.desk.keychain import AskPassphrase, delegates_here
from comity.errors import Malformed, Refused
from comity.office.charter import Charter
from comity.record.note import Note, assemble

MAX_FILE = 1 << 20


@dataclass(frozen=True, slots=True)
class Reading:
    """A charter as it was read, with who has signed it so far."""

    charter: Charter
    note: Note

    @property
    def office(self) -> str:
        """The office's name."""
        return self.charter.office

    @property
    def fingerprint(self) -> str:
        """What to read aloud."""
        return fingerprint(self.note.text)

    @property
    def unsigned(self) -> list[str]:
        """The sides that have not signed."""
        return unsigned(self.charter, self.note)

    @property
    def signed(self) -> list[str]:
        """The sides that have."""
        missing = self.unsigned
        return [side.side for side in self.charter.sides if side.side not in missing]


class Founded(msgspec.Struct, frozen=True):
    """The account of a charter for programs."""

    office: str
    id: str
    title: str
    fingerprint: str
    sides: tuple[str, ...]
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    in_force: bool


def draft(
    folder: OfficeFolder,
    cards: Sequence[Path],
    terms: Path,
    chief: str,
    ask: AskPassphrase,
    *,
    founded: str | None = None,
) -> Reading:
    """Draft a charter from the sides' cards and the terms, and sign it for this side.

    Raises: Malformed, for a card or terms that cannot be read; Refused, with all that is wrong.
    """
    return draft_with(folder, cards, read_terms(terms), chief, ask, founded=founded)


def draft_with(
    folder: OfficeFolder,
    cards: Sequence[Path],
    terms: Terms,
    chief: str,
    ask: AskPassphrase,
    *,
    founded: str | None = None,
) -> Reading:
    """The same, with the terms at hand."""
    read = [read_card(_bytes(path), where=str(path)) for path in cards]
    own = _own_card(folder)
    if own not in read:
        read.insert(0, own)
    when = founded or datetime.now().astimezone().isoformat(timespec="seconds")
    zones = available_timezones()
    text = draft_charter(read, terms, founded=when, zones=zones)
    charter = check_charter(text, zones=zones)
    return Reading(charter, endorse(folder, charter, new_note(text), chief, ask))


def read_terms(path: Path) -> Terms:
    """The terms in a TOML file.

    Raises: Malformed.
    """
    try:
        loose = tomllib.loads(_bytes(path).decode())
        return msgspec.convert(loose, Terms)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Malformed(str(error), where=str(path), hint="see docs/guide/start.md for a whole example") from None


def read(path: Path) -> Reading:
    """Read a charter file.

    Raises: Malformed or Refused, if it was altered or is wrong.
    """
    return Reading(*read_charter_note(_bytes(path), zones=available_timezones()))


def check_fingerprint(reading: Reading, heard: str) -> None:
    """Compare the charter's fingerprint with the one that was heard.

    Raises: Refused.
    """
    if heard.split() != reading.fingerprint.split():
        raise Refused(
            "the fingerprint is not this charter's: the others hold another text",
            hint="do not sign; have them read theirs again, and compare the charters themselves",
        )


def has_signed(folder: OfficeFolder, reading: Reading) -> bool:
    """Whether this side signed this very text already."""
    return _own_card(folder).side.side in reading.signed


def join(folder: OfficeFolder, path: Path, chief: str | None, ask: AskPassphrase) -> Reading:
    """Sign a charter for this side, unless it has, and put it in force here once all sides have signed.

    Raises: Refused, if this side does not stand in it as its card says.
    """
    reading = read(path)
    check_own_card(reading.charter, _own_card(folder))
    if not has_signed(folder, reading):
        signed = endorse(folder, reading.charter, reading.note, chief or _only_chief(folder), ask)
        reading = Reading(reading.charter, signed)
    if not reading.unsigned:
        install(folder, reading.charter, reading.note)
    return reading


def account(reading: Reading) -> Founded:
    """What came of it, for programs."""
    missing = tuple(reading.unsigned)
    return Founded(
        office=reading.office,
        id=office_id(reading.note.text),
        title=reading.charter.title,
        fingerprint=reading.fingerprint,
        sides=tuple(side.side for side in reading.charter.sides),
        signed=tuple(reading.signed),
        unsigned=missing,
        in_force=not missing,
    )


def write_charter_file(path: Path, note: Note) -> None:
    """Write a charter with the signatures so far."""
    write_new(path, assemble(note.text, note.signatures))


def _own_card(folder: OfficeFolder) -> Card:
    return read_card(_bytes(folder.card_path), where=str(folder.card_path))


def _only_chief(folder: OfficeFolder) -> str:
    own = _own_card(folder).side
    here = delegates_here(folder.keys)
    chiefs = [d.name for d in own.delegates if d.chief and d.name in here]
    if len(chiefs) != 1:
        raise Refused(f"the chiefs whose keys lie here are: {', '.join(chiefs) or 'none'}", hint="choose with --as")
    return chiefs[0]


def _bytes(path: Path) -> bytes:
    limit = max(MAX_FILE, MAX_CHARTER)
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(path)) from None
    if len(raw) > limit:
        raise Malformed(f"a file of more than {limit} bytes", where=str(path))
    return raw
