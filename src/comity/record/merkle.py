"""Merkle trees that grow: an append costs O(log n) and nothing is ever rebuilt.

The tree keeps its right edge only: the roots of the perfect subtrees that make it up, and the last, partial tile of
every level. Full tiles leave it as they are completed; proofs read them back through a function.
Source: RFC 6962 §2.1, RFC 9162 §2.1; C2SP tlog-tiles for the tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from comity.errors import Malformed

EMPTY_ROOT = sha256(b"").digest()
HASH = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
MAX_PROOF = 63


class Tile(NamedTuple):
    """A row of up to 256 hashes: hash i is the root of the 256^level entries from (256·number + i)·256^level."""

    level: int
    number: int
    hashes: bytes


ReadTile = Callable[[int, int], bytes]
"""(level, number) to the bytes of a full tile."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00, entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01, left, right)."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: Sequence[bytes]) -> bytes:
    """The root over a power-of-two number of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


def split_point(size: int) -> int:
    """The largest power of two below `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


class Tree:
    """A tree's right edge.

    `stack` holds the roots of the perfect subtrees, largest first; `edge[l]` the hashes of level l's partial tile.
    """

    __slots__ = ("edge", "size", "stack")

    def __init__(self, size: int = 0, edge: Sequence[Sequence[bytes]] = ()) -> None:
        """Start from a size and the partial tiles of every level, lowest first."""
        self.size = size
        self.edge: list[list[bytes]] = [list(row) for row in edge]
        self.stack: list[bytes] = []
        while len(self.edge) < (size.bit_length() + TILE_HEIGHT - 1) // TILE_HEIGHT:
            self.edge.append([])
        for level in reversed(range(len(self.edge))):
            row, start = self.edge[level], 0
            width = (size >> (TILE_HEIGHT * level)) % TILE_WIDTH
            if len(row) != width:
                raise Malformed(f"{len(row)} hashes where {width} are due", where=f"edge of level {level}")
            for bit in reversed(range(TILE_HEIGHT)):
                if width >> bit & 1:
                    self.stack.append(perfect_root(row[start : start + (1 << bit)]))
                    start += 1 << bit

    def copy(self) -> Tree:
        """An independent copy; O(log n)."""
        twin = Tree.__new__(Tree)
        twin.size, twin.stack, twin.edge = self.size, self.stack.copy(), [row.copy() for row in self.edge]
        return twin

    def append(self, leaf: bytes) -> list[Tile]:
        """Add a leaf hash; return the tiles that this changed above level 0, and every tile that it completed."""
        tiles: list[Tile] = []
        rest, height, node = self.size, 0, leaf
        self._put(0, node, tiles)
        while rest & 1:
            node = sha256(b"\x01" + self.stack.pop() + node).digest()
            rest >>= 1
            height += 1
            if height % TILE_HEIGHT == 0:
                self._put(height // TILE_HEIGHT, node, tiles)
        self.stack.append(node)
        self.size += 1
        return tiles

    def extend(self, leaves: Iterable[bytes]) -> list[Tile]:
        """Add leaf hashes; return the changed tiles, each in its last state."""
        fresh, tiles = list(leaves), {}
        if len(fresh) < TILE_WIDTH:
            for leaf in fresh:
                for tile in self.append(leaf):
                    tiles[tile.level, tile.number] = tile
            return list(tiles.values())
        row = (self.edge[0] if self.edge else []) + fresh
        self.edge = self.edge or [[]]
        whole = len(row) - len(row) % TILE_WIDTH
        for number, start in enumerate(range(0, whole, TILE_WIDTH), self.size // TILE_WIDTH):
            part = row[start : start + TILE_WIDTH]
            tiles[0, number] = Tile(0, number, b"".join(part))
            self._carry(1, number, perfect_root(part), tiles)
        grown = Tree(self.size + len(fresh), [row[whole:], *self.edge[1:]])
        self.size, self.edge, self.stack = grown.size, grown.edge, grown.stack
        return list(tiles.values())

    def _carry(self, level: int, at: int, node: bytes, tiles: dict[tuple[int, int], Tile]) -> None:
        """Put the root of full tile `at` of the level below in its place, and so on upwards."""
        if level == len(self.edge):
            self.edge.append([])
        row, number = self.edge[level], at // TILE_WIDTH
        row.append(node)
        tiles[level, number] = Tile(level, number, b"".join(row))
        if len(row) == TILE_WIDTH:
            root = perfect_root(row)
            row.clear()
            self._carry(level + 1, number, root, tiles)

    def _put(self, level: int, node: bytes, tiles: list[Tile]) -> None:
        if level == len(self.edge):
            self.edge.append([])
        row = self.edge[level]
        row.append(node)
        full = len(row) == TILE_WIDTH
        if full or level:
            tiles.append(Tile(level, self.size >> (TILE_HEIGHT * (level + 1)), b"".join(row)))
        if full:
            row.clear()

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self.stack:
            return EMPTY_ROOT
        node = self.stack[-1]
        for left in reversed(self.stack[:-1]):
            node = sha256(b"\x01" + left + node).digest()
        return node

    def partial_tile(self, level: int) -> Tile | None:
        """The partial tile at the edge of `level`, or None where the edge is empty."""
        if level >= len(self.edge) or not self.edge[level]:
            return None
        return Tile(level, self.size >> (TILE_HEIGHT * (level + 1)), b"".join(self.edge[level]))


class Hashes:
    """The hashes of a tree's subtrees, from its edge and its full tiles."""

    def __init__(self, tree: Tree, read_tile: ReadTile) -> None:
        self._tree, self._read_tile = tree, read_tile
        self._rows: dict[tuple[int, int], Sequence[bytes]] = {}

    def _row(self, level: int, index: int) -> Sequence[bytes]:
        if index == self._tree.size >> (TILE_HEIGHT * (level + 1)):
            return self._tree.edge[level]
        row = self._rows.get((level, index))
        if row is None:
            raw = self._read_tile(level, index)
            row = self._rows[level, index] = [raw[i : i + HASH] for i in range(0, len(raw), HASH)]
        return row

    def root(self, low: int, high: int) -> bytes:
        """MTH of the leaves low … high-1, where `low` is a multiple of the power of two that holds the range."""
        width = high - low
        if width & (width - 1) == 0:
            height = width.bit_length() - 1
            level, within = divmod(height, TILE_HEIGHT)
            first = low >> (TILE_HEIGHT * level)
            row = self._row(level, first // TILE_WIDTH)
            at = first % TILE_WIDTH
            return perfect_root(row[at : at + (1 << within)])
        middle = low + split_point(width)
        return node_hash(self.root(low, middle), self.root(middle, high))

    def head_root(self, size: int) -> bytes:
        """The root that the tree had at an earlier `size`."""
        return self.root(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """The audit path of leaf `index` (from 0) in the tree of `size`, from the leaf's sibling upwards."""
        assert 0 <= index < size <= self._tree.size
        path, low, high = [], 0, size
        while high - low > 1:
            middle = low + split_point(high - low)
            if index < middle:
                path.append(self.root(middle, high))
                high = middle
            else:
                path.append(self.root(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of size `new` extends the tree of size `old`; empty when either is trivial."""
        assert 0 <= old <= new <= self._tree.size
        if old in (0, new):
            return []
        path, low, high, whole = [], 0, new, True
        while old != high:
            middle = low + split_point(high - low)
            if old <= middle:
                path.append(self.root(middle, high))
                high = middle
            else:
                path.append(self.root(low, middle))
                low, whole = middle, False
        if not whole:
            path.append(self.root(low, high))
        return path[::-1]


def root_from_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """The root that an audit path leads to.

    Units:  `index` counts from 0.
    Raises: Malformed, when the path's length is not that of leaf `index` in a tree of `size`.
    Source: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size or len(path) > MAX_PROOF:
        raise Malformed(f"no leaf {index} in a tree of {size}", where="inclusion proof")
    node, at, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            raise Malformed("a path that is too long", where="inclusion proof")
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling)
        at >>= 1
        last >>= 1
    if last:
        raise Malformed("a path that is too short", where="inclusion proof")
    return node


def roots_from_consistency(old: int, new: int, old_root: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The two roots, (old, new), that a consistency proof commits to, for 0 < old < new.

    `old_root` only serves where the old tree is a whole subtree of the new one and the proof leaves it out.
    Raises: Malformed, when the proof's length is not that of the two sizes.
    Source: RFC 9162 §2.1.4.2.
    """
    if not 0 < old < new or not path or len(path) > MAX_PROOF + 1:
        raise Malformed(f"not a proof from {old} to {new}", where="consistency proof")
    rest = list(path)
    if old & (old - 1) == 0:
        rest.insert(0, old_root)
    at, last = old - 1, new - 1
    while at & 1:
        at >>= 1
        last >>= 1
    first = second = rest[0]
    for node in rest[1:]:
        if last == 0:
            raise Malformed("a proof that is too long", where="consistency proof")
        if at & 1 or at == last:
            first, second = node_hash(node, first), node_hash(node, second)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            second = node_hash(second, node)
        at >>= 1
        last >>= 1
    if last:
        raise Malformed("a proof that is too short", where="consistency proof")
    return first, second
