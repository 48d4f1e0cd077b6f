"""Cycles of a relation of prerequisites, found in linear time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence


def rings(before: Sequence[Sequence[int]]) -> list[list[int]]:
    """Disjoint cycles, each in the order in which its members wait for one another; none exactly when acyclic.

    Shapes: `before[i]` lists what must come before i.
    """
    waiting = [len(b) for b in before]
    followers: list[list[int]] = [[] for _ in before]
    for i, earlier in enumerate(before):
        for j in earlier:
            followers[j].append(i)
    free = deque(i for i, w in enumerate(waiting) if w == 0)
    while free:
        for i in followers[free.popleft()]:
            waiting[i] -= 1
            if waiting[i] == 0:
                free.append(i)
    # Whatever is left waits for something that is left: following one such wait must end in a cycle.
    waits_for = {i: next(j for j in before[i] if waiting[j]) for i, w in enumerate(waiting) if w}
    seen_from: dict[int, int] = {}
    found = []
    for start in waits_for:
        i = start
        while i not in seen_from:
            seen_from[i] = start
            i = waits_for[i]
        if seen_from[i] == start:
            ring = [i]
            while waits_for[ring[-1]] != i:
                ring.append(waits_for[ring[-1]])
            found.append(ring)
    return found
