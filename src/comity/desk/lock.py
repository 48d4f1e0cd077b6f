"""The head lock: the newest head of every series that this node ever acted on, kept apart from the archive.

It is advanced by compare-and-swap after the archive has committed and before anything leaves the machine. An archive
that is behind it was restored from an old copy: a node that went on from there would sign a second history.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from comity.errors import Outdated, Unavailable
from comity.record.digest import SIZE, digest

_SLOT = 1 << 15
_MAGIC = b"comity/lock/v1\n"


class _Slot(msgspec.Struct, array_like=True):
    turn: int
    heads: dict[str, bytes]
    awaited: list[str]


class HeadLock:
    """Two slots in one file, written in turn: a torn write leaves the other."""

    def __init__(self, path: Path) -> None:
        """Open the lock.

        Raises: Unavailable, if it is not there or neither slot can be read.
        """
        try:
            self._file = os.open(path, os.O_RDWR)
        except OSError as error:
            hint = "if it is lost, `comity recover` makes another from the other sides' copies"
            raise Unavailable(f"the head lock {path} cannot be opened: {error.strerror}", hint=hint) from error
        self._frames = [os.pread(self._file, _SLOT, at * _SLOT) for at in (0, 1)]
        self._slot = self._newest()

    @classmethod
    def create(cls, path: Path, *, awaited: Collection[str] = ()) -> HeadLock:
        """Make an empty lock: once, when an office is founded, or for a recovery that awaits others' copies."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        os.pwrite(descriptor, _frame(_Slot(0, {}, sorted(awaited))), 0)
        os.fsync(descriptor)
        os.close(descriptor)
        return cls(path)

    @property
    def heads(self) -> Mapping[str, bytes]:
        """The newest head of each series, as a signed note."""
        return self._slot.heads

    @property
    def awaited(self) -> frozenset[str]:
        """The sides whose copies a recovery must still see before this side may write again."""
        return frozenset(self._slot.awaited)

    def seen(self, side: str) -> None:
        """A side's copy has been seen."""
        self._advance(_Slot(self._slot.turn + 1, self._slot.heads, sorted(self.awaited - {side})))

    def advance(self, heads: Mapping[str, bytes]) -> None:
        """Set the heads of some series, on stable storage.

        Raises: Outdated, if another process advanced the lock meanwhile.
        """
        self._advance(_Slot(self._slot.turn + 1, {**self._slot.heads, **heads}, self._slot.awaited))

    def _advance(self, slot: _Slot) -> None:
        """Write the older slot, if both still are as they were when last seen: nobody else writes them unseen."""
        if any(os.pread(self._file, len(known) or 1, at * _SLOT) != known for at, known in enumerate(self._frames)):
            raise Outdated("another process advanced the head lock", hint="run one node a home")
        at, framed = slot.turn % 2, _frame(slot)
        os.pwrite(self._file, framed, at * _SLOT)
        os.fdatasync(self._file)
        self._slot, self._frames[at] = slot, framed

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _newest(self) -> _Slot:
        slots = [slot for framed in self._frames if (slot := _unframe(framed)) is not None]
        if not slots:
            raise Unavailable("the head lock is damaged", hint="recover from another side's copy")
        return max(slots, key=lambda slot: slot.turn)


def _unframe(framed: bytes) -> _Slot | None:
    size = int.from_bytes(framed[:4], "big")
    content, check = framed[4 : 4 + size], framed[4 + size : 4 + size + SIZE]
    if not content.startswith(_MAGIC) or digest(content) != check:
        return None
    return msgspec.msgpack.decode(content[len(_MAGIC) :], type=_Slot)


def _frame(slot: _Slot) -> bytes:
    content = _MAGIC + msgspec.msgpack.encode(slot)
    framed = len(content).to_bytes(4, "big") + content + digest(content)
    assert len(framed) <= _SLOT
    return framed
