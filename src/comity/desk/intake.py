"""Taking in a pouch: verify, store, lock, and only then cosign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from comity.archive.port import Batch, Receipted
from comity.desk import breaches
from comity.desk.belief import Credit, Hands
from comity.desk.keychain import Keychain
from comity.desk.ledger import Ledger
from comity.desk.reading import to_act
from comity.errors import Refused
from comity.link import reading
from comity.link.pouch import Pouch, unpack
from comity.record.head import Head, cosign


@dataclass(slots=True)
class Taken:
    """What came of a pouch."""

    sender: str
    have: Mapping[str, int]
    """How far the sender says that it holds each series."""
    admitted: dict[str, int] = field(default_factory=dict)
    """How many entries of each series were new."""
    acknowledged: bool = False
    """Whether own acts were receipted."""
    passed: list[str] = field(default_factory=list)
    """What was not taken, and why."""
    breaches: list[str] = field(default_factory=list)


def take_in(ledger: Ledger, keys: Keychain, raw: bytes, *, now: Callable[[], float], hands: Hands | None) -> Taken:
    """Open a pouch, keep what is valid in it, and receipt what was stored whole.

    Raises: Malformed or Refused, if it is not a pouch for this side; Unavailable, if nothing can be stored.
    """
    shelf = ledger.shelf
    pouch = unpack(raw, keys.pouch, office=shelf.office, to=shelf.side)
    if pouch.sender not in shelf.others:
        raise Refused(f"a pouch from {pouch.sender!r}, which is no other party of this office")
    try:
        taken, heads = _store(ledger, pouch, Credit(hands))
    except _Unjustified:
        taken, heads = _store(ledger, pouch, Credit(None))
    for side in heads:
        if side != shelf.side:
            give_receipt(ledger, keys, side, at=int(now()))
    ledger.resume_if_whole()
    return taken


class _Unjustified(Exception):
    """Something was believed that was not true."""


def _store(ledger: Ledger, pouch: Pouch, credit: Credit) -> tuple[Taken, dict[str, bytes]]:
    """Store what is valid in a pouch, with the state it leads to; what was taken, and the heads to receipt."""
    taken = Taken(pouch.sender, pouch.have)
    heads: dict[str, bytes] = {}
    with ledger.change(heads) as batch:
        for step in reading.read_pouch(ledger.shelf, pouch, verify_all=credit.verify_all):
            _carry_out(ledger, batch, step, heads, taken)
        ledger.fold_ready()
        if not credit.justified():
            raise _Unjustified
    return taken, heads


def _carry_out(ledger: Ledger, batch: Batch, step: reading.Step, heads: dict[str, bytes], taken: Taken) -> None:
    shelf = ledger.shelf
    match step:
        case reading.Admit():
            bodies = {no: content for no, place, content in step.enclosures if place == 0}
            waiting = ledger.waiting[step.side]
            waiting.extend(to_act(signed.entry, bodies.get(signed.entry.no)) for signed in step.run.acts)
            shelf.admit(batch, step)
            taken.admitted[step.side] = len(step.run.acts)
            if step.head is not None:
                heads[step.side] = step.head_note
        case reading.Acknowledged():
            shelf.acknowledge(batch, step)
            taken.acknowledged = taken.acknowledged or step.series == shelf.side
        case reading.Behind():
            shelf.recovering = True
            taken.passed.append(f"others hold {shelf.side}/{step.size}, which this side does not")
        case reading.Passed():
            taken.passed.append(step.what)
        case reading.Forked() | reading.Faulty() | reading.Told():
            if what := breaches.note(ledger, batch, step):
                taken.breaches.append(what)


def give_receipt(ledger: Ledger, keys: Keychain, side: str, *, at: int) -> None:
    """Cosign the newest head of another's series, which is stored whole; a crash before this costs a signature."""
    series = ledger.shelf.series(side)
    assert series is not None
    head = Head(series.seal.name, series.size, ledger.shelf.root(side, series.size))
    lines = [cosign(head, keys.receipt, at=at)]
    if keys.receipt_pq is not None:
        lines.append(cosign(head, keys.receipt_pq, at=at))
    receipted = Receipted(ledger.shelf.side, head.size, at, b"".join(line.line() for line in lines))
    ledger.shelf.receipt(Batch(), side, receipted)
    ledger.receipts_to_save.append((side, receipted))
