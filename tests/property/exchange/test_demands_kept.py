"""A plan that keeps demands is the best of the orders that keep them, and says truly how it answers each."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from comity.exchange.certificate import How, Options
from comity.exchange.check import check
from comity.exchange.model import Kind, Problem
from comity.exchange.plan import plan
from comity.exchange.planfile import decode, encode
from comity.exchange.verify import Status, verify
from tests.oracles.deals import deal
from tests.oracles.orders import Deal, Doing, orders, peaks_of

KEEPING = Options(demands=True)


def sequential(problem: Problem) -> Problem:
    """Without demands that two steps be done together: an order of single steps can answer the others."""
    return replace(
        problem, demands=tuple(replace(d, kind=Kind.AFTER) if d.kind is Kind.TOGETHER else d for d in problem.demands)
    )


def least_peak_keeping(problem: Problem, softened: tuple[str, ...]) -> Fraction | None:
    """The least peak of the orders in which every demand left is met by a step done before."""
    bare = Deal(problem)
    kept = [d for d in problem.demands if d.id not in softened and d.kind is Kind.AFTER]

    def keeps(order: tuple[Doing, ...]) -> bool:
        at = {problem.steps[i].id: n for n, doing in enumerate(order) for i, _ in doing.shares}
        return all(any(at[s] < at[d.step] for s in d.any_of) for d in kept)

    found = [max(peaks_of(bare, o).tempted) for o in orders(bare) if keeps(o)]
    return bare.unit * min(found) if found else None


def test_the_plan_is_the_best_of_the_orders_that_keep_the_demands() -> None:
    for seed in range(150):
        problem = sequential(deal(seed, "demands"))
        if len(problem.steps) > 5:
            continue
        told = plan(problem, KEEPING)
        assert told.value == least_peak_keeping(problem, told.softened), problem
        assert sum(d.weight for d in problem.demands if d.id in told.softened) == check(problem).given_up.least_weight


def test_what_it_says_of_each_demand_is_confirmed() -> None:
    for seed in range(150):
        problem = deal(seed, "demands")
        for options in (KEEPING, Options()):
            told = plan(problem, options)
            read = decode(encode(told))
            assert read == told
            assert {f.status for f in verify(problem, read)} == {Status.CONFIRMED}, problem
        kept = {a.demand: a for a in plan(problem, KEEPING).answers}
        softened = plan(problem, KEEPING).softened
        assert all(a.how is not How.SOFTENED for d, a in kept.items() if d not in softened)
