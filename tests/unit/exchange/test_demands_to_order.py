"""From demands to an order a delegate can take home."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from comity.exchange.certificate import How, Options
from comity.exchange.file import read
from comity.exchange.model import Demand, Kind, Problem, Side, Step
from comity.exchange.plan import plan
from comity.exchange.sensitivity import facts
from comity.exchange.verify import sound, verify

VECTORS = Path(__file__).parents[2] / "vectors" / "exchange"
STANDOFF = Problem(
    "who goes first",
    (Side("A", "", 0, 10), Side("B", "", 7, 5)),
    (Step("a", "A", 10, worth={"B": 15}), Step("b", "B", 7, worth={"A": 16})),
    demands=(Demand("A1", "A", "a", Kind.AFTER, ("b",)), Demand("B1", "B", "b", Kind.AFTER, ("a",))),
)


def test_the_side_that_goes_first_is_told_why_it_may() -> None:
    told = plan(STANDOFF, Options(demands=True))
    assert told.order == ("a", "b")
    assert told.softened == ("A1",)
    first, second = told.answers
    assert (first.how, first.exposure, first.tolerance, first.fear_met) == (
        How.SOFTENED,
        Fraction(10),
        Fraction(10),
        True,
    )
    assert (second.how, second.awaited) == (How.EARLIER, "a")


def test_a_fear_that_is_not_met_is_said() -> None:
    timid = replace(STANDOFF, sides=(replace(STANDOFF.sides[0], tolerance=9), STANDOFF.sides[1]))
    told = plan(timid, Options(demands=True))
    assert [a.fear_met for a in told.answers] == [False, True]


def test_steps_that_await_each_other_together_become_one_window() -> None:
    both = replace(STANDOFF, demands=tuple(replace(d, kind=Kind.TOGETHER) for d in STANDOFF.demands))
    told = plan(both, Options(demands=True))
    assert told.order == (("a", "b"),)
    assert told.bonds == {"A": 10, "B": 7}
    assert told.softened == ()
    assert {a.how for a in told.answers} == {How.TOGETHER}
    assert sound(verify(both, told))


def test_a_promise_asked_for_is_the_signed_plan_itself() -> None:
    given = replace(STANDOFF, demands=tuple(replace(d, kind=Kind.GIVEN) for d in STANDOFF.demands))
    told = plan(given, Options(demands=True))
    assert told.value == plan(STANDOFF).value
    assert {a.how for a in told.answers} == {How.PROMISED}


def test_giving_up_one_more_demand_is_priced() -> None:
    costly = replace(STANDOFF, demands=(STANDOFF.demands[0],))
    told = plan(costly, Options(demands=True))
    assert told.order == ("b", "a")
    softer = facts(costly, told).softening
    assert [(s.demand, s.before, s.after) for s in softer] == [("A1", Fraction(10), Fraction(7))]


@pytest.mark.parametrize("path", sorted(VECTORS.glob("d*.json")), ids=lambda p: p.stem)
def test_the_worked_blockages_have_an_order(path: Path) -> None:
    problem = read(path.read_text())
    told = plan(problem, Options(demands=True))
    assert told.value == Fraction(0)
    assert sound(verify(problem, told))
