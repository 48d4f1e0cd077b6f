"""From a finding to evidence: the smallest file that proves it.

What cannot be proven to others: that a body was withheld or a wrong one sent (nobody signs what travels beside an
entry), that a receipt was given for what was not stored, and an act by no key in force in a series that is too long
to show from its start. The offending bytes are kept all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record.exhibits import MAX_EVIDENCE, MAX_GRANTS, BadAct, BadSeries, Evidence, Fork, Included
from comity.record.head import Head
from comity.record.keys import VerifierKey
from comity.record.merkle import Hashes
from comity.record.series import Fault, Finding

_RUN = 1024
_ROOM = MAX_EVIDENCE * 3 // 4 - (2 << 20)
"""Bytes of entries that fit into a file in base64, with the charter and the head."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A series as its seal signed it, the bad act included."""

    charter: bytes
    """The charter's note."""
    side: str
    head: bytes
    """The signed head that covers it."""
    size: int
    """How many entries are at hand."""
    hashes: Hashes
    """Of the log of these entries."""
    bridge: Sequence[bytes]
    """The proof that the head extends them; empty if it signs just these."""
    entries: Callable[[int, int], Sequence[bytes]]
    """The entries from one number to another, both included."""


def accuse(signed: Signed, finding: Finding) -> Evidence | None:
    """Evidence of a finding that a run's reader made, or None where no file can prove it."""
    match finding.fault:
        case Fault.MALFORMED | Fault.OFFICE | Fault.SIDE | Fault.NUMBER:
            return _bad_act(signed, finding.no)
        case Fault.SEEN:
            return _bad_act(signed, finding.no, before=finding.no - 1)
        case Fault.SIGNATURE:
            grants = tuple(_grants(signed, finding.no))
            return _bad_act(signed, finding.no, grants=grants) if len(grants) <= MAX_GRANTS else None
        case Fault.SIGNER | Fault.GRANT:
            return _bad_series(signed, finding.no)
        case _:
            return None


def accuse_of_fork(key: VerifierKey, older: bytes, newer: bytes, heads: tuple[Head, Head], hashes: Hashes) -> Fork:
    """Evidence from two signed heads, smaller first, and the log that the newer one signs."""
    old, new = heads
    path: list[bytes] = []
    if 0 < old.size < new.size:
        path = hashes.consistency(old.size, new.size)
        if old.size & (old.size - 1) == 0:
            path.insert(0, hashes.head_root(old.size))
    return Fork(key=str(key), older=older.decode(), newer=newer.decode(), path=tuple(path))


def _bad_act(signed: Signed, no: int, before: int | None = None, grants: tuple[bytes, ...] = ()) -> BadAct | None:
    act = _included(signed, no)
    if len(act.entry) > _ROOM:
        return None
    earlier = None if before is None else _included(signed, before)
    charter, head = signed.charter.decode(), signed.head.decode()
    return BadAct(charter=charter, side=signed.side, head=head, act=act, before=earlier, grants=grants)


def _included(signed: Signed, no: int) -> Included:
    (raw,) = signed.entries(no, no)
    path = signed.hashes.inclusion(no - 1, signed.size)
    return Included(raw, no - 1, signed.size, tuple(path), tuple(signed.bridge))


def _bad_series(signed: Signed, no: int) -> BadSeries | None:
    entries: list[bytes] = []
    room = _ROOM
    for raw in _all(signed, signed.size):
        room -= len(raw)
        if room < 0:
            return None
        entries.append(raw)
    assert no <= len(entries)
    charter, head, bridge = signed.charter.decode(), signed.head.decode(), tuple(signed.bridge)
    return BadSeries(charter=charter, side=signed.side, head=head, entries=tuple(entries), bridge=bridge)


def _grants(signed: Signed, no: int) -> Iterator[bytes]:
    for raw in _all(signed, no - 1):
        if wire.may_grant(raw):
            try:
                granted = wire.parse(raw).entry.key
            except Malformed:
                continue
            if granted is not None:
                yield raw


def _all(signed: Signed, last: int) -> Iterator[bytes]:
    for first in range(1, last + 1, _RUN):
        yield from signed.entries(first, min(first + _RUN - 1, last))
