"""The questions of a planner, each as columns for the search."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

from comity.exchange.certificate import Objective
from comity.exchange.columns import Bare, bare, exposures, temptations
from comity.exchange.moves import Moves, unit_of
from comity.exchange.search import (
    Answer,
    ByExhaustion,
    ByParts,
    ByWeights,
    Front,
    Limits,
    Of,
    Progress,
    Proof,
    least_peak,
    least_total,
    pareto,
)
from comity.exchange.ways import Question

Seen = Callable[[Fraction | None, Fraction, float], None]
"""Called with the best value so far, the bound so far and the seconds since the start."""
REST_S = 2.0
LEAST_S = 0.2


@dataclass(frozen=True, slots=True)
class Ask:
    """How much a search may spend, and where it reports."""

    limits: Limits = field(default_factory=Limits)
    progress: Seen | None = None
    seed: int = 0
    begun: float = field(default_factory=time.monotonic)

    def rest(self, *, settled: bool) -> Ask:
        """For the next question, unreported: the time left, and not much of it where the last was not settled."""
        if self.limits.seconds is None and settled:
            return replace(self, progress=None)
        left = REST_S if self.limits.seconds is None else self.limits.seconds - (time.monotonic() - self.begun)
        return replace(
            self,
            progress=None,
            limits=replace(self.limits, seconds=left if settled else min(REST_S, max(left, LEAST_S))),
        )

    def seen(self, unit: Fraction) -> Progress | None:
        """The report of a search in whole numbers as one in the file's units."""
        report = self.progress
        if report is None:
            return None
        return lambda value, bound, seconds: report(None if value is None else value * unit, bound * unit, seconds)

    def peak(self, problem: Bare) -> tuple[Bare, Answer]:
        """The least height of the largest soft column, under the caps of the hard ones."""
        return problem, least_peak(
            problem.core, lower=problem.lower, limits=self.limits, progress=self.seen(problem.unit), seed=self.seed
        )

    def joint(self, moves: Moves) -> tuple[Bare, Answer]:
        """The least height of temptations and exposures together."""
        columns = [*temptations(moves), *exposures(moves)]
        if any(moves.start) or any(any(c.hump) for c in columns):
            return self.peak(bare(moves, columns))
        answer = least_peak(
            moves.core,
            of=Of.JOINT,
            limits=self.limits,
            progress=self.seen(unit_of(moves)),
            seed=self.seed,
        )
        whole = Bare(moves.core, None, tuple(columns), tuple(range(moves.core.moves)), unit_of(moves))
        return whole, replace(answer, proof=None if answer.proof is None else _in_columns(answer.proof))

    def total(self, problem: Bare, free: tuple[int, ...] | None = None) -> tuple[Bare, Answer]:
        """The least sum of what the soft columns exceed their allowance by, under the caps of the hard ones."""
        allowance = None if free is None else (*free, *(0 for c in problem.columns if c.cap is not None))
        return problem, least_total(
            problem.core,
            free=allowance,
            lower=problem.lower,
            limits=self.limits,
            progress=self.seen(problem.unit),
            seed=self.seed,
        )

    def front(self, moves: Moves) -> tuple[Bare, Front]:
        """All vectors of peak temptations that none other improves."""
        problem = bare(moves, temptations(moves))
        return problem, pareto(problem.core, limits=self.limits, progress=self.seen(problem.unit), seed=self.seed)

    def topup(self, moves: Moves) -> tuple[Bare, Answer]:
        """The least sum of top-ups of the given bonds among the orders that keep the tolerances."""
        return self.total(bare(moves, [*temptations(moves), *exposures(moves, moves.tolerances)]), moves.bonds)

    def strain(self, moves: Moves) -> tuple[Bare, Answer]:
        """The least sum by which the tolerances must be raised for some order to keep them."""
        limited = [c for c, cap in zip(exposures(moves), moves.tolerances, strict=True) if cap is not None]
        return self.total(bare(moves, limited), tuple(cap for cap in moves.tolerances if cap is not None))

    def question(self, objective: Objective) -> Question:
        """The question of an objective that is one number over the orders."""
        match objective:
            case Objective.EXPOSURE:
                return lambda moves: self.peak(bare(moves, exposures(moves)))
            case Objective.JOINT:
                return self.joint
            case Objective.TOTAL:
                return lambda moves: self.total(bare(moves, temptations(moves)))
            case Objective.TOPUP:
                return self.topup
            case _:
                return lambda moves: self.peak(bare(moves, temptations(moves)))


def _in_columns(proof: Proof) -> Proof:
    """A proof about temptations and exposures as one about soft columns, temptations first."""
    match proof:
        case ByParts():
            return replace(proof, parts=tuple(map(_part_in_columns, proof.parts)))
        case _:
            return _part_in_columns(proof)


def _part_in_columns(part: ByWeights | ByExhaustion) -> ByWeights | ByExhaustion:
    match part:
        case ByWeights():
            return replace(part, tempted=(*part.tempted, *part.exposed))
        case ByExhaustion():
            return replace(part, tempted=(*part.tempted, *part.exposed))
