"""Copies of a record, opened for reading alone: in a home, beside its node or without one, or as static tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from comity.archive.export import export_series
from comity.archive.port import Archive
from comity.archive.sqlite import SqliteArchive
from comity.archive.static import StaticSeries
from comity.desk.ceremony import read
from comity.desk.founding import founding_of
from comity.desk.home import OfficeFolder
from comity.desk.opening import read_installed_charter
from comity.desk.remote import RemoteOffice, is_running, node_of
from comity.errors import Refused, Unavailable
from comity.office.charter import Charter
from comity.record.audit import Held
from comity.record.founding import Founding


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds, by side, with the charter by which it is judged."""

    charter: Charter
    founding: Founding
    held: Sequence[Held]
    tiles: Sequence[tuple[str, StaticSeries]] = ()
    """Where it is of static tiles: those, by side."""


@contextmanager
def copy_of(folder: OfficeFolder) -> Iterator[Copy]:
    """The copy in a home; its node may go on working meanwhile.

    Raises: Unavailable, if there is none.
    """
    charter, note, _ = read_installed_charter(folder)
    with archive_of(folder) as archive:
        held = [_held(archive, party.side) for party in charter.sides]
        yield Copy(charter, founding_of(note.text, charter), held)


@contextmanager
def archive_of(folder: OfficeFolder) -> Iterator[Archive]:
    """The archive of a home, for reading; its node, if one runs, first stores the receipts that it gave last."""
    node = node_of(folder.home)
    if node is not None and is_running(node):
        RemoteOffice(node, folder.name).record.status()
    if not folder.archive_path.exists():
        raise Unavailable(
            f"there is no record in {folder.folder}", hint="was anything filed yet? if it is lost: `comity recover`"
        )
    archive = SqliteArchive(folder.archive_path)
    try:
        yield archive
    finally:
        archive.close()


def tiles_copy(folder: Path, charter_file: Path) -> Copy:
    """The copy in a folder of static tiles, one folder a side, judged by a charter that every side signed.

    Raises: Unavailable, if there are none; Malformed or Refused, for a charter that is wrong.
    """
    reading = read(charter_file)
    if reading.unsigned:
        raise Refused(f"the charter {charter_file} is not signed by {', '.join(reading.unsigned)}")
    founding = founding_of(reading.note.text, reading.charter)
    held, tiles = [], []
    for side in founding.members:
        if not (folder / side / "checkpoint").exists():
            continue
        series = StaticSeries(folder / side)
        receipts = [
            (name, series.head.size, line.line())
            for name, member in founding.members.items()
            if (line := series.note.find(member.receipt)) is not None
        ]
        tiles.append((side, series))
        held.append(
            Held(side, series.head.size, series.checkpoint, receipts, series.entries, lambda _first, _last: ())
        )
    if not held:
        raise Unavailable(f"no side's tiles are in {folder}", hint="name the folder that `comity tiles export` wrote")
    return Copy(reading.charter, founding, held, tiles)


def export_tiles(folder: OfficeFolder, out: Path) -> Iterator[tuple[str, int]]:
    """Write every series that is held as static tiles, one folder a side; yields each side and its size.

    Raises: Refused, if a folder is of another log; Unavailable.
    """
    charter, _, _ = read_installed_charter(folder)
    with archive_of(folder) as archive:
        for party in charter.sides:
            yield party.side, export_series(archive, party.side, party.seal, out / party.side)


def _held(archive: Archive, side: str) -> Held:
    filed = archive.filed(side)
    return Held(
        side,
        filed.size,
        filed.head,
        [(r.cosigner, r.size, r.line) for r in archive.receipts(side)],
        lambda first, last: archive.entries(side, first, last),
        lambda first, last: archive.enclosures(side, first, last),
    )
