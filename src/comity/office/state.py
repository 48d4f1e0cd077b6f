"""The office's state: small records under short keys, over whatever keeps them.

An act changes a few keys; the archive writes them in the act's own transaction, so an act costs the same at
act 10 and act 1,000,000, and a start reads nothing but what it needs.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Protocol

import msgspec

from comity.office import keys
from comity.office.charter import Charter

CACHED = 8192
"""How many records stay in memory after they were written or read."""


class Reader(Protocol):
    """What the archive gives: records by key."""

    def get(self, key: bytes) -> bytes | None: ...

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Keys with the prefix, in byte order (or its reverse), strictly beyond `after` in that direction."""
        ...


class State:
    """A Reader's records with the changes made since. One writer holds it; a reading view makes its own."""

    def __init__(self, base: Reader, roll: Roll | None = None) -> None:
        """roll: the office's charter, when another State has read it already."""
        self._base = base
        self._changes: dict[bytes, bytes | None] = {}
        self._cache: dict[bytes, bytes | None] = {}
        self._roll = roll

    @property
    def roll(self) -> Roll:
        """The charter, ready for use."""
        if self._roll is None:
            raw = self.get(keys.CHARTER)
            assert raw is not None, "the office is not founded"
            self._roll = Roll(_CHARTER.decode(raw))
        return self._roll

    @property
    def charter(self) -> Charter:
        return self.roll.charter

    def get(self, key: bytes) -> bytes | None:
        if key in self._changes:
            return self._changes[key]
        if key in self._cache:
            return self._cache[key]
        value = self._base.get(key)
        self._keep(key, value)
        return value

    def put(self, key: bytes, value: bytes) -> None:
        self._changes[key] = value

    def drop(self, key: bytes) -> None:
        self._changes[key] = None

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        below = self._base.scan(prefix, after=after, reverse=reverse)
        changes = self._changes
        if not changes:
            yield from below
            return
        mine = sorted((key for key in changes if key.startswith(prefix)), reverse=reverse)
        if after is not None:
            mine = [key for key in mine if (key < after if reverse else key > after)]
        kept = ((key, value) for key, value in below if key not in changes)
        made = ((key, value) for key in mine if (value := changes[key]) is not None)
        yield from heapq.merge(kept, made, key=lambda pair: pair[0], reverse=reverse)

    def changes(self) -> dict[bytes, bytes | None]:
        """The records written (or, None, removed) since the last `settle`, for the archive's transaction."""
        return dict(self._changes)

    def settle(self) -> None:
        """The changes are in the base now."""
        if len(self._cache) + len(self._changes) > CACHED:
            self._cache.clear()
        if len(self._changes) <= CACHED:
            self._cache.update(self._changes)
        self._changes = {}

    def discard(self) -> None:
        """Forget the changes, and what was read: the base may have moved."""
        self._changes = {}
        self._cache.clear()
        self._roll = None

    def _keep(self, key: bytes, value: bytes | None) -> None:
        if len(self._cache) >= CACHED:
            self._cache.clear()
        self._cache[key] = value


_CHARTER = msgspec.msgpack.Decoder(Charter)


class Roll:
    """The charter's sides and lines by number: their places in the charter."""

    __slots__ = ("charter", "lines", "names", "person", "sides")

    def __init__(self, charter: Charter) -> None:
        self.charter = charter
        self.names: tuple[str, ...] = tuple(side.side for side in charter.sides)
        self.sides: dict[str, int] = {name: index for index, name in enumerate(self.names)}
        self.lines: dict[str, int] = {line.line: index for index, line in enumerate(charter.lines)}
        self.person: frozenset[str] = frozenset(charter.person)

    def ref(self, side: int, no: int) -> str:
        return f"{self.names[side]}/{no}"

    def find(self, ref: str) -> tuple[int, int] | None:
        """The side and number that a reference names; None when it names none."""
        name, _, no = ref.partition("/")
        side = self.sides.get(name)
        return (side, int(no)) if side is not None and no.isascii() and no.isdigit() and len(no) < 16 else None
