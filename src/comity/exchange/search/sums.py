"""Sums over the sides: the least total of bonds or of top-ups, and all vectors of bonds that none improves.

With two sides the front is walked by turns: the least bond of the first side under a cap on the second, then the
least of the second under what the first needs, then with a cap one lower. Each turn is one search for a least height,
and the weights (1, 1) bound every sum from below, so most turns begin at their bound. With more sides cap vectors are
tried by rising cost: one proven infeasible is followed by every smallest vector that admits one more of the moments
it refused, so each feasible vector is reached from below.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from heapq import heappop, heappush

from comity.exchange.core import Core
from comity.exchange.search.answers import (
    Answer,
    ByExhaustion,
    ByParts,
    ByWeights,
    Front,
    Limits,
    Of,
    Point,
    Progress,
    Watch,
)
from comity.exchange.search.dominance import with_dominance
from comity.exchange.search.engine import Hunt, lowest, rules, small_enough, weigh
from comity.exchange.search.flood import Found, race
from comity.exchange.search.proofs import proof_of, tolerances
from comity.exchange.search.walk import Walk, peaks_of, walk_of

NO_LIMITS = Limits()


def least_total(
    core: Core,
    *,
    of: Of | str = Of.TEMPTATION,
    free: Sequence[int] | None = None,
    lower: Sequence[int | None] | None = None,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
    seed: int = 0,
) -> Answer:
    """The least sum over the sides of what each peak exceeds its free allowance by.

    With `free` the bonds given, this is the least top-up. `lower` are tolerances to keep, for temptation only.
    """
    del seed
    watch = Watch(limits, progress)
    question = _question(core, of, free, lower)
    sums = Sums(question, watch)
    with suppress(KeyboardInterrupt):
        sums.start()
        if not sums.done and core.sides == 2:
            sums.walk_front(every=False)
        elif not sums.done:
            sums.by_caps(every=False)
    return Answer(sums.order, sums.total, sums.bound, sums.done, sums.proof(), watch.states)


def pareto(
    core: Core,
    *,
    lower: Sequence[int | None] | None = None,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
    seed: int = 0,
) -> Front:
    """All vectors of peak temptations that none other improves, each with an order."""
    del seed
    watch = Watch(limits, progress)
    sums = Sums(_question(core, Of.TEMPTATION, None, lower), watch)
    with suppress(KeyboardInterrupt):
        if core.sides == 2:
            sums.start()
            sums.walk_front(every=True)
        else:
            sums.by_caps(every=True)
    points = sums.points.values()
    kept = [p for p in points if not any(q.bonds != p.bonds and within(q.bonds, p.bonds) for q in points)]
    return Front(tuple(sorted(kept, key=lambda p: p.bonds)), sums.complete, watch.states)


def within(these: Sequence[int], those: Sequence[int]) -> bool:
    """Whether none of these is more than its counterpart."""
    return all(a <= b for a, b in zip(these, those, strict=True))


@dataclass(frozen=True, slots=True)
class Question:
    """A walk whose first levels, one a side, are summed; the others stay under `fixed`.

    `free` was taken off the summed levels. `lower` are the tolerances as asked, `exposed` says what is summed.
    """

    walk: Walk
    fixed: tuple[int, ...]
    free: tuple[int, ...]
    lower: tuple[int | None, ...]
    levels: tuple[tuple[int, ...], tuple[int, ...]]
    exposed: bool

    def proof(self, hunt: Hunt, caps: Sequence[int | None]) -> ByWeights | ByExhaustion | None:
        """What a hunt proved, in the terms of the sides: `caps` are on the summed levels."""
        peaks = tuple(None if c is None else c + f for c, f in zip(caps, self.free, strict=True))
        none = (None,) * len(self.free)
        found = proof_of(hunt, *((none, peaks) if self.exposed else (peaks, self.lower)), self.levels)
        if isinstance(found, ByWeights):
            shares = found.exposed if self.exposed else found.tempted
            back = sum(w * f for w, f in zip(shares, self.free, strict=True))
            return ByWeights(found.tempted, found.exposed, found.optimum + back, found.method)
        return found


def _question(core: Core, of: Of | str, free: Sequence[int] | None, lower: Sequence[int | None] | None) -> Question:
    none = (None,) * core.sides
    allowance = tuple(max(0, f) for f in free) if free is not None else (0,) * core.sides
    every = tuple(range(core.sides))
    exposed = of == Of.EXPOSURE
    bounded, fixed = ((), ()) if exposed else tolerances(lower or none)
    levels = ((), every) if exposed else (every, bounded)
    walk = walk_of(core, *levels)
    base = tuple(b - f for b, f in zip(walk.base, allowance, strict=False)) + walk.base[core.sides :]
    walk = Walk(walk.rise, base, walk.before)
    return Question(walk, fixed, allowance, tuple(lower or none), levels, exposed)


class Sums:
    """What is known of the sums: points found, the best total, the bound and its proofs."""

    def __init__(self, question: Question, watch: Watch) -> None:
        self.question = question
        self.watch = watch
        self.walk = question.walk
        self.reduced = question.walk
        self.sides = len(question.free)
        self.points: dict[tuple[int, ...], Point] = {}
        self.total: int | None = None
        self.order: tuple[int, ...] | None = None
        self.bound = 0
        self.complete = False
        self.weighed: ByWeights | None = None
        self.parts: list[ByWeights | ByExhaustion] = []
        self.weighed_bound = 0

    @property
    def done(self) -> bool:
        """Whether the total is proven."""
        return self.complete or (self.total is not None and self.total <= self.bound)

    def proof(self) -> ByWeights | ByParts | None:
        """The weights if they reach the bound, otherwise all parts together."""
        if self.weighed is not None and self.bound <= self.weighed_bound:
            return self.weighed
        return ByParts(tuple(self.parts)) if self.parts else None

    def offer(self, order: Sequence[int]) -> tuple[int, ...] | None:
        """Note what an order needs, if it keeps the tolerances."""
        tops = peaks_of(self.walk, order)
        if not within(tops[self.sides :], self.question.fixed):
            return None
        needs = tops[: self.sides]
        self.points.setdefault(needs, Point(needs, tuple(order)))
        if self.total is None or sum(needs) < self.total:
            self.total, self.order = sum(needs), tuple(order)
            self.watch.tell(self.total, self.bound)
        return needs

    def start(self) -> None:
        """A bound by weights, orders by rule, and the dominance that all later questions share."""
        walk, fixed = self.walk, self.question.fixed
        if walk.moves < 2:
            return
        if small_enough(walk, fixed):
            ones = (1,) * self.sides + (0,) * len(fixed)
            hunt = Hunt(walk, (*(None,) * self.sides, *fixed), 0)
            found = weigh(hunt, ones)
            self.offer(found.order[::-1])
            if found.bound > self.bound:
                self.bound = self.weighed_bound = found.bound
                hunt.weights, hunt.optimum, hunt.method = ones, found.bound, found.method
                proof = self.question.proof(hunt, (None,) * self.sides)
                assert isinstance(proof, ByWeights)
                self.weighed = proof
            for order in rules(hunt):
                self.offer(order)
            self.reduced = with_dominance(walk)
        self.watch.tell(self.total, self.bound)

    def _least(self, d: int, cap: int, floor: int, ceiling: int) -> Hunt:
        """The least level of one side with the other under a cap; nothing from `ceiling` on is wanted."""
        hard: list[int | None] = [cap, cap, *self.question.fixed]
        hard[d] = None
        known = [p.order for p in self.points.values()]
        hunt = lowest(
            self.reduced,
            hard,
            self.watch,
            floor=max(floor, self.bound_beside(cap)),
            known=known,
            again=True,
            ceiling=ceiling,
        )
        if hunt.order is not None:
            self.offer(hunt.order)
        return hunt

    def bound_beside(self, cap: int) -> int:
        """By the weights, the least level of one side when the other's is capped."""
        return max(0, self.weighed_bound - cap)

    def walk_front(self, *, every: bool) -> None:
        """Two sides: from the least need of the first side to the least of the second."""
        far = sum(abs(x) for row in self.walk.rise for x in row) + sum(map(abs, self.walk.base))
        lowest_second = 0 if every else self._least(1, far, 0, far + 1).bound
        cap, floor = far, 0
        while cap >= 0:
            wanted = far + 1 if every or self.total is None else min(far + 1, self.total - lowest_second)
            if floor >= wanted or max(floor, self.bound_beside(cap)) >= wanted:
                break
            first = self._least(0, cap, floor, wanted)
            self._note(first, (first.bound - 1, cap) if not first.hopeless else (None, cap))
            if not first.done:
                return
            if first.hopeless or first.height is None or first.height >= wanted:
                break
            second = self._least(1, first.height, 0, far + 1)
            self._note(second, (first.height, second.bound - 1))
            if not second.done or second.height is None:
                return
            if self.done and not every:
                return
            cap, floor = second.height - 1, first.height
        self.complete = True
        if self.total is not None:
            self.bound = self.total

    def _note(self, hunt: Hunt, caps: tuple[int | None, int | None]) -> None:
        proof = self.question.proof(hunt, caps)
        if proof is not None:
            self.parts.append(proof)
        elif self.weighed is not None and self.weighed not in self.parts:
            self.parts.append(self.weighed)

    def by_caps(self, *, every: bool) -> None:
        """Any number of sides: cap vectors by rising cost."""
        for caps, found in _minimal_caps(self.walk, self.sides, self.question.fixed, self.watch):
            if not every:
                self.bound = max(self.bound, sum(caps))
                self.watch.tell(self.total, self.bound)
            if found.order is not None:
                self.offer(found.order)
            elif not found.exhausted:
                return
            else:
                self._exhausted(caps, found)
            if self.done and not every:
                return
        self.complete = True
        if self.total is not None:
            self.bound = self.total

    def _exhausted(self, caps: tuple[int, ...], found: Found) -> None:
        question = self.question
        peaks = tuple(c + f for c, f in zip(caps, question.free, strict=True))
        none = (None,) * self.sides
        tempted, exposed = (none, peaks) if question.exposed else (peaks, question.lower)
        self.parts.append(ByExhaustion(tempted, exposed, found.end, found.states))


def _minimal_caps(
    walk: Walk, sides: int, fixed: tuple[int, ...], watch: Watch
) -> Iterator[tuple[tuple[int, ...], Found]]:
    """Cap vectors by rising sum, each with what was found within it."""
    start = (0,) * sides
    queue = [(0, start)]
    known = {start}
    solved: list[tuple[int, ...]] = []
    while queue:
        _, caps = heappop(queue)
        if any(within(point, caps) for point in solved):
            continue
        found = race(walk, (*caps, *fixed), 0, watch)
        yield caps, found
        if found.order is not None:
            solved.append(peaks_of(walk, found.order)[:sides])
        for level in found.refused if found.order is None else ():
            if not within(level[sides:], fixed):
                continue
            wider = tuple(max(c, x) for c, x in zip(caps, level[:sides], strict=True))
            if wider not in known:
                known.add(wider)
                heappush(queue, (sum(wider), wider))
