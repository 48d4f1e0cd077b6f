"""The theorems of docs/theory.md on small exchanges, over every order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, permutations

import pytest

from comity.exchange.certificate import Objective, Options
from comity.exchange.core import Core, peaks
from comity.exchange.model import Problem, Side, Step, Window
from comity.exchange.plan import plan

Row = tuple[int, ...]


def exchange(chance: random.Random, *, prerequisites: bool, worthwhile: bool, steps: int = 5) -> Problem:
    """A random exchange; worthwhile: to every side."""
    while True:
        names = ["A", "B", "C"][: chance.choice([2, 2, 3])]
        made: list[Step] = []
        for i in range(chance.randint(1, steps)):
            by = chance.choice(names)
            worth = {s: chance.randint(0, 9) for s in names if s != by}
            after = tuple(s.id for s in made if prerequisites and chance.random() < 0.25)
            made.append(Step(f"s{i}", by, chance.randint(0, 9), worth=worth, after=after))
        problem = Problem("", tuple(Side(n, "") for n in names), tuple(made))
        if not worthwhile or min(core_of(problem).value) >= 0:
            return problem


def core_of(problem: Problem) -> Core:
    names = [s.name for s in problem.sides]
    delta = tuple(tuple(-s.cost if s.by == n else s.worth.get(n, 0) for n in names) for s in problem.steps)
    number = {s.id: i for i, s in enumerate(problem.steps)}
    before = tuple(tuple(number[a] for a in s.after) for s in problem.steps)
    return Core(delta, tuple(map(sum, zip(*delta, strict=True))), before)


def orders(core: Core) -> Iterator[Row]:
    for order in permutations(range(core.moves)):
        place = {m: at for at, m in enumerate(order)}
        if all(place[b] < place[m] for m in order for b in core.before[m]):
            yield order


def least_peak(core: Core) -> int:
    return min(max(peaks(core, order)[0]) for order in orders(core))


def hump(core: Core, order: Row) -> int:
    """What the money theorem says an order needs: the cost of a step less the surplus of the steps after it."""
    need = 0
    for at, step in enumerate(order):
        cost = -min(0, *core.delta[step])
        need = max(need, cost - sum(sum(core.delta[later]) for later in order[at + 1 :]))
    return need


def needed_with_payments(core: Core, order: Row) -> int:
    """The same from the definition: some zero-sum payment must fit before and after every step."""
    left = [-v for v in core.value]
    need = 0
    for step in order:
        after = [t + d for t, d in zip(left, core.delta[step], strict=True)]
        need = max(need, sum(max(t, u) for t, u in zip(left, after, strict=True)))
        left = after
    return need


SEEDS = pytest.mark.parametrize("seed", range(40))


@SEEDS
def test_somebody_is_last(seed: int) -> None:
    core = core_of(exchange(random.Random(seed), prerequisites=True, worthwhile=False))
    awaited = {b for before in core.before for b in before}
    cheapest = min(-min(core.delta[m]) for m in range(core.moves) if m not in awaited)
    assert least_peak(core) >= max(cheapest if core.moves else 0, *(-v for v in core.value))


@SEEDS
def test_money_collapses_the_problem_to_one_number(seed: int) -> None:
    problem = exchange(random.Random(seed), prerequisites=True, worthwhile=False)
    core = core_of(problem)
    for order in orders(core):
        assert hump(core, order) == max(0, needed_with_payments(core, order))
    least = min(hump(core, order) for order in orders(core))
    assert plan(problem, Options(Objective.TOTAL, money=True)).value == least
    assert least_peak(core) >= Fraction(least, len(core.value))


@SEEDS
def test_with_every_step_worth_its_cost_the_cheapest_available_goes_last(seed: int) -> None:
    chance = random.Random(seed)
    problem = exchange(chance, prerequisites=True, worthwhile=False)
    steps = tuple(replace(s, cost=min(s.cost, sum(s.worth.values()))) for s in problem.steps)
    core = core_of(replace(problem, steps=steps))
    left, order = set(range(core.moves)), list[int]()
    while left:
        ends = [m for m in left if not any(m in core.before[o] for o in left)]
        order.append(min(ends, key=lambda m: -min(core.delta[m])))
        left.discard(order[-1])
    assert hump(core, tuple(reversed(order))) == min(hump(core, o) for o in orders(core))


@SEEDS
def test_weights_bound_the_peak_from_below(seed: int) -> None:
    chance = random.Random(seed)
    core = core_of(exchange(chance, prerequisites=True, worthwhile=False))
    raw = [chance.randint(0, 5) for _ in core.value]
    weights = [Fraction(w + 1, sum(raw) + len(raw)) for w in raw]

    def weighted(order: Row) -> Fraction:
        left, top = [-v for v in core.value], Fraction(0)
        for step in order:
            after = [t + d for t, d in zip(left, core.delta[step], strict=True)]
            top = max(top, sum((w * max(t, u) for w, t, u in zip(weights, left, after, strict=True)), Fraction(0)))
            left = after
        return top

    assert min(weighted(order) for order in orders(core)) <= least_peak(core)


@SEEDS
def test_steinitz_bounds_the_peak_by_sides_times_the_largest_step(seed: int) -> None:
    core = core_of(exchange(random.Random(seed), prerequisites=False, worthwhile=True, steps=6))
    cost = max(-x for row in core.delta for x in row)
    worth = max(x for row in core.delta for x in row)
    k = len(core.value)
    assert least_peak(core) <= k * max(0, min(cost, worth))
    both = [peaks(core, order) for order in orders(core)]
    assert any(max(t) <= k * max(0, worth) and max(e) <= k * max(0, cost) for t, e in both)


@SEEDS
def test_slices_bring_the_peak_to_a_sides_cost_over_their_number(seed: int) -> None:
    chance = random.Random(seed)
    core = core_of(exchange(chance, prerequisites=False, worthwhile=True))
    m = chance.randint(1, 6)
    rounds = Core(core.delta * m, tuple(v * m for v in core.value), ((),) * (core.moves * m))
    tempted, exposed = peaks(rounds, tuple(range(core.moves * m)))  # in m-ths of an amount
    for j in range(len(core.value)):
        spent = sum(-min(0, row[j]) for row in core.delta)
        assert tempted[j] <= spent
        assert exposed[j] <= spent


@SEEDS
def test_a_window_never_lowers_a_temptation(seed: int) -> None:
    chance = random.Random(seed)
    problem = exchange(chance, prerequisites=True, worthwhile=seed % 2 == 0)
    free = [s.id for s in problem.steps if not s.after]
    if len(free) < 2:
        free = []
    windows = (Window(tuple(free[:2])),) if free else ()
    blind = replace(problem, windows=windows)
    objectives = [Objective.PEAK, Objective.TOTAL] + ([Objective.EXPOSURE, Objective.JOINT] if seed % 2 == 0 else [])
    for objective in objectives:
        seen, unseen = plan(problem, Options(objective)), plan(blind, Options(objective))
        assert unseen.value is None or (seen.value is not None and seen.value <= unseen.value)


def can_be_split(parts: Row, size: int) -> bool:
    """Whether the parts fall into groups of this sum, by trying."""
    if not parts:
        return True
    first, rest = parts[0], parts[1:]
    for count in range(len(rest) + 1):
        for others in combinations(range(len(rest)), count):
            if first + sum(rest[i] for i in others) == size:
                left = tuple(p for i, p in enumerate(rest) if i not in others)
                if can_be_split(left, size):
                    return True
    return False


@pytest.mark.parametrize(
    "parts", [(2, 3, 4, 2, 2, 5), (3, 3, 3, 2, 2, 5), (4, 4, 4, 2, 2, 2), (3, 3, 3, 3, 3, 3), (5, 5, 5, 1, 1, 1)]
)
def test_three_partition_is_an_exchange_of_two_sides(parts: Row) -> None:
    size = sum(parts) // 2
    steps = [Step(f"big{i}", "A", size, worth={"B": size}) for i in range(2)]
    steps += [Step(f"part{i}", "B", p, worth={"A": p}) for i, p in enumerate(parts)]
    problem = Problem("", (Side("A", "", size), Side("B", "", 0)), tuple(steps))
    assert plan(problem, Options(Objective.TOPUP)).feasible == can_be_split(parts, size)
