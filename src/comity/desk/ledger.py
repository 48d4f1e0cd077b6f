"""The ledger: what is held, what it means, and how far it was locked; written together or not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import msgspec

from comity.archive.port import Archive, Batch, Receipted
from comity.desk.lock import HeadLock
from comity.desk.reading import to_act
from comity.desk.shelf import Shelf
from comity.errors import Unavailable
from comity.office.acts import Act
from comity.office.charter import Charter
from comity.office.fold import fold, found
from comity.office.state import State
from comity.office.verdicts import Verdict
from comity.record import entry as wire
from comity.record.head import Head
from comity.record.note import Note

_FOLDED = b"folded"
_SLICE = 1000


class Ledger:
    """One side's holdings of one office, with one writer."""

    def __init__(
        self, archive: Archive, lock: HeadLock, office: str, charter: Charter, charter_note: bytes, side: str
    ) -> None:
        """Open the ledger and go on where it stopped.

        Raises: Unavailable, if the archive is not the one that the lock knows.
        """
        self.archive, self.lock, self.charter_note = archive, lock, charter_note
        self.shelf = Shelf(archive, office, charter, side)
        self.state = State(archive.state)
        self.folded: dict[str, int] = {}
        """How far each series is folded: an act waits until all that its author had seen is there."""
        self.waiting: dict[str, deque[Act]] = {}
        self.receipts_to_save: list[tuple[str, Receipted]] = []
        self._charter = charter
        self._lagged = False
        self._reload()

    def start(self) -> None:
        """Found the office's state where there is none, and check the archive against the lock."""
        if not self.archive.filed(self.shelf.side).size and self.archive.local.get(b"founded") is None:
            with self.change() as batch:
                found(self.state, self._charter)
                batch.local[b"founded"] = b"1"
        self._check_lock()

    def copy_seen(self, side: str) -> None:
        """The copy of a side has been seen whole, in a recovery that awaited it."""
        self.lock.seen(side)
        self.resume_if_whole()

    def resume_if_whole(self) -> None:
        """Write again once every series is back as far as this side ever signed it, and no copy is awaited."""
        if self.lock.awaited or not self.shelf.recovering:
            return
        locked = {side: Head.parse(Note.parse(note).text) for side, note in self.lock.heads.items()}
        if all(h.size <= self.shelf.size(s) and self.shelf.root(s, h.size) == h.root for s, h in locked.items()):
            self.shelf.recovering = False

    def _check_lock(self) -> None:
        self.shelf.recovering = bool(self.lock.awaited)
        for side in self.shelf.parties:
            note = self.lock.heads.get(side)
            if note is None:
                continue
            head = Head.parse(Note.parse(note).text)
            if head.size > self.shelf.size(side):
                self.shelf.recovering = True
            elif self.shelf.root(side, head.size) != head.root:
                raise Unavailable(
                    f"the archive's series of {side} is not the one that this side signed for at {head.size}",
                    hint="put the right archive back, or recover from another side's copy",
                )

    @contextmanager
    def change(self, heads: Mapping[str, bytes] | None = None) -> Iterator[Batch]:
        """Stage changes; at the end store them all and advance the lock to `heads`, or leave all as it was."""
        batch = Batch()
        self.shelf.begin()
        try:
            yield batch
            batch.state = self.state.changes()
            batch.receipts.extend(self.receipts_to_save)
            self._stage_folded(batch)
            if batch:
                self.archive.commit(batch)
        except BaseException:
            self.shelf.undo()
            self.state.discard()
            self._reload()
            raise
        self.receipts_to_save = []
        self.shelf.settle()
        self.state.settle()
        if heads:
            self.lock.advance(heads)

    def _stage_folded(self, batch: Batch) -> None:
        lagging = {side: n for side, n in self.folded.items() if n < self.shelf.size(side)}
        if lagging:
            batch.local[_FOLDED] = msgspec.msgpack.encode(lagging)
        elif self._lagged:
            batch.local[_FOLDED] = None
        self._lagged = bool(lagging)

    def _reload(self) -> None:
        """Read what waits to be folded back from the archive."""
        held = self.shelf.holdings()
        raw = self.archive.local.get(_FOLDED)
        lagging = msgspec.msgpack.decode(raw, type=dict[str, int]) if raw else {}
        self._lagged = bool(lagging)
        self.folded = {**held, **lagging}
        self.waiting = {side: deque() for side in held}
        for side, folded in lagging.items():
            for first in range(folded + 1, held[side] + 1, _SLICE):
                last = min(first + _SLICE - 1, held[side])
                bodies = self.archive.bodies(side, first, last)
                for no, entry in enumerate(self.archive.entries(side, first, last), first):
                    self.waiting[side].append(to_act(wire.parse(entry).entry, bodies.get(no)))

    def fold_own(self, act: Act) -> Verdict:
        """Fold an act of this side's own: it has seen no more than is folded."""
        self.folded[act.side] = act.no
        return fold(self.state, act)

    def fold_ready(self) -> None:
        """Fold every waiting act whose author's `seen` is folded already, in causal order."""
        moved = True
        while moved:
            moved = False
            for side, acts in self.waiting.items():
                while acts and all(self.folded.get(other, 0) >= n for other, n in acts[0].seen.items()):
                    act = acts.popleft()
                    fold(self.state, act)
                    self.folded[side] = act.no
                    moved = True

    def seen(self) -> dict[str, int]:
        """This side's frontier of the other series: what an act composed now has seen."""
        return {side: n for side, n in sorted(self.folded.items()) if n and side != self.shelf.side}

    def save_receipts(self) -> None:
        """Store the receipts given since the last change."""
        if self.receipts_to_save:
            with self.change():
                pass

    def close(self) -> None:
        """Let go of everything."""
        self.archive.close()
        self.lock.close()
