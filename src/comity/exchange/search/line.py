"""One dimension: order jobs so that the highest level ever reached is least.

A job starts at the present level, climbs `up` above it and leaves the level changed by `net` (up >= net).
The weighted sum of temptations is such a line: `up` counts what each side holds before or after the step, whichever
is more. With payments of any size between steps the sum of bonds is exactly this line with all weights 1.

Without prerequisites Johnson's rule is best (flow shop with two machines: up is the work on the first, up - net on
the second): jobs that lower the level by rising `up`, then the others by falling `up - net`. When no job raises the
level, taking the available job with the least `up` is best under any prerequisites: a job whose top fits under the
cap can be taken at once, because it only lowers what comes after. Source: Johnson 1954; Abdel-Wahab and Kameda 1978.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np

from comity.exchange.search.walk import successors

NEVER = 1 << 90
"""Beyond every amount."""

WIDE = 1 << 61
"""Sums below this stay exact in 64 bits with room for one more addition."""


@dataclass(frozen=True, slots=True)
class Line:
    """Jobs `up`, `net` and prerequisites `before`, from level `base`."""

    up: tuple[int, ...]
    net: tuple[int, ...]
    before: tuple[tuple[int, ...], ...]
    base: int = 0

    def turned(self) -> Line:
        """The same jobs from the other end."""
        after = tuple(tuple(a) for a in successors(self.before))
        up = tuple(u - w for u, w in zip(self.up, self.net, strict=True))
        return Line(up, tuple(-w for w in self.net), after, self.base + sum(self.net))

    def top(self, order: Sequence[int]) -> int:
        """The highest top of this order; the level at either end is no top."""
        level, highest = self.base, None
        for i in order:
            top = level + self.up[i]
            highest = top if highest is None else max(highest, top)
            level += self.net[i]
        return -NEVER if highest is None else highest


@dataclass(frozen=True, slots=True)
class Lowest:
    """An order, its top, and a lower bound on the top of every order; `method` names what proves the bound."""

    order: tuple[int, ...]
    top: int
    bound: int
    method: str


def johnson_order(up: Sequence[int], net: Sequence[int]) -> list[int]:
    """The best order without prerequisites; ties by index."""
    if fits(up) and fits(net):
        rise, change = np.asarray(up, dtype=np.int64), np.asarray(net, dtype=np.int64)
        climbs = change >= 0
        key = np.where(climbs, change - rise, rise)
        return [int(i) for i in np.lexsort((key, climbs))]
    return sorted(range(len(up)), key=lambda i: (net[i] >= 0, net[i] - up[i] if net[i] >= 0 else up[i]))


def fits(amounts: Sequence[int]) -> bool:
    """Whether sums of these stay exact in 64 bits."""
    return sum(map(abs, amounts)) < WIDE


def johnson(line: Line) -> Lowest:
    """Best without prerequisites; with them, a lower bound and no order worth having."""
    order = tuple(johnson_order(line.up, line.net))
    top = line.top(order)
    return Lowest(order, top, top, "johnson")


def downhill(line: Line) -> Lowest:
    """Least `up` first among the available jobs: best when no job raises the level."""
    waiting = [len(set(b)) for b in line.before]
    after = successors([tuple(set(b)) for b in line.before])
    ready = [(line.up[i], i) for i, w in enumerate(waiting) if not w]
    heapify(ready)
    order = []
    while ready:
        _, i = heappop(ready)
        order.append(i)
        for a in after[i]:
            waiting[a] -= 1
            if not waiting[a]:
                heappush(ready, (line.up[a], a))
    top = line.top(order)
    return Lowest(tuple(order), top, top, "greedy")


def solvable_at_once(line: Line) -> Lowest | None:
    """The optimum when no search is needed: no prerequisites, or all jobs on one side of level."""
    if not any(line.before):
        return johnson(line)
    if all(w <= 0 for w in line.net):
        return downhill(line)
    if all(w >= 0 for w in line.net):
        back = downhill(line.turned())
        return Lowest(back.order[::-1], back.top, back.bound, back.method)
    return None
