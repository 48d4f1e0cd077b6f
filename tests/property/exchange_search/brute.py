"""Every order of a small exchange, and random small exchanges with ties, zeros and sides that should not sign."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import permutations

from comity.exchange.core import Core

Order = tuple[int, ...]


def random_core(chance: random.Random, moves: int = 6) -> Core:
    """Up to so many moves for one to three sides; the value is the sum of the moves or near it."""
    n, k = chance.randint(1, moves), chance.choice([1, 2, 2, 2, 3])
    size = chance.choice([2, 5, 5, 100])
    delta = []
    for _ in range(n):
        if k > 1 and chance.random() < 0.6:
            row = [chance.randint(0, size) for _ in range(k)]
            row[chance.randrange(k)] = -chance.randint(0, size)
        else:
            row = [chance.randint(-size, size) for _ in range(k)]
        delta.append(tuple(row))
    salvage = chance.random() < 0.3
    value = tuple(sum(column) + (chance.randint(-3, 3) if salvage else 0) for column in zip(*delta, strict=True))
    rank = list(range(n))
    chance.shuffle(rank)
    density = chance.choice([0, 0, 0.2, 0.5])
    before: list[list[int]] = [[] for _ in range(n)]
    for a in range(n):
        for b in range(a):
            if chance.random() < density:
                before[rank[a]].append(rank[b])
    return Core(tuple(delta), value, tuple(tuple(b) for b in before))


def orders(core: Core) -> Iterator[Order]:
    """Every order that respects the prerequisites."""
    for order in permutations(range(core.moves)):
        if respects(core, order):
            yield order


def respects(core: Core, order: Order) -> bool:
    """Whether each move comes once, and after its prerequisites."""
    place = {move: at for at, move in enumerate(order)}
    return sorted(order) == list(range(core.moves)) and all(
        place[p] < place[i] for i, earlier in enumerate(core.before) for p in earlier
    )


def total_with_money(core: Core, order: Order) -> int:
    """Written apart from the search: the sum of bonds when payments may be made between the moves."""
    top = 0
    for at, i in enumerate(order):
        done = order[:at]
        needed = 0
        for j, value in enumerate(core.value):
            before = sum(core.delta[m][j] for m in done) - value
            after = before + core.delta[i][j] if at + 1 < core.moves else 0
            needed += max(before, after)
        top = max(top, needed)
    return top


def least_by_sets(core: Core) -> int:
    """The least peak temptation by dynamic programming over all sets of moves."""
    n = core.moves
    needs = [sum(1 << p for p in b) for b in core.before]
    held: list[tuple[int, ...]] = [(0,) * core.sides]
    best: list[int | None] = [None] * (1 << n)
    best[0] = max([0, *(-v for v in core.value)])
    for s in range(1, 1 << n):
        low = (s & -s).bit_length() - 1
        rest = held[s & (s - 1)]
        held.append(tuple(h + d for h, d in zip(rest, core.delta[low], strict=True)))
        came = []
        for i in range(n):
            without = best[s & ~(1 << i)]
            if s >> i & 1 and without is not None and s & needs[i] == needs[i]:
                came.append(without)
        if came:
            here = max(h - v for h, v in zip(held[s], core.value, strict=True)) if s + 1 < 1 << n else 0
            best[s] = max(min(came), here)
    found = best[-1]
    assert found is not None
    return found
