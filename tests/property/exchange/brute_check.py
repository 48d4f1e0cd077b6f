"""The blockage by its definition alone, over every subset; it shares nothing with the search."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from comity.exchange.model import Demand, Kind, Problem, Side, Step

Sets = set[frozenset[str]]


def subsets(items: Iterable[str]) -> Iterator[frozenset[str]]:
    pool = sorted(items)
    return (frozenset(c) for c in chain.from_iterable(combinations(pool, k) for k in range(len(pool) + 1)))


def doable(problem: Problem, demands: tuple[Demand, ...]) -> tuple[frozenset[str], list[frozenset[str]]]:
    """What can happen under these demands, and in which stages."""
    promised = frozenset(step.id for step in problem.steps)
    while True:
        done: frozenset[str] = frozenset()
        stages = []
        while stage := next_stage(problem, demands, promised, done):
            stages.append(stage)
            done |= stage
        if done == promised:
            return done, stages
        promised = done


def next_stage(
    problem: Problem, demands: tuple[Demand, ...], promised: frozenset[str], done: frozenset[str]
) -> frozenset[str]:
    ready = []
    for step in problem.steps:
        own = [d for d in demands if d.step == step.id]
        if (
            step.id not in done
            and set(step.after) <= done
            and all(done & set(d.any_of) for d in own if d.kind is Kind.AFTER)
            and all(promised & set(d.any_of) for d in own if d.kind is Kind.GIVEN)
        ):
            ready.append(step.id)
    joint = [d for d in demands if d.kind is Kind.TOGETHER]
    fit = [x for x in subsets(ready) if all((done | x) & set(d.any_of) for d in joint if d.step in x)]
    return frozenset().union(*fit)


def blocks(problem: Problem, demands: Iterable[Demand]) -> bool:
    return len(doable(problem, tuple(demands))[0]) < len(problem.steps)


def minimal(sets: Sets) -> Sets:
    return {s for s in sets if not any(t < s for t in sets)}


def cores(problem: Problem) -> Sets:
    names = [d.id for d in problem.demands]
    return minimal({s for s in subsets(names) if blocks(problem, [d for d in problem.demands if d.id in s])})


def softenings(problem: Problem) -> Sets:
    names = [d.id for d in problem.demands]
    return minimal({s for s in subsets(names) if not blocks(problem, [d for d in problem.demands if d.id not in s])})


def turnings(problem: Problem) -> Sets:
    names = [d.id for d in problem.demands if d.kind is Kind.AFTER]
    return minimal({s for s in subsets(names) if not blocks(problem, turned(problem, s))})


def turned(problem: Problem, names: Iterable[str]) -> list[Demand]:
    kind = dict.fromkeys(names, Kind.TOGETHER)
    return [
        Demand(d.id, d.by, d.step, kind.get(d.id, d.kind), d.any_of, d.weight) for d in problem.demands
    ]  # fmt: skip


def random_problem(chance: random.Random, steps: int = 5, demands: int = 7) -> Problem:
    """A small problem that is often blocked."""
    n, m = chance.randint(2, steps), chance.randint(1, demands)
    ids = [f"s{i}" for i in range(n)]
    share = chance.choice([0.0, 0.1, 0.3])
    kinds = chance.choices(list(Kind), k=m) if chance.random() < 0.7 else [Kind.AFTER] * m
    return Problem(
        "random",
        (Side("A", ""),),
        tuple(Step(s, "A", 0, after=tuple(p for p in ids[:i] if chance.random() < share)) for i, s in enumerate(ids)),
        demands=tuple(random_demand(chance, f"d{j}", ids, kind) for j, kind in enumerate(kinds)),
    )


def random_demand(chance: random.Random, name: str, ids: list[str], kind: Kind, answers: int = 3) -> Demand:
    step = chance.choice(ids)
    others = [s for s in ids if s != step]
    any_of = chance.sample(others, min(len(others), chance.choice([1, 1, 1, 2, answers])))
    return Demand(name, "A", step, kind, tuple(any_of), chance.randint(1, 4))
