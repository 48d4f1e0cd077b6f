"""From a finding to evidence: the smallest file that proves it.

What cannot be proven to others: that a body was withheld or a wrong one sent (nobody signs what travels beside an
entry), that a receipt was given for what was not stored, and an act by no key in force in a series that is too long
to show from its start. The offending bytes are kept all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from comity.record import entry as wire
from comity.record.exhibits import MAX_EVIDENCE, MAX_GRANTS, BadAct, BadSeries, Evidence, Fork, Included
from comity.record.head import Head
from comity.record.keys import VerifierKey
from comity.record.merkle import Hashes, ReadTile, leaf_hash
from comity.record.series import Fault, Finding, Series

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
    """Evidence from two signed heads, the smaller first, and the log that the newer one signs."""
    old, new = heads[0].size, heads[1].size
    path: list[bytes] = []
    if 0 < old < new:
        path = [hashes.head_root(old)] if old & (old - 1) == 0 else []
        path += hashes.consistency(old, new)
    return Fork(key=str(key), older=older.decode(), newer=newer.decode(), path=tuple(path))


def signed_run(
    charter: bytes,
    before: Series,
    raws: Sequence[bytes],
    head: bytes,
    bridge: Sequence[bytes],
    *,
    entries: Callable[[int, int], Sequence[bytes]],
    read_tile: ReadTile,
) -> Signed:
    """A series known up to `before` and the run after it, as a head signs both; the readers serve what was known."""
    tree, known = before.tree.copy(), before.size
    fresh = {(t.level, t.number): t.hashes for t in tree.extend(leaf_hash(raw) for raw in raws)}

    def tile(level: int, number: int) -> bytes:
        return fresh[level, number] if (level, number) in fresh else read_tile(level, number)

    def both(first: int, last: int) -> Sequence[bytes]:
        old = entries(first, min(last, known)) if first <= known else []
        return [*old, *raws[max(first - known - 1, 0) : max(last - known, 0)]]

    return Signed(charter, before.side, head, tree.size, Hashes(tree, tile), bridge, both)


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
        if wire.may_grant(raw) and wire.parse(raw).entry.key is not None:
            yield raw


def _all(signed: Signed, last: int) -> Iterator[bytes]:
    for first in range(1, last + 1, _RUN):
        yield from signed.entries(first, min(first + _RUN - 1, last))
