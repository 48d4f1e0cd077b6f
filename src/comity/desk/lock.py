"""The head lock: the newest head of every series that this node ever acted on, kept apart from the archive.

It is advanced by compare-and-swap after the archive has committed and before anything leaves the machine. An archive
that is behind it was restored from an old copy: a node that went on from there would sign a second history.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from comity.errors import Outdated, Unavailable
from comity.record.digest import SIZE, digest

_SLOT = 1 << 15
_MAGIC = b"comity/lock/v1\n"


class _Slot(msgspec.Struct, array_like=True):
    turn: int
    heads: dict[str, bytes]


class HeadLock:
    """Two slots in one file, written in turn: a torn write leaves the other."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        """Open the lock; make an empty one with `create`, once, when an office is founded or joined.

        Raises: Unavailable, if it is not there or neither slot can be read.
        """
        flags = os.O_RDWR | (os.O_CREAT | os.O_EXCL if create else 0)
        try:
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            raise Unavailable(f"the head lock {path} cannot be opened: {error.strerror}") from error
        if create:
            self._slot = _Slot(0, {})
            self._write(self._slot)
        else:
            self._slot = self._read()

    @property
    def heads(self) -> Mapping[str, bytes]:
        """The newest head of each series, as a signed note."""
        return self._slot.heads

    def advance(self, heads: Mapping[str, bytes]) -> None:
        """Set the heads of some series, on stable storage.

        Raises: Outdated, if another process advanced the lock meanwhile.
        """
        if self._read().turn != self._slot.turn:
            raise Outdated("another process advanced the head lock", hint="run one node a home")
        slot = _Slot(self._slot.turn + 1, {**self._slot.heads, **heads})
        self._write(slot)
        self._slot = slot

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _write(self, slot: _Slot) -> None:
        content = _MAGIC + msgspec.msgpack.encode(slot)
        framed = len(content).to_bytes(4, "big") + content + digest(content)
        assert len(framed) <= _SLOT
        os.pwrite(self._file, framed, slot.turn % 2 * _SLOT)
        os.fdatasync(self._file)

    def _read(self) -> _Slot:
        slots = [slot for at in (0, 1) if (slot := self._read_slot(at)) is not None]
        if not slots:
            raise Unavailable("the head lock is damaged", hint="recover from another side's copy")
        return max(slots, key=lambda slot: slot.turn)

    def _read_slot(self, at: int) -> _Slot | None:
        size = int.from_bytes(os.pread(self._file, 4, at * _SLOT), "big")
        framed = os.pread(self._file, min(size, _SLOT) + SIZE, at * _SLOT + 4)
        content, check = framed[:size], framed[size:]
        if not content.startswith(_MAGIC) or digest(content) != check:
            return None
        return msgspec.msgpack.decode(content[len(_MAGIC) :], type=_Slot)
