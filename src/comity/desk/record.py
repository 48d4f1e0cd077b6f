"""The record: what is held, what became of each act, and who can show it."""

from __future__ import annotations

import msgspec

from comity.desk.breaches import Breach, content_of, kept
from comity.desk.noun import Bench, File, LinkState, Noun, reference
from comity.desk.sheets.acts import ActSheet, WholeAct, attached, list_acts, one_act
from comity.desk.sheets.listing import Listing
from comity.errors import Refused
from comity.office.views.acts import Wait, waits_on
from comity.record.head import Head, seal
from comity.record.note import Note, Signature, assemble
from comity.record.proof import Proof

MAX_WAIT_S = 300.0


class SeriesStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How far one side's series is held."""

    side: str
    title: str
    held: int
    head: int
    """The size that its newest head signs."""
    root: str
    """The root of what is held, in hexadecimal: two copies with one size and root are identical."""
    receipts: dict[str, int]
    """By cosigner, the size that its newest receipt covers."""
    stopped: bool
    """Whether it is taken no more, for a breach."""


class RecordStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One side's copy of the office's record."""

    office: str
    id: str
    title: str
    side: str
    series: tuple[SeriesStatus, ...]
    links: tuple[LinkState, ...]
    """Empty when no node runs here."""
    read_only: str | None
    """Why this side cannot act, if it cannot."""
    waits: dict[str, tuple[Wait, ...]]
    """What waits on each side."""


class RecordDesk(Noun):
    """What can be asked of the record."""

    def status(self) -> RecordStatus:
        """What is held of every series, by whose receipts, over which links; and what waits on whom."""
        bench, registry = self._bench, self._bench.registry
        state = bench.view()
        return RecordStatus(
            office=registry.charter.office,
            id=registry.office,
            title=registry.charter.title,
            side=bench.side,
            series=tuple(_series(bench, party.side, party.title) for party in registry.charter.sides),
            links=tuple(bench.links()),
            read_only=_read_only(bench),
            waits={side: tuple(waits_on(state, side)) for side in state.roll.names},
        )

    def acts(self, *, after: str | None = None, limit: int = 50) -> Listing[ActSheet]:
        """All acts, newest first, each with its effect or the rule that set it aside."""
        return list_acts(self._bench, after, limit)

    def act(self, *, act: str) -> WholeAct:
        """One act: its entry, its body if this side may read it, and the receipts that cover it."""
        return one_act(self._bench, act)

    def attachment(self, *, act: str, place: int = 1) -> File:
        """An attachment of an act."""
        return attached(self._bench, act, place)

    def proof(self, *, act: str) -> bytes:
        """A tlog-proof that this act stands in its series, under a head with as many receipts as are held."""
        return _prove(self._bench, act)

    def breaches(self) -> tuple[Breach, ...]:
        """The breaches that this node knows of, and what it keeps of each."""
        return tuple(kept(self._bench.registry.archive))

    def evidence(self, *, breach: str) -> bytes:
        """What is kept of a breach: evidence that anyone can check alone, or the offending bytes."""
        content = content_of(self._bench.registry.archive, breach)
        if content is None:
            raise Refused(f"no breach {breach[:40]!r} is known here", hint="see `comity evidence list`")
        return content

    def await_receipts(self, *, act: str, wait_s: float = 10.0) -> dict[str, bool]:
        """Wait until the other sides have receipted an act of this side; which of them did in time."""
        side, no = reference(act)
        registry = self._bench.registry
        if side != self._bench.side:
            raise Refused(f"{act} is not an act of {self._bench.side}", hint="wait for receipts of your own acts")
        until = self._bench.env.now() + min(max(wait_s, 0.0), MAX_WAIT_S)
        return {
            other: registry.await_receipt(no, other, max(until - self._bench.env.now(), 0.0))
            for other in registry.shelf.others
        }


def _series(bench: Bench, side: str, title: str) -> SeriesStatus:
    registry = bench.registry
    held = registry.shelf.size(side)
    return SeriesStatus(
        side=side,
        title=title,
        held=held,
        head=registry.shelf.head_size(side),
        root=registry.root_at(side, held).hex(),
        receipts={r.cosigner: r.size for r in registry.archive.receipts(side)},
        stopped=registry.shelf.stopped(side),
    )


def _read_only(bench: Bench) -> str | None:
    if not bench.registry.shelf.recovering:
        return None
    awaited = ", ".join(sorted(bench.registry.awaited))
    short = "it holds less of its own series than it signed"
    why = f"the copies of {awaited} must be seen first" if awaited else short
    return f"{why}; see `comity recover`"


def _prove(bench: Bench, ref: str) -> bytes:
    side, no = reference(ref)
    bench.entry(ref)
    registry = bench.registry
    size, note = _head_for(bench, side, no)
    receipts = [r for r in registry.archive.receipts(side) if r.size == size]
    lines = [Signature.parse(line) for r in receipts for line in r.line.splitlines(keepends=True)]
    head = assemble(note.text, [*note.signatures, *lines])
    return Proof(no - 1, tuple(registry.inclusion(side, no - 1, size)), head).bytes()


def _head_for(bench: Bench, side: str, no: int) -> tuple[int, Note]:
    """A head of the series that covers an act: of the own series, the newest that most others have receipted."""
    registry = bench.registry
    note = Note.parse(registry.shelf.head(side))
    size = registry.shelf.head_size(side)
    if side == bench.side:
        covering = [r.size for r in registry.archive.receipts(side) if r.size >= no]
        if covering and size not in covering:
            size = max(covering, key=lambda s: (covering.count(s), s))
            head = Head(bench.keys.seal.verifier.name, size, registry.root_at(side, size))
            note = Note(head.text(), (seal(head, bench.keys.seal),))
    if size < no:
        raise Refused(f"no head held here covers {side}/{no} yet", hint="wait for the next pouch")
    return size, note
