"""The worked blockages, and what a check says when it is cut short."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest

from comity.exchange.check import check
from comity.exchange.file import read
from comity.exchange.model import Demand, Kind, Problem, Side, Step
from tests.property.exchange.brute_check import random_demand

CASES = sorted((Path(__file__).parents[2] / "vectors" / "exchange").glob("d*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_worked_blockage_has_its_answers(path: Path) -> None:
    found = check(read(path.read_bytes()))
    expected = json.loads(path.read_text())["expected"]
    assert found.blocked == expected["blocked"]
    assert list(found.stuck) == expected["stuck_steps"]
    assert sorted(map(sorted, found.cores)) == expected.get("minimal_cores", [])
    assert sorted(map(sorted, found.given_up.all)) == expected.get("minimal_relaxations", [])
    assert found.given_up.least_weight == expected.get("min_relaxation_weight", 0)
    assert sorted(map(sorted, found.given_up.least)) == expected.get("min_weight_relaxations", [])
    if "stages" in expected:
        assert [list(stage) for stage in found.stages] == expected["stages"]


def steps(count: int) -> tuple[Step, ...]:
    return tuple(Step(f"s{i}", "A", 0) for i in range(count))


def demand(name: str, step: int, *answers: int, kind: Kind = Kind.AFTER, weight: int = 1) -> Demand:
    return Demand(name, "A", f"s{step}", kind, tuple(f"s{a}" for a in answers), weight)


def problem(count: int, *demands: Demand) -> Problem:
    return Problem("", (Side("A", ""),), steps(count), demands=demands)


def test_promises_to_each_other_can_be_made_jointly() -> None:
    ring = problem(2, demand("x", 0, 1, kind=Kind.GIVEN), demand("y", 1, 0, kind=Kind.GIVEN))
    assert check(ring).stages == (("s0", "s1"),)


def test_a_promise_of_a_stuck_step_is_worth_nothing() -> None:
    found = check(problem(3, demand("x", 0, 1, kind=Kind.GIVEN), demand("y", 1, 2), demand("z", 2, 1)))
    assert set(found.stuck) == {"s0", "s1", "s2"}
    assert found.cores == (("y", "z"),)


def test_turning_helps_where_both_accept_it_and_not_where_a_step_must_come_first() -> None:
    ring = problem(2, demand("x", 0, 1), demand("y", 1, 0))
    assert check(ring).turned.all == (("x", "y"),)
    late = Problem("", ring.sides, (ring.steps[0], Step("s1", "A", 0, after=("s0",))), demands=(demand("x", 0, 1),))
    assert not check(late).turned.possible


def test_two_knots_are_softened_one_by_one() -> None:
    pairs = [demand("a", 0, 1), demand("b", 1, 0, weight=3), demand("c", 2, 3), demand("d", 3, 2)]
    found = check(problem(4, *pairs))
    assert found.cores == (("a", "b"), ("c", "d"))
    assert set(found.given_up.all) == {("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")}
    assert found.given_up.least == (("a", "c"), ("a", "d"))
    assert found.given_up.least_weight == 2


def test_a_check_that_is_cut_short_says_so() -> None:
    chance = random.Random(7)
    ids = [f"s{i}" for i in range(30)]
    demands = [random_demand(chance, f"d{j}", ids, Kind.AFTER, answers=1) for j in range(120)]
    found = check(problem(30, *demands), most=5)
    assert len(found.cores) <= 5
    assert not found.cores_complete
    assert not found.given_up.complete
    assert found.given_up.proven
    spent = check(problem(30, *demands), effort=1)
    assert spent.given_up.lower_bound <= found.given_up.lower_bound
    assert not spent.given_up.proven


def test_steps_behind_us_are_the_first_stage_and_meet_demands() -> None:
    ring = problem(2, demand("x", 0, 1), demand("y", 1, 0))
    assert check(replace(ring, done=("s0",))).stages == (("s0",), ("s1",))
