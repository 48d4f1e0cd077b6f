"""Static tiles: a series as files that any tlog-tiles reader can fetch, from any object store or folder.

OUT/checkpoint     the newest head with the receipts on it
OUT/vkey           the seal's verifier key, by which the head is checked
OUT/tile/…         full and partial tiles and entry bundles
Source: C2SP tlog-tiles.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from comity.archive.port import Archive
from comity.errors import Refused, Unavailable
from comity.record.head import Head
from comity.record.merkle import EMPTY_ROOT, TILE_WIDTH, leaf_hash, node_hash, perfect_root
from comity.record.note import Note, Signature, assemble
from comity.record.tiles import ENTRIES, TilePath, encode_bundle

_SLICE = 4 * TILE_WIDTH
Progress = Callable[[int], None]
"""Told how many entries are done."""


class TileWriter:
    """From entries to tiles, in constant memory, whatever the size of the series."""

    def __init__(self) -> None:
        self._rows: list[list[bytes]] = [[]]
        self._counts: list[int] = [0]

    def take(self, bundle: list[bytes]) -> Iterator[tuple[TilePath, bytes]]:
        """The next 256 entries, or the last few; yields every file that is complete then."""
        number, width = self._counts[0], len(bundle)
        yield TilePath(ENTRIES, number, width), encode_bundle(bundle)
        self._rows[0] = [leaf_hash(entry) for entry in bundle]
        level = 0
        while len(self._rows[level]) == TILE_WIDTH:
            row = self._rows[level]
            yield TilePath(level, self._counts[level]), b"".join(row)
            self._rows[level] = []
            self._counts[level] += 1
            level += 1
            if level == len(self._rows):
                self._rows.append([])
                self._counts.append(0)
            self._rows[level].append(perfect_root(row))

    def end(self) -> Iterator[tuple[TilePath, bytes]]:
        """The partial tiles."""
        for level, (row, number) in enumerate(zip(self._rows, self._counts, strict=True)):
            if row:
                yield TilePath(level, number, len(row)), b"".join(row)

    def root(self) -> bytes:
        """The root over all entries taken."""
        right: bytes | None = None
        for row in self._rows:
            right = _fold(row, right)
        return EMPTY_ROOT if right is None else right


def _fold(row: list[bytes], right: bytes | None) -> bytes | None:
    """The root over a level's partial row with what lies to its right below."""
    width = len(row)
    while width:
        largest = width & -width
        left = perfect_root(row[width - largest : width])
        right = left if right is None else node_hash(left, right)
        width -= largest
    return right


def export_series(archive: Archive, side: str, vkey: str, out: Path, progress: Progress = lambda _: None) -> int:
    """Write the series of a side as static tiles, the checkpoint last; how many entries that covers.

    Raises: Refused, if the folder is of another log; Unavailable, if the archive is not what its head signs.
    """
    filed = archive.filed(side)
    if not filed.head:
        return 0
    note = Note.parse(filed.head)
    head = Head.parse(note.text)
    _claim(out, vkey)
    writer = TileWriter()
    for done, bundle in _bundles(archive, side, head.size):
        for path, content in writer.take(bundle):
            _write(out / str(path), content)
        progress(done)
    for path, content in writer.end():
        _write(out / str(path), content)
    if writer.root() != head.root:
        raise Unavailable(f"the entries of {side} are not what its head signs", hint="run `comity verify`")
    receipts = [r for r in archive.receipts(side) if r.size == head.size]
    lines = [Signature.parse(line) for r in receipts for line in r.line.splitlines(keepends=True)]
    _write(out / "checkpoint", assemble(note.text, [*note.signatures, *lines]))
    return head.size


def _claim(out: Path, vkey: str) -> None:
    path = out / "vkey"
    if path.exists() and path.read_text().strip() != vkey:
        raise Refused(f"{out} holds the tiles of another log", hint="export to a folder of its own")
    _write(path, vkey.encode() + b"\n")


def _bundles(archive: Archive, side: str, size: int) -> Iterator[tuple[int, list[bytes]]]:
    for first in range(1, size + 1, _SLICE):
        last = min(first + _SLICE - 1, size)
        entries = archive.entries(side, first, last)
        for at in range(0, len(entries), TILE_WIDTH):
            yield first + at + len(entries[at : at + TILE_WIDTH]) - 1, entries[at : at + TILE_WIDTH]


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(content)
    os.replace(fresh, path)


def files_of(bundles: Iterable[list[bytes]]) -> Iterator[tuple[TilePath, bytes]]:
    """Every tile and bundle that a series of these entries must have."""
    writer = TileWriter()
    for bundle in bundles:
        yield from writer.take(bundle)
    yield from writer.end()
