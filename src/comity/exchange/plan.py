"""From a problem to a plan: the questions put to the search, and the answers put together with what proves them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from comity.errors import Refused
from comity.exchange.answers import answers, choices
from comity.exchange.balance import Peaks, fits, peaks
from comity.exchange.certificate import Bound, Case, Guarantor, Label, Objective, Options, Plan
from comity.exchange.model import Problem
from comity.exchange.moves import Moves, unit_of, worst_case, worth_it
from comity.exchange.paid import paid_answer, paid_strain, paid_topup, pay
from comity.exchange.questions import Ask
from comity.exchange.rounds import Round, peaks_of
from comity.exchange.timed import timed_answer
from comity.exchange.ways import Reached, Ways, front, least, retrace, ways_of


@dataclass(frozen=True, slots=True)
class Task:
    """The problem as stated, as taken (demands carried, ranges at their worst), and the ways to do it."""

    stated: Problem
    taken: Problem
    options: Options
    ways: Ways
    ask: Ask


def plan(problem: Problem, options: Options | None = None, ask: Ask | None = None) -> Plan:
    """The plan that these options ask for, with its certificate.

    Raises: Refused, when the problem or the options contradict themselves.
    """
    options = options or Options()
    ask = ask or Ask()
    if options.money and options.objective is Objective.MAKESPAN:
        raise Refused("payments do not go with the objective 'makespan'", hint="ask for it without money")
    if options.demands and problem.demands:
        return _keeping_demands(problem, options, ask)
    return _plan(problem, problem, options, ask)


def _keeping_demands(problem: Problem, options: Options, ask: Ask) -> Plan:
    """The best plan over the ways to keep all demands but the least softening; its bound is for the way it takes."""
    best: Plan | None = None
    for choice in choices(problem):
        told = _plan(choice.problem, problem, options, ask)
        if told.orderable and (best is None or _better(told, best)):
            best = replace(told, softened=choice.softened, kept=choice.kept)
            if told.value == 0:
                break
    if best is None:
        raise Refused("no order keeps what is left of the demands", hint="soften one more, or plan without them")
    return best


def _better(a: Plan, b: Plan) -> bool:
    return a.value is not None and (b.value is None or a.value < b.value)


def _plan(problem: Problem, stated: Problem, options: Options, ask: Ask) -> Plan:
    taken = worst_case(problem) if options.robust else problem
    task = Task(stated, taken, options, ways_of(taken, options), ask)
    worth = {s.name: Fraction(v, taken.scale) for s, v in zip(taken.sides, worth_it(taken), strict=True)}
    none = tuple(Case(packages, False, None, Fraction(1), None) for packages, moves in task.ways.each if not moves)
    nothing = Plan(options, task.ways.orderable, worth, Bound(None, None, Fraction(0), task.ways.complete, none))
    if not task.ways.orderable:
        return nothing
    answer, reached, rounds = _answer(nothing, task)
    answer = _fitted(answer, task, reached)
    return answer if reached is None else _told(answer, task, reached, rounds)


def _answer(nothing: Plan, task: Task) -> tuple[Plan, Reached | None, tuple[Round, ...]]:
    """The objective's own answer, with the rounds where time is asked for."""
    objective, ways, ask = task.options.objective, task.ways, task.ask
    if objective is Objective.MAKESPAN:
        timed = timed_answer(ways, ask)
        told = replace(nothing, best=timed.best, rounds=timed.labels, front=timed.front)
        return told, timed.reached, timed.rounds
    if task.options.money:
        reached, best = paid_answer(objective, ways, ask)
    elif objective is Objective.PARETO:
        points, reached, complete = front(ways, ask.front)
        best = Bound(reached.labels if reached else None, None, Fraction(0), complete, ())
        nothing = replace(nothing, points=points)
    else:
        reached, best = least(ways, ask.question(objective))
    return replace(nothing, best=best), reached, ()


