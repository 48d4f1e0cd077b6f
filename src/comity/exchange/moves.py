"""From a problem and its options to moves: what happens at once, in exact integers.

An *atom* is a step, or one of the equal slices a step is cut into. A *move* is an atom, a window (atoms done
blind: nobody can check meanwhile) or a package (atoms done as one through a depositary). Source:
docs/spec/exchange-plan.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm

from comity.errors import Refused
from comity.exchange.core import Core
from comity.exchange.model import Problem, Step
from comity.exchange.unseen import Blind, blind

Vector = tuple[int, ...]
Label = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """A step, or one slice of it; `held` is what each side has of it if all collapses later."""

    label: str
    step: str
    by: int
    held: Vector
    duration: int
    verify: int


@dataclass(frozen=True)
class Moves:
    """All moves of an exchange.

    Shapes: `groups` lists the atoms of each move, `atomic` says which moves are packages, `before` gives the moves
            that come earlier, `needs` the atoms that each atom waits for.
    Units:  amounts are in `1/(scale * finer)`, days in `1/(scale * finer)`.
    """

    sides: tuple[str, ...]
    atoms: tuple[Atom, ...]
    needs: tuple[frozenset[int], ...]
    groups: tuple[tuple[int, ...], ...]
    atomic: tuple[bool, ...]
    before: tuple[tuple[int, ...], ...]
    value: Vector
    start: Vector
    bonds: Vector
    tolerances: tuple[int | None, ...]
    finer: int
    scale: int

    @cached_property
    def core(self) -> Core:
        """What each side has in hand after a set of moves, counted from nothing."""
        delta = tuple(add(len(self.sides), (self.atoms[a].held for a in g)) for g in self.groups)
        return Core(delta, self.value, self.before)

    @cached_property
    def blinds(self) -> tuple[Blind, ...]:
        """What each side could gain or lose inside each move; nothing where the move is one atom or a package."""
        nothing = Blind((0,) * len(self.sides), (0,) * len(self.sides))
        return tuple(
            nothing if atomic or len(group) == 1 else self.blind(group)
            for group, atomic in zip(self.groups, self.atomic, strict=True)
        )

    def blind(self, group: Iterable[int]) -> Blind:
        """What each side could gain or lose if these atoms are done blind."""
        chosen = sorted(group)
        return blind(
            [self.atoms[a].by for a in chosen],
            [self.atoms[a].held for a in chosen],
            [[chosen.index(b) for b in self.needs[a] if b in chosen] for a in chosen],
        )

    def label(self, move: int) -> Label:
        """The move's name in a plan: a step's id, or a tuple of them."""
        names = tuple(self.atoms[a].label for a in self.groups[move])
        return names[0] if len(names) == 1 else names


def unit_of(moves: Moves) -> Fraction:
    """What one of the moves' whole numbers is in the file's units."""
    return Fraction(1, moves.scale * moves.finer)


def add(k: int, vectors: Iterable[Vector]) -> Vector:
    """The sum of vectors of length k."""
    total = [0] * k
    for v in vectors:
        for j, x in enumerate(v):
            total[j] += x
    return tuple(total)


def worst_case(problem: Problem, widen: tuple[int, int] = (1, 1)) -> Problem:
    """Own costs high, incoming worth low: the worst of all values in the ranges, for every side at once.

    `widen` = (p, q) stretches each range to p/q of its width towards the bad end; the result is in 1/(scale * q).
    """
    p, q = widen
    return replace(
        problem,
        scale=problem.scale * q,
        sides=tuple(
            replace(s, bond=s.bond * q, tolerance=None if s.tolerance is None else s.tolerance * q)
            for s in problem.sides
        ),
        guarantees=tuple(replace(g, amount=g.amount * q) for g in problem.guarantees),
        steps=tuple(_worse(s, p, q) for s in problem.steps),
    )


def _worse(step: Step, p: int, q: int) -> Step:
    high = step.cost_range[1] if step.cost_range else step.cost
    low = {side: pair[0] for side, pair in step.worth_range.items()}
    sides = {*step.worth, *low}
    return replace(
        step,
        cost=step.cost * q + (high - step.cost) * p,
        worth={
            j: max(0, step.worth.get(j, 0) * q - (step.worth.get(j, 0) - low.get(j, step.worth.get(j, 0))) * p)
            for j in sides
        },
        salvage=step.salvage * q,
        clawback={j: x * q for j, x in step.clawback.items()},
        duration=step.duration * q,
        verify=step.verify * q,
        cost_range=None,
        worth_range={},
    )


def families(problem: Problem, most: int) -> tuple[list[tuple[int, ...]], bool]:
    """Every set of packages that can be used together, the empty one first; False when there are more than `most`."""
    usable = [i for i, p in enumerate(problem.packages) if _usable(problem, p.steps)]
    found: list[tuple[int, ...]] = [()]
    for i in usable:
        steps = set(problem.packages[i].steps)
        more = [(*f, i) for f in found if not any(steps & set(problem.packages[other].steps) for other in f)]
        if len(found) + len(more) > most:
            return found, False
        found += more
    return found, True


def _usable(problem: Problem, steps: Sequence[str]) -> bool:
    """A package can be used when none of its steps is done and it splits no window."""
    inside = set(steps)
    split = any(inside & w and not w <= inside for w in _windows(problem))
    return not split and not inside & set(problem.done)


def moves_of(problem: Problem, *, cut: int = 1, packages: Sequence[int] = ()) -> Moves | None:
    """The moves of this problem when these packages are used; None when no order of them exists.

    Raises: Refused, when two windows share a step.
    """
    index = {s.name: j for j, s in enumerate(problem.sides)}
    done = set(problem.done)
    together = _groups(problem, packages)
    parts = {s.id: 1 if cut <= 1 or s.id in together else min(cut, s.slices) for s in problem.steps}
    finer = lcm(*parts.values()) if parts else 1
    atoms: list[Atom] = []
    needs: list[frozenset[int]] = []
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for step in problem.steps:
        if step.id in done:
            continue
        m = parts[step.id]
        held = tuple(x * finer // m for x in held_of(step, index))
        first[step.id] = len(atoms)
        for part in range(1, m + 1):
            label = step.id if m == 1 else f"{step.id}[{part}/{m}]"
            needs.append(frozenset() if part == 1 else frozenset({len(atoms) - 1}))
            atoms.append(Atom(label, step.id, index[step.by], held, step.duration * finer // m, step.verify * finer))
        last[step.id] = len(atoms) - 1
    for step in problem.steps:
        if step.id in first:
            needs[first[step.id]] |= {last[b] for b in step.after if b not in done}
    groups, atomic = _grouped(problem, atoms, packages)
    before = _contract(groups, needs)
    if before is None:
        return None
    guaranteed = add(
        len(index),
        (tuple(g.amount if index[g.side] == j else 0 for j in range(len(index))) for g in problem.guarantees),
    )
    return Moves(
        sides=tuple(index),
        atoms=tuple(atoms),
        needs=tuple(needs),
        groups=groups,
        atomic=atomic,
        before=before,
        value=tuple(finer * v for v in worth_it(problem)),
        start=tuple(finer * h for h in add(len(index), (held_of(s, index) for s in problem.steps if s.id in done))),
        bonds=tuple(finer * (s.bond + g) for s, g in zip(problem.sides, guaranteed, strict=True)),
        tolerances=tuple(None if s.tolerance is None else finer * s.tolerance for s in problem.sides),
        finer=finer,
        scale=problem.scale,
    )


def held_of(step: Step, index: dict[str, int]) -> Vector:
    """What each side has of a step that was done when all collapses: never better than what the finish gives it."""
    held = [0] * len(index)
    held[index[step.by]] -= step.cost - min(step.salvage, step.cost)
    for side, w in step.worth.items():
        held[index[side]] += w - min(step.clawback.get(side, 0), w)
    return tuple(held)


def worth_it(problem: Problem) -> Vector:
    """V: what the finished exchange is worth to each side."""
    return tuple(
        sum(s.worth.get(side.name, 0) - (s.cost if s.by == side.name else 0) for s in problem.steps)
        for side in problem.sides
    )


def _windows(problem: Problem) -> list[set[str]]:
    """What is still to be done of each window."""
    return [set(w.steps) - set(problem.done) for w in problem.windows]


def _groups(problem: Problem, packages: Sequence[int]) -> dict[str, int]:
    """Which group of steps done together each grouped step is in."""
    together: dict[str, int] = {}
    chosen = [problem.packages[i].steps for i in packages]
    held = {s for steps in chosen for s in steps}
    windows = [w for w in _windows(problem) if not w <= held]
    for g, steps in enumerate([*chosen, *windows]):
        for s in steps:
            if s in together:
                raise Refused(f"step {s!r} is in two windows", hint="merge the two windows, or take it out of one")
            together[s] = g
    return together


def _grouped(
    problem: Problem, atoms: Sequence[Atom], packages: Sequence[int]
) -> tuple[tuple[tuple[int, ...], ...], tuple[bool, ...]]:
    together = _groups(problem, packages)
    groups: dict[tuple[int, int], list[int]] = {}
    for a, atom in enumerate(atoms):
        key = (0, together[atom.step]) if atom.step in together else (1, a)
        groups.setdefault(key, []).append(a)
    return (
        tuple(tuple(g) for g in groups.values()),
        tuple(kind == 0 and g < len(packages) for kind, g in groups),
    )


def _contract(groups: Sequence[Sequence[int]], needs: Sequence[frozenset[int]]) -> tuple[tuple[int, ...], ...] | None:
    """The prerequisites among the moves, or None when they go round in a circle."""
    of = {a: g for g, atoms in enumerate(groups) for a in atoms}
    before = [sorted({of[b] for a in atoms for b in needs[a]} - {g}) for g, atoms in enumerate(groups)]
    waiting = [len(b) for b in before]
    after: list[list[int]] = [[] for _ in groups]
    for g, earlier in enumerate(before):
        for b in earlier:
            after[b].append(g)
    ready = [g for g, w in enumerate(waiting) if w == 0]
    for g in ready:
        for later in after[g]:
            waiting[later] -= 1
            if waiting[later] == 0:
                ready.append(later)
    return tuple(map(tuple, before)) if len(ready) == len(groups) else None
