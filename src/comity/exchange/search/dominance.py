"""Moves that may be assumed to come before others, because swapping the two would never raise a level.

If move i raises no level more than j does, waits for nothing that j does not wait for, and everything that waits for
j waits for i, then in any order with j first the two can change places: every moment between them is the same but
for i in place of j. The rule is transitive, ties go by index, and among the best orders the one that comes first by
any listing which respects the rule satisfies all of it at once. It says the same from both ends.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from comity.exchange.search.walk import Walk

LARGEST = 1500

Relation = npt.NDArray[np.bool_]


def with_dominance(walk: Walk) -> Walk:
    """The walk with dominated moves after those that dominate them, transitively reduced; unchanged if too large."""
    n = walk.moves
    if n > LARGEST or n < 2:
        return walk
    earlier = closed(walk)
    lower = np.ones((n, n), np.bool_)
    for d in range(walk.dims):
        column = np.array([row[d] for row in walk.rise], np.int64)
        lower &= column[:, None] <= column[None, :]
    if earlier.any():
        waits = earlier.astype(np.float32)
        apart = (~earlier).astype(np.float32)
        lower &= waits.T @ apart == 0
        lower &= (waits @ apart.T == 0).T
    equal = lower & lower.T
    lower &= ~equal | (np.arange(n)[:, None] < np.arange(n)[None, :])
    np.fill_diagonal(lower, False)
    relation = lower | earlier
    return walk.with_before(_reduced(relation))


def closed(walk: Walk) -> Relation:
    """Entry [i, j]: i comes before j, directly or through others."""
    n = walk.moves
    earlier = np.zeros((n, n), np.bool_)
    for j in sequence(walk):
        for p in walk.before[j]:
            earlier[:, j] |= earlier[:, p]
            earlier[p, j] = True
    return earlier


def sequence(walk: Walk) -> list[int]:
    """Some order that respects the prerequisites."""
    waiting = [len(b) for b in walk.before]
    after: list[list[int]] = [[] for _ in walk.before]
    for i, earlier in enumerate(walk.before):
        for p in earlier:
            after[p].append(i)
    order = [i for i, w in enumerate(waiting) if not w]
    for i in order:
        for a in after[i]:
            waiting[a] -= 1
            if not waiting[a]:
                order.append(a)
    return order


def _reduced(relation: Relation) -> tuple[tuple[int, ...], ...]:
    dense = relation.astype(np.float32)
    direct = relation & (dense @ dense == 0)
    return tuple(tuple(int(p) for p in np.flatnonzero(direct[:, j])) for j in range(len(relation)))
