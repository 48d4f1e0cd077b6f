"""What a little more would buy, and the facts that hold for this exchange whatever the order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from comity.exchange.answers import as_planned
from comity.exchange.certificate import Label, Objective, Options, Plan
from comity.exchange.model import Problem
from comity.exchange.moves import Moves, moves_of, unit_of, worst_case
from comity.exchange.plan import plan
from comity.exchange.questions import Ask
from comity.exchange.ranges import Width, width
from comity.exchange.ways import retrace

TINY = Fraction(1, 10)
MOST_CUTS = 12


@dataclass(frozen=True, slots=True)
class OneMore:
    """A value before and after one unit more; None where no top-up would do."""

    side: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True)
class Softer:
    """A plan's value before and after one more demand is given up."""

    demand: str
    before: Fraction | None
    after: Fraction | None


@dataclass(frozen=True, slots=True)
class Cut:
    """The value when every divisible step is cut into up to so many equal parts."""

    parts: int
    value: Fraction | None
    proven: bool


@dataclass(frozen=True, slots=True)
class Last:
    """What is done last, by whom, what its actors save by leaving it out, and whether it is tiny beside the rest."""

    label: Label
    saves: dict[str, Fraction]
    tiny: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What words can be made of."""

    guarantee: tuple[OneMore, ...]
    """The least top-up when a side's bond is one unit larger."""
    tolerance: tuple[OneMore, ...]
    """The least top-up when a side's tolerance is one unit larger."""
    softening: tuple[Softer, ...]
    """The value when one more demand is given up; only where the plan keeps demands."""
    cuts: tuple[Cut, ...]
    last: Last | None
    cheapest_last: Fraction
    """No order's peak is below this: the least that somebody saves by not doing a step that can come last."""
    steinitz: Fraction | None
    """Some order keeps the peak within this, whatever the number of steps; None where the theorem does not apply."""
    with_money: Fraction | None
    """The least sum of bonds when payments are allowed."""
    without_money: Fraction | None
    """The least sum of bonds when they are not."""
    width: Width | None
    """How far the ranges may widen; None when no step has one."""


def facts(problem: Problem, answer: Plan, ask: Ask | None = None) -> Facts:
    """The facts about an exchange and a plan for it."""
    ask = ask or Ask()
    options = replace(answer.options, money=False)
    carried = as_planned(problem, answer)
    taken = worst_case(carried) if options.robust else carried
    moves = moves_of(taken, cut=options.cut)
    ranged = any(s.cost_range or s.worth_range for s in problem.steps)
    total = replace(options, objective=Objective.TOTAL)
    return Facts(
        guarantee=one_more_guarantee(problem, answer, ask),
        tolerance=one_more_tolerance(problem, answer, ask),
        softening=one_more_softening(problem, answer, ask),
        cuts=curve(problem, answer.options, ask),
        last=last_move(taken, answer),
        cheapest_last=Fraction(0) if moves is None else cheapest_last(moves),
        steinitz=None if moves is None else steinitz(moves),
        with_money=plan(problem, replace(total, money=True), ask).value,
        without_money=plan(problem, total, ask).value,
        width=width(problem, answer, ask) if ranged else None,
    )


def one_more_guarantee(problem: Problem, answer: Plan, ask: Ask) -> tuple[OneMore, ...]:
    """What one unit more of guarantee for each side takes off the least top-up."""
    told = []
    for at, side in enumerate(problem.sides):
        richer = replace(side, bond=side.bond + problem.scale)
        after = _topup(replace(problem, sides=(*problem.sides[:at], richer, *problem.sides[at + 1 :])), answer, ask)
        told.append(OneMore(side.name, answer.topup, after))
    return tuple(told)


