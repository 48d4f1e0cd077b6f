"""Complete search over the sets reachable from one end, deepest first, with a cap that rises only when it must.

Every level is either under a hard cap or counts towards the height, the largest of them. All sets reachable
without exceeding the current height are visited first; what would exceed it waits in a heap. When nothing is left
the height is proven infeasible and rises to the smallest value that was refused. So the first set that completes
does so at the least possible height, and at any time the current height is a lower bound.

A move that raises no level is taken at once and alone: bringing it to the front of any completion lowers every
moment in between and adds none above the present one. Seen sets are kept as exact bit masks, so an exhausted flood
is a proof and not a probability.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal

from comity.exchange.search.answers import Watch
from comity.exchange.search.walk import Walk, successors

CHECK_EVERY = 256
FIRST_SHARE = 512


class Flood:
    """Sets reachable from one end of a walk.

    `hard[d]` caps dimension d, None lets it count towards the height; levels count as at least 0.
    """

    def __init__(self, walk: Walk, hard: Sequence[int | None], height: int) -> None:
        self.walk = walk
        self.hard = tuple(hard)
        self.height = height
        self.free_dims = tuple(d for d, cap in enumerate(hard) if cap is None)
        self.hard_dims = tuple((d, cap) for d, cap in enumerate(hard) if cap is not None)
        self.after = successors(walk.before)
        self.need_before = [sum(1 << p for p in b) for b in walk.before]
        self.harmless = [all(x <= 0 for x in row) for row in walk.rise]
        self.target = walk.moves if walk.from_finish else walk.moves - 1
        self.seen: set[int] = set()
        self.parent: list[tuple[int, int]] = [(-1, -1)]
        self.blocked: list[tuple[int, int, int, int, tuple[int, ...], tuple[int, ...], int]] = []
        self.stack: list[tuple[int, int, tuple[int, ...], tuple[int, ...], int]] = []
        self.order: tuple[int, ...] | None = None
        self.exhausted = False
        self.states = 0
        self.work = 0
        self.refused: set[tuple[int, ...]] = set()
        """Levels of the moments that a hard cap refused."""
        ready = tuple(i for i in range(walk.moves) if not walk.before[i])
        needed = 0 if walk.from_finish or not walk.moves else self._admit(walk.base)
        start = (0, 0, tuple(walk.base), ready, 0)
        if needed is None:
            return
        if needed > height:
            heappush(self.blocked, (needed, 0, *start))
        else:
            self.stack.append(start)

    def _admit(self, level: Sequence[int]) -> int | None:
        """The height this moment needs, or None if a hard cap refuses it."""
        for d, cap in self.hard_dims:
            if level[d] > cap:
                self.refused.add(tuple(level))
                return None
        return max([0, *(level[d] for d in self.free_dims)])

    def advance(self, states: int, watch: Watch) -> bool:
        """Visit up to so many more sets; True when finished: `order` is set, or `exhausted`."""
        if self.order is not None or self.exhausted:
            return True
        stop = self.states + states
        while self.states < stop:
            if not self.stack and not self._rise():
                self.exhausted = True
                return True
            node, mask, level, ready, size = self.stack.pop()
            if mask in self.seen:
                continue
            self.seen.add(mask)
            self.states += 1
            watch.states += 1
            if size >= self.target:
                self._finish(node, ready)
                return True
            self._expand(node, mask, level, ready, size)
            if self.states % CHECK_EVERY == 0 and watch.spent():
                return False
        return False

    def _rise(self) -> bool:
        """Raise the height to the smallest value refused so far."""
        if not self.blocked:
            return False
        self.height = self.blocked[0][0]
        while self.blocked and self.blocked[0][0] <= self.height:
            self.stack.append(heappop(self.blocked)[2:])
        return True

    def _expand(self, node: int, mask: int, level: tuple[int, ...], ready: tuple[int, ...], size: int) -> None:
        rise = self.walk.rise
        choices = []
        self.work += len(ready)
        only = None
        if mask or not self.walk.from_finish:
            only = next((i for i in ready if self.harmless[i]), None)
        for i in ready if only is None else (only,):
            reached = tuple(x + r for x, r in zip(level, rise[i], strict=True))
            needed = self._admit(reached) if size + 1 < self.walk.moves or self.walk.from_finish else 0
            if needed is None:
                continue
            grown = mask | 1 << i
            if grown in self.seen:
                continue
            choices.append((needed, sum(reached), i, grown, reached))
        choices.sort(reverse=True)
        for needed, _, i, grown, reached in choices:
            self.parent.append((node, i))
            child = (len(self.parent) - 1, grown, reached, self._ready(ready, i, grown), size + 1)
            if needed > self.height:
                heappush(self.blocked, (needed, -len(self.parent), *child))
            else:
                self.stack.append(child)

    def _ready(self, ready: tuple[int, ...], taken: int, mask: int) -> tuple[int, ...]:
        left = [i for i in ready if i != taken]
        for i in self.after[taken]:
            need = self.need_before[i]
            if mask & need == need:
                left.append(i)
        return tuple(left)

    def _finish(self, node: int, ready: tuple[int, ...]) -> None:
        order = []
        while node:
            node, move = self.parent[node]
            order.append(move)
        order.reverse()
        self.order = (*order, *ready)


@dataclass(frozen=True, slots=True)
class Found:
    """The lowest height and an order (from the start) that reaches it, or the end at which the search ran dry.

    `order` None and `exhausted` False: the limits came first, and the height is a lower bound.
    """

    order: tuple[int, ...] | None
    height: int
    exhausted: bool
    end: Literal["start", "finish"]
    states: int
    refused: frozenset[tuple[int, ...]]


def race(walk: Walk, hard: Sequence[int | None], height: int, watch: Watch) -> Found:
    """Flood from both ends in turn, with growing shares, until one of them finishes."""
    ends = (Flood(walk.turned(), hard, height), Flood(walk, hard, height))
    share = FIRST_SHARE
    while not watch.spent():
        for flood in ends:
            if flood.advance(share, watch):
                return _found(flood)
        share *= 2
    return _found(max(ends, key=lambda flood: flood.height))


def _found(flood: Flood) -> Found:
    back = flood.walk.from_finish
    order = flood.order[::-1] if flood.order is not None and back else flood.order
    end: Literal["start", "finish"] = "finish" if back else "start"
    return Found(order, flood.height, flood.exhausted, end, flood.states, frozenset(flood.refused))
