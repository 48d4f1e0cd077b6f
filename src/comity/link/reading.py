"""Reading a pouch: bytes in, steps out. Whoever drives it stores first and cosigns last.

Nothing in a pouch is trusted for having come: entries count because a seal signed them and their authors' keys signed
each, receipts because their cosigner's key signed them. What is valid is taken even if a later part is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from comity.errors import Malformed
from comity.link.pouch import Enclosed, Pouch, Receipting, Stretch
from comity.record import entry as wire
from comity.record.entry import SignedEntry
from comity.record.head import Head, open_head, receipts_by
from comity.record.keys import VerifierKey
from comity.record.merkle import Hashes
from comity.record.note import Note
from comity.record.series import Fault, Finding, Job, Run, Series, VerifyAll, read_run, take

Place = tuple[int, int, bytes]
"""(number, place, content) of a body or attachment."""


@dataclass(frozen=True, slots=True)
class Admit:
    """Entries that verified: store them, then cosign `head` if it covers exactly them."""

    side: str
    run: Run
    enclosures: Sequence[Place]
    head: Head | None
    head_note: bytes


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A receipt that verified."""

    series: str
    cosigner: str
    time: int
    size: int
    line: bytes
    """One signature line, or two where the cosigner also has an ML-DSA-44 key."""


@dataclass(frozen=True, slots=True)
class Forked:
    """Two heads of one seal that are not one history. `path`: from the smaller to the larger, or empty."""

    side: str
    smaller: bytes
    larger: bytes
    path: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Faulty:
    """An entry that the seal signed and that breaks the protocol, with the stretch that it came in."""

    side: str
    finding: Finding
    stretch: Stretch
    before: Series


@dataclass(frozen=True, slots=True)
class Behind:
    """Others hold more of this side's own series than it does itself: it lost some, and must not write."""

    size: int


@dataclass(frozen=True, slots=True)
class Passed:
    """Something that was not taken, and why; no one's breach can be shown from it."""

    what: str


@dataclass(frozen=True, slots=True)
class Told:
    """Evidence that another side passes on, to be checked alone."""

    evidence: bytes


Step = Admit | Acknowledged | Forked | Faulty | Behind | Passed | Told


class Known(Protocol):
    """What the receiver knows while it reads; every `Admit` it carries out changes it."""

    side: str

    def series(self, side: str) -> Series | None:
        """How far a party's series is known; None for a stranger's."""

    def head(self, side: str) -> bytes:
        """The newest head known, as a signed note."""

    def hashes(self, side: str) -> Hashes:
        """The hashes of a series' tree."""

    def root(self, side: str, size: int) -> bytes:
        """The root of a series at a size that is held."""

    def stopped(self, side: str) -> bool:
        """Whether the series was stopped for a breach."""

    def receipted(self, series: str, cosigner: str) -> int:
        """The size of the newest receipt known."""

    def receipt_keys(self, cosigner: str) -> Sequence[VerifierKey]:
        """The keys under which a party cosigns."""

    recovering: bool
    """Whether this side takes its own series back from others."""


def read_pouch(known: Known, pouch: Pouch, *, verify_all: VerifyAll) -> Iterator[Step]:
    """The steps that a pouch leads to, in an order in which each can be carried out at once."""
    for stretch in pouch.stretches:
        series = known.series(stretch.side)
        if series is None:
            yield Passed(f"a series of {stretch.side}, which is no party")
        elif known.stopped(stretch.side):
            yield Passed(f"the series of {stretch.side} is stopped")
        else:
            try:
                yield from _read_stretch(known, series, stretch, verify_all)
            except Malformed as error:
                yield Passed(str(error))
    for receipting in pouch.receipts:
        try:
            yield from _read_receipt(known, receipting)
        except Malformed as error:
            yield Passed(str(error))
    for evidence in pouch.evidence:
        yield Told(evidence)


