"""The checker's own account of an exchange: values, legal orders and peaks, from the problem alone.

Written apart from the planner on purpose: it imports nothing of the moves or the search, so that a mistake in them
cannot hide here. Amounts are whole numbers of `unit`, shares of a step whole numbers out of `fine`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import lcm

from comity.exchange.certificate import Label, Plan
from comity.exchange.model import Kind, Problem, Step, Window

Shares = tuple[int, ...]
Row = tuple[int, ...]
MOST_FREE_CHOICES = 14


class Wrong(Exception):
    """The plan says something that the problem does not allow."""


@dataclass(frozen=True, slots=True)
class Act:
    """What happens at once: these shares of these steps; `blind` when nobody can check the others meanwhile."""

    shares: tuple[tuple[int, int], ...]
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """The most and the least each side may come to hold before and during an act, and what it holds after it."""

    top: Row
    bottom: Row
    after: Row


def carried(problem: Problem, plan: Plan) -> Problem:
    """The problem with the demands that the plan keeps as prerequisites, and the plan's own groups as windows.

    Doing steps blind together is always allowed: it only makes peaks higher. So the plan's groups need no reason.
    """
    known = [set(p.steps) for p in problem.packages] if plan.options.packages else []
    windows = [tuple(g) for g in plan.order or () if not isinstance(g, str) and set(g) not in known]
    member = {s: at for at, w in enumerate(windows) for s in w}
    steps = {s.id for s in problem.steps}
    more: dict[str, list[str]] = {s: [] for s in steps}
    for demand in problem.demands:
        other = plan.kept.get(demand.id)
        if other is None:
            continue
        if other not in demand.any_of or other not in steps:
            raise Wrong(f"{other!r} is not what demand {demand.id!r} waits for")
        if demand.step not in member or member.get(other) != member[demand.step]:
            more[demand.step].append(other)
        elif demand.kind is Kind.AFTER:
            raise Wrong(f"demand {demand.id!r} asks for {other!r} before, not together")
    inside = {s for w in windows for s in w}
    if not inside <= steps:
        raise Wrong("the plan groups steps that the exchange does not have")
    return replace(
        problem,
        steps=tuple(replace(s, after=tuple(dict.fromkeys((*s.after, *more[s.id])))) for s in problem.steps),
        windows=(
            *(Window(w) for w in windows),
            *(w for w in problem.windows if not inside & set(w.steps)),
        ),
    )


class Account:
    """An exchange in whole numbers, under the options of a plan."""

    def __init__(self, stated: Problem, plan: Plan) -> None:
        options = plan.options
        problem = carried(stated, plan) if options.demands else stated
        self.problem = problem
        self.options = options
        self.ids = [s.id for s in problem.steps]
        self.place = {s: i for i, s in enumerate(self.ids)}
        self.sides = [s.name for s in problem.sides]
        cut = max(1, options.cut)
        self.parts = [min(cut, s.slices) for s in problem.steps]
        self.fine = reduce(lcm, self.parts, 1)
        self.unit = Fraction(1, problem.scale * self.fine)
        self.actor = [self.sides.index(s.by) for s in problem.steps]
        self.after = [[self.place[b] for b in s.after] for s in problem.steps]
        self.later: list[list[int]] = [[] for _ in self.ids]
        for i, earlier in enumerate(self.after):
            for before in earlier:
                self.later[before].append(i)
        rows = [self._rows(s) for s in problem.steps]
        self.kept = [r[0] for r in rows]
        """What each side still has of each whole step if all collapses."""
        self.value = tuple(self.fine * sum(r[1][j] for r in rows) for j in range(len(self.sides)))
        self.begun = tuple(self.fine if s in problem.done else 0 for s in self.ids)
        self.whole = (self.fine,) * len(self.ids)
        guaranteed = dict.fromkeys(self.sides, 0)
        for g in problem.guarantees:
            guaranteed[g.side] += g.amount
        self.bonds = [(s.bond + guaranteed[s.name]) * self.fine for s in problem.sides]
        self.limits = [None if s.tolerance is None else s.tolerance * self.fine for s in problem.sides]
        self.windows = [frozenset(self.place[s] for s in w.steps if s not in problem.done) for w in problem.windows]
        self.windowed = frozenset(i for w in self.windows for i in w)
        packages = [frozenset(self.place[s] for s in p.steps) for p in problem.packages] if options.packages else []
        self.packages = [p for p in packages if not self._splits(p) and not any(self.begun[i] for i in p)]

    def _rows(self, step: Step) -> tuple[Row, Row]:
        """What each side has of a whole step after a collapse, and after the finish; at the worst if robust."""
        low = step.worth_range if self.options.robust else {}
        high = step.cost_range if self.options.robust else None
        cost = high[1] if high else step.cost
        kept, finished = [], []
        for side in self.sides:
            worth = low[side][0] if side in low else step.worth.get(side, 0)
            own = cost if side == step.by else 0
            spared = min(own, step.salvage) if side == step.by else 0
            finished.append(worth - own)
            kept.append(worth - own + spared - min(worth, step.clawback.get(side, 0)))
        return tuple(kept), tuple(finished)

    def _splits(self, group: frozenset[int]) -> bool:
        return any(group & w and not w <= group for w in self.windows)

    def held(self, done: Shares) -> Row:
        """What each side has in hand if all collapses now."""
        return tuple(sum(d * k[j] for d, k in zip(done, self.kept, strict=True)) for j in range(len(self.sides)))

    def does(self, done: Shares, act: Act) -> Shares:
        """What is done after the act.

        Raises: Wrong, when the act repeats something or comes before what it waits for.
        """
        self._check(done, act)
        after = list(done)
        for i, share in act.shares:
            after[i] += share
        return tuple(after)

    def _check(self, done: Sequence[int], act: Act) -> None:
        inside = dict(act.shares)
        for i, share in act.shares:
            waiting = [b for b in self.after[i] if done[b] + inside.get(b, 0) < self.fine]
            if waiting:
                raise Wrong(f"{self.ids[i]!r} comes before {self.ids[waiting[0]]!r}")
            if done[i] + share > self.fine:
                raise Wrong(f"{self.ids[i]!r} is done twice")

    def moment(self, done: Shares, act: Act) -> Moment:
        """The moment before an act, with what could happen unseen in it, and what it leads to."""
        held = self.held(done)
        reached = self.does(done, act)
        top, bottom = self._inside(held, act)
        return Moment(top, bottom, self.value if reached == self.whole else self.held(reached))

    def _inside(self, held: Row, act: Act) -> tuple[Row, Row]:
        """The most and the least each side may come to hold before and during an act."""
        if not act.blind or len(act.shares) == 1:
            return held, held
        top, bottom = list(held), list(held)
        chosen = dict(act.shares)
        for j in {self.actor[i] for i in chosen}:
            up, down = self.unseen(chosen, j)
            top[j] += up
            bottom[j] -= down
        return tuple(top), tuple(bottom)

    def unseen(self, chosen: Mapping[int, int], j: int) -> tuple[int, int]:
        """What side j could gain by leaving out some of its own steps, and lose by others leaving out theirs."""
        own = [i for i in chosen if self.actor[i] == j]
        others = [i for i in chosen if self.actor[i] != j]
        cheating = [d for d in self._ends(own, others) if len(d) < len(chosen)]
        cheated = [d for d in self._ends(others, own) if len(d) < len(chosen)]
        return (
            max([0, *(sum(chosen[i] * self.kept[i][j] for i in d) for d in cheating)]),
            max([0, *(-sum(chosen[i] * self.kept[i][j] for i in d) for d in cheated)]),
        )

    def _ends(self, free: Sequence[int], honest: Sequence[int]) -> Iterator[frozenset[int]]:
        """What is done in a window for every choice of the free steps on which honest ones depend."""
        inside = {*free, *honest}
        wanted: set[int] = set()
        stack = list(honest)
        while stack:
            needs = [b for b in self.after[stack.pop()] if b in inside and b not in wanted]
            wanted.update(needs)
            stack += needs
        choice = sorted(wanted & set(free))
        if len(choice) > MOST_FREE_CHOICES:
            raise Wrong(f"a window in which {len(choice)} steps enable others is too entangled to check")
        for bits in range(1 << len(choice)):
            left = {*honest, *(i for n, i in enumerate(choice) if bits >> n & 1)}
            while barred := {i for i in left if any(b in inside and b not in left for b in self.after[i])}:
                left -= barred
            yield frozenset(left)

    def acts(self, done: Shares) -> Iterator[Act]:
        """Every act that may come next."""
        for i, d in enumerate(done):
            if d < self.fine and i not in self.windowed and all(done[b] == self.fine for b in self.after[i]):
                yield Act(((i, self.fine // self.parts[i]),))
        for group, blind in [*((w, True) for w in self.windows if w), *((p, False) for p in self.packages)]:
            ready = all(done[b] == self.fine or b in group for i in group for b in self.after[i])
            if ready and not any(done[i] for i in group):
                yield Act(tuple((i, self.fine) for i in sorted(group)), blind)

    def last_acts(self, done: Shares) -> Iterator[tuple[Shares, Act]]:
        """Every act that may have come last, with what was done before it."""
        free = [all(done[later] == 0 for later in self.later[i]) for i in range(len(done))]
        for i, d in enumerate(done):
            share = self.fine // self.parts[i]
            if d > self.begun[i] and i not in self.windowed and free[i]:
                yield (*done[:i], d - share, *done[i + 1 :]), Act(((i, share),))
        for group, blind in [*((w, True) for w in self.windows if w), *((p, False) for p in self.packages)]:
            inner = all(done[i] == self.fine and not self.begun[i] for i in group)
            if inner and all(done[later] == 0 or later in group for i in group for later in self.later[i]):
                before = tuple(0 if i in group else d for i, d in enumerate(done))
                yield before, Act(tuple((i, self.fine) for i in sorted(group)), blind)

    def read(self, order: Iterable[Label], *, as_window: bool = False) -> list[Act]:
        """The acts that a plan's labels stand for; `as_window`: where a window is a package too."""
        return [self._act(label, as_window) for label in order]

    def _act(self, label: Label, as_window: bool) -> Act:
        if isinstance(label, str):
            if frozenset({self.place.get(label, -1)}) in self.windows:
                return Act(((self.place[label], self.fine),))
            name, parts = self._slice(label)
            i = self.place[name]
            if i in self.windowed:
                raise Wrong(f"{name!r} is done outside its window")
            if parts != self.parts[i]:
                raise Wrong(f"{label!r} is not one of {self.parts[i]} equal parts")
            return Act(((i, self.fine // parts),))
        unknown = [s for s in label if s not in self.place]
        if unknown or len(set(label)) < len(label):
            raise Wrong(f"{list(label)} is not a group of steps")
        group = frozenset(self.place[s] for s in label)
        window, package = group in self.windows, group in self.packages
        if not window and not package:
            raise Wrong(f"{list(label)} is neither a window nor a package that may be used")
        return Act(tuple((i, self.fine) for i in sorted(group)), window and (as_window or not package))

    def _slice(self, label: str) -> tuple[str, int]:
        if label in self.place and self.parts[self.place[label]] == 1:
            return label, 1
        name, bracket, rest = label.rpartition("[")
        part, slash, parts = rest.removesuffix("]").partition("/")
        if not (bracket and slash and name in self.place and part.isdecimal() and parts.isdecimal()):
            raise Wrong(f"{label!r} is not a step of the exchange, nor a part of one")
        return name, int(parts)

    def moments(self, acts: Sequence[Act]) -> list[Moment]:
        """Every moment of an order that does everything.

        Raises: Wrong, when the order is not one.
        """
        done, held, told = list(self.begun), self.held(self.begun), []
        steps_left = sum(d < self.fine for d in done)
        for act in acts:
            self._check(done, act)
            top, bottom = self._inside(held, act)
            for i, share in act.shares:
                done[i] += share
                steps_left -= done[i] == self.fine
            gained = [sum(share * self.kept[i][j] for i, share in act.shares) for j in range(len(held))]
            held = tuple(h + g for h, g in zip(held, gained, strict=True))
            told.append(Moment(top, bottom, held if steps_left else self.value))
        left = [s for s, d in zip(self.ids, done, strict=True) if d < self.fine]
        if left:
            raise Wrong(f"{left[0]!r} is never done in full")
        return told

    def positions(self, acts: Sequence[Act]) -> dict[str, tuple[int, int]]:
        """The first and the last act that does some of each step; -1 for what was done before."""
        at: dict[str, tuple[int, int]] = {s: (-1, -1) for s, d in zip(self.ids, self.begun, strict=True) if d}
        for n, act in enumerate(acts):
            for i, _ in act.shares:
                at[self.ids[i]] = (at.get(self.ids[i], (n, n))[0], n)
        return at

    def time(self, act: Act) -> int:
        """How long an act takes: a step begins when those it waits for inside the act are done."""
        share = dict(act.shares)
        ends: dict[int, int] = {}
        while len(ends) < len(share):
            for i in share:
                inside = [b for b in self.after[i] if b in share]
                if i not in ends and all(b in ends for b in inside):
                    spent = self.problem.steps[i].duration * share[i]
                    ends[i] = spent + max((ends[b] for b in inside), default=0)
        return max(end + self.problem.steps[i].verify * self.fine for i, end in ends.items())

    def amounts(self, row: Sequence[int]) -> dict[str, Fraction]:
        """Whole numbers by side, in the file's units."""
        return {side: x * self.unit for side, x in zip(self.sides, row, strict=True)}
