"""What a node holds of every series: the archive's rows, with the edge of each in memory.

It serves both ends of the link: what may be sent, and what is known while a pouch is read. Changes are staged and go
to the archive in one batch; if that fails they are undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from comity.archive.port import Advance, Archive, Batch, Enclosure, Receipted
from comity.errors import Unavailable
from comity.link.reading import Acknowledged, Admit
from comity.office.charter import Charter
from comity.office.charter import Side as Party
from comity.record.head import Head
from comity.record.keys import VerifierKey
from comity.record.merkle import HASH, TILE_HEIGHT, TILE_WIDTH, Hashes, Tile, Tree, leaf_hash
from comity.record.note import Note
from comity.record.series import Holder, Series

WATCH = "watch"
_STOPPED = b"stopped/"
_ROOTS = 4096
"""How many roots of past heads stay in memory."""


class _Known(msgspec.Struct, array_like=True):
    """What is kept beside a series: the last `seen` and the keys in force."""

    seen: dict[str, int]
    holders: dict[str, tuple[str, bool]]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Known).decode


@dataclass(slots=True)
class _Standing:
    """One series in memory."""

    series: Series
    head: bytes
    head_size: int
    receipts: dict[str, Receipted] = field(default_factory=dict)


def first_holders(party: Party) -> dict[str, Holder]:
    """Who may sign for a side when the office is founded."""
    holders = {d.name: Holder(VerifierKey.parse(d.key, where=d.name), d.chief) for d in party.delegates}
    return holders | {WATCH: Holder(VerifierKey.parse(party.watch, where=WATCH))}


def load_series(archive: Archive, office: str, party: Party) -> Series:
    """A series as the archive has it, at the cost of its edge alone.

    Raises: Unavailable, if the archive's rows do not fit together.
    """
    filed = archive.filed(party.side)
    seal = VerifierKey.parse(party.seal, where=f"seal of {party.side}")
    if not filed.size:
        return Series(office, party.side, seal, first_holders(party))
    known = _decode(filed.known)
    holders = {who: Holder(VerifierKey.parse(key), chief) for who, (key, chief) in known.holders.items()}
    raws = archive.entries(party.side, filed.size - filed.size % TILE_WIDTH + 1, filed.size)
    edge = [[leaf_hash(raw) for raw in raws]]
    for level in range(1, (filed.size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT):
        width = (filed.size >> (TILE_HEIGHT * level)) % TILE_WIDTH
        row = (
            archive.tile(party.side, level, filed.size >> (TILE_HEIGHT * (level + 1)))[: width * HASH]
            if width
            else b""
        )
        edge.append([row[i : i + HASH] for i in range(0, len(row), HASH)])
    tree = Tree(filed.size, edge)
    if (
        filed.head
        and (head := Head.parse(Note.parse(filed.head).text)).size == tree.size
        and head.root != tree.root()
    ):
        raise Unavailable(f"the archive's entries of {party.side} are not what its head signs", hint="comity recover")
    return Series(office, party.side, seal, holders, tree, known.seen)


class Shelf:
    """The holdings of one side of one office."""

    def __init__(self, archive: Archive, office: str, charter: Charter, side: str) -> None:
        self.archive, self.office, self.side = archive, office, side
        self.parties = tuple(party.side for party in charter.sides)
        self.others = tuple(p for p in self.parties if p != side)
        self.recovering = False
        self._receipt_keys = {
            party.side: tuple(VerifierKey.parse(k) for k in (party.receipt, party.receipt_pq) if k)
            for party in charter.sides
        }
        self._seals = {party.side: party for party in charter.sides}
        self._stopped = self._read_stopped()
        self._roots: dict[tuple[str, int], bytes] = {}
        self._kept: dict[str, tuple[Mapping[str, Holder] | None, dict[str, tuple[str, bool]]]] = {}
        self._fresh: dict[tuple[str, int, int], bytes] = {}
        self._undo: dict[str, _Standing] | None = None
        self._standing = {party.side: self._load(party) for party in charter.sides}

    def _load(self, party: Party) -> _Standing:
        head = self.archive.filed(party.side).head
        size = Head.parse(Note.parse(head).text).size if head else 0
        receipts = {r.cosigner: r for r in self.archive.receipts(party.side)}
        return _Standing(load_series(self.archive, self.office, party), head, size, receipts)

    def _read_stopped(self) -> set[str]:
        return {key.removeprefix(_STOPPED).decode() for key, _ in self.archive.local.scan(_STOPPED)}

    # What may be sent (link.packing.Shelf)

    def size(self, side: str) -> int:
        """How many entries of the series are held."""
        return self._standing[side].series.size

    def head(self, side: str) -> bytes:
        """The newest head held, as a signed note."""
        return self._standing[side].head

    def head_size(self, side: str) -> int:
        """The size that the newest head signs."""
        return self._standing[side].head_size

    def hashes(self, side: str) -> Hashes:
        """The hashes of the tree over the entries held."""
        return Hashes(self._standing[side].series.tree, lambda level, number: self._tile(side, level, number))

    def root(self, side: str, size: int) -> bytes:
        """The root of a series at a size that is held; the newest ones are remembered."""
        root = self._roots.get((side, size))
        if root is None:
            tree = self._standing[side].series.tree
            root = tree.root() if size == tree.size else self.hashes(side).head_root(size)
        return root

    def _tile(self, side: str, level: int, number: int) -> bytes:
        return self._fresh.get((side, level, number)) or self.archive.tile(side, level, number)

    def entries(self, side: str, first: int, last: int) -> list[bytes]:
        """The entries numbered `first` to `last`."""
        return self.archive.entries(side, first, last)

    def enclosures(self, side: str, first: int, last: int) -> Sequence[Enclosure]:
        """What is held of their bodies and attachments."""
        return self.archive.enclosures(side, first, last)

    def receipts(self, side: str) -> Sequence[Receipted]:
        """The newest receipt by each cosigner."""
        return list(self._standing[side].receipts.values())

    # What is known while a pouch is read (link.reading.Known)

    def series(self, side: str) -> Series | None:
        """How far a party's series is known."""
        standing = self._standing.get(side)
        return None if standing is None else standing.series

    def own(self) -> Series:
        """This side's own series."""
        return self._standing[self.side].series

    def stopped(self, side: str) -> bool:
        """Whether the series was stopped for a breach."""
        return side in self._stopped

    @property
    def any_stopped(self) -> bool:
        """Whether any series was stopped."""
        return bool(self._stopped)

    def receipted(self, series: str, cosigner: str) -> int:
        """The size of the newest receipt known."""
        known = self._standing[series].receipts.get(cosigner)
        return known.size if known else 0

    def receipt_keys(self, cosigner: str) -> Sequence[VerifierKey]:
        """The keys under which a party cosigns."""
        return self._receipt_keys.get(cosigner, ())

    # Changes, staged for one batch

    def begin(self) -> None:
        """Start staging."""
        self._undo = {side: self._copy(standing) for side, standing in self._standing.items()}

    @staticmethod
    def _copy(standing: _Standing) -> _Standing:
        return _Standing(standing.series, standing.head, standing.head_size, dict(standing.receipts))

    def grow(
        self,
        batch: Batch,
        after: Series,
        raws: Sequence[bytes],
        enclosures: Sequence[tuple[int, int, bytes]],
        tiles: Sequence[Tile],
        head: tuple[int, bytes] | None,
    ) -> None:
        """Stage that a series grows; `head`: the size and the note of a head that covers no more than it then has."""
        standing = self._standing[after.side]
        known = _encode(_Known(dict(after.seen), self._as_kept(after)))
        assert after.side not in batch.series
        batch.series[after.side] = Advance(
            standing.series.size, raws, [Enclosure(*e) for e in enclosures], tiles, known, head and head[1]
        )
        standing.series = after
        if head is not None:
            standing.head_size, standing.head = head
            if len(self._roots) >= _ROOTS:
                self._roots.clear()
            self._roots[after.side, after.size] = after.tree.root()
        self._fresh.update(((after.side, tile.level, tile.number), tile.hashes) for tile in tiles)

    def _as_kept(self, series: Series) -> dict[str, tuple[str, bool]]:
        """A series' holders as they are kept; they seldom change."""
        known, kept = self._kept.get(series.side, (None, {}))
        if known is not series.holders:
            kept = {who: (str(holder.key), holder.chief) for who, holder in series.holders.items()}
            self._kept[series.side] = (series.holders, kept)
        return kept

    def admit(self, batch: Batch, step: Admit) -> None:
        """Stage entries that came in a pouch."""
        raws = [act.raw for act in step.run.acts]
        head = (step.head.size, step.head_note) if step.head else None
        self.grow(batch, step.run.after, raws, step.enclosures, step.run.tiles, head)

    def acknowledge(self, batch: Batch, step: Acknowledged) -> None:
        """Stage a receipt."""
        self.receipt(batch, step.series, Receipted(step.cosigner, step.size, step.time, step.line))

    def receipt(self, batch: Batch, series: str, receipted: Receipted) -> None:
        """Stage a receipt, ours or another's."""
        self._standing[series].receipts[receipted.cosigner] = receipted
        batch.receipts.append((series, receipted))

    def stop(self, batch: Batch, side: str) -> None:
        """Stage that a series is taken no more."""
        self._stopped.add(side)
        batch.local[_STOPPED + side.encode()] = b"1"

    def settle(self) -> None:
        """The batch is in the archive."""
        self._undo = None
        self._fresh.clear()

    def undo(self) -> None:
        """The batch failed: nothing of it is so."""
        assert self._undo is not None
        self._standing, self._undo = self._undo, None
        self._stopped = self._read_stopped()
        self._roots.clear()
        self._fresh.clear()

    def holdings(self) -> Mapping[str, int]:
        """How far every series is held."""
        return {side: standing.series.size for side, standing in self._standing.items()}
