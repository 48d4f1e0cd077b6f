"""The search engine on exchanges small enough to work out by hand."""

from __future__ import annotations

import pytest

from comity.exchange.core import Core, peaks
from comity.exchange.search import Limits, Verdict, decide, least_peak, least_total, pareto

LAST_MOVER = Core(((-10, 15), (16, -7)), (6, 8), ((), ()))
BIG_LUMP = Core(((-20, 20), (8, -8), (12, -12)), (0, 0), ((), (), ()))
RING = Core(((-4, 9, 0), (0, -5, 9), (9, 0, -6)), (5, 4, 3), ((), (), ()))


@pytest.mark.parametrize(("core", "least"), [(LAST_MOVER, 7), (BIG_LUMP, 12), (RING, 4)])
def test_the_least_peak_is_reached_and_proven(core: Core, least: int) -> None:
    answer = least_peak(core)
    assert answer.proven
    assert answer.value == answer.lower_bound == least
    assert answer.order is not None
    assert max(peaks(core, answer.order)[0]) == least


@pytest.mark.parametrize(("core", "least"), [(LAST_MOVER, 7), (BIG_LUMP, 20), (RING, 4)])
def test_the_least_sum_of_bonds(core: Core, least: int) -> None:
    answer = least_total(core)
    assert answer.proven
    assert answer.value == least


def test_the_whole_front() -> None:
    assert [p.bonds for p in pareto(BIG_LUMP).points] == [(0, 20), (8, 12), (12, 8), (20, 0)]
    assert [p.bonds for p in pareto(RING).points] == [(0, 0, 6), (0, 5, 0), (4, 0, 0)]


def test_bonds_just_enough_and_one_short() -> None:
    assert decide(LAST_MOVER, (6, 15), (None, None)).verdict is Verdict.FEASIBLE
    short = decide(LAST_MOVER, (6, 14), (None, None))
    assert short.verdict is Verdict.INFEASIBLE
    assert short.proof is not None


def test_top_up_beyond_the_bonds_given() -> None:
    answer = least_total(BIG_LUMP, free=(10, 10))
    assert answer.value == 2


def test_a_state_limit_gives_an_honest_bound() -> None:
    rows = tuple((-(7 * i % 11) - 1, 5 * i % 13) if i % 2 else (5 * i % 13, -(7 * i % 11) - 1) for i in range(14))
    core = Core(rows, tuple(sum(c) for c in zip(*rows, strict=True)), tuple(() for _ in rows))
    cut = least_peak(core, limits=Limits(states=3))
    whole = least_peak(core)
    assert whole.value is not None
    assert cut.lower_bound <= whole.value


def test_an_exchange_without_steps_is_finished() -> None:
    empty = Core((), (-3, 2), ())
    assert least_peak(empty).value == 3
    assert least_total(empty).value == 3
    assert [p.bonds for p in pareto(empty).points] == [(3, 0)]
    assert decide(empty, (5, 5), (None, 3)).verdict is Verdict.FEASIBLE
