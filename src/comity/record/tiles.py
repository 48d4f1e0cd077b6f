"""Where a log's tiles and entries stand as static files: paths as pure arithmetic, and bundles of entries.

Source: C2SP tlog-tiles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from comity.errors import Malformed
from comity.record.merkle import TILE_HEIGHT, TILE_WIDTH

MAX_LEVEL = 63
MAX_BUNDLE = TILE_WIDTH * (2 + 0xFFFF)
ENTRIES = -1
"""The level of an entry bundle, which holds the entries below the hashes of level 0."""
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<number>(x\d{3}/){0,5}\d{3})(\.p/(?P<width>[1-9]\d{0,2}))?", re.ASCII
)


class TilePath(NamedTuple):
    """A tile's place: its level (or `ENTRIES`), its number within the level, and its width, 256 if it is full."""

    level: int
    number: int
    width: int = TILE_WIDTH

    def __str__(self) -> str:
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{number}{partial}"

    @classmethod
    def parse(cls, path: str, *, where: str = "tile path") -> TilePath:
        """Read `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`.

        Raises: Malformed, for a path that `str` would not have written.
        """
        match = _PATH.fullmatch(path) if len(path) <= 64 else None
        if match is None:
            raise Malformed(f"not the path of a tile: {path[:64]!r}", where=where)
        level = ENTRIES if match["level"] == "entries" else int(match["level"])
        width = TILE_WIDTH if match["width"] is None else int(match["width"])
        place = cls(level, int(match["number"].replace("/", "").replace("x", "")), width)
        if level > MAX_LEVEL or width > TILE_WIDTH or str(place) != path:
            raise Malformed(f"not the path of a tile: {path[:64]!r}", where=where)
        return place


def tiles_at(size: int, since: int = 0) -> Iterator[TilePath]:
    """Every tile and bundle that a log of `size` has and one of `since` had not, whole levels from the lowest up."""
    assert 0 <= since <= size
    level = ENTRIES
    while True:
        span = TILE_HEIGHT * max(level, 0)
        now, before = size >> span, since >> span
        if not now:
            return
        full, partial = divmod(now, TILE_WIDTH)
        for number in range(before // TILE_WIDTH, full):
            yield TilePath(level, number)
        if partial and now != before:
            yield TilePath(level, full, partial)
        level += 1


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """A bundle's bytes: each entry after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(raw: bytes, width: int = TILE_WIDTH, *, where: str = "entry bundle") -> list[bytes]:
    """The `width` entries of a bundle.

    Raises: Malformed, when it is cut short, too long, or holds another number of entries.
    """
    if len(raw) > MAX_BUNDLE:
        raise Malformed(f"a bundle of {len(raw)} bytes; at most {MAX_BUNDLE} are possible", where=where)
    entries: list[bytes] = []
    at = 0
    while at < len(raw):
        start = at + 2
        at = start + int.from_bytes(raw[at:start], "big")
        if start > len(raw) or at > len(raw):
            raise Malformed(f"cut short in entry {len(entries)}", where=where)
        entries.append(raw[start:at])
    if len(entries) != width:
        raise Malformed(f"{len(entries)} entries where {width} are due", where=where)
    return entries
