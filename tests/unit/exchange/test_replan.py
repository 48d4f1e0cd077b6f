"""The plan made again from where things stand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from comity.errors import Refused
from comity.exchange.certificate import Objective, Options
from comity.exchange.file import read
from comity.exchange.model import Demand, Kind, Package, Problem, Side, Step, Window
from comity.exchange.plan import plan
from comity.exchange.replan import Done, Event, Failed, Late, Rebonded, Revised, replan, standing
from comity.exchange.verify import sound, verify
from comity.exchange.writing import to_json, to_toml

STEPS = tuple(
    Step(f"{by}{i}", by, 5, worth={other: 8}, after=(f"{by}{i - 1}",) if i else (), duration=1)
    for by, other in ("ab", "ba")
    for i in range(3)
)
DEAL = Problem("slices", (Side("a", "", 5), Side("b", "", 5)), STEPS)
PEAK = Options()


def test_what_is_done_counts_as_held() -> None:
    now = replan(DEAL, plan(DEAL), [Done("a0"), Done("a1"), Done("b0")], PEAK)
    first, second = now.standing
    assert [first.held, first.to_come, first.temptation, first.exposure] == [-2, 11, 0, 2]
    assert [second.held, second.to_come, second.temptation, second.exposure] == [11, -2, 2, 0]
    assert now.problem.done == ("a0", "a1", "b0")
    assert now.plan.value == 5
    assert sound(verify(now.problem, now.plan))


def test_the_rest_of_the_old_order_is_kept_where_it_is_as_good() -> None:
    old = plan(DEAL)
    assert old.order is not None
    first = old.order[0]
    assert isinstance(first, str)
    now = replan(DEAL, old, [Done(first)], PEAK)
    assert now.kept
    assert now.plan.order == old.order[1:]
    assert sound(verify(now.problem, now.plan))


def test_what_waits_for_a_failed_step_falls_away_with_it() -> None:
    grouped = replace(
        DEAL,
        packages=(Package(("a1", "b1")), Package(("b1", "b2"))),
        windows=(Window(("a2", "b2")),),
        demands=(Demand("d", "b", "b1", Kind.AFTER, ("a1",)), Demand("e", "b", "b1", Kind.AFTER, ("a0", "a1"))),
    )
    now = replan(grouped, None, [Failed("a1")], PEAK)
    assert now.dropped == ("a1", "a2")
    assert [s.id for s in now.problem.steps] == ["a0", "b0", "b1", "b2"]
    assert [p.steps for p in now.problem.packages] == [("b1", "b2")]
    assert now.problem.windows == ()
    assert [(d.id, d.any_of) for d in now.problem.demands] == [("e", ("a0",))]
    assert now.plan.worth_it == {"a": 19, "b": -7}
    assert not now.kept


def test_a_delay_shows_in_the_time() -> None:
    timed = Options(Objective.MAKESPAN)
    before = plan(DEAL, timed).value
    now = replan(DEAL, None, [Late("a2", 10)], timed)
    assert before is not None
    assert now.plan.value == before + 10


def test_revised_values_and_bonds_are_taken() -> None:
    now = replan(DEAL, None, [Revised("b2", cost=1, worth={"a": 9}), Rebonded("b", bond=1)], PEAK)
    assert now.plan.value == plan(now.problem).value
    assert now.plan.worth_it == {"a": 10, "b": 13}
    assert now.problem.sides[1].bond == 1


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([Done("x")], "no step"),
        ([Done("a1")], "before a0"),
        ([Done("a0"), Done("a0")], "done already"),
        ([Done("a0"), Failed("a0")], "done already"),
        ([Rebonded("c", bond=1)], "no side"),
    ],
)
def test_events_that_cannot_be_are_refused(events: list[Event], said: str) -> None:
    with pytest.raises(Refused, match=said):
        replan(DEAL, None, events, PEAK)


def test_from_the_middle_only_what_is_to_come_counts() -> None:
    """The first step was dear and is over: the temptation it made is no more."""
    dear = replace(DEAL, steps=(replace(STEPS[0], cost=0, worth={"b": 40}), *STEPS[1:]))
    before, after = plan(dear), replan(dear, None, [Done("a0"), Done("b0"), Done("b1")], PEAK)
    assert before.value == 5
    assert after.plan.value == 5
    assert standing(after.problem)[1].held == Fraction(30)


def test_what_is_done_is_written_and_read() -> None:
    now = replan(DEAL, None, [Done("a0"), Done("b0")], PEAK).problem
    assert read(to_json(now)) == now
    assert read(to_toml(now)) == now
