"""The questions a planner asks of the bare problem, each answered with bounds and a proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

from comity.exchange.core import Core
from comity.exchange.search.answers import (
    Answer,
    ByExhaustion,
    ByParts,
    ByWeights,
    Decision,
    Front,
    Limits,
    Of,
    Point,
    Progress,
    Proof,
    Verdict,
    Watch,
)
from comity.exchange.search.engine import Hunt, lowest
from comity.exchange.search.flood import Found, race
from comity.exchange.search.walk import Walk, peaks_of, walk_of

NO_LIMITS = Limits()
Caps = tuple[int | None, ...]


def decide(
    core: Core,
    upper: Sequence[int],
    lower: Sequence[int | None],
    *,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
) -> Decision:
    """Whether every prefix but the last can have -lower[j] <= h_j <= upper[j] for every side.

    Shapes: `upper` (value + bond) and `lower` (tolerance, None for no limit) have one entry a side.
    """
    watch = Watch(limits, progress)
    bonds = tuple(u - v for u, v in zip(upper, core.value, strict=True))
    bounded, fixed = _tolerances(lower)
    hunt = lowest(walk_of(core, range(core.sides), bounded), (*bonds, *fixed), 0, watch)
    if hunt.order is not None:
        return Decision(Verdict.FEASIBLE, hunt.order, states=watch.states)
    if not hunt.hopeless:
        return Decision(Verdict.UNKNOWN, states=watch.states)
    proof = _proof(hunt, bonds, tuple(lower), (range(core.sides), bounded))
    return Decision(Verdict.INFEASIBLE, None, proof, watch.states)


def least_peak(
    core: Core,
    *,
    of: Of | str = Of.TEMPTATION,
    lower: Sequence[int | None] | None = None,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
    seed: int = 0,
) -> Answer:
    """The least height of the largest peak; `lower` are tolerances to keep besides, for temptation only."""
    del seed
    watch = Watch(limits, progress)
    every, none = tuple(range(core.sides)), (None,) * core.sides
    bounded, fixed = _tolerances(lower or none)
    tempted = every if of != Of.EXPOSURE else ()
    exposed = every if of != Of.TEMPTATION else bounded
    walk = walk_of(core, tempted, exposed)
    hard = (*(None for _ in tempted), *(fixed if of == Of.TEMPTATION else none))
    hunt = lowest(walk, hard, 0, watch)
    below = (None if hunt.hopeless else hunt.bound - 1,) * core.sides
    proof = None
    if hunt.bound > 0 or hunt.hopeless:
        caps = (below if tempted else none, below if of != Of.TEMPTATION else lower or none)
        proof = _proof(hunt, *caps, (tempted, exposed))
    return Answer(hunt.order, hunt.height, hunt.bound, hunt.done, proof, watch.states)


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
    none = (None,) * core.sides
    allowance = tuple(free) if free is not None else (0,) * core.sides
    bounded, fixed = _tolerances(lower or none)
    every = tuple(range(core.sides))
    walk = walk_of(core, every, bounded) if of == Of.TEMPTATION else walk_of(core, (), every)
    bound = 0
    parts: list[ByExhaustion] = []
    for caps, found in _minimal_caps(walk, allowance, fixed, watch, every=False):
        bound = max(bound, sum(max(0, c - f) for c, f in zip(caps, allowance, strict=True)))
        watch.tell(None, bound)
        if found.order is not None:
            return Answer(found.order, bound, bound, True, ByParts(tuple(parts)), watch.states)
        if not found.exhausted:
            return Answer(None, None, bound, False, None, watch.states)
        held = (caps, lower or none) if of == Of.TEMPTATION else (none, caps)
        parts.append(_exhaustion(found, *held))
    return Answer(None, None, bound, True, ByParts(tuple(parts)), watch.states)


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
    bounded, fixed = _tolerances(lower or (None,) * core.sides)
    walk = walk_of(core, range(core.sides), bounded)
    points: list[Point] = []
    complete = True
    for _, found in _minimal_caps(walk, (0,) * core.sides, fixed, watch, every=True):
        if found.order is not None:
            points.append(Point(peaks_of(walk, found.order)[: core.sides], found.order))
        elif not found.exhausted:
            complete = False
    return Front(tuple(sorted(points, key=lambda p: p.bonds)), complete, watch.states)


def _minimal_caps(
    walk: Walk, allowance: tuple[int, ...], fixed: tuple[int, ...], watch: Watch, *, every: bool
) -> Iterator[tuple[tuple[int, ...], Found]]:
    """Cap vectors by rising cost, each with what was found within it, up to the first feasible one or all.

    A vector proven infeasible is followed by every smallest vector that admits one more refused moment, so each
    feasible vector is reached from below.
    """
    k = len(allowance)
    start = tuple(max(0, f) for f in allowance)
    queue = [(0, start)]
    known = {start}
    solved: list[tuple[int, ...]] = []
    while queue:
        _, caps = heappop(queue)
        if any(all(s <= c for s, c in zip(point, caps, strict=True)) for point in solved):
            continue
        found = race(walk, (*caps, *fixed), 0, watch)
        yield caps, found
        if found.order is not None:
            if not every:
                return
            solved.append(peaks_of(walk, found.order)[:k])
            continue
        if not found.exhausted:
            return
        for level in found.refused:
            if any(x > f for x, f in zip(level[k:], fixed, strict=True)):
                continue
            wider = tuple(max(c, x) for c, x in zip(caps, level[:k], strict=True))
            if wider not in known:
                known.add(wider)
                heappush(queue, (sum(max(0, w - f) for w, f in zip(wider, allowance, strict=True)), wider))


def _tolerances(lower: Sequence[int | None]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sides whose exposure is bounded, and their bounds."""
    bounded = [(j, x) for j, x in enumerate(lower) if x is not None]
    return tuple(j for j, _ in bounded), tuple(x for _, x in bounded)


def _proof(
    hunt: Hunt,
    tempted: Sequence[int | None],
    exposed: Sequence[int | None],
    levels: tuple[Sequence[int], Sequence[int]],
) -> Proof | None:
    """What proves the bound: weights on the sides' peaks, or a flood that ran dry under these caps."""
    if hunt.weights is None:
        return ByExhaustion(tuple(tempted), tuple(exposed), hunt.end, hunt.flooded) if hunt.flooded else None
    sides = len(tempted)
    shares = [[0] * sides, [0] * sides]
    places = [(0, j) for j in levels[0]] + [(1, j) for j in levels[1]]
    for (kind, j), weight in zip(places, hunt.weights, strict=True):
        shares[kind][j] = weight
    return ByWeights(tuple(shares[0]), tuple(shares[1]), hunt.optimum, hunt.method)


def _exhaustion(found: Found, tempted: Sequence[int | None], exposed: Sequence[int | None]) -> ByExhaustion:
    return ByExhaustion(tuple(tempted), tuple(exposed), found.end, found.states)
