"""Verifying a copy of the record: every series, on all cores, trusting nobody but the charter's keys."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import msgspec

from comity.desk.copies import Copy
from comity.record.audit import Held, SeriesReport, audit_office

_MANY = 20_000
"""From so many entries on, starting processes pays."""
MAX_DAMAGED = 100
Progress = Callable[[int, int], None]
"""Told how many entries are read, and how many there are."""


class DefectSheet(msgspec.Struct, frozen=True):
    """Something wrong: where, what, and what to do about it."""

    place: str
    fault: str
    what: str
    remedy: str


class SeriesVerified(msgspec.Struct, frozen=True, kw_only=True):
    """What was verified of a series."""

    side: str
    size: int
    covered: int
    """How many of its entries a good head signs."""
    root: str
    receipts: dict[str, int]
    """Up to which entry each cosigner's good receipt goes."""
    defects: tuple[DefectSheet, ...]
    omitted: int
    """How many more defects there are than are told."""


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What was verified of a copy."""

    office: str
    id: str
    good: bool
    signatures: bool
    """Whether the acts' signatures were verified, or only what the heads commit to."""
    entries: int
    seconds: float
    series: tuple[SeriesVerified, ...]


def verify_copy(copy: Copy, *, signatures: bool = True, progress: Progress = lambda _d, _t: None) -> Verified:
    """Verify a copy.

    Raises: Malformed, if the charter's own keys cannot be.
    """
    total = sum(series.size for series in copy.held)
    start = time.perf_counter()
    with _cores(total) as cores:
        reports = audit_office(copy.founding, _counted(copy.held, total, progress), cores, signatures=signatures)
    damaged = {side: _damaged(copy, side) for side in reports}
    series = tuple(_sheet(report, damaged[report.side]) for report in reports.values())
    return Verified(
        office=copy.charter.office,
        id=copy.founding.office,
        good=not any(it.defects for it in series),
        signatures=signatures,
        entries=total,
        seconds=round(time.perf_counter() - start, 3),
        series=series,
    )


def _cores(total: int) -> Executor:
    count = os.cpu_count() or 1
    return ProcessPoolExecutor(count) if total >= _MANY else ThreadPoolExecutor(count)


def _counted(held: Sequence[Held], total: int, progress: Progress) -> list[Held]:
    done = 0

    def counting(series: Held) -> Held:
        def entries(first: int, last: int) -> Sequence[bytes]:
            nonlocal done
            found = series.entries(first, last)
            done += len(found)
            progress(done, total)
            return found

        return replace(series, entries=entries)

    return [counting(series) for series in held]


def _damaged(copy: Copy, side: str) -> list[DefectSheet]:
    """The files of static tiles that do not fit their entries."""
    remedy = "this copy of the tiles is damaged or was altered: fetch the file again"
    found: list[DefectSheet] = []
    for name, series in copy.tiles:
        if name == side:
            for path in series.damaged():
                found.append(DefectSheet(f"{side}/{path}", "tile", "not what the entries make it", remedy))
                if len(found) == MAX_DAMAGED:
                    return found
            if series.vkey != str(copy.founding.members[side].seal):
                what = "not the verifier key that the charter names"
                found.append(DefectSheet(f"{side}/vkey", "vkey", what, "take the key from the charter"))
    return found


def _sheet(report: SeriesReport, damaged: Sequence[DefectSheet]) -> SeriesVerified:
    defects = [DefectSheet(d.place, str(d.fault), d.what, d.remedy) for d in report.defects]
    return SeriesVerified(
        side=report.side,
        size=report.size,
        covered=report.covered,
        root=report.root.hex(),
        receipts=dict(report.receipts),
        defects=(*defects, *damaged),
        omitted=report.omitted,
    )
