"""From moves to the bare problem the search answers, and back.

Each level to watch is a column: a side's temptation or exposure, or the sum over the sides when money may be paid.
A *soft* column is to be made small; a *hard* one must stay under a cap. A move with a hump (a window) becomes two:
the hump, then the rest. Nothing is lost by bringing the hump next to the rest, since it lowers no column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from comity.exchange.core import Core
from comity.exchange.moves import Moves, unit_of
from comity.exchange.search import ByExhaustion, ByParts, ByWeights, Proof
from comity.exchange.witness import Exhausted, Weights, Witness

Name = tuple[str, str]
"""A side and what is watched: `temptation` or `exposure`; the side is empty for the sum over all sides."""


@dataclass(frozen=True, slots=True)
class Column:
    """A level over the moments: it starts at `base`, rises by `rise[i]`, and is `hump[i]` higher inside move i."""

    name: Name
    base: int
    rise: tuple[int, ...]
    hump: tuple[int, ...]
    cap: int | None = None
    """None: soft."""


@dataclass(frozen=True, slots=True)
class Bare:
    """The bare problem; `move_of` gives the move that each of its own moves completes, or None for a hump."""

    core: Core
    lower: tuple[int | None, ...] | None
    columns: tuple[Column, ...]
    move_of: tuple[int | None, ...]
    unit: Fraction

    def order(self, found: Sequence[int]) -> tuple[int, ...]:
        """The order of the moves."""
        return tuple(m for i in found if (m := self.move_of[i]) is not None)

    def witness(self, proof: Proof | None) -> Witness | None:
        """The proof in the names of the sides."""
        match proof:
            case None:
                return None
            case ByWeights():
                weights = {
                    c.name: (proof.tempted if c.cap is None else proof.exposed)[at]
                    for at, c in enumerate(self.columns)
                }
                return Witness((Weights({n: w for n, w in weights.items() if w}, proof.optimum, proof.method),))
            case ByExhaustion():
                caps = {
                    c.name: cap
                    for at, c in enumerate(self.columns)
                    if (cap := proof.tempted[at] if c.cap is None else c.cap) is not None
                }
                return Witness((Exhausted(caps, proof.states),))
            case ByParts():
                parts = [self.witness(part) for part in proof.parts]
                return Witness(tuple(p for part in parts if part is not None for p in part.parts))


def bare(moves: Moves, columns: Sequence[Column], before: Sequence[Sequence[int]] | None = None) -> Bare:
    """The bare problem with one side for each column."""
    move_of: list[int | None] = []
    delta: list[tuple[int, ...]] = []
    waits: list[tuple[int, ...]] = []
    completed: dict[int, int] = {}
    earlier = moves.before if before is None else before
    for i in _in_order(earlier):
        hump = tuple(_way(c) * c.hump[i] for c in columns)
        rest = tuple(_way(c) * c.rise[i] for c in columns)
        needs = tuple(completed[b] for b in earlier[i])
        if any(hump):
            move_of.append(None)
            delta.append(hump)
            waits.append(needs)
            needs = (len(delta) - 1,)
            rest = tuple(r - h for r, h in zip(rest, hump, strict=True))
        completed[i] = len(delta)
        move_of.append(i)
        delta.append(rest)
        waits.append(needs)
    never = 1 + sum(abs(x) for row in delta for x in row)
    value = tuple(-c.base if c.cap is None else never for c in columns)
    lower = tuple(None if c.cap is None else c.cap - c.base for c in columns)
    return Bare(
        Core(tuple(delta), value, tuple(waits)),
        None if all(x is None for x in lower) else lower,
        tuple(columns),
        tuple(move_of),
        unit_of(moves),
    )


def temptations(moves: Moves) -> list[Column]:
    """A soft column for each side's temptation."""
    return [
        Column(
            (side, "temptation"),
            moves.start[j] - moves.value[j],
            tuple(d[j] for d in moves.core.delta),
            tuple(b.gain[j] for b in moves.blinds),
        )
        for j, side in enumerate(moves.sides)
    ]


def exposures(moves: Moves, caps: Sequence[int | None] | None = None) -> list[Column]:
    """A column for each side's exposure: soft, or under caps where there is one."""
    return [
        Column(
            (side, "exposure"),
            -moves.start[j],
            tuple(-d[j] for d in moves.core.delta),
            tuple(b.loss[j] for b in moves.blinds),
            None if caps is None else caps[j],
        )
        for j, side in enumerate(moves.sides)
        if caps is None or caps[j] is not None
    ]


def _way(column: Column) -> int:
    """A hard column is a side's exposure in the bare problem, a soft one a temptation."""
    return 1 if column.cap is None else -1


def _in_order(before: Sequence[Sequence[int]]) -> list[int]:
    """The moves with every prerequisite first, lowest index first where free."""
    placed: list[int] = []
    seen: set[int] = set()
    for root in range(len(before)):
        stack = [root]
        while stack:
            i = stack[-1]
            waiting = [b for b in before[i] if b not in seen]
            if i in seen or not waiting:
                stack.pop()
                if i not in seen:
                    seen.add(i)
                    placed.append(i)
            else:
                stack += waiting
    return placed
