"""The plan in time: the shortest rounds within the given bonds and tolerances, and what trust would buy in days."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from comity.exchange.certificate import Bound, Case, Label
from comity.exchange.moves import unit_of
from comity.exchange.questions import Ask
from comity.exchange.rounds import Corridor, Round, Timed, shortest, split, time_and_peak
from comity.exchange.ways import Reached, Ways
from comity.exchange.witness import Exhausted, Witness

MOST_STATES = 20_000
MOST_FRONT_STATES = 2_000
MOST_FRONT_MOVES = 10


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """The shortest rounds over all sets of packages, with the bound and the front of time and peak."""

    reached: Reached | None
    rounds: tuple[Round, ...]
    best: Bound
    front: tuple[tuple[Fraction, Fraction], ...]

    @property
    def labels(self) -> tuple[tuple[Label, ...], ...]:
        """The rounds as a plan writes them."""
        if self.reached is None:
            return ()
        return tuple(tuple(self.reached.moves.label(m) for m in r) for r in self.rounds)


def timed_answer(ways: Ways, ask: Ask) -> TimedAnswer:
    """The least time over all ways."""
    found: list[tuple[Fraction, Reached, tuple[Round, ...]]] = []
    cases: list[Case] = []
    front: list[tuple[Fraction, Fraction]] = []
    for packages, moves in ways.each:
        if moves is None:
            cases.append(Case(packages, False, None, Fraction(1), None))
            continue
        unit = unit_of(moves)
        corridor = Corridor(
            [v + b for v, b in zip(moves.value, moves.bonds, strict=True)],
            [None if t is None else -t for t in moves.tolerances],
        )
        _, fit = ask.topup(moves)
        known = Timed(None, None, 0, False, 0)
        if fit.order is not None and fit.value == 0:
            known = split(moves, ask.topup(moves)[0].order(fit.order), corridor)
        answer = shortest(moves, corridor, first=known, most_states=ask.limits.states or MOST_STATES)
        bound = None if answer.time is None and answer.proven else answer.lower_bound * unit
        cases.append(Case(packages, True, bound, unit, Witness((Exhausted({}, answer.states),))))
        if answer.rounds is not None and answer.time is not None:
            order = tuple(m for r in answer.rounds for m in r)
            found.append((answer.time * unit, Reached(moves, order), answer.rounds))
        if len(moves.groups) <= MOST_FRONT_MOVES:
            pairs = time_and_peak(moves, corridor.low, most_states=MOST_FRONT_STATES) or ()
            front += [(t * unit, p * unit) for t, p in pairs]
    value, reached, rounds = min(found, key=lambda f: f[0]) if found else (None, None, ())
    bounds = [c.lower_bound for c in cases if c.lower_bound is not None]
    lower = min(bounds) if bounds and ways.complete else Fraction(0)
    proven = ways.complete and not bounds if value is None else value == lower
    labels = reached.labels if reached else None
    return TimedAnswer(reached, rounds, Bound(labels, value, lower, proven, tuple(cases)), _undominated(front))


def _undominated(front: list[tuple[Fraction, Fraction]]) -> tuple[tuple[Fraction, Fraction], ...]:
    kept: list[tuple[Fraction, Fraction]] = []
    for time, peak in sorted(front):
        if not kept or peak < kept[-1][1]:
            kept.append((time, peak))
    return tuple(kept)
