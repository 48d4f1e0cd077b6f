"""Opening an office of a home: keys, charter, archive and lock, put together with real time and chance."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import available_timezones

from comity.archive.sqlite import SqliteArchive
from comity.desk.cards import read_card
from comity.desk.founding import office_id, read_charter_note, unsigned
from comity.desk.home import Home, OfficeFolder, Tenancy
from comity.desk.keychain import AskPassphrase, no_passphrase, open_keychain
from comity.desk.lock import HeadLock
from comity.desk.noun import Bench
from comity.desk.office import LocalOffice, Office
from comity.desk.registry import Environment, Registry
from comity.desk.remote import RemoteOffice, is_running, node_of
from comity.errors import Refused, Unavailable
from comity.office.charter import Charter
from comity.record.note import Note
from comity.record.series import Job, VerifyAll, verify_in_turn

_CHUNK = 64
"""Fewer signatures than this are not worth handing out."""


def on_all_cores() -> VerifyAll:
    """A verifier of many signatures that uses every core: the library lets go of the interpreter lock."""
    hands = os.cpu_count() or 1
    pool = ThreadPoolExecutor(hands, thread_name_prefix="verify")

    def verify_all(jobs: Sequence[Job]) -> Sequence[bool]:
        if len(jobs) < _CHUNK:
            return verify_in_turn(jobs)
        share = -(-len(jobs) // hands)
        parts = [jobs[i : i + share] for i in range(0, len(jobs), share)]
        return [good for part in pool.map(verify_in_turn, parts) for good in part]

    return verify_all


def environment() -> Environment:
    """The real one: the system's clock and chance, every core."""
    return Environment(time.time, os.urandom, on_all_cores())


def read_installed_charter(folder: OfficeFolder) -> tuple[Charter, Note, bytes]:
    """The charter in force in a folder.

    Raises: Unavailable, if the office is not founded yet.
    """
    if not folder.founded:
        raise Unavailable(
            f"{folder.name} is not founded yet", hint="draft a charter with `comity found`, or `comity join`"
        )
    raw = folder.charter_path.read_bytes()
    charter, note = read_charter_note(raw, zones=available_timezones())
    if missing := unsigned(charter, note):
        raise Refused(f"the charter in {folder.folder} is not signed by {', '.join(missing)}")
    return charter, note, raw


def open_office(folder: OfficeFolder, ask: AskPassphrase, env: Environment) -> LocalOffice:
    """Open an office; the caller holds the home's `Tenancy`."""
    charter, note, raw = read_installed_charter(folder)
    side = read_card(folder.card_path.read_bytes()).side.side
    keys = open_keychain(folder.keys, ask)
    archive = SqliteArchive(folder.archive_path)
    try:
        lock = HeadLock(folder.lock_path)
        registry = Registry(office_id(note.text), charter, raw, side, archive, lock, keys, env)
    except BaseException:
        archive.close()
        raise
    return LocalOffice(Bench(registry, folder, keys, env))


@contextmanager
def at_desk(folder: Path, office: str | None = None, ask: AskPassphrase = no_passphrase) -> Iterator[Office]:
    """An office of a home: through its node where one runs, else opened here for as long as the context lasts.

    Raises: Unavailable, if the home or office is not there, or another process works in it.
    """
    home = Home(folder)
    chosen = home.office(office)
    node = node_of(folder)
    if node is not None and is_running(node):
        yield RemoteOffice(node, chosen.name)
        return
    tenancy = Tenancy(folder)
    try:
        opened = open_office(chosen, ask, environment())
        try:
            yield opened
        finally:
            opened.bench.registry.close()
    finally:
        tenancy.release()
