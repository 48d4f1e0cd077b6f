"""The port: all that an office keeps on stable storage, whatever keeps it.

One archive holds one office of one side. Everything that changes together is one `Batch`, written in one transaction:
after a crash all of it is there or none. The archive reads no act: entries, bodies and state are bytes to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from comity.record.merkle import Tile


class Filed(NamedTuple):
    """How far a series is held."""

    size: int
    head: bytes
    """The newest head that covers no more than `size` entries, as a signed note; empty before the first."""
    known: bytes
    """What its reader keeps beside it: keys in force and the last `seen`; opaque here."""


class Receipted(NamedTuple):
    """That a side receipted a series at a size: the time it gave and the signature line."""

    cosigner: str
    size: int
    time: int
    line: bytes


class Enclosure(NamedTuple):
    """A body (place 0) or an attachment (places 1 and up) of entry `no`."""

    no: int
    place: int
    content: bytes


@dataclass(slots=True)
class Advance:
    """A series grows from `old` entries: the new ones, what they enclose, the changed tiles, what is known after."""

    old: int
    entries: Sequence[bytes]
    enclosures: Sequence[Enclosure]
    tiles: Sequence[Tile]
    known: bytes
    head: bytes | None = None


@dataclass(slots=True)
class Batch:
    """What one transaction writes."""

    series: dict[str, Advance] = field(default_factory=dict)
    receipts: list[tuple[str, Receipted]] = field(default_factory=list)
    """With the side whose series is receipted."""
    state: dict[bytes, bytes | None] = field(default_factory=dict)
    """The office's state, by key; None deletes."""
    local: dict[bytes, bytes | None] = field(default_factory=dict)
    """What never leaves this node: drafts, evidence, settings."""

    def __bool__(self) -> bool:
        return bool(self.series or self.receipts or self.state or self.local)


class Reader(Protocol):
    """Keys in byte order."""

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`."""

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values under `prefix` in order, strictly beyond `after`."""


class Archive(Protocol):
    """What every archive does; `tests/contract` holds one suite for all."""

    @property
    def state(self) -> Reader:
        """What acts mean, by key."""

    @property
    def local(self) -> Reader:
        """What never leaves this node."""

    def writing(self) -> AbstractContextManager[None]:
        """While it lasts, the calling thread is the one that commits; it reads what it wrote soonest."""

    def commit(self, batch: Batch) -> None:
        """Write all of `batch` to stable storage, or nothing.

        Raises: Outdated, when a series is not at its `old` size; Unavailable, when the storage fails.
        """

    def filed(self, side: str) -> Filed:
        """How far the series of `side` is held; (0, b"", b"") when nothing is."""

    def entries(self, side: str, first: int, last: int) -> list[bytes]:
        """The entries numbered `first` to `last`, both included."""

    def enclosures(self, side: str, first: int, last: int) -> list[Enclosure]:
        """What is held of the bodies and attachments of these entries."""

    def bodies(self, side: str, first: int, last: int) -> dict[int, bytes]:
        """What is held of the bodies of these entries, by number."""

    def tile(self, side: str, level: int, number: int) -> bytes:
        """The hashes of a tile above the entries' edge; b"" when there is none."""

    def receipts(self, side: str) -> list[Receipted]:
        """The newest receipt by each cosigner on the series of `side`."""

    def receipt_covering(self, side: str, cosigner: str, no: int) -> Receipted | None:
        """The first receipt by `cosigner` that covers entry `no`."""

    def close(self) -> None:
        """Let go of files."""
