"""An archive in memory: for simulations, and the measure of what any other archive must do."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from comity.archive.port import Batch, Enclosure, Filed, Receipted
from comity.errors import Outdated


class SortedKeys:
    """A map with its keys in byte order."""

    def __init__(self) -> None:
        self._values: dict[bytes, bytes] = {}
        self._keys: list[bytes] = []

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`."""
        return self._values.get(key)

    def put(self, key: bytes, value: bytes | None) -> None:
        """Set, or with None delete."""
        if value is None:
            if self._values.pop(key, None) is not None:
                del self._keys[bisect_left(self._keys, key)]
            return
        if key not in self._values:
            insort(self._keys, key)
        self._values[key] = value

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values under `prefix` in order, strictly beyond `after`."""
        keys = [k for k in self._keys[bisect_left(self._keys, prefix) :] if k.startswith(prefix)]
        if after is not None:
            keys = [k for k in keys if (k < after if reverse else k > after)]
        for key in reversed(keys) if reverse else keys:
            yield key, self._values[key]


class MemoryArchive:
    """Everything in dictionaries."""

    def __init__(self) -> None:
        self.state = SortedKeys()
        self.local = SortedKeys()
        self._entries: dict[str, list[bytes]] = defaultdict(list)
        self._enclosures: dict[str, dict[int, list[Enclosure]]] = defaultdict(lambda: defaultdict(list))
        self._tiles: dict[tuple[str, int, int], bytes] = {}
        self._heads: dict[str, bytes] = {}
        self._known: dict[str, bytes] = {}
        self._receipts: dict[tuple[str, str], list[Receipted]] = defaultdict(list)

    def writing(self) -> AbstractContextManager[None]:
        """Nothing changes in between."""
        return nullcontext()

    def commit(self, batch: Batch) -> None:
        """Write all of `batch`, or nothing."""
        for side, advance in batch.series.items():
            if advance.old != len(self._entries[side]):
                raise Outdated(f"the series of {side} is at {len(self._entries[side])}, not at {advance.old}")
        for side, advance in batch.series.items():
            self._entries[side].extend(advance.entries)
            for enclosure in advance.enclosures:
                self._enclosures[side][enclosure.no].append(enclosure)
            for tile in advance.tiles:
                self._tiles[side, tile.level, tile.number] = tile.hashes
            self._known[side] = advance.known
            if advance.head is not None:
                self._heads[side] = advance.head
        for side, receipt in batch.receipts:
            known = self._receipts[side, receipt.cosigner]
            if receipt.size not in {r.size for r in known}:
                insort(known, receipt, key=lambda r: r.size)
        for key, value in batch.state.items():
            self.state.put(key, value)
        for key, value in batch.local.items():
            self.local.put(key, value)

    def filed(self, side: str) -> Filed:
        """How far the series of `side` is held."""
        return Filed(len(self._entries[side]), self._heads.get(side, b""), self._known.get(side, b""))

    def entries(self, side: str, first: int, last: int) -> list[bytes]:
        """The entries numbered `first` to `last`."""
        return self._entries[side][first - 1 : last]

    def enclosures(self, side: str, first: int, last: int) -> list[Enclosure]:
        """What is held of the bodies and attachments of these entries."""
        held = self._enclosures[side]
        return [e for no in range(first, last + 1) if no in held for e in sorted(held[no])]

    def bodies(self, side: str, first: int, last: int) -> dict[int, bytes]:
        """What is held of the bodies of these entries."""
        return {e.no: e.content for e in self.enclosures(side, first, last) if e.place == 0}

    def tile(self, side: str, level: int, number: int) -> bytes:
        """The hashes of a tile."""
        return self._tiles.get((side, level, number), b"")

    def receipts(self, side: str) -> list[Receipted]:
        """The newest receipt by each cosigner."""
        return sorted(known[-1] for (series, _), known in self._receipts.items() if series == side and known)

    def receipt_covering(self, side: str, cosigner: str, no: int) -> Receipted | None:
        """The first receipt by `cosigner` that covers entry `no`."""
        known = self._receipts.get((side, cosigner), [])
        at = bisect_left(known, no, key=lambda r: r.size)
        return known[at] if at < len(known) else None

    def close(self) -> None:
        """Nothing to let go of."""
