"""How far uncertain values may stray before the given bonds no longer suffice.

Every range is stretched by the same percentage of its width towards its bad end. A plan that holds at one width
holds at every smaller one, since own costs rise and incoming worth falls everywhere at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from comity.exchange.answers import as_planned
from comity.exchange.balance import fits, peaks
from comity.exchange.certificate import Options, Plan
from comity.exchange.model import Problem
from comity.exchange.moves import worst_case
from comity.exchange.questions import Ask
from comity.exchange.ways import least, retrace, ways_of

WIDEST_PERCENT = 1000


@dataclass(frozen=True, slots=True)
class Width:
    """Whole percentages of the stated widths that the given bonds and tolerances survive, at most `WIDEST_PERCENT`.

    None: not even the stated values themselves.
    """

    this_order: int | None
    any_order: int | None


def width(problem: Problem, plan: Plan, ask: Ask | None = None) -> Width:
    """How far the ranges may widen, under the plan's own order and under the best order for each width."""
    options = replace(plan.options, robust=False, money=False)
    problem = as_planned(problem, plan)
    order = plan.order
    return Width(
        None if order is None else _widest(lambda p: _holds(worst_case(problem, (p, 100)), options, plan)),
        _widest(lambda p: _some_order(worst_case(problem, (p, 100)), options, ask or Ask())),
    )


def _widest(holds: Callable[[int], bool]) -> int | None:
    """The largest percentage that holds; what holds at one holds below."""
    if not holds(0):
        return None
    low, high = 0, WIDEST_PERCENT + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _holds(problem: Problem, options: Options, plan: Plan) -> bool:
    assert plan.order is not None
    reached = retrace(problem, options, plan.order)
    assert reached is not None, "a plan has an order of its problem"
    return fits(reached.moves, peaks(reached.moves, reached.order))


def _some_order(problem: Problem, options: Options, ask: Ask) -> bool:
    _, fit = least(ways_of(problem, options), ask.topup)
    return fit.value == 0
