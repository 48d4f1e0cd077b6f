"""Which demands to soften: every minimal way, and those of least weight.

Cores and softenings are found together: a guide proposes the largest set of demands not yet explained, which either
blocks (shrink it to a core) or does not (what it leaves out, made minimal, is a softening); Liffiton et al. 2016.
Where there are too many, least softenings are minimal hitting sets of the cores found so far, until one unblocks
(implicit hitting sets; Chandrasekaran et al. 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from comity.exchange.cores import Knot, seeds, shrink

Demands = tuple[int, ...]
MOST_SOLVING = 1.0
EFFORT_OF_SOLVING = 2_000_000
"""Steps and demands that are looked at in the time of one unit of the solver's deterministic time."""


@dataclass(slots=True)
class Explored:
    """What was found in one knot; `complete` when that is all there is."""

    cores: list[Demands] = field(default_factory=list)
    softenings: list[Demands] = field(default_factory=list)
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Least:
    """Softenings of least weight, or the lightest found, and a weight that none can be below."""

    weight: int
    lower_bound: int
    softenings: tuple[Demands, ...]
    complete: bool
    """Whether these are all of the least weight."""

    @property
    def proven(self) -> bool:
        """Whether no softening is lighter."""
        return self.weight == self.lower_bound


def explore(knot: Knot, most: int) -> Explored:
    """All minimal cores and softenings of a knot, or as many as `most` and the effort allow."""
    from pysat.solvers import Solver

    found, count = Explored(), len(knot.demands)
    if knot.blocks(()):
        return Explored([()], [], complete=True)
    with Solver(name="minisat22") as guide:
        guide.set_phases(range(1, count + 1))
        while len(found.cores) < most and len(found.softenings) < most and knot.effort.left > 0:
            if not guide.solve():
                found.complete = True
                break
            left_out = {-v - 1 for v in guide.get_model() or () if v < 0}
            kept = [d for d in range(count) if d not in left_out]
            blocking = seeds(knot, kept)
            if blocking:
                core = shrink(knot, blocking[0])
                found.cores.append(core)
                guide.add_clause([-d - 1 for d in core])
            else:
                softening = _minimal(knot, kept)
                guide.add_clause([d + 1 for d in softening])
                if knot.effort.left > 0:
                    found.softenings.append(softening)
    return found


def _minimal(knot: Knot, kept: Sequence[int]) -> Demands:
    """A minimal softening within what is not kept; less than minimal once the effort is spent."""
    keep, give = list(kept), []
    chosen = set(kept)
    for d in range(len(knot.demands)):
        if d not in chosen:
            if knot.effort.left <= 0 or knot.blocks([*keep, d]):
                give.append(d)
            else:
                keep.append(d)
    return tuple(give)


def least(knot: Knot, weights: Sequence[int], cores: Sequence[Demands], most: int) -> Least:
    """The least softenings of a knot, from the cores known so far."""
    known, bound = list(cores), 0
    found: list[Demands] = []
    best: Demands | None = None
    while True:
        hit = _lightest_hitting_set(knot, known, weights, found)
        if hit is None or (found and hit.bound > bound):
            return Least(bound, bound, tuple(found), complete=True)
        bound = bound if found else max(bound, hit.bound)
        gone = set(hit.demands)
        kept = [d for d in range(len(weights)) if d not in gone]
        blocked = knot.blocks(kept)
        if not blocked and _weight(hit.demands, weights) == bound:
            found.append(hit.demands)
        elif not found:
            softening = _minimal(knot, _learn(knot, kept, known))
            best = min(best or softening, softening, key=lambda s: _weight(s, weights))
        elif blocked:
            _learn(knot, kept, known)
        if len(found) == most or knot.effort.left <= 0:
            best = found[0] if found else best
            assert best is not None
            return Least(_weight(best, weights), bound, tuple(found) or (best,), complete=False)


def _learn(knot: Knot, kept: list[int], known: list[Demands]) -> list[int]:
    """Add disjoint cores among the kept demands to what is known; what is left of the kept ones does not block."""
    while blocking := seeds(knot, kept):
        if knot.effort.left <= 0:
            return []
        for seed in blocking:
            core = shrink(knot, seed)
            known.append(core)
            gone = set(core)
            kept = [d for d in kept if d not in gone]
    return kept


def _weight(demands: Demands, weights: Sequence[int]) -> int:
    return sum(weights[d] for d in demands)


@dataclass(frozen=True, slots=True)
class Hit:
    """A hitting set, and a weight that none can be below."""

    demands: Demands
    bound: int


def _lightest_hitting_set(
    knot: Knot, cores: Sequence[Demands], weights: Sequence[int], forbidden: Sequence[Demands]
) -> Hit | None:
    """The lightest set of demands that meets every core and contains no forbidden one; None when there is none."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    given = {d: model.new_bool_var("") for d in sorted({d for core in cores for d in core})}
    for core in cores:
        # As a sum, not a clause: only then does the solver see the linear relaxation, which is what proves the bound.
        model.add(sum(given[d] for d in core) >= 1)
    for other in forbidden:
        model.add_bool_or([~given[d] for d in other])
    model.minimize(sum(weights[d] * variable for d, variable in given.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = MOST_SOLVING
    status = solver.solve(model)
    knot.effort.spend(int(solver.response_proto.deterministic_time * EFFORT_OF_SOLVING))
    if status == cp_model.INFEASIBLE:
        return None
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        knot.effort.left = 0
        return Hit(tuple(given), 0)
    hit = tuple(d for d, variable in given.items() if solver.value(variable))
    return Hit(
        hit, round(solver.objective_value) if status == cp_model.OPTIMAL else ceil(solver.best_objective_bound)
    )
