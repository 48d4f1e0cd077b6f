"""The blockage: what can happen, what is stuck, which demands hold it and which to soften.

Source: docs/theory.md, "Demands".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, product

from comity.exchange.cores import Effort, Knot, knots, seeds, shrink
from comity.exchange.model import Kind, Problem
from comity.exchange.net import DROPPED, TOGETHER, Net, net_of
from comity.exchange.softening import Demands, Explored, Least, explore, least
from comity.exchange.stages import Run, stages
from comity.exchange.wide import fits, wide_stages

Ids = tuple[str, ...]
MOST = 100
EFFORT = 4_000_000
"""Two or three seconds of looking at steps and demands."""
_WIDE = 50_000
"""Steps and demands from which the stages are computed in arrays."""


@dataclass(frozen=True, slots=True)
class Softenings:
    """Minimal sets of demands to soften, and those of least weight.

    `possible` is false when softening of this sort never unblocks. `complete` says that `all` is all, and
    `least_complete` that `least` are all of the least weight. `least_weight` is None when none was looked for.
    """

    all: tuple[Ids, ...] = ()
    least_weight: int | None = 0
    lower_bound: int = 0
    """No softening weighs less."""
    least: tuple[Ids, ...] = ()
    possible: bool = True
    complete: bool = True
    least_complete: bool = True

    @property
    def proven(self) -> bool:
        """Whether nothing is lighter than `least_weight`."""
        return self.least_weight == self.lower_bound

    def completeness(self) -> dict[str, object]:
        """As JSON: what was cut short."""
        return {
            "softenings_complete": self.complete,
            "least_lower_bound": self.lower_bound,
            "least_proven": self.proven,
            "least_complete": self.least_complete,
        }


@dataclass(frozen=True, slots=True)
class Blockage:
    """The answer to a check; ids are as in the file, stages and stuck steps in its order."""

    stuck: Ids
    stages: tuple[Ids, ...]
    cores: tuple[Ids, ...] = ()
    cores_complete: bool = True
    given_up: Softenings = field(default_factory=Softenings)
    turned: Softenings = field(default_factory=Softenings)
    """Demands turned from "after" into "together"."""
    milder: tuple[tuple[Ids, Ids], ...] = ()
    """For each least softening, the demands that must be given up, and those that need only be turned."""

    @property
    def blocked(self) -> bool:
        """Whether any step is stuck."""
        return bool(self.stuck)

    def fields(self) -> dict[str, object]:
        """As JSON; the fields that the design names come first."""
        return {
            "blocked": self.blocked,
            "stuck": self.stuck,
            "stages": self.stages,
            "cores": self.cores,
            "softenings": self.given_up.all,
            "least_weight": self.given_up.least_weight,
            "least_softenings": self.given_up.least,
            "cores_complete": self.cores_complete,
            **self.given_up.completeness(),
            "milder": [{"give_up": gone, "together": turned} for gone, turned in self.milder],
            "together": {
                "possible": self.turned.possible,
                "softenings": self.turned.all,
                "least_weight": self.turned.least_weight,
                "least_softenings": self.turned.least,
                **self.turned.completeness(),
            },
        }


def check(problem: Problem, *, most: int = MOST, effort: int = EFFORT) -> Blockage:
    """Find the blockage of a problem, at most so many cores and softenings, with about so much work for each part.

    Steps that are behind us make up the first stage.
    """
    if problem.done:
        rest = check(ahead(problem), most=most, effort=effort)
        return replace(rest, stages=(problem.done, *rest.stages))
    if len(problem.steps) + len(problem.demands) >= _WIDE and fits(problem):
        order, stuck = wide_stages(problem)
        problem = residue(problem, stuck)
        net = net_of(problem)
        run = stages(net)
    else:
        net = net_of(problem)
        run = stages(net)
        ids = [step.id for step in problem.steps]
        order = tuple(tuple(ids[s] for s in sorted(stage)) for stage in run.stages)
        stuck = tuple(ids[s] for s, done in enumerate(run.done) if not done)
    if not stuck:
        return Blockage(stuck, order)
    names = [demand.id for demand in problem.demands]
    weights = [demand.weight for demand in problem.demands]
    if len(problem.steps) + len(problem.demands) >= _WIDE:
        return _glance(stuck, order, net, names, weights, most)
    parts = knots(net, run, Effort(effort))
    explored = [_explore(knot, most, effort // 4, len(parts)) for knot in parts]
    given_up, chosen = _softenings(parts, explored, weights, names, most, effort)
    cores = [core for knot, e in zip(parts, explored, strict=True) for core in _whole(knot, e.cores)]
    afters = any(demand.kind is Kind.AFTER for demand in problem.demands)
    return Blockage(
        stuck,
        order,
        cores=_named(sorted(cores, key=lambda core: (len(core), core))[:most], names),
        cores_complete=all(e.complete for e in explored) and len(cores) <= most,
        given_up=given_up,
        turned=_turned(net, run, weights, names, most, effort // 4) if afters else Softenings(possible=False),
        milder=tuple(_milder(net, softening, problem) for softening in chosen),
    )


def _glance(
    stuck: Ids, order: tuple[Ids, ...], net: Net, names: list[str], weights: list[int], most: int
) -> Blockage:
    """Some cores of a blockage too large to be searched: no two share a demand, so each costs a softening."""
    whole = Knot(net, tuple(range(len(names))), bytes(len(names)), Effort(0))
    cores = [shrink(whole, seed) for seed in seeds(whole, whole.demands)[:most]]
    bound = sum(min(weights[d] for d in core) for core in cores)
    unknown = Softenings(least_weight=None, lower_bound=bound, complete=False, least_complete=False)
    return Blockage(
        stuck,
        order,
        _named(cores, names),
        cores_complete=False,
        given_up=unknown,
        turned=replace(unknown, lower_bound=0),
    )


def ahead(problem: Problem) -> Problem:
    """What is left to do, with the demands that are not met yet."""
    done = set(problem.done)
    left = {step.id for step in problem.steps} - done
    return replace(
        problem,
        steps=tuple(replace(s, after=_among(left, s.after)) for s in problem.steps if s.id in left),
        demands=tuple(d for d in problem.demands if d.step in left and done.isdisjoint(d.any_of)),
        done=(),
    )


def residue(problem: Problem, stuck: Ids) -> Problem:
    """The stuck steps alone, with the demands that hold them: it has the same cores and softenings.

    A step that can be done is done under fewer demands too, so no demand before it matters, nor one that it meets.
    """
    left = set(stuck)
    steps = [step for step in problem.steps if step.id in left]
    return replace(
        problem,
        steps=tuple(s if left.issuperset(s.after) else replace(s, after=_among(left, s.after)) for s in steps),
        demands=tuple(d for d in problem.demands if d.step in left and left.issuperset(d.any_of)),
    )


def _among(left: set[str], ids: Ids) -> Ids:
    return tuple(id_ for id_ in ids if id_ in left)


def one_core(problem: Problem) -> Ids:
    """One minimal core; empty when nothing is blocked."""
    net = net_of(problem)
    run = stages(net)
    if all(run.done):
        return ()
    knot = knots(net, run, Effort(EFFORT))[0]
    blocking = seeds(knot, range(len(knot.demands)))
    return tuple(problem.demands[knot.demands[d]].id for d in shrink(knot, blocking[0]))


def _explore(knot: Knot, most: int, effort: int, share: int) -> Explored:
    knot.effort.left = effort // share
    return explore(knot, most)


def _turned(net: Net, run: Run, weights: list[int], names: list[str], most: int, effort: int) -> Softenings:
    parts = knots(net, run, Effort(effort), turning=True)
    explored = [_explore(knot, most, effort, len(parts)) for knot in parts]
    if any(e.cores == [()] for e in explored):
        return Softenings(possible=False)
    return _softenings(parts, explored, weights, names, most, effort)[0]


def _softenings(
    parts: Sequence[Knot], explored: Sequence[Explored], weights: list[int], names: list[str], most: int, effort: int
) -> tuple[Softenings, list[Demands]]:
    """A softening of the whole takes one of every knot."""
    all_, cut = _products([_whole(knot, e.softenings) for knot, e in zip(parts, explored, strict=True)], most)
    complete = not cut and all(e.complete for e in explored)
    best = [_least(knot, e, weights, most, effort // len(parts)) for knot, e in zip(parts, explored, strict=True)]
    lightest, cut = _products([_whole(k, b.softenings) for k, b in zip(parts, best, strict=True)], most)
    found = Softenings(
        all=_named(all_, names),
        least_weight=sum(b.weight for b in best),
        lower_bound=sum(b.lower_bound for b in best),
        least=_named(lightest, names),
        complete=complete,
        least_complete=not cut and all(b.complete for b in best),
    )
    return found, lightest


def _least(knot: Knot, explored: Explored, weights: list[int], most: int, effort: int) -> Least:
    own = [weights[d] for d in knot.demands]
    if explored.complete:
        weight = [sum(own[d] for d in softening) for softening in explored.softenings]
        lightest = [s for s, w in zip(explored.softenings, weight, strict=True) if w == min(weight)]
        return Least(min(weight), min(weight), tuple(lightest), complete=True)
    knot.effort.left = effort
    return least(knot, own, explored.cores, most)


def _whole(knot: Knot, sets: Iterable[Demands]) -> list[Demands]:
    """Sets of a knot's demands by their numbers in the whole net."""
    return [tuple(sorted(knot.demands[d] for d in demands)) for demands in sets]


def _products(families: list[list[Demands]], most: int) -> tuple[list[Demands], bool]:
    """Unions of one set of each family, lightest families first; whether some were left out."""
    found = [tuple(sorted(d for s in sets for d in s)) for sets in islice(product(*families), most + 1)]
    return sorted(found[:most], key=lambda s: (len(s), s)), len(found) > most


def _named(sets: Iterable[Demands], names: Sequence[str]) -> tuple[Ids, ...]:
    return tuple(tuple(names[d] for d in demands) for demands in sets)


def _milder(net: Net, softening: Demands, problem: Problem) -> tuple[Ids, Ids]:
    """Which demands of a softening must be given up, when as many as can be are only turned into "together"."""
    stance = bytearray(net.stance)
    for d in softening:
        stance[d] = DROPPED
    turned = []
    for d in sorted(softening, key=lambda d: -problem.demands[d].weight):
        if problem.demands[d].kind is Kind.AFTER:
            stance[d] = TOGETHER
            if all(stages(net, bytes(stance)).done):
                turned.append(d)
            else:
                stance[d] = DROPPED
    names = [demand.id for demand in problem.demands]
    return tuple(names[d] for d in softening if d not in turned), tuple(names[d] for d in sorted(turned))
