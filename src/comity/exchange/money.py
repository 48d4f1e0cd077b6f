"""Payments between the moves: the least sum of bonds, and a schedule of payments that keeps every side under its own.

With payments only sums count. A move can be made when, over all sides, the temptations before and after it (and
inside it, in a window) sum to no more than the bonds: then some payment that adds up to 0 fits every side.
A last payment may follow the last move, and that moment counts. Proof: docs/spec/exchange-plan.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from comity.exchange.balance import held_along
from comity.exchange.certificate import Payment
from comity.exchange.columns import Bare, Column, bare, temptations
from comity.exchange.core import Core
from comity.exchange.moves import Moves, Vector, add, unit_of
from comity.exchange.questions import Ask
from comity.exchange.search import Answer, least_total_with_money
from comity.exchange.unseen import Blind


@dataclass(frozen=True, slots=True)
class Span:
    """The lowest and the highest that each side holds during a move: before, inside and after it."""

    low: Vector
    high: Vector


def least_sum(moves: Moves, ask: Ask, free: int = 0, *, within_tolerances: bool = False) -> tuple[Bare, Answer]:
    """The least sum of bonds beyond `free` with payments, if asked for with the tolerances kept too."""
    limits = [t for t in moves.tolerances if t is not None]
    capped = within_tolerances and len(limits) == len(moves.sides)
    if not capped and not any(any(b.gain) for b in moves.blinds):
        return _unlimited(moves, ask, free)

    def solve(last: int | None) -> tuple[Bare, Answer]:
        spread = _spread(moves, last)
        columns = [_summed(moves, spread, "temptation")]
        if capped:
            columns.append(replace(_summed(moves, spread, "exposure"), cap=sum(limits)))
        problem, answer = ask.total(bare(moves, columns, _with_last(moves, last)), (free,))
        least = _narrowest(moves, spread) - free if capped else 0
        if answer.value is not None and least > answer.lower_bound:
            answer = replace(answer, value=max(answer.value, least), lower_bound=least)
        return problem, answer

    return _over_lasts(moves, solve)


def _unlimited(moves: Moves, ask: Ask, free: int) -> tuple[Bare, Answer]:
    """The same by the search's own method, where no window and no tolerance stands in the way."""
    columns = temptations(moves)
    core = Core(moves.core.delta, tuple(-c.base for c in columns), moves.before)
    answer = least_total_with_money(core, limits=ask.limits, progress=ask.seen(unit_of(moves)), seed=ask.seed)
    value = None if answer.value is None else max(0, answer.value - free)
    answer = replace(answer, value=value, lower_bound=max(0, answer.lower_bound - free))
    return Bare(core, None, tuple(columns), tuple(range(core.moves)), unit_of(moves)), answer


def least_strain(moves: Moves, ask: Ask) -> tuple[Bare, Answer]:
    """The least sum by which all tolerances must be raised, where every side has one."""

    def solve(last: int | None) -> tuple[Bare, Answer]:
        column = _summed(moves, _spread(moves, last), "exposure")
        limits = [t for t in moves.tolerances if t is not None]
        return ask.total(bare(moves, [column], _with_last(moves, last)), (sum(limits),))

    return _over_lasts(moves, solve)


def _over_lasts(moves: Moves, solve: Callable[[int | None], tuple[Bare, Answer]]) -> tuple[Bare, Answer]:
    """Where a collapse differs from the finish, what the last move needs depends on its being last: try each."""
    if add(len(moves.sides), [moves.start, *moves.core.delta]) == moves.value:
        return solve(None)
    awaited = {b for before in moves.before for b in before}
    answers = [solve(last) for last in range(len(moves.groups)) if last not in awaited]
    problem, best = min(answers, key=lambda a: (a[1].value is None, a[1].value or 0))
    impossible = all(a.proven and a.value is None for _, a in answers)
    lower = min((a.lower_bound for _, a in answers if not a.proven or a.value is not None), default=0)
    proven = impossible if best.value is None else best.value == lower
    return problem, replace(best, lower_bound=lower, proven=proven, proof=None)


def _with_last(moves: Moves, last: int | None) -> Sequence[Sequence[int]]:
    """The prerequisites, with every other move before the last one."""
    if last is None:
        return moves.before
    others = [i for i in range(len(moves.groups)) if i != last]
    return [others if i == last else before for i, before in enumerate(moves.before)]


