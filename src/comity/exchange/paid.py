"""The plan with payments: who pays whom when, and what bond that leaves each side with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from comity.errors import Refused
from comity.exchange.balance import held_along
from comity.exchange.certificate import Bound, Objective, Payment
from comity.exchange.money import least_strain, least_sum, schedule
from comity.exchange.moves import unit_of
from comity.exchange.questions import Ask
from comity.exchange.ways import Question, Reached, Ways, least


@dataclass(frozen=True, slots=True)
class Paid:
    """Payments along an order, and the peaks they leave."""

    payments: tuple[Payment, ...]
    bonds: dict[str, Fraction]
    exposures: dict[str, Fraction]


def paid_answer(objective: Objective, ways: Ways, ask: Ask) -> tuple[Reached | None, Bound]:
    """The least sum of bonds, the least bond of each when all give the same, or the least top-up of those given."""
    if objective is Objective.TOPUP:
        return least(ways, paid_topup(ask))
    if objective is Objective.TOTAL:
        return least(ways, lambda moves: least_sum(moves, ask))
    if objective is Objective.PEAK:
        sides = max(len(moves.sides) for _, moves in ways.each if moves)
        return least(ways, lambda moves: least_sum(moves, ask), sides)
    raise Refused(
        f"payments and the objective {str(objective)!r} do not go together",
        hint="with money, ask for peak, total or topup",
    )


def paid_topup(ask: Ask) -> Question:
    """The least sum by which the given bonds must be raised when payments are allowed, tolerances kept."""
    return lambda moves: least_sum(moves, ask, sum(moves.bonds), within_tolerances=True)


def paid_strain(ask: Ask) -> Question:
    """The least sum by which the tolerances must be raised when payments are allowed."""
    return lambda moves: least_strain(moves, ask)


def pay(objective: Objective, reached: Reached, value: Fraction) -> Paid:
    """The payments for an order, with bonds shared as the objective has them."""
    moves, unit = reached.moves, unit_of(reached.moves)
    unpaid = _paid(reached, ())
    if objective is Objective.TOTAL and sum(unpaid.bonds.values(), Fraction(0)) == value:
        return unpaid
    given = [b * unit for b in moves.bonds]
    tolerances = [None if t is None else t * unit for t in moves.tolerances]
    if objective is Objective.TOPUP:
        bonds = [b + value / len(given) for b in given]
    elif objective is Objective.PEAK:
        bonds = [value] * len(given)
    else:
        bonds = shared(given, value)
    payments = schedule(moves, reached.order, bonds, tolerances)
    if payments is None and objective is not Objective.TOPUP:
        payments = schedule(moves, reached.order, bonds, [None] * len(given))
    assert payments is not None, "an order within the sum of the bonds has payments that fit"
    return _paid(reached, payments)


def shared(given: Sequence[Fraction], total: Fraction) -> list[Fraction]:
    """Bonds of this sum: from those given as far as they go, the rest in equal parts."""
    left = total
    bonds = []
    for b in given:
        bonds.append(min(b, left))
        left -= bonds[-1]
    return [b + left / len(given) for b in bonds]


def paid_before(payments: Sequence[Payment], sides: Sequence[str], moves: int) -> list[list[Fraction]]:
    """What each side has been paid before each move."""
    due: dict[int, list[Payment]] = {}
    for p in payments:
        due.setdefault(p.after, []).append(p)
    had = [Fraction(0)] * len(sides)
    told = []
    for at in range(moves):
        for p in due.get(at, ()):
            had = [h + p.amounts.get(s, Fraction(0)) for h, s in zip(had, sides, strict=True)]
        told.append(had)
    return told


def _paid(reached: Reached, payments: tuple[Payment, ...]) -> Paid:
    moves, order, unit = reached.moves, reached.order, unit_of(reached.moves)
    net = {s: sum((p.amounts.get(s, Fraction(0)) for p in payments), Fraction(0)) for s in moves.sides}
    bonds = dict.fromkeys(moves.sides, Fraction(0))
    exposures = dict.fromkeys(moves.sides, Fraction(0))
    held = [*held_along(moves, order)]
    received = paid_before(payments, moves.sides, len(order))
    for at, (before, after) in enumerate(zip(held, [*held[1:], moves.value], strict=True)):
        inside = moves.blinds[order[at]]
        for j, side in enumerate(moves.sides):
            had = received[at][j]
            high = max(before[j], after[j], before[j] + inside.gain[j])
            low = min(before[j], after[j], before[j] - inside.loss[j])
            bonds[side] = max(bonds[side], (high - moves.value[j]) * unit + had - net[side])
            exposures[side] = max(exposures[side], -low * unit - had)
    return Paid(payments, bonds, exposures)
