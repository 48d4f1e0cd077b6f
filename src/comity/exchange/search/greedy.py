"""Orders by rule: always the available move that leaves the levels lowest, seen from one end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from comity.exchange.search.walk import Walk, successors


def greedy(walk: Walk, edge: Sequence[int], mix: tuple[int, int, int, int]) -> list[int]:
    """Least `mix[0]` x (worst level above its edge) + `mix[1]` x (sum of the levels) first; then the least sum.

    With `mix[2]` levels below zero count as zero; with `mix[3]` the move that climbs most goes first among those
    that stay within the edge. Amounts must be exact in 64 bits.
    """
    n, dims = walk.moves, walk.dims
    after = successors(walk.before)
    waiting = [len(b) for b in walk.before]
    slots = np.zeros(n, np.int64)
    columns = [np.zeros(n, np.int64) for _ in range(dims)]
    sums = np.zeros(n, np.int64)
    climbs = np.zeros(n, np.int64)
    count = 0
    level = [b - e for b, e in zip(walk.base, edge, strict=True)]
    floor = -max(edge)
    order: list[int] = []

    def enter(i: int) -> None:
        nonlocal count
        slots[count] = i
        for d in range(dims):
            columns[d][count] = walk.rise[i][d]
        sums[count] = sum(walk.rise[i])
        climbs[count] = max(0, *walk.rise[i])
        count += 1

    for i, w in enumerate(waiting):
        if not w:
            enter(i)
    while count:
        worst = columns[0][:count] + level[0]
        for d in range(1, dims):
            np.maximum(worst, columns[d][:count] + level[d], out=worst)
        if mix[3] and (worst <= 0).any():
            worst = np.where(worst <= 0, -climbs[:count], 0)
        if mix[2]:
            np.maximum(worst, floor, out=worst)
        if mix[1]:
            worst = worst * mix[0] + sums[:count] * mix[1]
        at = int(worst.argmin())
        ties = np.flatnonzero(worst == worst[at])
        if len(ties) > 1:
            at = int(ties[sums[ties].argmin()])
        i = int(slots[at])
        order.append(i)
        level = [x + r for x, r in zip(level, walk.rise[i], strict=True)]
        count -= 1
        slots[at] = slots[count]
        sums[at] = sums[count]
        climbs[at] = climbs[count]
        for column in columns:
            column[at] = column[count]
        for a in after[i]:
            waiting[a] -= 1
            if not waiting[a]:
                enter(a)
    return order
