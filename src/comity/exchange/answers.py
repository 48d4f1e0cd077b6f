"""From demands to an order: which demand each step of a plan answers, and whether its fear is met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, islice, product

import rustworkx

from comity.exchange.balance import held_along
from comity.exchange.certificate import Answered, How, Plan
from comity.exchange.check import check
from comity.exchange.model import Demand, Kind, Problem, Window
from comity.exchange.moves import unit_of
from comity.exchange.ways import Reached

MOST_CHOICES = 64


@dataclass(frozen=True, slots=True)
class Choice:
    """A problem whose prerequisites and windows carry the demands that are kept, each by one awaited step."""

    problem: Problem
    kept: dict[str, str]
    softened: tuple[str, ...]


def choices(problem: Problem) -> Iterator[Choice]:
    """The ways to keep all demands but the least softening, at most `MOST_CHOICES`.

    Where one of several steps will do, each of them is tried; the one that the check reaches first comes first.
    """
    blockage = check(problem)
    softened = blockage.given_up.least[0] if blockage.given_up.least else ()
    left = replace(problem, demands=tuple(d for d in problem.demands if d.id not in softened))
    stage = {s: at for at, steps in enumerate(check(left).stages) for s in steps}
    kept = [d for d in left.demands if d.kind is not Kind.GIVEN]
    ways = [sorted(d.any_of, key=lambda s: stage[s]) for d in kept]
    for awaited in islice(product(*ways), MOST_CHOICES):
        carried = carry(problem, kept, awaited)
        if carried is not None:
            yield Choice(carried, {d.id: other for d, other in zip(kept, awaited, strict=True)}, softened)


def as_planned(problem: Problem, plan: Plan) -> Problem:
    """The problem that a plan's order is for: the one stated, with the demands it keeps carried by prerequisites."""
    if not plan.options.demands:
        return problem
    kept = [d for d in problem.demands if d.id in plan.kept]
    carried = carry(problem, kept, [plan.kept[d.id] for d in kept])
    assert carried is not None, "a plan keeps its demands"
    return carried


def carry(problem: Problem, kept: Sequence[Demand], awaited: Sequence[str]) -> Problem | None:
    """The problem with each demand as a prerequisite, or as a window where steps await each other."""
    asked = [(d, other) for d, other in zip(kept, awaited, strict=True)]
    place = {s.id: i for i, s in enumerate(problem.steps)}
    graph: rustworkx.PyDiGraph[None, None] = rustworkx.PyDiGraph()
    graph.add_nodes_from([None] * len(place))
    graph.add_edges_from_no_data([(place[b], place[s.id]) for s in problem.steps for b in s.after])
    graph.add_edges_from_no_data([(place[other], place[d.step]) for d, other in asked])
    rings = [{problem.steps[i].id for i in c} for c in rustworkx.strongly_connected_components(graph) if len(c) > 1]
    windows = [set(w.steps) for w in problem.windows]
    for ring in rings:
        inside = any(ring <= w for w in windows)
        if not inside and any(b in ring for s in ring for b in problem.steps[place[s]].after):
            return None
    merged = _merged([*windows, *rings])
    group = {s: at for at, steps in enumerate(merged) for s in steps}
    more: dict[str, set[str]] = {s: set() for s in place}
    for demand, other in asked:
        same = other in group and group[other] == group.get(demand.step)
        if same and demand.kind is Kind.AFTER:
            return None
        if not same:
            more[demand.step].add(other)
    return replace(
        problem,
        steps=tuple(replace(s, after=(*s.after, *sorted(more[s.id] - set(s.after)))) for s in problem.steps),
        windows=tuple(Window(tuple(s for s in place if s in w)) for w in merged),
        demands=(),
    )


def _merged(groups: Sequence[set[str]]) -> list[set[str]]:
    """Groups that share a step become one."""
    merged: list[set[str]] = []
    for group in groups:
        touching = [m for m in merged if m & group]
        merged = [*(m for m in merged if not m & group), group.union(*touching)]
    return merged


def answers(problem: Problem, reached: Reached, at_once: Sequence[Sequence[int]]) -> tuple[Answered, ...]:
    """How an order answers every demand; `at_once` are its moves, those done in one round together."""
    if not problem.demands:
        return ()
    moves = reached.moves
    steps = [{moves.atoms[a].step for m in group for a in moves.groups[m]} for group in at_once]
    first: dict[str, int] = dict.fromkeys(problem.done, -1)
    last: dict[str, int] = dict.fromkeys(problem.done, -1)
    for at, done in enumerate(steps):
        for s in done:
            first.setdefault(s, at)
            last[s] = at
    held = [*held_along(moves, reached.order)]
    ends = [*accumulate(map(len, at_once))]
    told = []
    for demand in problem.demands:
        side = moves.sides.index(demand.by)
        own = first[demand.step]
        met = min(demand.any_of, key=lambda s: last[s])
        until = max(own, last[met] - 1)
        exposed = [-held[e][side] for e in (ends[at] for at in range(max(own, 0), until + 1)) if e < len(held)]
        limit = moves.tolerances[side]
        worst = max([0, *exposed])
        told.append(
            Answered(
                demand.id,
                demand.by,
                demand.step,
                met,
                _how(demand, last[met], own),
                worst * unit_of(moves),
                None if limit is None else limit * unit_of(moves),
            )
        )
    return tuple(told)


def _how(demand: Demand, awaited: int, own: int) -> How:
    if demand.kind is Kind.GIVEN:
        return How.PROMISED
    if awaited < own:
        return How.EARLIER
    return How.TOGETHER if awaited == own else How.SOFTENED
