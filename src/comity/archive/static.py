"""Reading static tiles back: a copy of a series that came from anywhere, bounded before it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from comity.archive.export import files_of
from comity.errors import Malformed, Unavailable
from comity.record.head import MAX_HEAD, Head
from comity.record.keys import MAX_VKEY_CHARS
from comity.record.merkle import TILE_WIDTH
from comity.record.note import Note
from comity.record.tiles import ENTRIES, MAX_BUNDLE, TilePath, decode_bundle


class StaticSeries:
    """One series as static tiles in a folder."""

    def __init__(self, folder: Path) -> None:
        """Open it; nothing is verified yet.

        Raises: Unavailable, if there is no checkpoint; Malformed, if it is none.
        """
        self._folder = folder
        self.checkpoint = _read(folder / "checkpoint", MAX_HEAD)
        self.note = Note.parse(self.checkpoint, where=str(folder / "checkpoint"))
        self.head = Head.parse(self.note.text, where=str(folder / "checkpoint"))
        self.vkey = _read(folder / "vkey", MAX_VKEY_CHARS + 1).decode("utf-8", "replace").strip()

    def entries(self, first: int, last: int) -> Sequence[bytes]:
        """The entries numbered `first` to `last`, as many as are there before the first that is not."""
        found: list[bytes] = []
        for number in range((first - 1) // TILE_WIDTH, (last - 1) // TILE_WIDTH + 1):
            width = min(TILE_WIDTH, self.head.size - number * TILE_WIDTH)
            path = TilePath(ENTRIES, number, width)
            try:
                bundle = decode_bundle(_read(self._folder / str(path), MAX_BUNDLE), width, where=str(path))
            except (Malformed, Unavailable):
                break
            found += bundle
        start = (first - 1) % TILE_WIDTH
        return found[start : start + last - first + 1]

    def damaged(self) -> Iterator[str]:
        """The files that are not there, or are not what the entries make them."""
        bundles = (
            list(self.entries(first, min(first + TILE_WIDTH - 1, self.head.size)))
            for first in range(1, self.head.size + 1, TILE_WIDTH)
        )
        for path, content in files_of(bundles):
            try:
                same = _read(self._folder / str(path), len(content)) == content
            except (Malformed, Unavailable):
                same = False
            if not same:
                yield str(path)


def _read(path: Path, limit: int) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(limit + 1)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read: {error.strerror}", hint="is this a folder of tiles?") from None
    if len(raw) > limit:
        raise Malformed(f"more than {limit} bytes", where=str(path))
    return raw
