"""Why a net is blocked: minimal cores, one or all.

A core is a set of demands that blocks and none of which can be spared. Every core lies within one knot: a strongly
connected part of what the stuck steps wait for, with the demands all of whose answers are in it. So knots are
searched one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from comity.exchange.net import AFTER, DROPPED, NEVER, TOGETHER, Net, part
from comity.exchange.stages import Run, stages


@dataclass(slots=True)
class Effort:
    """How much work may still be done, counted in steps and demands looked at: the same on every machine."""

    left: int

    def spend(self, amount: int) -> bool:
        """Whether there was enough left."""
        self.left -= amount
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class Knot:
    """A part of a blocked net; `demands[i]` is the number, in the whole net, of the part's demand i.

    `weak` is how a demand stands once softened: given up, or turned from "after" into "together".
    """

    net: Net
    demands: tuple[int, ...]
    weak: bytes
    effort: Effort

    def run(self, kept: Iterable[int]) -> Run:
        """The stages when these demands are kept and all others softened."""
        self.effort.spend(self.net.steps + len(self.demands))
        now = bytearray(self.weak)
        for d in kept:
            now[d] = self.net.stance[d]
        return stages(self.net, bytes(now))

    def blocks(self, kept: Iterable[int]) -> bool:
        """Whether these demands block when all others are softened."""
        return 0 in self.run(kept).done

    def around(self, demands: Sequence[int]) -> Knot:
        """The least part that blocks whenever some of these demands do, all others given up.

        Steps that nobody demands anything for matter only between two that somebody does.
        """
        own = {self.net.step_of[d] for d in demands}.union(*(self.net.any_of[d] for d in demands))
        later, earlier = _closure(own, self.net.followers), _closure(own, self.net.before)
        piece = part(self.net, sorted(own | (later & earlier)), demands)
        return Knot(piece, tuple(demands), bytes(len(demands)), self.effort)


def _closure(start: set[int], links: Sequence[Sequence[int]]) -> set[int]:
    reached, stack = set(start), list(start)
    while stack:
        for s in links[stack.pop()]:
            if s not in reached:
                reached.add(s)
                stack.append(s)
    return reached


def knots(net: Net, run: Run, effort: Effort, *, turning: bool = False) -> list[Knot]:
    """The parts of a blocked net to which its cores are confined; larger than need be when the effort runs out.

    With `turning`, softening a demand means turning it from "after" into "together"; other demands stay as they are.
    """
    asks: dict[int, list[int]] = {s: [] for s, done in enumerate(run.done) if not done}
    for d, s in enumerate(net.step_of):
        if s in asks:
            asks[s].append(d)
    found, todo = [], [list(asks)]
    while todo:
        steps = todo.pop()
        inside = set(steps)
        demands = [d for s in steps for d in asks[s] if all(a in inside for a in net.any_of[d])]
        links = {s: [p for p in net.before[s] if p in inside] for s in steps}
        for d in demands:
            links[net.step_of[d]] += net.any_of[d]
        parts = strongly_connected(links)
        if len(parts) > 1 and effort.spend(len(steps) + len(demands)):
            todo += [sorted(p) for p in parts if len(p) > 1]
        else:
            piece = part(net, steps, demands)
            weak = [_softened(s) if turning else DROPPED for s in piece.stance]
            found.append(Knot(piece, tuple(demands), bytes(weak), effort))
    return sorted((k for k in found if k.blocks(range(len(k.demands)))), key=lambda k: min(k.demands))


def _softened(stance: int) -> int:
    return TOGETHER if stance == AFTER else stance


def strongly_connected(links: Mapping[int, Sequence[int]]) -> list[list[int]]:
    """The strongly connected parts of a graph, each after every part that it leads to (Tarjan 1972)."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    open_: set[int] = set()
    parts = []
    for root in links:
        if root in index:
            continue
        path = [(root, iter(links[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        open_.add(root)
        while path:
            node, rest = path[-1]
            for other in rest:
                if other not in index:
                    index[other] = low[other] = len(index)
                    stack.append(other)
                    open_.add(other)
                    path.append((other, iter(links[other])))
                    break
                if other in open_:
                    low[node] = min(low[node], index[other])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    group = [stack.pop()]
                    while group[-1] != node:
                        group.append(stack.pop())
                    open_.difference_update(group)
                    parts.append(group)
    return parts


def seeds(knot: Knot, kept: Sequence[int]) -> list[list[int]]:
    """Disjoint sets of kept demands that block, each closed: none when nothing is stuck.

    Every stuck step is given one reason, the one with the fewest answers; where the reasons lead round is a seed.
    """
    net, run = knot.net, knot.run(kept)
    reason: dict[int, int] = {}
    links: dict[int, Sequence[int]] = {}
    for s, round_ in run.round_of.items():
        for p in net.before[s]:
            if run.round_of.get(p, round_ + 1) <= round_:
                links[s] = (p,)
                break
    for d, s in enumerate(net.step_of):
        stands, answers = run.stance[d], net.any_of[d]
        if s not in run.round_of or (s in links and len(links[s]) <= len(answers)):
            continue
        latest = run.round_of[s] - (stands == NEVER)
        if stands == TOGETHER:
            holds = run.refused_by.get(s) == d
        else:
            holds = stands in (AFTER, NEVER) and all(run.round_of.get(a, latest + 1) <= latest for a in answers)
        if holds:
            links[s], reason[s] = answers, d
    chosen, found = set(kept), []
    for group in strongly_connected(links):
        inside = set(group)
        if all(t in inside for s in group for t in links[s]):
            found.append([reason[s] for s in group if reason.get(s) in chosen])
    return sorted(found, key=len)


def shrink(knot: Knot, seed: Sequence[int]) -> tuple[int, ...]:
    """A minimal core among demands that block, by deletion with binary search."""
    if any(knot.weak):
        return tuple(sorted(_delete(knot, seed)))
    return tuple(sorted(seed[i] for i in _delete(knot.around(seed), range(len(seed)))))


def _delete(knot: Knot, seed: Sequence[int]) -> list[int]:
    core: list[int] = []
    rest = list(seed)
    while not knot.blocks(core):
        low, high = 1, len(rest)
        while low < high:
            middle = (low + high) // 2
            if knot.blocks(core + rest[:middle]):
                high = middle
            else:
                low = middle + 1
        core.append(rest[low - 1])
        del rest[low - 1 :]
    return core
