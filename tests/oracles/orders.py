"""Every order of a small exchange, straight from the definitions; shares no code with the planner.

All orders are followed together: two that have done the same with the same peaks so far are one from there on.
Amounts are whole numbers of `1 / (scale * fine)`, shares of steps whole numbers of `1 / fine`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, combinations
from math import lcm

from comity.exchange.model import Problem

Vector = tuple[int, ...]
Done = tuple[int, ...]
"""The share of each step that is done."""


@dataclass(frozen=True)
class Doing:
    """What happens at once: shares of steps, and whether nobody can see the others meanwhile."""

    shares: tuple[tuple[int, int], ...]
    blind: bool = False


@dataclass(frozen=True)
class Peaks:
    """Peaks by side; the peaks of the sums when money may be paid; the widest swing of each side in one move."""

    tempted: Vector
    exposed: Vector
    paid_tempted: int = 0
    paid_exposed: int = 0
    swing: Vector = ()


class Deal:
    """The numbers of a problem as its definitions give them."""

    def __init__(self, problem: Problem, *, cut: int = 1, packages: bool = False) -> None:
        self.problem = problem
        self.packages = packages
        self.fine = lcm(*range(1, cut + 1))
        self.cut = cut
        self.unit = Fraction(1, problem.scale * self.fine)
        self.names = [s.name for s in problem.sides]
        self.at = {s.id: i for i, s in enumerate(problem.steps)}
        self.after = [[self.at[b] for b in s.after] for s in problem.steps]
        self.by = [self.names.index(s.by) for s in problem.steps]
        self.windows = [[self.at[s] for s in w.steps if s not in problem.done] for w in problem.windows]
        self.collapsed = [[self._of(i, j, collapsed=True) for j in self.names] for i in range(len(self.at))]
        finished = [[self._of(i, j, collapsed=False) for j in self.names] for i in range(len(self.at))]
        self.value = [self.fine * sum(column) for column in zip(*finished, strict=True)]
        self.seen: dict[tuple[int, ...], tuple[Vector, Vector]] = {}
        self.start = tuple(self.fine if s.id in problem.done else 0 for s in problem.steps)
        self.end = (self.fine,) * len(self.at)

    def _of(self, i: int, side: str, *, collapsed: bool) -> int:
        """What one whole step is to one side."""
        step = self.problem.steps[i]
        total = step.worth.get(side, 0)
        if collapsed:
            total -= min(step.clawback.get(side, 0), total)
        if step.by == side:
            total -= step.cost - (min(step.salvage, step.cost) if collapsed else 0)
        return total

    def held(self, done: Done) -> Vector:
        """What each side has in hand if all collapses now."""
        return tuple(
            sum(share * self.collapsed[i][j] for i, share in enumerate(done)) for j in range(len(self.names))
        )

    def bonds(self) -> list[int]:
        """What walking away would cost each side, guarantees included."""
        given = {s.name: s.bond for s in self.problem.sides}
        for g in self.problem.guarantees:
            given[g.side] += g.amount
        return [given[name] * self.fine for name in self.names]

    def tolerances(self) -> list[int | None]:
        """The worst loss that each side will bear."""
        return [None if s.tolerance is None else s.tolerance * self.fine for s in self.problem.sides]

    def next(self, done: Done) -> Iterator[Doing]:
        """What can be done next."""
        bound = {i for w in self.windows for i in w}
        for i, step in enumerate(self.problem.steps):
            if done[i] < self.fine and i not in bound and all(done[b] == self.fine for b in self.after[i]):
                yield Doing(((i, self.fine // min(self.cut, step.slices)),))
        groups = [(w, True) for w in self.windows if w]
        groups += [([self.at[s] for s in p.steps], False) for p in self.problem.packages if self.packages]
        for group, blind in groups:
            inside = set(group)
            splits = not blind and any(inside & set(w) and not set(w) <= inside for w in self.windows)
            free = all(done[b] == self.fine or b in inside for i in group for b in self.after[i])
            if free and not splits and not any(done[i] for i in group):
                yield Doing(tuple((i, self.fine) for i in group), blind)

    def do(self, done: Done, doing: Doing) -> Done:
        """What is done afterwards."""
        share = dict(doing.shares)
        return tuple(d + share.get(i, 0) for i, d in enumerate(done))

    def moment(self, done: Done, doing: Doing) -> Peaks:
        """Where each side stands before and inside what is done next, and for payments after it as well."""
        group = tuple(i for i, _ in doing.shares)
        if doing.blind and group not in self.seen:
            self.seen[group] = self.inside(group)
        high, low = self.seen[group] if doing.blind else (None, None)
        held = self.held(done)
        reached = self.do(done, doing)
        after = self.value if reached == self.end else self.held(reached)
        tops = [h + (high[j] if high else 0) for j, h in enumerate(held)]
        bottoms = [h + (low[j] if low else 0) for j, h in enumerate(held)]
        return Peaks(
            tuple(max(0, t - v) for t, v in zip(tops, self.value, strict=True)),
            tuple(max(0, -b) for b in bottoms),
            max(0, sum(map(max, tops, after)) - sum(self.value)),
            max(0, -sum(map(min, bottoms, after))),
            tuple(max(t, a) - min(b, a) for t, b, a in zip(tops, bottoms, after, strict=True)),
        )

    def inside(self, group: tuple[int, ...]) -> tuple[Vector, Vector]:
        """The best that each side could make of cheating in a window, and the worst of being cheated."""
        k = len(self.names)
        high, low = [0] * k, [0] * k
        for j in range(k):
            own = [i for i in group if self.by[i] == j]
            others = [i for i in group if self.by[i] != j]
            for choosers, honest in ((own, others), (others, own)) if own else ():
                for chosen in chain.from_iterable(combinations(choosers, r) for r in range(len(choosers) + 1)):
                    result = self._possible({*chosen, *honest}, set(group))
                    got = self.fine * sum(self.collapsed[i][j] for i in result)
                    if len(result) < len(group) and choosers is own:
                        high[j] = max(high[j], got)
                    elif len(result) < len(group):
                        low[j] = min(low[j], got)
        return tuple(high), tuple(low)

    def _possible(self, wanted: set[int], group: set[int]) -> set[int]:
        result = set(wanted)
        while barred := {i for i in result if any(b in group and b not in result for b in self.after[i])}:
            result -= barred
        return result


def joined(a: Peaks, b: Peaks) -> Peaks:
    """The larger of both, everywhere."""
    return Peaks(
        tuple(map(max, a.tempted, b.tempted)),
        tuple(map(max, a.exposed, b.exposed)),
        max(a.paid_tempted, b.paid_tempted),
        max(a.paid_exposed, b.paid_exposed),
        tuple(map(max, a.swing, b.swing)),
    )


def outcomes(deal: Deal) -> set[Peaks]:
    """The peaks of every order."""
    none = (0,) * len(deal.names)
    reached: dict[Done, set[Peaks]] = {deal.start: {Peaks(none, none, 0, 0, none)}}
    found: set[Peaks] = set()
    while reached:
        onward: dict[Done, set[Peaks]] = {}
        for done, peaks in reached.items():
            if done == deal.end:
                found |= peaks
                continue
            for doing in deal.next(done):
                now = deal.moment(done, doing)
                onward.setdefault(deal.do(done, doing), set()).update(joined(p, now) for p in peaks)
        reached = onward
    return found


def orders(deal: Deal, done: Done | None = None) -> Iterator[tuple[Doing, ...]]:
    """Every order, one by one."""
    done = deal.start if done is None else done
    if done == deal.end:
        yield ()
    for doing in deal.next(done):
        yield from ((doing, *rest) for rest in orders(deal, deal.do(done, doing)))


def peaks_of(deal: Deal, order: Sequence[Doing]) -> Peaks:
    """The peaks of one order."""
    none = (0,) * len(deal.names)
    peaks, done = Peaks(none, none, 0, 0, none), deal.start
    for doing in order:
        peaks, done = joined(peaks, deal.moment(done, doing)), deal.do(done, doing)
    return peaks


class Oracle:
    """The right answer to every question, from the list of all outcomes."""

    def __init__(self, problem: Problem, *, cut: int = 1, packages: bool = False) -> None:
        self.deal = Deal(problem, cut=cut, packages=packages)
        self.bonds = self.deal.bonds()
        self.tolerances = self.deal.tolerances()

    @cached_property
    def outcomes(self) -> set[Peaks]:
        """The peaks of every order."""
        return outcomes(self.deal)

    def peak(self) -> Fraction:
        """The least peak temptation."""
        return self.deal.unit * min(max(o.tempted) for o in self.outcomes)

    def total(self) -> Fraction:
        """The least sum of bonds."""
        return self.deal.unit * min(sum(o.tempted) for o in self.outcomes)

    def exposure(self) -> Fraction:
        """The least peak exposure."""
        return self.deal.unit * min(max(o.exposed) for o in self.outcomes)

    def joint(self) -> Fraction:
        """The least height of temptation and exposure together."""
        return self.deal.unit * min(max(*o.tempted, *o.exposed) for o in self.outcomes)

    def topup(self) -> Fraction | None:
        """The least top-up of the given bonds within the tolerances."""
        kept = [
            o
            for o in self.outcomes
            if all(t is None or e <= t for e, t in zip(o.exposed, self.tolerances, strict=True))
        ]
        over = [sum(max(0, t - b) for t, b in zip(o.tempted, self.bonds, strict=True)) for o in kept]
        return self.deal.unit * min(over) if over else None

    def pareto(self) -> list[tuple[Fraction, ...]]:
        """All vectors of bonds that none other improves."""
        vectors = {o.tempted for o in self.outcomes}
        best = [
            v for v in vectors if not any(w != v and all(x <= y for x, y in zip(w, v, strict=True)) for w in vectors)
        ]
        return [tuple(self.deal.unit * x for x in v) for v in sorted(best)]

    def paid_total(self) -> Fraction:
        """The least sum of bonds with payments."""
        return self.deal.unit * min(o.paid_tempted for o in self.outcomes)

    def paid_topup(self) -> Fraction | None:
        """The least top-up with payments, tolerances kept."""
        limits = [t for t in self.tolerances if t is not None]
        sums: list[int] = []
        for o in self.outcomes:
            needed = o.paid_tempted
            if len(limits) == len(self.tolerances):
                if o.paid_exposed > sum(limits):
                    continue
                needed = max(needed, sum(o.swing) - sum(self.deal.value) - sum(limits))
            sums.append(max(0, needed - sum(self.bonds)))
        return self.deal.unit * min(sums) if sums else None


def shortest(problem: Problem) -> tuple[Fraction | None, list[tuple[Fraction, Fraction]]]:
    """The least time within the given bonds and tolerances, and the front of time and peak within the tolerances."""
    deal = Deal(problem)
    bonds, tolerances = deal.bonds(), deal.tolerances()
    none = (0,) * len(deal.names)
    reached: dict[Done, set[tuple[int, Vector]]] = {deal.start: {(0, none)}}
    found: set[tuple[int, Vector]] = set()
    while reached:
        onward: dict[Done, set[tuple[int, Vector]]] = {}
        for done, sofar in reached.items():
            if done == deal.end:
                found |= sofar
                continue
            for chosen in _rounds(deal, done):
                doing = Doing(tuple((i, 1) for i in chosen), len(chosen) > 1)
                now = deal.moment(done, doing)
                if any(t is not None and e > t for e, t in zip(now.exposed, tolerances, strict=True)):
                    continue
                time = _time(deal, chosen)
                onward.setdefault(deal.do(done, doing), set()).update(
                    (t + time, tuple(map(max, p, now.tempted))) for t, p in sofar
                )
        reached = onward
    best = min((t for t, p in found if all(x <= b for x, b in zip(p, bonds, strict=True))), default=None)
    pairs = {(t, max(p)) for t, p in found}
    front = [p for p in pairs if not any(q != p and q[0] <= p[0] and q[1] <= p[1] for q in pairs)]
    return (
        None if best is None else deal.unit * best,
        [(deal.unit * t, deal.unit * p) for t, p in sorted(front)],
    )


def _rounds(deal: Deal, done: Done) -> Iterator[tuple[int, ...]]:
    left = [i for i, d in enumerate(done) if not d]
    for chosen in chain.from_iterable(combinations(left, r) for r in range(1, len(left) + 1)):
        inside = set(chosen)
        free = all(done[b] or b in inside for i in chosen for b in deal.after[i])
        if free and not any(inside & set(w) and not set(w) <= inside for w in deal.windows):
            yield chosen


def _time(deal: Deal, chosen: Sequence[int]) -> int:
    """How long a round takes: each step begins when those it waits for in the round are done."""
    steps = deal.problem.steps

    def end(i: int) -> int:
        return steps[i].duration + max((end(b) for b in deal.after[i] if b in chosen), default=0)

    return max(end(i) + steps[i].verify for i in chosen)
