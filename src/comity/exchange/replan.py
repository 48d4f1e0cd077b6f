"""The plan made again from where things stand: steps done, failed or late, values and bonds revised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from comity.errors import Refused
from comity.exchange.certificate import Label, Objective, Options, Plan
from comity.exchange.model import Demand, Package, Problem, Side, Step, Window
from comity.exchange.moves import held_of, worth_it
from comity.exchange.plan import judged, plan
from comity.exchange.questions import Ask


@dataclass(frozen=True, slots=True)
class Done:
    """A step was done."""

    step: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A step will never be done, nor will what waits for it."""

    step: str


@dataclass(frozen=True, slots=True)
class Late:
    """A step takes so much longer, in `1/scale` days."""

    step: str
    by: int


@dataclass(frozen=True, slots=True)
class Revised:
    """A step turned out to cost, or to be worth, something else, in `1/scale` units."""

    step: str
    cost: int | None = None
    worth: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rebonded:
    """A side's bond or tolerance is now another."""

    side: str
    bond: int | None = None
    tolerance: int | None = None


STEADY = (Objective.PEAK, Objective.TOTAL, Objective.TOPUP, Objective.EXPOSURE, Objective.JOINT)
"""Objectives whose value an order alone decides."""

Event = Done | Failed | Late | Revised | Rebonded


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a side stands now: in hand, what the rest is worth to it, its temptation and its exposure."""

    side: str
    held: Fraction
    to_come: Fraction
    temptation: Fraction
    exposure: Fraction


@dataclass(frozen=True, slots=True)
class Replan:
    """The problem as it is now, what fell away with failed steps, where each side stands, and the plan from here."""

    problem: Problem
    dropped: tuple[str, ...]
    standing: tuple[Standing, ...]
    plan: Plan
    kept: bool
    """Whether the rest of the old order still reaches the new value: the plan then keeps to it."""


def replan(
    problem: Problem, old: Plan | None, events: Sequence[Event], options: Options, ask: Ask | None = None
) -> Replan:
    """The problem after these events, and the best plan from there.

    Raises: Refused, when an event names no step or side, or a step is done before what it waits for.
    """
    now = problem
    dropped: list[str] = []
    for event in events:
        now, gone = _after(now, event)
        dropped += gone
    fresh, kept = _steadied(now, old, plan(now, options, ask))
    return Replan(now, tuple(dropped), standing(now), fresh, kept)


def standing(problem: Problem) -> tuple[Standing, ...]:
    """Where each side stands after the steps done so far."""
    index = {s.name: j for j, s in enumerate(problem.sides)}
    done = [held_of(s, index) for s in problem.steps if s.id in problem.done]
    told = []
    for side, value in zip(problem.sides, worth_it(problem), strict=True):
        held = Fraction(sum(h[index[side.name]] for h in done), problem.scale)
        whole = Fraction(value, problem.scale)
        told.append(Standing(side.name, held, whole - held, max(Fraction(0), held - whole), max(Fraction(0), -held)))
    return tuple(told)


def _after(problem: Problem, event: Event) -> tuple[Problem, list[str]]:
    match event:
        case Done(step):
            return _with_done(problem, _step(problem, step)), []
        case Failed(step):
            return _without(problem, _step(problem, step))
        case Late(step, by):
            late = _step(problem, step)
            return _with(problem, replace(late, duration=late.duration + by)), []
        case Revised(step, cost, worth):
            known = _step(problem, step)
            revised = replace(
                known,
                cost=known.cost if cost is None else cost,
                worth={**known.worth, **worth},
                cost_range=known.cost_range if cost is None else None,
                worth_range={s: r for s, r in known.worth_range.items() if s not in worth},
            )
            return _with(problem, revised), []
        case Rebonded(side, bond, tolerance):
            sides = [_rebonded(s, bond, tolerance) if s.name == side else s for s in problem.sides]
            if side not in [s.name for s in sides]:
                raise Refused(f"no side is called {side!r}", hint="name a side of the exchange")
            return replace(problem, sides=tuple(sides)), []


def _rebonded(side: Side, bond: int | None, tolerance: int | None) -> Side:
    return replace(
        side,
        bond=side.bond if bond is None else bond,
        tolerance=side.tolerance if tolerance is None else tolerance,
    )


def _step(problem: Problem, step: str) -> Step:
    for s in problem.steps:
        if s.id == step:
            if s.id in problem.done:
                raise Refused(
                    f"step {step!r} is done already", hint="what is done cannot fail, be late or be done again"
                )
            return s
    raise Refused(f"no step is called {step!r}", hint="name a step of the exchange")


def _with(problem: Problem, step: Step) -> Problem:
    return replace(problem, steps=tuple(step if s.id == step.id else s for s in problem.steps))


def _with_done(problem: Problem, step: Step) -> Problem:
    missing = [b for b in step.after if b not in problem.done]
    if missing:
        raise Refused(
            f"step {step.id!r} cannot be done before {', '.join(missing)}", hint="report those as done first"
        )
    return replace(problem, done=(*problem.done, step.id))


def _without(problem: Problem, step: Step) -> tuple[Problem, list[str]]:
    """Without a step and all that waits for it, and without the groups and demands that need them."""
    gone = {step.id}
    while more := {s.id for s in problem.steps if s.id not in gone and gone & set(s.after)}:
        gone |= more
    left = replace(
        problem,
        steps=tuple(s for s in problem.steps if s.id not in gone),
        packages=tuple(Package(p.steps) for p in problem.packages if not gone & set(p.steps)),
        windows=tuple(w for w in (_left(w, gone) for w in problem.windows) if len(w.steps) > 1),
        demands=tuple(d for d in (_demand(d, gone) for d in problem.demands) if d is not None),
    )
    return left, sorted(gone)


def _left(window: Window, gone: set[str]) -> Window:
    return Window(tuple(s for s in window.steps if s not in gone))


def _demand(demand: Demand, gone: set[str]) -> Demand | None:
    """A demand for failed steps alone can never be met: it stays out, and the plan says so by what was dropped."""
    any_of = tuple(s for s in demand.any_of if s not in gone)
    return None if demand.step in gone or not any_of else replace(demand, any_of=any_of)


def _steadied(problem: Problem, old: Plan | None, fresh: Plan) -> tuple[Plan, bool]:
    """The fresh plan, in the old order where the rest of that is as good."""
    if old is None or old.order is None or fresh.order is None or fresh.options.objective not in STEADY:
        return fresh, False
    left = {s.id for s in problem.steps} - set(problem.done)
    rest = tuple(label for label in old.order if _steps(label) <= left)
    if rest == fresh.order:
        return fresh, True
    steady = judged(problem, fresh, rest)
    return (fresh, False) if steady is None or steady.value != fresh.value else (steady, True)


def _steps(label: Label) -> set[str]:
    return {label.rpartition("[")[0] or label} if isinstance(label, str) else set(label)
