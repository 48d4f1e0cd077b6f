"""The auditor: verifies whole series and a whole office on all cores, and reports everything that is wrong.

What a good report states of a series: its entries have the form and the numbers they should, none is backdated, each
is signed by a key that its side had granted by then, the newest held head signs all that it covers, the receipts are
good, and what is held of bodies is what the entries commit to. It does not state that any act is true or in force.
The caller brings what it holds, as functions, and the cores, as an executor; a process pool uses them best.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record.block import SIZE, Block, BlockReport, check_block
from comity.record.founding import Founding
from comity.record.head import Head, open_head, receipt_by, receipts_by
from comity.record.keys import VerifierKey
from comity.record.merkle import EMPTY_ROOT, TILE_HEIGHT, leaf_hash, node_hash
from comity.record.order import Frontiers, impossible_acts
from comity.record.series import Fault, Finding, Holder, Series, faults_of, grant
from comity.record.signatures import verify_payload

MAX_DEFECTS = 1_000
"""How many defects of one series are told in full; the rest are counted."""
AHEAD = 8
"""How many blocks are read before their turn: bounds memory."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a node holds of one series."""

    side: str
    size: int
    head: bytes
    """The newest head that covers no more than `size` entries, as a signed note; empty if there is none."""
    receipts: Sequence[tuple[str, int, bytes]]
    """Cosigning side, size and its one or two signature lines."""
    entries: Callable[[int, int], Sequence[bytes]]
    """The entries from one number to another, both included."""
    enclosures: Callable[[int, int], Sequence[tuple[int, int, bytes]]]
    """Number, place and content of what is held of the bodies and attachments of these entries."""


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong: where (`north/17`), what, and what to do about it."""

    place: str
    fault: Fault
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class SeriesReport:
    """What was verified of a series, and what is wrong with it."""

    side: str
    size: int
    covered: int
    """How many of its entries a good head signs."""
    root: bytes
    receipts: Mapping[str, int]
    """Up to which entry each cosigner's good receipt goes."""
    defects: Sequence[Defect]
    omitted: int
    """How many more defects there are than are told."""

    @property
    def good(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.defects


def audit_office(
    founding: Founding, held: Sequence[Held], cores: Executor, *, signatures: bool = True
) -> dict[str, SeriesReport]:
    """Verify every series of an office, by side, and that all their acts can have come about in some order.

    With `signatures` off, those of acts are skipped, and the order with them; the seals' and receipts' are not.

    Raises: Malformed, if the charter's own keys cannot be: one in two roles, or of the wrong type.
    """
    founding.check_roles()
    reports, frontiers = {}, {}
    for series in held:
        reports[series.side], frontiers[series.side] = _audit(founding, series, cores, signatures)
    sizes = {side: report.size for side, report in reports.items()}
    for side, finding in impossible_acts(frontiers, sizes).items():
        report = reports[side]
        defect = _defect(side, finding, report.covered)
        reports[side] = replace(report, defects=[*report.defects, defect])
    return reports


def audit_series(founding: Founding, held: Held, cores: Executor, *, signatures: bool = True) -> SeriesReport:
    """Verify one series. With `signatures` off, those of acts are skipped; the seal's and receipts' are not."""
    return _audit(founding, held, cores, signatures)[0]


def _audit(founding: Founding, held: Held, cores: Executor, signatures: bool) -> tuple[SeriesReport, Frontiers]:
    series = founding.series(held.side)
    head, findings = _open_head(held, series, founding.members[held.side].seal_pq)
    wanted = {size for _, size, _ in held.receipts} | ({head.size} if head else set())
    progress = _Progress(wanted)
    jobs: deque[tuple[Block, Future[BlockReport]]] = deque()
    for block in _blocks(series, held, signatures):
        if len(jobs) == AHEAD:
            progress.take(*_done(jobs.popleft()))
        jobs.append((block, cores.submit(check_block, block)))
    while jobs:
        progress.take(*_done(jobs.popleft()))
    findings += progress.findings
    if progress.size < held.size:
        what = f"{held.size} entries are filed, and {progress.size} are there"
        findings.append(Finding(Fault.MISSING, progress.size + 1, what))
    covered = 0
    if head is not None:
        found = _judge_head(head, progress)
        findings += found
        covered = 0 if found else head.size
    if not signatures and covered < progress.size:
        what = "no good head signs it, and with signatures skipped nothing else vouches for it"
        findings.append(Finding(Fault.HEAD, covered + 1, what))
    receipts, bad = _judge_receipts(founding, held, progress)
    findings += bad
    findings.sort(key=lambda finding: finding.no)
    defects = [_defect(held.side, finding, covered) for finding in findings[:MAX_DEFECTS]]
    omitted = len(findings) - len(defects) + progress.omitted
    report = SeriesReport(held.side, progress.size, covered, progress.root, receipts, defects, omitted)
    return report, progress.frontiers


def _done(job: tuple[Block, Future[BlockReport]]) -> tuple[Block, BlockReport]:
    return job[0], job[1].result()


def _blocks(series: Series, held: Held, signatures: bool) -> Iterator[Block]:
    holders = series.holders
    for first in range(1, held.size + 1, SIZE):
        last = min(first + SIZE - 1, held.size)
        raws = held.entries(first, last)
        start = holders
        changes: dict[int, Mapping[str, Holder]] = {}
        for no, raw in enumerate(raws, first):
            if wire.may_grant(raw):
                holders = changes[no + 1] = _granted(series, raw, no, holders)
        at_start = replace(series, holders=start)
        yield Block(at_start, first, raws, changes, held.enclosures(first, last), signatures)
        if len(raws) != last - first + 1:
            return


def _granted(series: Series, raw: bytes, no: int, holders: Mapping[str, Holder]) -> Mapping[str, Holder]:
    """The holders after an entry: changed only by a grant that is good, its signature included."""
    try:
        act = wire.parse(raw)
        holder = holders.get(act.entry.by)
        if holder is None or faults_of(series, act, no, holders, {}) or act.entry.key is act.entry.drop is None:
            return holders
        return grant(holders, act, holder) if verify_payload(holder.key, act.payload, act.text) else holders
    except Malformed:
        return holders


class _Progress:
    """What the blocks so far add up to: the log's peaks, its root at the sizes wanted, and the findings."""

    def __init__(self, wanted: set[int]) -> None:
        self.size = 0
        self.findings: list[Finding] = []
        self.omitted = 0
        self.frontiers = Frontiers()
        self.roots = {0: EMPTY_ROOT}
        self._wanted = wanted
        self._peaks: list[tuple[int, bytes]] = []
        self._seen: Mapping[str, int] = {}

    def take(self, block: Block, report: BlockReport) -> None:
        """Add the next block."""
        last = self.size + report.count
        if any(self.size < size < last for size in self._wanted):
            for raw in block.raws:
                self._push(leaf_hash(raw), 0)
                if self.size in self._wanted:
                    self.roots[self.size] = self.root
        else:
            for node in report.nodes:
                self._push(node, TILE_HEIGHT)
            for leaf in report.leaves:
                self._push(leaf, 0)
        self.roots[self.size] = self.root
        for other, held in self._seen.items():
            now = report.first_seen.get(other, 0)
            if now < held:
                what = f"it has seen {other}/{now}, its predecessor {other}/{held}"
                self.findings.append(Finding(Fault.SEEN, report.first, what))
        self._seen = report.last_seen
        for no, seen in report.changes:
            self.frontiers.add(no, seen)
        room = MAX_DEFECTS - len(self.findings)
        self.findings += report.findings[: max(room, 0)]
        self.omitted += max(len(report.findings) - max(room, 0), 0)

    def _push(self, node: bytes, height: int) -> None:
        self.size += 1 << height
        while self._peaks and self._peaks[-1][0] == height:
            node = node_hash(self._peaks.pop()[1], node)
            height += 1
        self._peaks.append((height, node))

    @property
    def root(self) -> bytes:
        """The root over all entries so far."""
        if not self._peaks:
            return EMPTY_ROOT
        node = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            node = node_hash(left, node)
        return node


def _open_head(held: Held, series: Series, second: VerifierKey | None) -> tuple[Head | None, list[Finding]]:
    if not held.head:
        what = "no head is held, so nothing shows that the seal signed these entries"
        return None, [Finding(Fault.HEAD, 1, what)] if held.size else []
    try:
        head, note = open_head(held.head, series.seal)
        line = second and note.find(second)
        if second and line:
            receipt_by(head, line, second, where="head")
        return head, []
    except Malformed as error:
        return None, [Finding(Fault.HEAD, held.size, error.objections[0].what)]


def _judge_head(head: Head, progress: _Progress) -> list[Finding]:
    if head.size > progress.size:
        what = f"the head signs {head.size} entries, and {progress.size} are held"
        return [Finding(Fault.MISSING, progress.size + 1, what)]
    if head.root != progress.roots[head.size]:
        what = f"the entries up to {head.size} are not what the head of size {head.size} signs"
        return [Finding(Fault.ROOT, head.size, what)]
    return []


def _judge_receipts(founding: Founding, held: Held, progress: _Progress) -> tuple[dict[str, int], list[Finding]]:
    good: dict[str, int] = {}
    bad: list[Finding] = []
    origin = founding.members[held.side].seal.name
    for cosigner, size, line in held.receipts:
        try:
            member = founding.members.get(cosigner)
            if member is None or cosigner == held.side:
                raise Malformed(f"{cosigner} is no other side of this office")
            if size not in progress.roots:
                raise Malformed(f"it is for {size} entries, and {progress.size} are held")
            receipts_by(Head(origin, size, progress.roots[size]), line, member.receipt_keys, where=cosigner)
        except Malformed as error:
            bad.append(Finding(Fault.RECEIPT, size, f"the receipt of {cosigner}: {error.objections[0].what}"))
        else:
            good[cosigner] = max(size, good.get(cosigner, 0))
    return good, bad


def _defect(side: str, finding: Finding, covered: int) -> Defect:
    match finding.fault:
        case Fault.ROOT | Fault.MISSING:
            remedy = "this copy is damaged or was altered: recover the series from another side's copy"
        case Fault.HEAD:
            remedy = f"ask {side}, or another side, for its newest head"
        case Fault.RECEIPT:
            remedy = "ask its cosigner for a receipt again; if entries are missing, recover them first"
        case Fault.ENCLOSURE:
            remedy = "this copy of it is damaged: ask the author or another addressee for it again"
        case Fault.ORDER:
            remedy = "one of the sides in the loop claims what it cannot have seen: ask each when it composed its act"
        case _ if finding.no <= covered:
            remedy = f"{side}'s own seal signed it: keep it as evidence, which anyone can check alone"
        case _:
            remedy = "no good head covers it: this copy may be damaged; compare it with another side's"
    return Defect(f"{side}/{finding.no}", finding.fault, finding.what, remedy)
