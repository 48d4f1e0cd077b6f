"""A general solver's model of the same questions has the same answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from comity.exchange.certificate import Objective, Options
from comity.exchange.model import Problem
from comity.exchange.plan import plan
from tests.oracles.deals import deal
from tests.oracles.solver import solved
from tests.property.exchange.test_plan import SOAK

SINGLE = (Objective.PEAK, Objective.TOTAL, Objective.TOPUP, Objective.EXPOSURE, Objective.JOINT)


def deals(count: int) -> Iterator[Problem]:
    """Exchanges of single steps."""
    for seed in range(count):
        for feature in ("plain", "tolerance", "salvage", "guarantee", "middle"):
            yield deal(seed, feature)


def agree(problem: Problem, objective: Objective) -> None:
    """The planner's value is the solver's, with money too where nothing is revocable."""
    assert plan(problem, Options(objective)).value == solved(problem, objective), problem
    revocable = any(s.salvage or any(s.clawback.values()) for s in problem.steps)
    if objective is Objective.TOTAL and not revocable:
        assert plan(problem, Options(objective, money=True)).value == solved(problem, objective, money=True), problem


@pytest.mark.parametrize("objective", SINGLE)
def test_the_planner_agrees_with_a_solver(objective: Objective) -> None:
    for problem in deals(8):
        agree(problem, objective)


@pytest.mark.soak
@pytest.mark.parametrize("objective", SINGLE)
def test_the_planner_agrees_with_a_solver_at_length(objective: Objective) -> None:
    for problem in deals(SOAK // 5):
        agree(problem, objective)