def one_more_tolerance(problem: Problem, answer: Plan, ask: Ask) -> tuple[OneMore, ...]:
    """What one unit more of tolerance of each side that has a limit takes off the least top-up."""
    told = []
    for at, side in enumerate(problem.sides):
        if side.tolerance is not None:
            bolder = replace(side, tolerance=side.tolerance + problem.scale)
            changed = replace(problem, sides=(*problem.sides[:at], bolder, *problem.sides[at + 1 :]))
            told.append(OneMore(side.name, answer.topup, _topup(changed, answer, ask)))
    return tuple(told)


def one_more_softening(problem: Problem, answer: Plan, ask: Ask) -> tuple[Softer, ...]:
    """What giving up each demand that the plan keeps takes off its value, beside those softened already."""
    if not answer.options.demands:
        return ()
    told = []
    for demand in answer.kept:
        gone = {demand, *answer.softened}
        fewer = replace(problem, demands=tuple(d for d in problem.demands if d.id not in gone))
        told.append(Softer(demand, answer.value, plan(fewer, answer.options, ask).value))
    return tuple(told)


def _topup(problem: Problem, answer: Plan, ask: Ask) -> Fraction | None:
    return plan(problem, replace(answer.options, objective=Objective.TOPUP), ask).topup


def curve(problem: Problem, options: Options, ask: Ask | None = None, most: int = MOST_CUTS) -> tuple[Cut, ...]:
    """What each further cut buys: 1, 2, … parts, in doubling steps past 4, up to what the steps allow."""
    allowed = min(most, max((s.slices for s in problem.steps), default=1))
    objective = Objective.PEAK if options.objective is Objective.PARETO else options.objective
    told = []
    for parts in sorted({1, 2, 3, 4, 6, 8, 12, allowed}):
        if parts <= allowed:
            answer = plan(problem, replace(options, objective=objective, cut=parts), ask)
            told.append(Cut(parts, answer.value, answer.best.proven))
    return tuple(told)


def last_move(problem: Problem, answer: Plan) -> Last | None:
    """The last move of the plan; tiny when it saves its actors less than a tenth of the largest cost in the deal."""
    if not answer.order:
        return None
    reached = retrace(problem, answer.options, answer.order)
    assert reached is not None, "a plan has an order of its problem"
    moves, last = reached.moves, reached.order[-1]
    unit = unit_of(moves)
    actors = {moves.atoms[a].by for a in moves.groups[last]}
    saves = {moves.sides[j]: _saved(moves, last, j) * unit for j in sorted(actors)}
    largest = max((Fraction(s.cost, problem.scale) for s in problem.steps), default=Fraction(0))
    return Last(answer.order[-1], saves, 0 < max(saves.values()) < TINY * largest)


def _saved(moves: Moves, last: int, side: int) -> int:
    """What a side gains by stopping just before the last move."""
    before = moves.start[side] + sum(d[side] for m, d in enumerate(moves.core.delta) if m != last)
    return before - moves.value[side]


def cheapest_last(moves: Moves) -> Fraction:
    """Somebody is last: the least, over the moves that can come last, of the most that a side saves by stopping."""
    awaited = {b for before in moves.before for b in before}
    ends = [m for m in range(len(moves.groups)) if m not in awaited]
    sides = range(len(moves.sides))
    return max(Fraction(0), min((max(_saved(moves, m, j) for j in sides) for m in ends), default=0) * unit_of(moves))


def steinitz(moves: Moves) -> Fraction | None:
    """The number of sides times the largest cost of a move, or the largest worth: whichever is less.

    Applies without prerequisites, when no side loses by the whole and nothing is revocable. Source: Grinberg and
    Sevast'yanov (1980); the proof for one-sided peaks is in docs/theory.md.
    """
    total = [s + sum(d[j] for d in moves.core.delta) for j, s in enumerate(moves.start)]
    plain = not any(moves.before) and total == list(moves.value) and not any(moves.start)
    if not plain or min(moves.value) < 0 or any(any(b.gain) for b in moves.blinds):
        return None
    cost = max((-x for d in moves.core.delta for x in d), default=0)
    worth = max((x for d in moves.core.delta for x in d), default=0)
    return len(moves.sides) * max(0, min(cost, worth)) * unit_of(moves)
