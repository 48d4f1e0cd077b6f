"""Search and brute force agree on random small exchanges, each feature in each of them."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from comity.exchange.core import Core, peaks
from comity.exchange.search import Verdict, decide, least_peak, least_total, least_total_with_money, pareto
from comity.exchange.search.cpsat import least_peak_by_cpsat
from tests.property.exchange_search.brute import (
    Order,
    least_by_sets,
    orders,
    random_core,
    respects,
    total_with_money,
)

Peaks = tuple[tuple[int, ...], tuple[int, ...]]
SLICE = 150
SOAK = int(os.environ.get("COMITY_SOAK", "20000"))


def check_peaks(core: Core, all_peaks: list[Peaks], chance: random.Random) -> None:
    """Least peak of temptation, of exposure and of both, with and without tolerances."""
    heights: dict[str, Callable[[Peaks], int]] = {
        "temptation": lambda p: max(p[0]),
        "exposure": lambda p: max(p[1]),
        "joint": lambda p: max(p[0] + p[1]),
    }
    for of, height in heights.items():
        answer = least_peak(core, of=of)
        assert answer.proven
        assert answer.order is not None
        assert respects(core, answer.order)
        best = min(height(p) for p in all_peaks)
        assert answer.value == answer.lower_bound == best == height(peaks(core, answer.order))
    lower = tolerances(core, chance)
    kept = [max(t) for t, e in all_peaks if bears(e, lower)]
    answer = least_peak(core, lower=lower)
    assert answer.proven
    assert answer.value == min(kept, default=None)
    if answer.order is not None:
        assert bears(peaks(core, answer.order)[1], lower)


def check_sums(core: Core, all_peaks: list[Peaks], chance: random.Random) -> None:
    """Least total, least top-up, and least total of exposures."""
    free = [chance.randint(0, 6) for _ in range(core.sides)]
    lower = tolerances(core, chance)
    for allowance, kept in ((None, None), (free, None), (free, lower)):

        def cost(tempted: tuple[int, ...], given: list[int] | None = allowance) -> int:
            return sum(max(0, x - f) for x, f in zip(tempted, given or [0] * core.sides, strict=True))

        costs = [cost(t) for t, e in all_peaks if kept is None or bears(e, kept)]
        answer = least_total(core, free=allowance, lower=kept)
        assert answer.proven
        assert answer.value == min(costs, default=None)
        if answer.order is not None:
            assert cost(peaks(core, answer.order)[0]) == answer.value == answer.lower_bound
    answer = least_total(core, of="exposure")
    assert answer.value == min(sum(e) for _, e in all_peaks)


def check_money(core: Core, all_orders: list[Order]) -> None:
    """Least total with payments between the steps."""
    answer = least_total_with_money(core)
    assert answer.proven
    assert answer.order is not None
    best = min(total_with_money(core, order) for order in all_orders)
    assert answer.value == answer.lower_bound == best == total_with_money(core, answer.order)
    total = least_total(core).value
    assert total is not None
    assert best <= total


def check_decision(core: Core, all_peaks: list[Peaks], chance: random.Random) -> None:
    """Whether given bonds and tolerances suffice."""
    bonds = [chance.randint(0, 8) for _ in range(core.sides)]
    lower = tolerances(core, chance)
    suffices = any(bears(t, bonds) and bears(e, lower) for t, e in all_peaks)
    decision = decide(core, [v + b for v, b in zip(core.value, bonds, strict=True)], lower)
    assert decision.verdict is (Verdict.FEASIBLE if suffices else Verdict.INFEASIBLE)
    if decision.order is not None:
        tempted, exposed = peaks(core, decision.order)
        assert bears(tempted, bonds)
        assert bears(exposed, lower)
    else:
        assert decision.proof is not None


def check_front(core: Core, all_peaks: list[Peaks]) -> None:
    """All vectors of bonds that none improves."""
    vectors = {t for t, _ in all_peaks}
    best = sorted(v for v in vectors if not any(w != v and bears(w, v) for w in vectors))
    front = pareto(core)
    assert front.complete
    assert [p.bonds for p in front.points] == best
    for point in front.points:
        assert peaks(core, point.order)[0] == point.bonds


def tolerances(core: Core, chance: random.Random) -> list[int | None]:
    """Some sides bear any loss."""
    return [None if chance.random() < 0.5 else chance.randint(0, 12) for _ in range(core.sides)]


def bears(these: tuple[int, ...], those: list[int] | list[int | None] | tuple[int, ...]) -> bool:
    """Within every limit that there is."""
    return all(limit is None or x <= limit for x, limit in zip(these, those, strict=True))


def check(seed: int) -> None:
    """Every question about one random exchange."""
    chance = random.Random(seed)
    core = random_core(chance)
    all_orders = list(orders(core))
    all_peaks = [peaks(core, order) for order in all_orders]
    check_peaks(core, all_peaks, chance)
    check_sums(core, all_peaks, chance)
    check_money(core, all_orders)
    check_decision(core, all_peaks, chance)
    check_front(core, all_peaks)


@pytest.mark.parametrize("part", range(4))
def test_search_agrees_with_every_order(part: int) -> None:
    for seed in range(part * SLICE, (part + 1) * SLICE):
        check(seed)


def test_search_agrees_with_every_set() -> None:
    for seed in range(40):
        core = random_core(random.Random(f"sets/{seed}"), 11)
        assert least_peak(core).value == least_by_sets(core)


def test_search_agrees_with_a_general_solver() -> None:
    for seed in range(12):
        core = random_core(random.Random(f"cpsat/{seed}"), 8)
        proven, value, bound = least_peak_by_cpsat(core, seconds=10)
        assert proven
        assert value == bound == least_peak(core).value


@pytest.mark.soak
@pytest.mark.parametrize("part", range(20))
def test_search_agrees_with_every_order_at_length(part: int) -> None:
    share = SOAK // 20
    for seed in range(10**6 + part * share, 10**6 + (part + 1) * share):
        check(seed)
