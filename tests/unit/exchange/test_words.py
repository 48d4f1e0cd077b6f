"""A blockage and a plan in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.exchange.certificate import Objective, Options
from comity.exchange.check import check
from comity.exchange.file import read
from comity.exchange.ledger import ledger
from comity.exchange.model import Demand, Kind, Problem, Side, Step
from comity.exchange.plan import plan
from comity.exchange.sensitivity import facts
from comity.exchange.telling import LIMITS, Section, tell
from comity.exchange.words import blockage_words, core_words

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples" / "exchange").glob("*.toml"))
CASES = ROOT / "tests" / "vectors" / "exchange"


def example(name: str) -> Problem:
    return read((ROOT / "examples" / "exchange" / f"{name}.toml").read_bytes(), name=name)


def case(name: str) -> Problem:
    return read((CASES / f"{name}.json").read_bytes(), name=name)


def told(problem: Problem, options: Options | None = None) -> dict[str, tuple[str, ...]]:
    made = plan(problem, options)
    sections = tell(problem, made, ledger(problem, made), facts(problem, made) if made.order else None)
    assert all(isinstance(s, Section) and s.lines for s in sections if s.heading != "What a little more would buy")
    return {s.heading: s.lines for s in sections}


def test_the_report_is_said_as_it_would_be_at_the_table() -> None:
    problem = example("end-of-war")
    assert blockage_words(problem, check(problem))[1] == (
        "The North waits for the end-of-war declaration; the United States waits for the inventory; "
        "neither can be first."
    )


def test_three_sides_in_a_ring_are_none_of_the_three() -> None:
    problem = example("ceasefire")
    assert "; none of the three can be first." in blockage_words(problem, check(problem))[1]


def test_a_prerequisite_that_closes_the_loop_is_said() -> None:
    steps = (Step("a", "x", 0, after=("b",)), Step("b", "x", 0), Step("c", "y", 0))
    demands = (Demand("d1", "x", "b", Kind.AFTER, ("c",)), Demand("d2", "y", "c", Kind.AFTER, ("a",)))
    problem = Problem("", (Side("x", "Xanadu"), Side("y", "")), steps, demands=demands)
    assert core_words(problem, ["d1", "d2"]) == (
        "Xanadu waits for c before b; y waits for a before c; a can only come after b; neither can be first."
    ) or core_words(problem, ["d1", "d2"]) == (
        "Xanadu waits for c before b; y waits for a; a can only come after b; neither can be first."
    )


def test_a_side_that_waits_for_itself_is_told_so() -> None:
    steps = (Step("a", "x", 0), Step("b", "x", 0))
    demands = (Demand("d1", "x", "a", Kind.AFTER, ("b",)), Demand("d2", "x", "b", Kind.AFTER, ("a",)))
    problem = Problem("", (Side("x", ""),), steps, demands=demands)
    assert core_words(problem, ["d1", "d2"]).endswith("so it holds itself up.")


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("demands", [False, True])
def test_every_example_is_blocked_and_has_a_way_out(path: Path, demands: bool) -> None:
    problem = read(path.read_bytes(), name=path.name)
    assert check(problem).blocked
    sections = told(problem, Options(demands=demands, cut=2))
    assert sections["What this cannot know"] == LIMITS
    assert len(sections["What becomes of each demand"]) >= len(problem.demands)


def test_a_side_that_should_not_sign_hears_it_first() -> None:
    lines = told(case("h7-not-worth-it"))["In short"]
    assert lines[0] == "B should not sign: the finished exchange is worth -3 to it."


def test_a_bond_that_is_too_small_is_said_with_the_guarantee_to_ask_for() -> None:
    sections = told(case("h2-nobody-last"))
    assert sections["In short"][1].endswith("the least guarantee to ask for is 7: 7 more for B.")
    assert any("B would gain 7 by walking away now" in line for line in sections["Step by step"])
    assert sections["What holds whatever the order"][0].startswith("Somebody is last")


def test_money_that_helps_is_offered() -> None:
    lines = told(example("end-of-war"), Options(demands=True))["What a little more would buy"]
    assert "Payments between steps would bring the sum of bonds from 4 to 1." in lines


def test_payments_are_told_where_they_are_made() -> None:
    lines = told(case("h2-nobody-last"), Options(Objective.PEAK, money=True))["Step by step"]
    assert any("pays 3.5" in line for line in lines)
