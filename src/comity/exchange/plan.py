"""From a problem to a plan: the questions put to the search, and the answers put together with what proves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from comity.errors import Refused
from comity.exchange.balance import Peaks, peaks
from comity.exchange.certificate import Bound, Case, Guarantor, Objective, Options, Plan
from comity.exchange.model import Problem
from comity.exchange.moves import Moves, worst_case, worth_it
from comity.exchange.paid import paid_answer, paid_strain, paid_topup, pay
from comity.exchange.questions import Ask
from comity.exchange.rounds import peaks_of
from comity.exchange.timed import timed_answer
from comity.exchange.ways import Reached, Ways, front, least, unit_of, ways_of


def plan(problem: Problem, options: Options | None = None, ask: Ask | None = None) -> Plan:
    """The plan that these options ask for, with its certificate.

    Raises: Refused, when the problem or the options contradict themselves.
    """
    options = options or Options()
    ask = ask or Ask()
    taken = worst_case(problem) if options.robust else problem
    ways = ways_of(taken, options)
    worth = {s.name: Fraction(v, taken.scale) for s, v in zip(taken.sides, worth_it(taken), strict=True)}
    nothing = Plan(options, ways.orderable, worth, Bound(None, None, Fraction(0), True, _unorderable(ways)))
    if not ways.orderable:
        return nothing
    if options.objective is Objective.MAKESPAN:
        return _in_time(_fitted(nothing, ways, ask), taken, ways, ask)
    answer, reached = _answer(nothing, ways, ask)
    return _told(_fitted(answer, ways, ask), taken, reached)


def _answer(nothing: Plan, ways: Ways, ask: Ask) -> tuple[Plan, Reached | None]:
    """The objective's own answer."""
    if nothing.options.objective is Objective.PARETO and not nothing.options.money:
        points, reached, complete = front(ways, ask.front)
        labels = reached.labels if reached else None
        return replace(nothing, points=points, best=Bound(labels, None, Fraction(0), complete, ())), reached
    objective = nothing.options.objective
    if nothing.options.money:
        reached, best = paid_answer(objective, ways, ask)
    else:
        reached, best = least(ways, ask.question(objective))
    return replace(nothing, best=best), reached


def _in_time(answer: Plan, problem: Problem, ways: Ways, ask: Ask) -> Plan:
    """With the shortest rounds within the given bonds and tolerances."""
    if answer.options.money:
        raise Refused(
            "payments and the objective 'makespan' do not go together", hint="ask for makespan without money"
        )
    timed = timed_answer(ways, ask)
    answer = replace(answer, best=timed.best, rounds=timed.labels, front=timed.front)
    if timed.reached is None:
        return answer
    top = peaks_of(timed.reached.moves, timed.rounds)
    return _with_peaks(answer, problem, timed.reached.moves, top)


def _fitted(answer: Plan, ways: Ways, ask: Ask) -> Plan:
    """With whether the given bonds and tolerances suffice, and whose top-up is the least that would do."""
    money = answer.options.money
    reached, fit = least(ways, paid_topup(ask) if money else ask.topup)
    if fit.value is None and fit.proven:
        _, strain = least(ways, paid_strain(ask) if money else ask.strain)
        return replace(answer, fit=fit, feasible=False, strain=strain.value)
    feasible = True if fit.value == 0 else False if fit.lower_bound > 0 else None
    whose: dict[str, Fraction] = {}
    if reached is not None and money and fit.value is not None:
        whose = {s: fit.value / len(reached.moves.sides) for s in reached.moves.sides}
    elif reached is not None:
        over = [
            max(0, t - b)
            for t, b in zip(peaks(reached.moves, reached.order).tempted, reached.moves.bonds, strict=True)
        ]
        whose = _amounts(reached.moves, over)
    return replace(answer, fit=fit, feasible=feasible, topups=whose)


def _told(answer: Plan, problem: Problem, reached: Reached | None) -> Plan:
    """With what its order means for every side."""
    if reached is None:
        return answer
    if answer.options.money and answer.value is not None:
        paid = pay(answer.options.objective, reached, answer.value)
        answer = replace(answer, payments=paid.payments, bonds=paid.bonds, exposures=paid.exposures)
        return replace(answer, guarantors=guarantors(problem, answer))
    return _with_peaks(answer, problem, reached.moves, peaks(reached.moves, reached.order))


def _with_peaks(answer: Plan, problem: Problem, moves: Moves, top: Peaks) -> Plan:
    answer = replace(answer, bonds=_amounts(moves, top.tempted), exposures=_amounts(moves, top.exposed))
    return replace(answer, guarantors=guarantors(problem, answer))


def guarantors(problem: Problem, answer: Plan) -> tuple[Guarantor, ...]:
    """What each guarantor may be called on for: a side's own bond goes first, then guarantees in the file's order."""
    told: list[Guarantor] = []
    uncovered = {s.name: answer.bonds[s.name] - Fraction(s.bond, problem.scale) for s in problem.sides}
    for g in problem.guarantees:
        amount = Fraction(g.amount, problem.scale)
        needed = min(amount, max(Fraction(0), uncovered[g.side]))
        uncovered[g.side] -= needed
        told.append(Guarantor(g.by, g.side, amount, needed))
    return tuple(told)


def _unorderable(ways: Ways) -> tuple[Case, ...]:
    return tuple(Case(packages, False, None, Fraction(1), None) for packages, moves in ways.each if not moves)


def _amounts(moves: Moves, numbers: Sequence[int]) -> dict[str, Fraction]:
    return {side: x * unit_of(moves) for side, x in zip(moves.sides, numbers, strict=True)}
