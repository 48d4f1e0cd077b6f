"""The least height at which an order exists: bounds by weights, orders by rule, then floods from both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from comity.exchange.search.answers import Limits, Watch
from comity.exchange.search.beam import beam
from comity.exchange.search.closures import by_closures
from comity.exchange.search.compiled import BIG, ArrayFlood, climbs, compiled_advance
from comity.exchange.search.dominance import sequence, with_dominance
from comity.exchange.search.flood import Flood
from comity.exchange.search.greedy import greedy
from comity.exchange.search.line import Line, Lowest, solvable_at_once
from comity.exchange.search.walk import Walk, peaks_of

FEW = 24
"""Up to so many moves the plain flood comes first."""

MANY = 400
"""Above so many moves the plain flood is not tried at all."""

PLAIN_WORK = 20_000
LINE_STATES = 4096
FIRST_SHARE = 2000
RULES = ((1, 0, 1, 0), (0, 0, 0, 1), (1, 0, 0, 0), (2, 1, 0, 0))
"""What leads a search: the worst level not below zero; the largest climb that fits; the worst level; that and the
sum together."""

TRIES = 8
BROAD = 2000
"""Above so many moves no beams: a step of each costs as much as there are moves."""

FIRST_WIDTH = 16
Hard = tuple[int | None, ...]
End = Literal["start", "finish"]


@dataclass(slots=True)
class Hunt:
    """What is known so far: the best order (from the start) with its height, the bound and what proves it.

    `weights` prove the bound if set, otherwise the flood from `end` does, after so many states. `hopeless`: hard
    caps leave no order at all.
    """

    walk: Walk
    hard: Hard
    bound: int
    order: tuple[int, ...] | None = None
    height: int | None = None
    weights: tuple[int, ...] | None = None
    optimum: int = 0
    method: str = ""
    end: End = "start"
    flooded: int = 0
    hopeless: bool = False
    ceiling: int | None = None
    back: Walk = field(init=False)

    def __post_init__(self) -> None:
        self.back = self.walk.turned()

    @property
    def done(self) -> bool:
        """Whether the bound is reached or nothing exists."""
        reached = self.height is not None and self.height <= self.bound
        return self.hopeless or reached or (self.ceiling is not None and self.ceiling <= self.bound)

    def offer(self, order: Sequence[int]) -> None:
        """Keep an order if it is better and within the hard caps."""
        tops = peaks_of(self.walk, order)
        if any(cap is not None and top > cap for top, cap in zip(tops, self.hard, strict=True)):
            return
        height = max([0, *(top for top, cap in zip(tops, self.hard, strict=True) if cap is None)])
        if self.height is None or height < self.height:
            self.order, self.height = tuple(order), height

    def at_least(self, bound: int, end: End, states: int) -> None:
        """A flood from this end proved that nothing is below `bound`."""
        if bound > self.bound:
            self.bound, self.end, self.weights = bound, end, None
            self.flooded = states

    def none_below(self, end: End, states: int) -> None:
        """A flood ran dry: the best order known is best, or there is none."""
        self.flooded = states
        if self.height is None:
            self.hopeless, self.end, self.weights = True, end, None
        else:
            self.at_least(self.height, end, states)


def lowest(
    walk: Walk,
    hard: Sequence[int | None],
    watch: Watch,
    *,
    floor: int = 0,
    known: Sequence[Sequence[int]] = (),
    again: bool = False,
    ceiling: int | None = None,
) -> Hunt:
    """The least height of the free levels with the others under their caps; an interruption keeps what was found.

    `floor` is a bound proven before, `known` orders to start from. `again`: one of many questions about a walk whose
    dominance is in its prerequisites already, for which weights and rules have nothing more to say. Nothing from
    `ceiling` on is wanted: a bound that reaches it ends the search.
    """
    hunt = Hunt(walk, tuple(hard), floor, ceiling=ceiling)
    for order in known:
        hunt.offer(order)
    if not walk.moves:
        hunt.offer(())
        hunt.bound = hunt.height or 0
        hunt.hopeless = hunt.height is None
    with suppress(KeyboardInterrupt):
        if not hunt.done:
            (_search_again if again else _search)(hunt, watch)
    watch.tell(hunt.height, hunt.bound)
    return hunt


def _search(hunt: Hunt, watch: Watch) -> None:
    exact = small_enough(hunt.walk, hunt.hard)
    if not exact:
        hunt.offer(sequence(hunt.walk))
        _plain(hunt, hunt.walk, watch, None)
        return
    steps: list[Callable[[Hunt, Watch], None]] = [_first_moves, _rules, _few, _weigh_all]
    for step in steps:
        step(hunt, watch)
        if hunt.done or watch.spent():
            return
    _flood(hunt, with_dominance(hunt.walk), watch)


def _few(hunt: Hunt, watch: Watch) -> None:
    """A small exchange is solved before the weights are tried."""
    if hunt.walk.moves <= FEW:
        _plain(hunt, hunt.walk, watch, PLAIN_WORK)


def _search_again(hunt: Hunt, watch: Watch) -> None:
    if small_enough(hunt.walk, hunt.hard):
        _flood(hunt, hunt.walk, watch)
    else:
        _plain(hunt, hunt.walk, watch, None)


def _flood(hunt: Hunt, walk: Walk, watch: Watch) -> None:
    if walk.moves <= MANY:
        _plain(hunt, walk, watch, PLAIN_WORK)
    if not (hunt.done or watch.spent()):
        _deep(hunt, walk, watch)


def _first_moves(hunt: Hunt, watch: Watch) -> None:
    """Somebody is last: the least height of the moment next to either end."""
    back = hunt.back
    tops = [
        max([0, *(b + x for b, x, cap in zip(back.base, back.rise[i], hunt.hard, strict=True) if cap is None)])
        for i in range(back.moves)
        if not back.before[i]
    ]
    hunt.at_least(min(tops, default=0), "finish", 1)
    start = [b for b, cap in zip(hunt.walk.base, hunt.hard, strict=True) if cap is None]
    hunt.at_least(max([0, *start]), "start", 1)
    watch.tell(hunt.height, hunt.bound)


def small_enough(walk: Walk, hard: Sequence[int | None]) -> bool:
    """Whether every level, weighted, stays exact in 64 bits."""
    total = sum(abs(x) for row in walk.rise for x in row) + sum(map(abs, walk.base))
    return total + sum(abs(cap) for cap in hard if cap is not None) < BIG >> 6


def weightings(dims: int) -> list[tuple[int, ...]]:
    """Weights worth trying: all alike, each pair of levels, two to one, each level alone."""
    found = [(1,) * dims]
    for size in (2, 1):
        found += [tuple(int(d in chosen) for d in range(dims)) for chosen in combinations(range(dims), size)]
    if dims == 2:
        found += [(1, 2), (2, 1)]
    return list(dict.fromkeys(found))[:8]


def _weigh_all(hunt: Hunt, watch: Watch) -> None:
    for weights in weightings(hunt.walk.dims):
        _weigh(hunt, weights, watch)
        if hunt.done or watch.spent():
            return


def weigh(hunt: Hunt, weights: Sequence[int]) -> Lowest:
    """The weighted levels as one line from the finish, solved as far as few states go."""
    up, net = climbs(hunt.back, weights)
    base = sum(w * b for w, b in zip(weights, hunt.back.base, strict=True))
    line = Line(tuple(up), tuple(net), hunt.back.before, base)
    return solvable_at_once(line) or by_closures(line, LINE_STATES, Watch(Limits(states=2 * LINE_STATES)))


def _weigh(hunt: Hunt, weights: tuple[int, ...], watch: Watch) -> None:
    """The one-dimensional optimum of the weighted levels bounds the height from below."""
    scale = sum(w for w, cap in zip(weights, hunt.hard, strict=True) if cap is None)
    spare = sum(w * cap for w, cap in zip(weights, hunt.hard, strict=True) if cap is not None)
    best = weigh(hunt, weights)
    if scale == 0:
        if best.bound > spare:
            hunt.hopeless, hunt.weights, hunt.optimum, hunt.method = True, weights, best.bound, best.method
        return
    bound = -((spare - best.bound) // scale)
    if bound > hunt.bound:
        hunt.bound, hunt.weights, hunt.optimum, hunt.method = bound, weights, best.bound, best.method
    hunt.offer(best.order[::-1])
    watch.tell(hunt.height, hunt.bound)


def rules(hunt: Hunt) -> Iterator[Sequence[int]]:
    """Orders by rule from both ends; the largest climb that fits is tried at several heights."""
    edge = [hunt.bound if cap is None else cap for cap in hunt.hard]
    for rule in RULES:
        if not rule[3]:
            yield greedy(hunt.back, edge, rule)[::-1]
            yield greedy(hunt.walk, edge, rule)
    low = hunt.bound
    for _ in range(TRIES):
        if hunt.height is None or low >= hunt.height:
            return
        edge = [low if cap is None else cap for cap in hunt.hard]
        before = hunt.height
        yield greedy(hunt.back, edge, RULES[1])[::-1]
        yield greedy(hunt.walk, edge, RULES[1])
        low = (hunt.bound if hunt.height < before else low) + max(1, (hunt.height - low) // 2)


def _rules(hunt: Hunt, watch: Watch) -> None:
    for order in rules(hunt):
        hunt.offer(order)
        watch.tell(hunt.height, hunt.bound)
        if hunt.done:
            return


def _plain(hunt: Hunt, walk: Walk, watch: Watch, work: int | None) -> None:
    """Plain floods from both ends, until so many children were looked at."""
    floods = (Flood(walk.turned(), hunt.hard, hunt.bound), Flood(walk, hunt.hard, hunt.bound))
    share = 128
    while not watch.spent() and not hunt.done and (work is None or sum(flood.work for flood in floods) < work):
        for flood in floods:
            end: End = "finish" if flood.walk.from_finish else "start"
            finished = flood.advance(share, watch)
            hunt.at_least(flood.height, end, flood.states)
            if flood.order is not None:
                hunt.offer(flood.order[::-1] if flood.walk.from_finish else flood.order)
            elif finished:
                hunt.none_below(end, flood.states)
            if hunt.done or watch.spent():
                break
        watch.tell(hunt.height, hunt.bound)
        share *= 2


def _deep(hunt: Hunt, walk: Walk, watch: Watch) -> None:
    """Compiled floods from both ends, led by several rules, with shares that grow; then probes above the bound."""
    advance = compiled_advance()
    back = walk.turned()
    weights = weightings(walk.dims)[: 1 + walk.dims]

    def flood(way: Walk, height: int, mix: tuple[int, int, int, int]) -> ArrayFlood:
        return ArrayFlood(way, hunt.hard, height, hunt.height, weights, mix, advance)

    floods = [flood(way, hunt.bound, rule) for rule in RULES[:2] for way in (back, walk)]
    share, width = FIRST_SHARE, FIRST_WIDTH
    while not watch.spent() and not hunt.done:
        working = False
        for one in floods:
            one.raise_to(hunt.bound)
            working |= not one.full
            _step(hunt, one, share, watch)
            if hunt.done or watch.spent():
                return
        for way in (back, walk):
            if hunt.height is not None and hunt.height - hunt.bound > 1:
                middle = hunt.bound + (hunt.height - hunt.bound) // 2
                _step(hunt, flood(way, middle, RULES[0]), share, watch, middle)
                if hunt.done or watch.spent():
                    return
        if walk.moves <= BROAD:
            for order in beams(walk, back, hunt, width):
                hunt.offer(order)
                if hunt.done or watch.spent():
                    return
            width *= 2
        watch.tell(hunt.height, hunt.bound)
        if not working:
            return
        share *= 2


def beams(walk: Walk, back: Walk, hunt: Hunt, width: int) -> Iterator[Sequence[int]]:
    """Orders by beam from both ends."""
    for by_sum in (True, False):
        for way in (back, walk):
            found = beam(way, hunt.hard, hunt.bound, width, by_sum)
            if found is not None:
                yield found[::-1] if way.from_finish else found


def _step(hunt: Hunt, flood: ArrayFlood, share: int, watch: Watch, begun: int = -1) -> None:
    """Advance one flood; one that began above the bound proves something only once all it began with is seen."""
    end: End = "finish" if flood.walk.from_finish else "start"
    assert hunt.height is None or begun < hunt.height
    if hunt.height is not None:
        flood.lower_ceiling(hunt.height)
    finished = flood.advance(share, watch)
    if flood.height > begun:
        hunt.at_least(flood.height, end, flood.states)
    if flood.order is not None:
        hunt.offer(flood.order[::-1] if flood.walk.from_finish else flood.order)
    elif finished:
        hunt.none_below(end, flood.states)
