"""The checker finds every false claim, and says how far it checked the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from comity.exchange.certificate import Objective, Options, Payment, Plan, Point
from comity.exchange.model import Guarantee, Problem, Side, Step
from comity.exchange.plan import plan
from comity.exchange.verify import Status, sound, verify
from tests.oracles.deals import deal

Forge = Callable[[Plan], Plan]

LUMP = Problem(
    "a lump",
    (Side("A", "", 10), Side("B", "", 10)),
    (
        Step("lump", "A", 20, worth={"B": 20}),
        Step("x", "B", 8, worth={"A": 8}),
        Step("y", "B", 12, worth={"A": 12}, after=("x",)),
    ),
    guarantees=(Guarantee("U", "B", 1),),
)


def best(**changes: Any) -> Forge:
    """The plan with another answer to its question."""
    return lambda p: replace(p, best=replace(p.best, **changes))


def fit(**changes: Any) -> Forge:
    """The plan with another fit."""
    return lambda p: replace(p, fit=p.fit and replace(p.fit, **changes))


def spared(p: Plan) -> Plan:
    """The plan with guarantors who need give nothing."""
    return replace(p, guarantors=tuple(replace(g, needed=Fraction(0)) for g in p.guarantors))


def moved(p: Plan) -> Plan:
    """The plan with a point where none is."""
    return replace(p, points=(Point(dict.fromkeys("AB", Fraction(0)), p.points[0].order), *p.points[1:]))


PLAIN, FRONT = Options(), Options(Objective.PARETO)
FOUR = Fraction(4)
FORGERIES: dict[str, tuple[Options, Forge]] = {
    "a smaller value": (PLAIN, best(value=Fraction(1), lower_bound=Fraction(1))),
    "a higher bound": (PLAIN, best(value=Fraction(99), lower_bound=Fraction(99))),
    "smaller bonds": (PLAIN, lambda p: replace(p, bonds={**p.bonds, "B": FOUR})),
    "smaller exposures": (PLAIN, lambda p: replace(p, exposures={**p.exposures, "A": FOUR})),
    "a step left out": (PLAIN, best(order=("lump", "x"))),
    "a step twice": (PLAIN, best(order=("x", "lump", "y", "x"))),
    "an order against prerequisites": (PLAIN, best(order=("y", "x", "lump"))),
    "a step of another exchange": (PLAIN, best(order=("z", "x", "lump"))),
    "a part of a whole step": (PLAIN, best(order=("x[1/2]", "x[2/2]", "lump", "y"))),
    "a package of no exchange": (Options(packages=True), best(order=(("x", "lump"), "y"))),
    "worth more": (PLAIN, lambda p: replace(p, worth_it={**p.worth_it, "B": FOUR})),
    "feasible": (PLAIN, lambda p: replace(p, feasible=not p.feasible)),
    "a smaller top-up": (PLAIN, fit(value=Fraction(0), lower_bound=Fraction(0))),
    "another's top-up": (PLAIN, lambda p: replace(p, topups={"A": FOUR, "B": -FOUR})),
    "a guarantor spared": (PLAIN, spared),
    "a guarantor left out": (PLAIN, lambda p: replace(p, guarantors=())),
    "a proof unclaimed": (PLAIN, best(lower_bound=Fraction(0))),
    "a point moved": (FRONT, moved),
    "a point left out": (FRONT, lambda p: replace(p, points=p.points[1:])),
    "a payment from nowhere": (
        Options(Objective.TOTAL, money=True), lambda p: replace(p, payments=(Payment(0, {"A": FOUR}),)),
    ),
    "payments left out": (Options(money=True), lambda p: replace(p, payments=())),
    "payments unasked for": (PLAIN, lambda p: replace(p, payments=(Payment(0, {"A": FOUR, "B": -FOUR}),))),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_plan_is_found_out(forgery: str) -> None:
    options, forge = FORGERIES[forgery]
    honest = plan(LUMP, options)
    assert all(f.status is Status.CONFIRMED for f in verify(LUMP, honest))
    forged = forge(honest)
    assert forged != honest
    assert not sound(verify(LUMP, forged))


def test_a_plan_for_another_problem_is_found_out() -> None:
    dearer = replace(LUMP, steps=(replace(LUMP.steps[0], cost=21), *LUMP.steps[1:]))
    assert not sound(verify(dearer, plan(LUMP)))


def large() -> Problem:
    """Eighty steps without prerequisites."""
    pairs = [(f"{by}{i}", by, 3 + i, {other: 5 + i}) for i in range(40) for by, other in ("AB", "BA")]
    return Problem("large", (Side("A", ""), Side("B", "")), tuple(Step(*p[:3], worth=p[3]) for p in pairs))


def test_what_is_too_large_to_replay_is_stated_and_not_confirmed() -> None:
    findings = verify(large(), plan(large(), FRONT), most=0)
    assert sound(findings)
    assert "no point is missing" in [f.claim for f in findings if f.status is Status.STATED]


def test_weights_prove_a_large_bound_again() -> None:
    told = plan(large(), Options(Objective.TOTAL, money=True))
    bound = next(f for f in verify(large(), told, most=0) if f.claim == "nothing below the lower bound")
    assert bound.status is Status.CONFIRMED
    assert "Johnson" in bound.how


@pytest.mark.parametrize("seed", range(30))
def test_a_bound_one_unit_too_high_is_refuted(seed: int) -> None:
    problem = deal(seed, "all")
    honest = plan(problem, Options(Objective.TOTAL))
    assert honest.value is not None
    step = Fraction(1, problem.scale)
    best = replace(honest.best, lower_bound=honest.best.lower_bound + step, proven=False, value=honest.value + step)
    findings = verify(problem, replace(honest, best=best))
    assert Status.FALSE in [f.status for f in findings if f.claim == "nothing below the lower bound"]
