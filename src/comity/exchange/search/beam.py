"""Orders by beam: all sets of one size side by side, the best few kept, where one rule alone would lose its way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from comity.exchange.search.walk import Walk, successors

Indices = npt.NDArray[np.intp]


def beam(walk: Walk, hard: Sequence[int | None], floor: int, width: int, by_sum: bool) -> list[int] | None:
    """The order that keeps the free levels lowest among those the beam follows; None if the caps stop it.

    Heights up to `floor` count alike; then the least sum of the levels goes first, or the least of the worst level.
    Amounts must be exact in 64 bits.
    """
    n = walk.moves
    rise = np.array(walk.rise, np.int64)
    edge = np.array([floor if cap is None else cap for cap in hard], np.int64)
    capped = np.array([cap is not None for cap in hard])
    after = [np.array(a, np.int64) for a in successors(walk.before)]
    marks = np.random.default_rng(n).integers(0, 1 << 63, n, np.int64)
    level = np.array([walk.base], np.int64)
    height = np.zeros(1, np.int64)
    mark = np.zeros(1, np.int64)
    waiting = np.array([[len(b) for b in walk.before]], np.int32)
    trail: list[tuple[Indices, Indices]] = []
    for size in range(1, n + 1):
        row, move = np.nonzero(waiting == 0)
        reached = level[row] + rise[move]
        if size < n or walk.from_finish:
            over = reached - edge
            top = np.maximum(height[row], np.where(capped, 0, over).max(axis=1))
            fits = ~(over[:, capped] > 0).any(axis=1)
            row, move, reached, top = row[fits], move[fits], reached[fits], top[fits]
        else:
            top = height[row]
        if not len(row):
            return None
        order = np.lexsort((reached.sum(axis=1) if by_sum else (reached - edge).max(axis=1), top))
        marked = (mark[row] ^ marks[move])[order]
        _, first = np.unique(marked[: 4 * width], return_index=True)
        kept = order[np.sort(first)[:width]]
        row, move = row[kept], move[kept]
        level, height, mark = reached[kept], top[kept], mark[row] ^ marks[move]
        waiting = waiting[row]
        waiting[np.arange(len(move)), move] = -1
        for at, i in enumerate(move):
            if len(after[i]):
                waiting[at, after[i]] -= 1
        trail.append((row, move))
    at = int(height.argmin())
    found = []
    for row, move in reversed(trail):
        found.append(int(move[at]))
        at = int(row[at])
    return found[::-1]
