"""Laws that need no oracle, on exchanges too large for one."""

from __future__ import annotations

import random

import pytest

from comity.exchange.core import Core, peaks
from comity.exchange.search import Limits, least_peak, least_total_with_money
from comity.exchange.search.answers import Watch
from comity.exchange.search.engine import lowest
from comity.exchange.search.flood import race
from comity.exchange.search.walk import peaks_of, walk_of
from tests.bench.exchange_families import FAMILIES, PREREQUISITES, exchange
from tests.property.exchange_search.brute import respects

LIMITS = Limits(states=60_000)


@pytest.fixture(params=range(12))
def core(request: pytest.FixtureRequest) -> Core:
    """Medium exchanges of all families."""
    seed: int = request.param
    return exchange(FAMILIES[seed % 7], PREREQUISITES[seed % 5], 30 + seed, 2 + seed % 2, seed)


def test_amounts_times_ten_give_peaks_times_ten(core: Core) -> None:
    large = Core(
        tuple(tuple(10 * x for x in row) for row in core.delta), tuple(10 * v for v in core.value), core.before
    )
    one, ten = least_peak(core, limits=LIMITS), least_peak(large, limits=LIMITS)
    assert one.value is not None
    assert ten.value is not None
    assert ten.lower_bound <= 10 * one.value
    assert 10 * one.lower_bound <= ten.value
    if one.proven and ten.proven:
        assert ten.value == 10 * one.value


def test_a_free_step_changes_nothing(core: Core) -> None:
    wider = Core((*core.delta, (0,) * core.sides), core.value, (*core.before, ()))
    one, two = least_total_with_money(core), least_total_with_money(wider)
    assert one.proven
    assert two.proven
    assert two.value is not None
    assert one.value is not None
    assert two.value <= one.value


def test_temptation_is_exposure_in_reverse(core: Core) -> None:
    """With the finished exchange worth the sum of its steps, deltas negated and prerequisites turned."""
    after: list[list[int]] = [[] for _ in core.delta]
    for i, earlier in enumerate(core.before):
        for p in earlier:
            after[p].append(i)
    turned = Core(core.delta, core.value, tuple(tuple(a) for a in after))
    one, two = least_peak(core, limits=LIMITS), least_peak(turned, of="exposure", limits=LIMITS)
    lost = max([0, *(-v for v in core.value)])
    assert one.value is not None
    assert two.value is not None
    assert one.lower_bound <= max(two.value, lost)
    assert two.lower_bound <= max(one.value, lost)


def test_an_order_and_its_bound_are_what_is_claimed(core: Core) -> None:
    answer = least_peak(core, limits=LIMITS)
    assert answer.order is not None
    assert respects(core, answer.order)
    assert max(peaks(core, answer.order)[0]) == answer.value
    money = least_total_with_money(core)
    assert money.lower_bound <= core.sides * answer.value


def test_a_limit_in_states_gives_the_same_answer_twice(core: Core) -> None:
    limits = Limits(states=3000)
    assert least_peak(core, limits=limits) == least_peak(core, limits=limits)


@pytest.mark.parametrize("part", range(4))
def test_the_engine_agrees_with_the_plain_flood(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comity.exchange.search.engine.FEW", 0)
    monkeypatch.setattr("comity.exchange.search.engine.MANY", 0)
    for seed in range(part * 30, part * 30 + 30):
        chance = random.Random(seed)
        monkeypatch.setattr("comity.exchange.search.engine.FIRST_SHARE", chance.choice([2, 20, 2000]))
        moves, sides = chance.randint(2, 15), chance.choice([2, 3])
        core = exchange(chance.choice(FAMILIES), chance.choice(PREREQUISITES), moves, sides, seed)
        walk = walk_of(core, range(sides), range(sides) if chance.random() < 0.5 else ())
        hard = [None if chance.random() < 0.7 else chance.randint(0, 150) for _ in range(walk.dims)]
        plain = race(walk, hard, 0, Watch(Limits(states=200_000)))
        hunt = lowest(walk, hard, Watch(Limits(states=400_000)))
        if plain.order is None:
            assert hunt.order is None
            continue
        assert hunt.bound <= plain.height
        if hunt.done:
            assert hunt.height == plain.height
        if hunt.order is not None:
            tops = peaks_of(walk, hunt.order)
            assert all(cap is None or top <= cap for top, cap in zip(tops, hard, strict=True))