def _fitted(answer: Plan, task: Task, found: Reached | None) -> Plan:
    """With whether the given bonds and tolerances suffice, and whose top-up is the least that would do."""
    money, ask = task.options.money, task.ask.rest(settled=answer.best.proven)
    if found is not None and not money and fits(found.moves, peaks(found.moves, found.order)):
        none = dict.fromkeys(found.moves.sides, Fraction(0))
        fit = Bound(found.labels, Fraction(0), Fraction(0), True, ())
        return replace(answer, fit=fit, feasible=True, topups=none)
    if task.options.objective is Objective.TOPUP:
        reached, fit = found, answer.best
    else:
        reached, fit = least(task.ways, paid_topup(ask) if money else ask.topup)
        if found is not None and not money:
            reached, fit = _at_least_as_good(found, reached, fit)
    if fit.value is None and fit.proven:
        _, strain = least(task.ways, paid_strain(ask) if money else ask.strain)
        return replace(answer, fit=fit, feasible=False, strain=strain.value)
    feasible = True if fit.value == 0 else False if fit.lower_bound > 0 else None
    whose: dict[str, Fraction] = {}
    if reached is not None and fit.value is not None:
        moves = reached.moves
        top = peaks(moves, reached.order).tempted
        over = [max(0, t - b) for t, b in zip(top, moves.bonds, strict=True)]
        whose = {s: fit.value / len(moves.sides) for s in moves.sides} if money else _amounts(moves, over)
    return replace(answer, fit=fit, feasible=feasible, topups=whose)


def _at_least_as_good(found: Reached, reached: Reached | None, fit: Bound) -> tuple[Reached | None, Bound]:
    """The objective's own order in place of the fit, where that was not found in time or needs more."""
    moves, top = found.moves, peaks(found.moves, found.order)
    if any(limit is not None and e > limit for e, limit in zip(top.exposed, moves.tolerances, strict=True)):
        return reached, fit
    value = unit_of(moves) * sum(max(0, t - b) for t, b in zip(top.tempted, moves.bonds, strict=True))
    if fit.value is not None and fit.value <= value:
        return reached, fit
    return found, replace(fit, order=found.labels, value=value, proven=value == fit.lower_bound)


def _told(answer: Plan, task: Task, reached: Reached, rounds: tuple[Round, ...]) -> Plan:
    """With what its order means for every side, and for every demand."""
    moves, order = reached.moves, reached.order
    if task.options.money and answer.value is not None:
        paid = pay(task.options.objective, reached, answer.value)
        answer = replace(answer, payments=paid.payments, bonds=paid.bonds, exposures=paid.exposures)
    else:
        answer = _with_peaks(answer, moves, peaks_of(moves, rounds) if rounds else peaks(moves, order))
    return replace(
        answer,
        guarantors=guarantors(task.taken, answer),
        answers=answers(task.stated, reached, rounds or [(m,) for m in order]),
    )


def judged(problem: Problem, like: Plan, order: Sequence[Label]) -> Plan | None:
    """Another order of the same problem in place of a plan's own; None when it is none.

    The objective is one that an order alone decides, and no money is paid.
    """
    options = like.options
    taken = worst_case(problem) if options.robust else problem
    reached = retrace(taken, options, order)
    if reached is None or options.money or options.demands:
        return None
    moves = reached.moves
    top = peaks(moves, reached.order)
    over = sum(max(0, t - b) for t, b in zip(top.tempted, moves.bonds, strict=True))
    kept = all(limit is None or e <= limit for e, limit in zip(top.exposed, moves.tolerances, strict=True))
    values = {
        Objective.PEAK: max(top.tempted),
        Objective.TOTAL: sum(top.tempted),
        Objective.TOPUP: over,
        Objective.EXPOSURE: max(top.exposed),
        Objective.JOINT: max(*top.tempted, *top.exposed),
    }
    if options.objective is Objective.TOPUP and not kept:
        return None
    best = replace(like.best, order=tuple(order), value=values[options.objective] * unit_of(moves))
    task = Task(problem, taken, options, ways_of(taken, options), Ask())
    return _told(replace(like, best=best), task, reached, ())


def _with_peaks(answer: Plan, moves: Moves, top: Peaks) -> Plan:
    return replace(answer, bonds=_amounts(moves, top.tempted), exposures=_amounts(moves, top.exposed))


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


def _amounts(moves: Moves, numbers: Sequence[int]) -> dict[str, Fraction]:
    return {side: x * unit_of(moves) for side, x in zip(moves.sides, numbers, strict=True)}
