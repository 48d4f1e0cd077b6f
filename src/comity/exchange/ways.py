"""One question put to every set of packages that can be used together; the best answer, and the bound of all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from comity.exchange.certificate import Bound, Case, Label, Options, Point
from comity.exchange.columns import Bare
from comity.exchange.model import Problem
from comity.exchange.moves import Moves, families, moves_of, unit_of
from comity.exchange.search import Answer, Front

MOST_FAMILIES = 4096


@dataclass(frozen=True, slots=True)
class Ways:
    """The moves for each set of packages; None where these packages leave no order. `complete`: none left out."""

    each: tuple[tuple[tuple[int, ...], Moves | None], ...]
    complete: bool

    @property
    def orderable(self) -> bool:
        """Whether some set of packages leaves an order."""
        return any(moves is not None for _, moves in self.each)


@dataclass(frozen=True, slots=True)
class Reached:
    """An order of some moves."""

    moves: Moves
    order: tuple[int, ...]

    @property
    def labels(self) -> tuple[Label, ...]:
        """The order as a plan writes it."""
        return tuple(self.moves.label(i) for i in self.order)


def retrace(problem: Problem, options: Options, labels: Sequence[Label]) -> Reached | None:
    """The moves and the order that these labels stand for; None where they are no order of this problem."""
    together = {frozenset(label) for label in labels if not isinstance(label, str)}
    chosen: dict[frozenset[str], int] = {}
    for i, p in enumerate(problem.packages):
        if options.packages and frozenset(p.steps) in together:
            chosen.setdefault(frozenset(p.steps), i)
    moves = moves_of(problem, cut=options.cut, packages=tuple(chosen.values()))
    if moves is None:
        return None
    number = {_members(moves.label(i)): i for i in range(len(moves.groups))}
    order = tuple(number.get(_members(label), -1) for label in labels)
    place = {m: at for at, m in enumerate(order)}
    whole = sorted(order) == list(range(len(moves.groups)))
    return (
        Reached(moves, order) if whole and all(place[b] < place[m] for m in order for b in moves.before[m]) else None
    )


def _members(label: Label) -> frozenset[str]:
    return frozenset([label] if isinstance(label, str) else label)


Question = Callable[[Moves], tuple[Bare, Answer]]


def ways_of(problem: Problem, options: Options) -> Ways:
    """All ways to choose packages, the plain one first."""
    chosen, complete = families(problem, MOST_FAMILIES) if options.packages else ([()], True)
    return Ways(tuple((f, moves_of(problem, cut=options.cut, packages=f)) for f in chosen), complete)


def least(ways: Ways, ask: Question, per: int = 1) -> tuple[Reached | None, Bound]:
    """The least value over all ways, an order that reaches it, and the cases that prove the bound.

    The search's whole numbers are `per` times the value in the moves' units.
    """
    best: Reached | None = None
    value: Fraction | None = None
    cases: list[Case] = []
    for packages, moves in ways.each:
        if moves is None:
            cases.append(Case(packages, False, None, Fraction(1), None))
            continue
        problem, answer = ask(moves)
        unit = unit_of(moves) / per
        impossible = answer.order is None and answer.proven
        bound = None if impossible else answer.lower_bound * unit
        cases.append(Case(packages, True, bound, unit, problem.witness(answer.proof)))
        if answer.order is not None and answer.value is not None and (value is None or answer.value * unit < value):
            best, value = Reached(moves, problem.order(answer.order)), answer.value * unit
        if value == 0:
            break
    bounds = [c.lower_bound for c in cases if c.lower_bound is not None]
    lower = min(bounds) if bounds and ways.complete else Fraction(0)
    proven = ways.complete and not bounds if value is None else value == lower
    return best, Bound(best.labels if best else None, value, lower, proven, tuple(cases))


def front(ways: Ways, ask: Callable[[Moves], tuple[Bare, Front]]) -> tuple[tuple[Point, ...], Reached | None, bool]:
    """The vectors of bonds that no way improves, the order of least sum among them, and whether none is missing."""
    found: list[tuple[Point, Reached]] = []
    complete = ways.complete
    for _, moves in ways.each:
        if moves is None:
            continue
        problem, answer = ask(moves)
        complete &= answer.complete
        for p in answer.points:
            reached = Reached(moves, problem.order(p.order))
            bonds = {side: b * unit_of(moves) for side, b in zip(moves.sides, p.bonds, strict=True)}
            found.append((Point(bonds, reached.labels), reached))
    found = _undominated(found)
    least_sum = min(found, key=lambda pair: sum(pair[0].bonds.values()), default=None)
    return tuple(p for p, _ in found), least_sum[1] if least_sum else None, complete


def _undominated(found: Sequence[tuple[Point, Reached]]) -> list[tuple[Point, Reached]]:
    ordered = sorted(found, key=lambda pair: tuple(pair[0].bonds.values()))
    kept: list[tuple[Point, Reached]] = []
    for point, reached in ordered:
        if not any(all(k.bonds[s] <= point.bonds[s] for s in point.bonds) for k, _ in kept):
            kept.append((point, reached))
    return kept
