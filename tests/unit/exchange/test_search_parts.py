"""The parts of the search engine, each against what it replaces."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from comity.exchange.core import Core, peaks
from comity.exchange.search import Limits, least_peak, least_total, least_total_with_money
from comity.exchange.search import kernel as plain_kernel
from comity.exchange.search.answers import Watch
from comity.exchange.search.beam import beam
from comity.exchange.search.closures import by_closures, least_weight_closure
from comity.exchange.search.compiled import ArrayFlood, compiled_advance
from comity.exchange.search.dominance import with_dominance
from comity.exchange.search.greedy import greedy
from comity.exchange.search.line import Line, solvable_at_once
from comity.exchange.search.walk import Walk, peaks_of, walk_of
from tests.bench.exchange_families import FAMILIES, PREREQUISITES, exchange
from tests.property.exchange_search.brute import random_core, respects


def random_line(chance: random.Random, signs: tuple[int, int], waits: float) -> Line:
    n = chance.randint(1, 6)
    net = tuple(chance.randint(*signs) for _ in range(n))
    up = tuple(max(0, w) + chance.randint(0, 6) for w in net)
    before = tuple(tuple(p for p in range(i) if chance.random() < waits) for i in range(n))
    return Line(up, net, before, chance.randint(-5, 5))


def best_top(line: Line) -> int:
    n = len(line.up)
    tops = []
    for order in permutations(range(n)):
        place = {i: a for a, i in enumerate(order)}
        if all(place[p] < place[i] for i, b in enumerate(line.before) for p in b):
            tops.append(line.top(order))
    return min(tops)


@pytest.mark.parametrize(("signs", "waits"), [((-6, 6), 0.0), ((-6, 0), 0.4), ((0, 6), 0.4)])
def test_lines_solved_at_once_are_best(signs: tuple[int, int], waits: float) -> None:
    for seed in range(60):
        line = random_line(random.Random(seed), signs, waits)
        found = solvable_at_once(line)
        assert found is not None
        assert found.top == found.bound == line.top(found.order) == best_top(line)


def test_lines_with_any_prerequisites_are_best() -> None:
    for seed in range(120):
        line = random_line(random.Random(seed), (-6, 6), 0.35)
        found = by_closures(line, 1000, Watch(Limits()))
        assert found.top == found.bound == line.top(found.order) == best_top(line)


def test_the_lightest_closed_set_is_lightest() -> None:
    for seed in range(40):
        line = random_line(random.Random(seed), (-6, 6), 0.35)
        n = len(line.net)
        weights = [
            sum(line.net[i] for i in range(n) if s >> i & 1)
            for s in range(1 << n)
            if all(s >> p & 1 for i in range(n) if s >> i & 1 for p in line.before[i])
        ]
        chosen = least_weight_closure(line.net, line.before)
        assert all(p in chosen for i in chosen for p in line.before[i])
        assert sum(line.net[i] for i in chosen) == min(weights)


@pytest.mark.parametrize("rule", [(1, 0, 1, 0), (0, 0, 0, 1), (2, 1, 0, 0)])
def test_the_compiled_kernel_does_what_the_plain_one_does(rule: tuple[int, int, int, int]) -> None:
    for seed in range(25):
        chance = random.Random(seed)
        core = random_core(chance, 8)
        walk = walk_of(core, range(core.sides), range(core.sides))
        hard = [None if chance.random() < 0.7 else chance.randint(0, 9) for _ in range(walk.dims)]
        weights = [(1,) * walk.dims]
        for way in (walk, walk.turned(), with_dominance(walk)):
            floods = [
                ArrayFlood(way, hard, 0, None, weights, rule, advance)
                for advance in (plain_kernel.advance, compiled_advance())
            ]
            for flood in floods:
                while not flood.advance(3, Watch(Limits())):
                    pass
            assert floods[0].order == floods[1].order
            assert floods[0].height == floods[1].height
            assert floods[0].states == floods[1].states


def test_dominance_keeps_a_best_order() -> None:
    for seed in range(60):
        core = random_core(random.Random(seed))
        walk = walk_of(core, range(core.sides), ())
        narrowed = with_dominance(walk)
        best = min(max(peaks_of(walk, order)) for order in permutations(range(core.moves)) if respects(core, order))
        narrow = Core(core.delta, core.value, narrowed.before)
        kept = [max(peaks_of(walk, order)) for order in permutations(range(core.moves)) if respects(narrow, order)]
        assert min(kept) == best


def test_orders_by_rule_and_beam_respect_prerequisites() -> None:
    for seed in range(10):
        core = exchange(FAMILIES[seed % 7], PREREQUISITES[seed % 5], 40, 2, seed)
        walk = walk_of(core, (0, 1), ())
        for way in (walk, walk.turned()):
            ways = [greedy(way, (0, 0), (1, 0, 1, 0)), greedy(way, (20, 20), (0, 0, 0, 1))]
            wide = beam(way, (None, None), 0, 4, by_sum=True)
            assert wide is not None
            for order in (*ways, wide):
                assert respects(core, tuple(reversed(order)) if way.from_finish else tuple(order))


def test_a_walk_turned_twice_is_itself() -> None:
    core = exchange("mixed", "sparse", 12, 3, 5)
    walk = walk_of(core, range(3), (1,))
    again = walk.turned().turned()
    assert Walk(again.rise, again.base, tuple(tuple(sorted(b)) for b in again.before)) == walk


def test_amounts_beyond_64_bits_stay_exact() -> None:
    unit = 10**40
    rows = ((-3 * unit, 5 * unit), (4 * unit, -2 * unit), (-unit, 2 * unit + 1))
    core = Core(rows, tuple(sum(column) for column in zip(*rows, strict=True)), ((), (), (0,)))
    best = min(max(peaks(core, o)[0]) for o in permutations(range(3)) if o.index(0) < o.index(2))
    assert least_peak(core).value == best
    assert least_total(core).proven
    assert least_total_with_money(core).proven


def test_amounts_of_1e15_over_hundreds_of_steps_stay_exact() -> None:
    small = exchange("surplus", "sparse", 150, 2, 3)
    factor = 10**13
    large = Core(
        tuple(tuple(factor * x for x in r) for r in small.delta), tuple(factor * v for v in small.value), small.before
    )
    limits = Limits(states=20_000)
    one, two = least_peak(small, limits=limits), least_peak(large, limits=limits)
    assert one.proven
    assert two.order is not None
    assert max(peaks(large, two.order)[0]) == two.value
    assert one.value is not None
    assert two.lower_bound <= factor * one.value


def test_progress_closes_in_and_an_interruption_keeps_the_plan() -> None:
    core = exchange("heavy", "dense", 60, 2, 4)
    seen: list[tuple[int | None, int]] = []

    def note(upper: int | None, lower: int, elapsed: float) -> None:
        assert elapsed >= 0
        seen.append((upper, lower))
        if len(seen) == 3:
            raise KeyboardInterrupt

    answer = least_peak(core, progress=note)
    assert answer.order is not None
    assert answer.value is not None
    assert answer.lower_bound <= answer.value
    assert [lower for _, lower in seen] == sorted(lower for _, lower in seen)
