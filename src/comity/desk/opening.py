"""Opening an office of a home: keys, charter, archive and lock, put together with real time and chance."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import available_timezones

from comity.archive.sqlite import SqliteArchive
from comity.desk.belief import Hands
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


@cache
def other_cores() -> Executor:
    """A process for each core, started when first needed. Only for programs that guard their main module."""
    return ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"))


def collect_rarely() -> None:
    """For a program that serves for long: what is loaded by now stays, and an act leaves no cycles behind."""
    gc.set_threshold(100_000, 20, 50)
    gc.freeze()


def environment(hands: Hands | None = None) -> Environment:
    """The real one: the system's clock and chance; and `hands`, for programs that take in much at once."""
    return Environment(time.time, os.urandom, hands)


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
