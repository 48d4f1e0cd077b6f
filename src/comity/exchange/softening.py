"""Which demands to soften: every minimal way, and those of least weight.

Cores and softenings are found together: a guide proposes the largest set of demands not yet explained, which either
blocks (shrink it to a core) or does not (what it leaves out, made minimal, is a softening); Liffiton et al. 2016.
Where there are too many, least softenings are minimal hitting sets of the cores found so far, until one unblocks
(implicit hitting sets; Chandrasekaran et al. 2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from comity.exchange.cores import Knot, seeds, shrink

Demands = tuple[int, ...]


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
                found.softenings.append(softening)
                guide.add_clause([d + 1 for d in softening])
    return found


def _minimal(knot: Knot, kept: Sequence[int]) -> Demands:
    """A minimal softening within what is not kept."""
    keep, give = list(kept), []
    chosen = set(kept)
    for d in range(len(knot.demands)):
        if d not in chosen:
            if knot.blocks([*keep, d]):
                give.append(d)
            else:
                keep.append(d)
    return tuple(give)


def least(knot: Knot, weights: Sequence[int], cores: Sequence[Demands], most: int) -> Least:
    """The least softenings of a knot, from the cores known so far."""
    known = list(cores)
    found: list[Demands] = []
    best: Demands | None = None
    bound = 0
    while True:
        hit = _lightest_hitting_set(known, weights, found)
        if hit is None or (found and _weight(hit, weights) > bound):
            return Least(bound, bound, tuple(found), complete=True)
        bound = _weight(hit, weights)
        kept = [d for d in range(len(weights)) if d not in set(hit)]
        if not knot.blocks(kept):
            found.append(hit)
            if len(found) == most:
                return Least(bound, bound, tuple(found), complete=False)
            continue
        kept = _learn(knot, kept, known)
        if not found:
            softening = _minimal(knot, kept)
            if best is None or _weight(softening, weights) < _weight(best, weights):
                best = softening
        if knot.effort.left <= 0:
            if found:
                return Least(bound, bound, tuple(found), complete=False)
            assert best is not None
            return Least(_weight(best, weights), bound, (best,), complete=False)


def _learn(knot: Knot, kept: list[int], known: list[Demands]) -> list[int]:
    """Add disjoint cores among the kept demands to what is known; what is left of the kept ones does not block."""
    while blocking := seeds(knot, kept):
        for seed in blocking:
            core = shrink(knot, seed)
            known.append(core)
            gone = set(core)
            kept = [d for d in kept if d not in gone]
    return kept


def _weight(demands: Demands, weights: Sequence[int]) -> int:
    return sum(weights[d] for d in demands)


def _lightest_hitting_set(
    cores: Sequence[Demands], weights: Sequence[int], forbidden: Sequence[Demands]
) -> Demands | None:
    """The lightest set of demands that meets every core and contains no forbidden one; None when there is none."""
    from pysat.examples.rc2 import RC2, RC2Stratified
    from pysat.formula import WCNF

    formula = WCNF()
    for core in cores:
        formula.append([d + 1 for d in core])
    for other in forbidden:
        formula.append([-d - 1 for d in other])
    concerned = sorted({d for core in cores for d in core})
    for d in concerned:
        formula.append([-d - 1], weight=weights[d])
    even = len({weights[d] for d in concerned}) <= 1
    with RC2(formula) if even else RC2Stratified(formula) as solver:
        model = solver.compute()
    return None if model is None else tuple(d for d in concerned if d + 1 in set(model))