def _read_stretch(known: Known, series: Series, stretch: Stretch, verify_all: VerifyAll) -> Iterator[Step]:
    if stretch.head == known.head(series.side):
        return
    head, _ = open_head(stretch.head, series.seal, where=f"head of {series.side}")
    if head.size <= series.size:
        yield from _compare(known, series, head, stretch.head)
        return
    if series.side == known.side and not known.recovering:
        yield Behind(head.size)
        return
    held = series.size + 1 - stretch.first
    if held < 0 or not stretch.entries[held:]:
        if stretch.entries or held < 0:
            yield Passed(f"{series.side}/{stretch.first} came where {series.side}/{series.size + 1} was due")
        return
    raws = stretch.entries[held:]
    run = read_run(series, raws, head, stretch.path, verify_all=verify_all)
    if run.finding is not None and run.finding.fault is Fault.ROOT:
        yield Passed(f"from {series.side}: {run.finding.what}")
        return
    possible, ahead = _possible(known, run.acts)
    acts, enclosures, missing = _enclosed(known.side, possible, stretch.enclosures)
    missing = missing or ahead
    if len(acts) < len(run.acts):
        run = take(series, raws[: len(acts)], _verified)
    if run.acts:
        whole = head.size == run.after.size
        yield Admit(series.side, run, enclosures, head if whole else None, stretch.head)
    if missing:
        yield Passed(missing)
    elif run.finding is not None:
        yield Faulty(series.side, run.finding, stretch, series)


def _compare(known: Known, series: Series, head: Head, note: bytes) -> Iterator[Step]:
    """A head no longer than what is held: it must be one of this series' past."""
    if known.root(series.side, head.size) == head.root:
        return
    ours = known.head(series.side)
    size = Head.parse(Note.parse(ours).text).size if ours else 0
    if size < head.size:
        yield Passed(f"a head of {series.side} at {head.size} that does not fit to what is held")
        return
    yield Forked(series.side, note, ours, known.hashes(series.side).consistency(head.size, size))


def _possible(known: Known, acts: Sequence[SignedEntry]) -> tuple[Sequence[SignedEntry], str]:
    """The acts before the first that claims to have seen more of this side's series than there is."""
    series = known.series(known.side)
    assert series is not None
    for at, act in enumerate(acts):
        claimed = act.entry.seen.get(known.side, 0)
        if claimed > series.size and not known.recovering:
            return acts[
                :at
            ], f"{act.entry.side}/{act.entry.no} claims to have seen {known.side}/{claimed}, which is not"
    return acts, ""


def _enclosed(
    me: str, acts: Sequence[SignedEntry], enclosures: Sequence[Enclosed]
) -> tuple[Sequence[SignedEntry], list[Place], str]:
    """The acts whose bodies for this side are all there and right, those bodies, and what is missing after them."""
    inside = {(e.no, e.place): e.content for e in enclosures}
    taken: list[Place] = []
    for at, act in enumerate(acts):
        entry = act.entry
        if not wire.addressed_to(entry, me):
            continue
        for place, commitment in enumerate((entry.body, *entry.attachments)):
            content = inside.get((entry.no, place))
            if content is None or not wire.matches(commitment, content):
                what = "came without" if content is None else "came with another"
                name = "body" if place == 0 else f"attachment {place}"
                return acts[:at], taken, f"{entry.side}/{entry.no} {what} {name} than it commits to"
            taken.append((entry.no, place, content))
    return acts, taken, ""


def _verified(jobs: Sequence[Job]) -> Sequence[bool]:
    """For acts whose signatures were found good a moment ago."""
    return [True] * len(jobs)


def _read_receipt(known: Known, receipting: Receipting) -> Iterator[Step]:
    series = known.series(receipting.series)
    if series is None or receipting.size <= known.receipted(receipting.series, receipting.cosigner):
        return
    if receipting.size > series.size:
        yield Passed(f"a receipt on {receipting.series} at {receipting.size}, beyond what is held")
        return
    where = f"receipt of {receipting.cosigner} on {receipting.series}"
    head = Head(series.seal.name, receipting.size, known.root(receipting.series, receipting.size))
    receipt = receipts_by(head, receipting.line, known.receipt_keys(receipting.cosigner), where=where)
    yield Acknowledged(receipting.series, receipting.cosigner, receipt.time, receipting.size, receipting.line)
