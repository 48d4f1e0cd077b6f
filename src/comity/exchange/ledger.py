"""Where every side stands at every moment of a plan, in the file's own units: what pictures and words are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from comity.exchange.answers import as_planned
from comity.exchange.certificate import Label, Plan
from comity.exchange.model import Problem
from comity.exchange.moves import Moves, unit_of, worst_case
from comity.exchange.unseen import Blind
from comity.exchange.ways import retrace

Amounts = dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Moment:
    """The exchange after a move, a round of moves or a payment; the first is the start, the last the end.

    `tempted` and `exposed` are what each side would gain, and has lost, if all collapses now; while moves are done
    that nobody can check, what could happen unseen is counted in. At the end nobody can walk away any more: both 0.
    """

    done: tuple[Label, ...]
    """What was just done; empty at the start, with what is paid on signing, and after a payment."""
    by: tuple[str, ...]
    """Who did it."""
    paid: Amounts
    held: Amounts
    tempted: Amounts
    exposed: Amounts


@dataclass(frozen=True, slots=True)
class Ledger:
    """All moments of a plan, with the corridor in which each side's balance must stay."""

    sides: tuple[str, ...]
    moments: tuple[Moment, ...]
    value: Amounts
    """What the finished exchange is worth to each side, payments included."""
    bonds: Amounts
    """The given bonds, guarantees included."""
    tolerances: dict[str, Fraction | None]

    def peak(self, side: str) -> tuple[int, Fraction]:
        """The first moment at which a side is most tempted, and by how much; at least 0."""
        return self._worst([m.tempted[side] for m in self.moments])

    def trough(self, side: str) -> tuple[int, Fraction]:
        """The first moment at which a side is most exposed, and by how much; at least 0."""
        return self._worst([m.exposed[side] for m in self.moments])

    def _worst(self, amounts: list[Fraction]) -> tuple[int, Fraction]:
        worst = max(amounts)
        return amounts.index(worst), worst


def ledger(problem: Problem, plan: Plan) -> Ledger | None:
    """The ledger of a plan's order; None when the plan has none, or is none of this problem."""
    taken = as_planned(problem, plan)
    taken = worst_case(taken) if plan.options.robust else taken
    reached = retrace(taken, plan.options, plan.order) if plan.order else None
    if reached is None:
        return None
    moves, unit = reached.moves, unit_of(reached.moves)
    number = {_members(moves.label(m)): m for m in reached.order}
    rounds = [[number[_members(label)] for label in r] for r in plan.rounds] or [[m] for m in reached.order]
    net = {s: sum((p.amounts.get(s, Fraction(0)) for p in plan.payments), Fraction(0)) for s in moves.sides}
    return Ledger(
        sides=moves.sides,
        moments=tuple(_moments(moves, rounds, plan, net)),
        value={s: v * unit + net[s] for s, v in zip(moves.sides, moves.value, strict=True)},
        bonds={s: b * unit for s, b in zip(moves.sides, moves.bonds, strict=True)},
        tolerances={s: None if t is None else t * unit for s, t in zip(moves.sides, moves.tolerances, strict=True)},
    )


def _moments(moves: Moves, rounds: Sequence[Sequence[int]], plan: Plan, net: Amounts) -> list[Moment]:
    sides, unit = moves.sides, unit_of(moves)
    value = {s: v * unit + net[s] for s, v in zip(sides, moves.value, strict=True)}
    held = {s: h * unit for s, h in zip(sides, moves.start, strict=True)}
    nothing: Amounts = dict.fromkeys(sides, Fraction(0))
    told: list[Moment] = []
    count = 0

    def tell(done: Sequence[int], paid: Amounts, at: int) -> None:
        awaits = bool(done) and any(p.after == count and any(p.amounts.values()) for p in plan.payments)
        inside = _unseen(moves, rounds[at]) if at < len(rounds) and not awaits else None
        gain = {s: inside.gain[j] * unit if inside else Fraction(0) for j, s in enumerate(sides)}
        loss = {s: inside.loss[j] * unit if inside else Fraction(0) for j, s in enumerate(sides)}
        told.append(
            Moment(
                tuple(moves.label(m) for m in done),
                tuple(dict.fromkeys(sides[moves.atoms[a].by] for m in done for a in moves.groups[m])),
                paid,
                dict(held),
                {s: max(Fraction(0), held[s] + gain[s] - value[s]) for s in sides},
                {s: max(Fraction(0), loss[s] - held[s]) for s in sides},
            )
        )

    def pay(at: int) -> None:
        for payment in plan.payments:
            if payment.after == count > 0 and any(payment.amounts.values()):
                for s, amount in payment.amounts.items():
                    held[s] += amount
                    had[s] += amount
                tell((), dict(payment.amounts), at)

    first = next((dict(p.amounts) for p in plan.payments if p.after == 0), nothing)
    had = {s: first.get(s, Fraction(0)) for s in sides}
    held.update({s: h + had[s] for s, h in held.items()})
    tell((), first, 0)
    for at, done in enumerate(rounds, 1):
        for m in done:
            count += 1
            for j, s in enumerate(sides):
                held[s] += moves.core.delta[m][j] * unit
        if at == len(rounds):  # all is done: nothing is salvaged or clawed back any more
            held.update({s: v * unit + had[s] for s, v in zip(sides, moves.value, strict=True)})
        tell(done, nothing, at)
        pay(at)
    end = told[-1]
    if not (plan.options.money and end.done):  # with money, what is held after the last act still awaits payment
        end = replace(end, tempted=nothing, exposed=nothing)
    return [*told[:-1], end]


def _unseen(moves: Moves, done: Sequence[int]) -> Blind:
    if len(done) == 1:
        return moves.blinds[done[0]]
    return moves.blind(a for m in done for a in moves.groups[m])


def _members(label: Label) -> frozenset[str]:
    return frozenset([label] if isinstance(label, str) else label)
