"""Filling a pouch: all that one side lacks of what another holds, up to a limit, whatever carries it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from comity.link.pouch import Enclosed, Pouch, Receipting, Stretch
from comity.record.merkle import Hashes

SLICE = 512
DEFAULT_LIMIT = 4 << 20


class Shelf(Protocol):
    """Where a node keeps what it may send."""

    def size(self, side: str) -> int:
        """How many entries of the series are held."""

    def head(self, side: str) -> bytes:
        """The newest head held, as a signed note; empty before the first."""

    def head_size(self, side: str) -> int:
        """The size that the newest head signs."""

    def hashes(self, side: str) -> Hashes:
        """The hashes of the tree over the entries held."""

    def entries(self, side: str, first: int, last: int) -> list[bytes]:
        """The entries numbered `first` to `last`."""

    def enclosures(self, side: str, first: int, last: int) -> Sequence[tuple[int, int, bytes]]:
        """(number, place, content) of what is held of their bodies and attachments."""

    def receipts(self, side: str) -> Sequence[tuple[str, int, int, bytes]]:
        """(cosigner, size, time, line) of the newest receipt by each cosigner."""


def fill(
    shelf: Shelf,
    *,
    office: str,
    sender: str,
    to: str,
    parties: Sequence[str],
    have: Mapping[str, int],
    limit: int = DEFAULT_LIMIT,
    evidence: Sequence[bytes] = (),
    charter: bytes = b"",
) -> Pouch:
    """What `to` lacks, given how far it seems to `have` each series.

    Units: `limit` in bytes of entries and enclosures; it may be passed by one entry with what it encloses.
    """
    stretches = []
    for side in parties:
        held, known = shelf.head_size(side), have.get(side, 0)
        if held > known:
            stretch = _stretch(shelf, side, to, known + 1, held, limit)
            limit -= sum(map(len, stretch.entries)) + sum(len(e.content) for e in stretch.enclosures)
            stretches.append(stretch)
        elif side not in (sender, to) and held:
            stretches.append(Stretch(side, held + 1, [], [], shelf.head(side), []))
    receipts = [
        Receipting(side, cosigner, size, line)
        for side in parties
        for cosigner, size, _, line in shelf.receipts(side)
        if cosigner != to
    ]
    sizes = {side: size for side in parties if (size := shelf.size(side))}
    return Pouch(office, sender, to, sizes, stretches, receipts, list(evidence), b"" if have.get(to) else charter)


def _stretch(shelf: Shelf, side: str, to: str, first: int, held: int, limit: int) -> Stretch:
    entries: list[bytes] = []
    enclosures: list[Enclosed] = []
    at = first
    while at <= held and limit > 0:
        last = min(at + SLICE - 1, held)
        raws = shelf.entries(side, at, last)
        inside: dict[int, list[tuple[int, int, bytes]]] = {}
        for enclosure in shelf.enclosures(side, at, last):
            inside.setdefault(enclosure[0], []).append(enclosure)
        for no, raw in enumerate(raws, at):
            mine = inside.get(no, []) if side == to or _is_for(raw, to) else []
            entries.append(raw)
            enclosures.extend(Enclosed(*enclosure) for enclosure in mine)
            limit -= len(raw) + sum(len(content) for _, _, content in mine)
            if limit <= 0:
                break
        at = first + len(entries)
    end = first + len(entries) - 1
    path: list[bytes] = []
    if entries and end < held:
        path = shelf.hashes(side).consistency(end, held)
    return Stretch(side, first, entries, enclosures, shelf.head(side), path)


def _is_for(raw: bytes, side: str) -> bool:
    """Whether an entry's body is for `side`: its JSON has one canonical form, so its bytes tell."""
    start = raw.find(b'"to":[')
    return start < 0 or b'"%s"' % side.encode() in raw[start : raw.index(b"]", start)]
