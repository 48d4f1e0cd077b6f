"""Opening an office of a home: keys, charter, archive and lock, put together with real time and chance."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import available_timezones

from comity.archive.sqlite import SqliteArchive
from comity.desk.cards import read_card
from comity.desk.founding import office_id, read_charter_note, unsigned
from comity.desk.home import OfficeFolder
from comity.desk.keychain import AskPassphrase, open_keychain
from comity.desk.lock import HeadLock
from comity.desk.registry import Environment, Registry
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


def open_registry(folder: OfficeFolder, ask: AskPassphrase, env: Environment) -> Registry:
    """Open the registry of an office; the caller holds its `Tenancy`."""
    charter, note, raw = read_installed_charter(folder)
    side = read_card(folder.card_path.read_bytes()).side.side
    keys = open_keychain(folder.keys, ask)
    archive = SqliteArchive(folder.archive_path)
    try:
        lock = HeadLock(folder.lock_path)
        return Registry(office_id(note.text), charter, raw, side, archive, lock, keys, env)
    except BaseException:
        archive.close()
        raise
