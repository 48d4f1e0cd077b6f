"""Seeded families of exchanges for measurements: what the steps are worth, times which wait for which."""

from __future__ import annotations

import random

from comity.exchange.core import Core

FAMILIES = ("tight", "surplus", "mixed", "enabling", "stiff", "transfers", "heavy")
PREREQUISITES = ("none", "sparse", "medium", "dense", "sp")


def exchange(family: str, prerequisites: str, moves: int, sides: int, seed: int) -> Core:
    """One exchange of a family; the same arguments always give the same one."""
    chance = random.Random(f"{family}/{prerequisites}/{moves}/{sides}/{seed}")
    delta = _steps(family, moves, sides, chance)
    value = tuple(sum(column) for column in zip(*delta, strict=True))
    return Core(tuple(delta), value, _before(prerequisites, moves, chance))


def _amounts(family: str, chance: random.Random) -> tuple[int, int]:
    """The cost of one step and its worth to the others together."""
    cost = chance.randint(1, 100)
    match family:
        case "tight":
            return cost, cost + chance.randint(0, 3)
        case "surplus":
            return cost, cost * chance.randint(120, 300) // 100
        case "mixed":
            return chance.randint(0, 100), chance.randint(0, 150)
        case "enabling":
            return (cost, 0) if chance.random() < 0.3 else (cost, cost * chance.randint(200, 400) // 100)
        case "stiff":
            cost = chance.randint(50, 100)
            return cost, cost * chance.randint(90, 140) // 100
        case "transfers":
            return cost, cost
        case "heavy":
            cost = min(10**6, int(10 * chance.paretovariate(1.1)))
            return cost, cost * chance.randint(100, 150) // 100
    raise ValueError(family)


def _steps(family: str, moves: int, sides: int, chance: random.Random) -> list[tuple[int, ...]]:
    """Who gives is who has gained most so far, so that no side is bound to lose by the draw alone."""
    gained = [0] * sides
    rows = []
    for _ in range(moves):
        cost, worth = _amounts(family, chance)
        actor = max(range(sides), key=lambda j: (gained[j], chance.random()))
        others = [j for j in range(sides) if j != actor]
        row = [0] * sides
        row[actor] = -cost
        cuts = sorted(chance.randint(0, worth) for _ in others[1:])
        for j, low, high in zip(others, [0, *cuts], [*cuts, worth], strict=True):
            row[j] = high - low
        gained = [g + x for g, x in zip(gained, row, strict=True)]
        rows.append(tuple(row))
    chance.shuffle(rows)
    return rows


def _before(prerequisites: str, moves: int, chance: random.Random) -> tuple[tuple[int, ...], ...]:
    if prerequisites == "sp":
        return _series_parallel(moves, chance)
    rank = list(range(moves))
    chance.shuffle(rank)
    before: list[set[int]] = [set() for _ in range(moves)]
    pairs = moves * (moves - 1) // 2
    edges = min(pairs, {"none": 0, "sparse": moves, "medium": 3 * moves, "dense": pairs * 15 // 100}[prerequisites])
    while edges:
        a, b = chance.randrange(moves), chance.randrange(moves)
        if a < b and rank[a] not in before[rank[b]]:
            before[rank[b]].add(rank[a])
            edges -= 1
    return tuple(tuple(sorted(b)) for b in before)


def _series_parallel(moves: int, chance: random.Random) -> tuple[tuple[int, ...], ...]:
    """A random tree of series and parallel parts; its sources and sinks are kept few by construction."""
    before: list[set[int]] = [set() for _ in range(moves)]
    stack: list[tuple[int, int, bool]] = [(0, moves, chance.random() < 0.5)]
    cuts: list[tuple[int, int, int, bool]] = []
    while stack:
        low, high, series = stack.pop()
        if high - low < 2:
            continue
        middle = chance.randint(low + 1, high - 1)
        cuts.append((low, middle, high, series))
        stack += [(low, middle, chance.random() < 0.5), (middle, high, chance.random() < 0.5)]
    sources: dict[tuple[int, int], list[int]] = {(i, i + 1): [i] for i in range(moves)}
    sinks = dict(sources)
    for low, middle, high, series in reversed(cuts):
        left, right = (low, middle), (middle, high)
        if series and len(sinks[left]) * len(sources[right]) <= 4 * (high - low):
            for b in sources[right]:
                before[b].update(sinks[left])
            sources[low, high], sinks[low, high] = sources[left], sinks[right]
        else:
            sources[low, high] = sources[left] + sources[right]
            sinks[low, high] = sinks[left] + sinks[right]
    return tuple(tuple(sorted(b)) for b in before)
