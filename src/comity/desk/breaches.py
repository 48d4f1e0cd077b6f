"""Breaches: another side's own doing. The series is stopped, the evidence kept and passed on, all else goes on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import msgspec

from comity.archive.port import Archive, Batch
from comity.desk.founding import read_founding
from comity.desk.ledger import Ledger
from comity.errors import ComityError
from comity.link.reading import Faulty, Forked, Told
from comity.record import evidence as exhibit
from comity.record.accuse import accuse, accuse_of_fork, signed_run
from comity.record.digest import hex_digest
from comity.record.evidence import Statement
from comity.record.exhibits import Evidence, encode
from comity.record.head import Head
from comity.record.note import Note
from comity.record.series import Finding, Series

_KEPT = b"evidence/"
_OF_A_SEAL = frozenset({"fork", "bad-act", "bad-series"})
"""What stops a series: what its seal did. A delegate, or a former one, must not be able to stop it alone."""
MAX_KEPT = 64


class Breach(msgspec.Struct, frozen=True):
    """One breach that this node knows of."""

    id: str
    side: str
    what: str
    proof: str
    """`evidence`: a file that anyone can check alone; `offending bytes`: what came, which proves little to others."""


class _Record(msgspec.Struct, array_like=True):
    side: str
    what: str
    alone: bool
    content: bytes


def kept(archive: Archive) -> list[Breach]:
    """The breaches that this node knows of."""
    found = []
    for key, raw in archive.local.scan(_KEPT):
        record = msgspec.msgpack.decode(raw, type=_Record)
        proof = "evidence" if record.alone else "offending bytes"
        found.append(Breach(key.removeprefix(_KEPT).decode(), record.side, record.what, proof))
    return found


def content_of(archive: Archive, breach: str) -> bytes | None:
    """The evidence, or the offending bytes, of a breach."""
    raw = archive.local.get(_KEPT + breach.encode())
    return None if raw is None else msgspec.msgpack.decode(raw, type=_Record).content


def to_pass_on(archive: Archive) -> list[bytes]:
    """The evidence that others should have."""
    records = [msgspec.msgpack.decode(raw, type=_Record) for _, raw in archive.local.scan(_KEPT)]
    return [record.content for record in records if record.alone][:MAX_KEPT]


def note(ledger: Ledger, batch: Batch, step: Faulty | Forked | Told) -> str:
    """Note a breach; what it is in words, or nothing if it is none."""
    match step:
        case Faulty():
            return _note_fault(ledger, batch, step)
        case Forked():
            return _note_fork(ledger, batch, step)
        case Told():
            return _note_told(ledger, batch, step)


def _note_fault(ledger: Ledger, batch: Batch, step: Faulty) -> str:
    """Keep an entry that its seal signed and that breaks the protocol, and stop the series."""
    raws = step.stretch.entries[step.before.size + 1 - step.stretch.first :]
    signed = signed_run(
        ledger.charter_note,
        step.before,
        raws,
        step.stretch.head,
        step.stretch.path,
        entries=partial(ledger.archive.entries, step.side),
        read_tile=partial(ledger.archive.tile, step.side),
    )
    what = f"{step.finding.fault}: {step.finding.what}"
    return _keep(
        ledger, batch, step.side, what, accuse(signed, step.finding), _offending(raws, step.finding, step.before)
    )


def _note_fork(ledger: Ledger, batch: Batch, step: Forked) -> str:
    """Keep two heads of one seal that are not one history, and stop the series."""
    heads = tuple(Head.parse(Note.parse(raw).text) for raw in (step.smaller, step.larger))
    series = ledger.shelf.series(step.side)
    assert series is not None
    older, newer = heads
    fork = accuse_of_fork(series.seal, step.smaller, step.larger, (older, newer), ledger.shelf.hashes(step.side))
    what = f"two histories: heads of size {older.size} and {newer.size} that do not fit together"
    return _keep(ledger, batch, step.side, what, fork, step.smaller + step.larger)


def _note_told(ledger: Ledger, batch: Batch, step: Told) -> str:
    """Check evidence that another side passes on; keep it and stop the series if it is true and of this office."""
    try:
        statement = exhibit.check(step.evidence, read_founding)
    except ComityError:
        return ""
    side = _side_of(ledger, statement) if statement.kind in _OF_A_SEAL else None
    if side is None or len(kept(ledger.archive)) >= MAX_KEPT:
        return ""
    if ledger.archive.local.get(_KEPT + hex_digest(step.evidence)[:16].encode()) is not None:
        return ""
    return _store(ledger, batch, side, statement.proves, alone=True, content=step.evidence)


def _side_of(ledger: Ledger, statement: Statement) -> str | None:
    """The other side of this office of which something is proven."""
    for side in ledger.shelf.others:
        series = ledger.shelf.series(side)
        assert series is not None
        keys = {str(key) for key in (series.seal, *ledger.shelf.receipt_keys(side))}
        if statement.of in keys or statement.of == f"{side} of office {ledger.shelf.office}":
            return side
    return None


def _offending(raws: Sequence[bytes], finding: Finding, before: Series) -> bytes:
    at = finding.no - before.size - 1
    return raws[at] if 0 <= at < len(raws) else b""


def _keep(ledger: Ledger, batch: Batch, side: str, what: str, evidence: Evidence | None, offending: bytes) -> str:
    content = offending if evidence is None else encode(evidence)
    return _store(ledger, batch, side, what, alone=evidence is not None, content=content)


def _store(ledger: Ledger, batch: Batch, side: str, what: str, *, alone: bool, content: bytes) -> str:
    ledger.shelf.stop(batch, side)
    key = hex_digest(content)[:16]
    batch.local[_KEPT + key.encode()] = msgspec.msgpack.encode(_Record(side, what, alone, content))
    return f"{side}: {what}"
