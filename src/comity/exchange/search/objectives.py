"""The questions a planner asks of the bare problem, each answered with bounds and a proof."""

from __future__ import annotations

from collections.abc import Sequence

from comity.exchange.core import Core
from comity.exchange.search.answers import (
    Answer,
    Decision,
    Limits,
    Of,
    Progress,
    Verdict,
    Watch,
)
from comity.exchange.search.engine import lowest
from comity.exchange.search.proofs import proof_of, tolerances
from comity.exchange.search.walk import walk_of

NO_LIMITS = Limits()


def decide(
    core: Core,
    upper: Sequence[int],
    lower: Sequence[int | None],
    *,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
) -> Decision:
    """Whether every prefix but the last can have -lower[j] <= h_j <= upper[j] for every side.

    Shapes: `upper` (value + bond) and `lower` (tolerance, None for no limit) have one entry a side.
    """
    watch = Watch(limits, progress)
    bonds = tuple(u - v for u, v in zip(upper, core.value, strict=True))
    bounded, fixed = tolerances(lower)
    hunt = lowest(walk_of(core, range(core.sides), bounded), (*bonds, *fixed), watch)
    if hunt.order is not None:
        return Decision(Verdict.FEASIBLE, hunt.order, states=watch.states)
    if not hunt.hopeless:
        return Decision(Verdict.UNKNOWN, states=watch.states)
    proof = proof_of(hunt, bonds, tuple(lower), (range(core.sides), bounded))
    return Decision(Verdict.INFEASIBLE, None, proof, watch.states)


def least_peak(
    core: Core,
    *,
    of: Of | str = Of.TEMPTATION,
    lower: Sequence[int | None] | None = None,
    limits: Limits = NO_LIMITS,
    progress: Progress | None = None,
    seed: int = 0,
) -> Answer:
    """The least height of the largest peak; `lower` are tolerances to keep besides, for temptation only."""
    del seed
    watch = Watch(limits, progress)
    every, none = tuple(range(core.sides)), (None,) * core.sides
    bounded, fixed = tolerances(lower or none)
    tempted = every if of != Of.EXPOSURE else ()
    exposed = every if of != Of.TEMPTATION else bounded
    walk = walk_of(core, tempted, exposed)
    hard = (*(None for _ in tempted), *(fixed if of == Of.TEMPTATION else none))
    hunt = lowest(walk, hard, watch)
    below = (None if hunt.hopeless else hunt.bound - 1,) * core.sides
    proof = None
    if hunt.bound > 0 or hunt.hopeless:
        caps = (below if tempted else none, below if of != Of.TEMPTATION else lower or none)
        proof = proof_of(hunt, *caps, (tempted, exposed))
    return Answer(hunt.order, hunt.height, hunt.bound, hunt.done, proof, watch.states)
