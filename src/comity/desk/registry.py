"""The registry: the one hand that numbers, signs and files a side's acts, and takes in what others send.

One hand at a time changes the ledger: whoever comes first does the work of all who come meanwhile, in groups, so that
acts that arrive together share one head and one commit, and a lone caller waits for nobody.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from comity.archive.port import Archive
from comity.desk import breaches
from comity.desk.belief import Hands
from comity.desk.filing import Done, Draft, file_acts
from comity.desk.intake import Taken, give_receipt, take_in
from comity.desk.keychain import Chance, Keychain
from comity.desk.ledger import Ledger
from comity.desk.lock import HeadLock
from comity.link.packing import DEFAULT_LIMIT, fill
from comity.link.pouch import pack
from comity.office.charter import Charter
from comity.office.state import State
from comity.record import envelope

GROUP = 1024
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Environment:
    """What the pure parts are given: time, chance, and hands to verify with."""

    now: Callable[[], float]
    chance: Chance
    hands: Hands | None = None
    """Other cores, for signatures."""


@dataclass(slots=True)
class _Job:
    """Something to do, and where its answer goes."""

    work: Callable[[], Any] | Draft
    answer: Future[Any] = field(default_factory=Future)


class Registry:
    """One side's registry of one office."""

    def __init__(
        self,
        office: str,
        charter: Charter,
        charter_note: bytes,
        side: str,
        archive: Archive,
        lock: HeadLock,
        keys: Keychain,
        env: Environment,
    ) -> None:
        """Open the registry; it verifies the archive's edge against the lock.

        Raises: Unavailable, when archive and lock do not fit together.
        """
        self.office, self.charter, self.side = office, charter, side
        self._keys, self._env = keys, env
        self._recipients = {p.side: envelope.recipient_key(p.pouch) for p in charter.sides}
        self._have: dict[str, Mapping[str, int]] = {}
        self._told: dict[str, set[bytes]] = {}
        self._sent: dict[str, dict[str, int]] = {}
        """Which of its receipts each side has been sent; a pouch that fails is followed by another."""
        self.on_change: Callable[[], None] = lambda: None
        """Called after every change, by whoever made it; it must not wait for the registry."""
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._hand = threading.Lock()
        self.ledger = Ledger(archive, lock, office, charter, charter_note, side)
        self.shelf = self.ledger.shelf
        self._do(self._start)

    # What others call, from any thread

    def file(self, draft: Draft) -> Future[Done]:
        """Judge, sign and store an act; answered when it is on stable storage.

        Raises, through the future: Refused, with every objection; Unavailable.
        """
        return cast(Future[Done], self._put(draft))

    def file_all(self, drafts: Sequence[Draft]) -> list[Future[Done]]:
        """File many acts as one group."""
        jobs = [_Job(draft) for draft in drafts]
        self._jobs.extend(jobs)
        self._work_off()
        return [job.answer for job in jobs]

    def take_in(self, raw: bytes) -> Taken:
        """Take a pouch in, whatever carried it.

        Raises: Malformed or Refused, if it is not a pouch for this side; Unavailable, if nothing can be stored.
        """
        return self._do(lambda: self._take_in(raw))

    def answer(self, raw: bytes) -> bytes:
        """Take a pouch in and answer with one for its sender."""
        return self._do(lambda: self._pouch_for(self._take_in(raw).sender))

    def pouch_for(self, to: str, *, everything: bool = False, limit: int = DEFAULT_LIMIT) -> bytes:
        """A pouch with all that `to` seems to lack, or, with `everything`, with all that is for it."""
        return self._do(lambda: self._pouch_for(to, everything=everything, limit=limit))

    def owes(self, to: str) -> bool:
        """Whether there is something that `to` is not known to hold: entries, receipts given, evidence."""
        have, sent = self._known_have(to), self._sent.get(to, {})
        return (
            any(self.shelf.head_size(side) > have.get(side, 0) for side in self.shelf.parties)
            or any(size > sent.get(side, 0) for side, size in self._given().items())
            or bool(self._untold(to))
        )

    def _given(self) -> dict[str, int]:
        """How far this side has receipted each series."""
        return {side: self.shelf.receipted(side, self.side) for side in self.shelf.others}

    def lacks(self, sender: str) -> bool:
        """Whether `sender` last said that it holds something that this side does not."""
        return any(n > self.shelf.size(s) for s, n in self._have.get(sender, {}).items() if s in self.shelf.parties)

    def progress(self) -> tuple[int, ...]:
        """How far every series is held and known to be receipted: it changes when an exchange brought anything."""
        sides = self.shelf.parties
        return (*map(self.shelf.size, sides), *(self.shelf.receipted(self.side, side) for side in sides))

    def await_receipt(self, no: int, cosigner: str, timeout_s: float) -> bool:
        """Wait until `cosigner` receipted own act `no`; whether it did in time."""
        with self._changed:
            return self._changed.wait_for(lambda: self.shelf.receipted(self.side, cosigner) >= no, timeout_s)

    def copy_seen(self, side: str) -> None:
        """In a recovery, the copy of a side has been seen whole."""
        self._do(lambda: self.ledger.copy_seen(side))

    @property
    def awaited(self) -> frozenset[str]:
        """The sides whose copies a recovery must still see."""
        return self.ledger.lock.awaited

    def root_at(self, side: str, size: int) -> bytes:
        """The root of a series at a size that is held."""
        return self._do(lambda: self.shelf.root(side, size))

    def inclusion(self, side: str, index: int, size: int) -> list[bytes]:
        """The path that proves entry `index` (from 0) in a series at a size that is held."""
        return self._do(lambda: self.shelf.hashes(side).inclusion(index, size))

    def view(self) -> State:
        """The office's state, for reading in the calling thread."""
        return State(self.ledger.archive.state)

    @property
    def archive(self) -> Archive:
        """What is stored, for reading from outside; the receipts given since the last change are stored first."""
        self.save_receipts()
        return self.ledger.archive

    def save_receipts(self) -> None:
        """Store the receipts given since the last change: they do not wait for it before they are sent."""
        if self.ledger.receipts_to_save:
            self._do(self.ledger.save_receipts)

    def close(self) -> None:
        """Finish what is under way and let go of everything."""
        self._do(self.ledger.save_receipts)
        self._hand.acquire()
        self.ledger.close()

    # One hand at a time

    def _put(self, work: Callable[[], Any] | Draft) -> Future[Any]:
        job = _Job(work)
        self._jobs.append(job)
        self._work_off()
        return job.answer

    def _do(self, work: Callable[[], T]) -> T:
        return cast(T, self._put(work).result())

    def _work_off(self) -> None:
        """Do what waits, unless another thread does: it looks again after letting go, so nothing is left lying."""
        while self._jobs and self._hand.acquire(blocking=False):
            try:
                with self.ledger.archive.writing():
                    self._work_off_group()
            finally:
                self._hand.release()

    def _work_off_group(self) -> None:
        group = [self._jobs.popleft() for _ in range(min(len(self._jobs), GROUP))]
        drafts = [job for job in group if isinstance(job.work, Draft)]
        if drafts:
            self._file(drafts)
        for job in group:
            if not isinstance(job.work, Draft):
                _answer(job, job.work)

    def _start(self) -> None:
        self.ledger.start()
        for side in self.shelf.others:
            if self.shelf.size(side) == self.shelf.head_size(side) > self.shelf.receipted(side, self.side):
                give_receipt(self.ledger, self._keys, side, at=int(self._env.now()))

    def _file(self, jobs: Sequence[_Job]) -> None:
        drafts = [cast(Draft, job.work) for job in jobs]
        try:
            outcomes = file_acts(self.ledger, self._keys, drafts, chance=self._env.chance, now=self._env.now)
        except Exception as error:
            for job in jobs:
                job.answer.set_exception(error)
            return
        for job, outcome in zip(jobs, outcomes, strict=True):
            if isinstance(outcome, Done):
                job.answer.set_result(outcome)
            else:
                job.answer.set_exception(outcome)
        self.on_change()

    def _take_in(self, raw: bytes) -> Taken:
        taken = take_in(self.ledger, self._keys, raw, now=self._env.now, hands=self._env.hands)
        self._have[taken.sender] = taken.have
        if taken.acknowledged:
            with self._changed:
                self._changed.notify_all()
        if taken.admitted or taken.acknowledged or taken.breaches:
            self.on_change()
        return taken

    def _known_have(self, to: str) -> Mapping[str, int]:
        """How far `to` holds each series: what it said last, which may be less than it once receipted."""
        if to in self._have:
            return self._have[to]
        return {side: self.shelf.receipted(side, to) for side in self.shelf.parties}

    def _pouch_for(self, to: str, *, everything: bool = False, limit: int = DEFAULT_LIMIT) -> bytes:
        evidence = self._untold(to)
        self._told.setdefault(to, set()).update(evidence)
        self._sent[to] = self._given()
        pouch = fill(
            self.shelf,
            office=self.office,
            sender=self.side,
            to=to,
            parties=self.shelf.parties,
            have={} if everything else self._known_have(to),
            limit=limit,
            evidence=evidence,
            charter=self.ledger.charter_note,
        )
        return pack(pouch, self._recipients[to])

    def _untold(self, to: str) -> list[bytes]:
        """Evidence that `to` has not been sent since this node started."""
        if not self.shelf.any_stopped:
            return []
        told = self._told.get(to, set())
        return [evidence for evidence in breaches.to_pass_on(self.ledger.archive) if evidence not in told]


def _answer(job: _Job, work: Callable[[], Any]) -> None:
    try:
        result = work()
    except Exception as error:
        job.answer.set_exception(error)
    else:
        job.answer.set_result(result)