def _spread(moves: Moves, last: int | None) -> list[Span]:
    """For each move, how far below and above what it holds before the move each side comes."""
    spans = []
    for i, (d, inside) in enumerate(zip(moves.core.delta, moves.blinds, strict=True)):
        after = d
        if i == last:
            before = add(len(d), [moves.start, *(x for m, x in enumerate(moves.core.delta) if m != i)])
            after = tuple(v - b for v, b in zip(moves.value, before, strict=True))
        spans.append(_span((0,) * len(d), after, inside))
    return spans


def _summed(moves: Moves, spread: Sequence[Span], of: str) -> Column:
    """The sum over all sides of their temptations or of their exposures."""
    rise = tuple(sum(d) for d in moves.core.delta)
    if of == "temptation":
        base = sum(moves.start) - sum(moves.value)
        return Column(("", of), base, rise, tuple(sum(s.high) for s in spread))
    return Column(("", of), -sum(moves.start), tuple(-r for r in rise), tuple(-sum(s.low) for s in spread))


def _narrowest(moves: Moves, spread: Sequence[Span]) -> int:
    """The sum of bonds that no payment can spare, since some move swings a side by so much in one go."""
    total = 0
    for j, tolerance in enumerate(moves.tolerances):
        assert tolerance is not None
        total += max((s.high[j] - s.low[j] for s in spread), default=0) - moves.value[j] - tolerance
    return max(0, total)


def schedule(
    moves: Moves, order: Sequence[int], bonds: Sequence[Fraction], tolerances: Sequence[Fraction | None]
) -> tuple[Payment, ...] | None:
    """Payments that keep every side within its bond and its tolerance, as few as staying put allows; None if none do.

    Units: `bonds`, `tolerances` and the payments are in the file's units.
    """
    unit = unit_of(moves)
    held = [*held_along(moves, order)]
    spans = [
        _span(held[at], after, moves.blinds[i])
        for at, (i, after) in enumerate(zip(order, [*held[1:], moves.value], strict=True))
    ]
    k = len(moves.sides)
    highs = [[b + (v - x) * unit for b, v, x in zip(bonds, moves.value, s.high, strict=True)] for s in spans]
    lows = [[None if t is None else -t - x * unit for t, x in zip(tolerances, s.low, strict=True)] for s in spans]
    net = _net(
        [
            [None if lo is None else lo - hi for lo, hi in zip(low, high, strict=True)]
            for low, high in zip(lows, highs, strict=True)
        ],
        k,
    )
    if net is None:
        return None
    owed = [-p for p in net]
    payments: list[Payment] = []
    for at, (low, high) in enumerate(zip(lows, highs, strict=True)):
        floor = [None if lo is None else lo - p for lo, p in zip(low, net, strict=True)]
        moved = _nearest(owed, floor, high)
        if moved is None:
            return None
        payments += _payment(at, moves.sides, owed, moved)
        owed = moved
    return (*payments, *_payment(len(order), moves.sides, owed, [Fraction(0)] * k))


def _payment(after: int, sides: Sequence[str], old: Sequence[Fraction], new: Sequence[Fraction]) -> list[Payment]:
    amounts = {s: n - o for s, o, n in zip(sides, old, new, strict=True) if n != o}
    return [Payment(after, amounts)] if amounts else []


def _net(least: Sequence[Sequence[Fraction | None]], k: int) -> list[Fraction] | None:
    """What each side is paid over the whole plan: nothing where the corridors allow it."""
    floor: list[Fraction | None] = []
    for j in range(k):
        known = [x for row in least if (x := row[j]) is not None]
        floor.append(max(known) if known else None)
    return _nearest([Fraction(0)] * k, floor, [None] * k)


def _nearest(
    start: Sequence[Fraction], low: Sequence[Fraction | None], high: Sequence[Fraction | None]
) -> list[Fraction] | None:
    """A vector that sums to 0 between `low` and `high`, each entry moved from `start` only where it must."""
    below = [x if hi is None else min(x, hi) for x, hi in zip(start, high, strict=True)]
    moved = [x if lo is None else max(x, lo) for x, lo in zip(below, low, strict=True)]
    if any(hi is not None and x > hi for x, hi in zip(moved, high, strict=True)):
        return None
    for j in range(len(moved)):
        over = sum(moved, Fraction(0))
        limit = low[j] if over > 0 else high[j]
        target = moved[j] - over
        if limit is not None:
            target = max(target, limit) if over > 0 else min(target, limit)
        moved[j] = target
    return None if sum(moved, Fraction(0)) else moved


def _span(held: Vector, after: Vector, inside: Blind) -> Span:
    return Span(
        tuple(min(h, a, h - x) for h, a, x in zip(held, after, inside.loss, strict=True)),
        tuple(max(h, a, h + x) for h, a, x in zip(held, after, inside.gain, strict=True)),
    )
