"""The line with any prerequisites: commit what brings the level back, under a cap that rises late.

Commitment. Let S be reachable from the present set within the cap with weight w(S) <= 0 (or at any level: only the
next step needs it), and T the closed subset of S with the least weight. T is reachable: along the way to S the part
inside T weighs w(A & T) = w(A) + w(T) - w(A | T) <= w(A). And every completion may begin with T: at a moment P of it
w(P | T) = w(P) + w(T) - w(P & T) <= w(P), because P & T is a closed subset of S. So T is taken and never given back.
This holds for one dimension only. When all sets
reachable are seen and none brings the level back, the cap is proven too low and rises to the least top refused.

Splitting. By the same two equations an optimal order may pass through the closed set of least weight of the whole;
before it and after it are two independent lines, and a bound for one is a bound for all. The first goes down to the
least weight, and so does the second when it is taken from its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from comity.exchange.search.answers import Watch
from comity.exchange.search.line import Line, Lowest, johnson, solvable_at_once
from comity.exchange.search.walk import successors


def least_weight_closure(net: Sequence[int], before: Sequence[Sequence[int]]) -> set[int]:
    """The smallest set closed under prerequisites that has the least weight, by a minimum cut (Picard 1976)."""
    from ortools.graph.python import max_flow  # loaded only when needed: it takes a third of a second

    n = len(net)
    source, sink = n, n + 1
    total = sum(abs(x) for x in net) + 1
    if total >= 1 << 60:
        return set()
    flow = max_flow.SimpleMaxFlow()
    for i, weight in enumerate(net):
        if weight < 0:
            flow.add_arc_with_capacity(source, i, -weight)
        elif weight > 0:
            flow.add_arc_with_capacity(i, sink, weight)
        for p in before[i]:
            flow.add_arc_with_capacity(i, p, total)
    if not any(w < 0 for w in net):
        return set()
    flow.add_arc_with_capacity(sink, sink + 1, 0)
    flow.solve(source, sink)
    return {i for i in flow.get_source_side_min_cut() if i < n}


FIRST_SHARE = 1024


class Descent:
    """Jobs committed so far, and the search for the next set that brings the level back to where it is or below."""

    def __init__(self, line: Line, cap: int) -> None:
        self.line = line
        self.cap = cap
        self.after = successors(line.before)
        self.need = [sum(1 << p for p in set(b)) for b in line.before]
        self.done = 0
        self.level = line.base
        self.order: list[int] = []
        self._restart(tuple(i for i, b in enumerate(line.before) if not b))

    def _restart(self, ready: tuple[int, ...]) -> None:
        self.heap: list[tuple[int, int, int, int, tuple[int, ...]]] = [(self.level, 0, self.done, -1, ready)]
        self.refused: list[tuple[int, int, int, int, int, tuple[int, ...]]] = []
        self.way: dict[int, int] = {self.done: -1}

    def run(self, states: int, watch: Watch) -> bool:
        """Go on until all is committed (True), or so many sets were visited (False)."""
        while len(self.order) < len(self.line.up):
            if not self.heap:
                self._rise()
            if states <= 0 or watch.spent():
                return False
            states -= 1
            watch.states += 1
            self._visit(*heappop(self.heap))
        return True

    def _rise(self) -> None:
        """Everything reachable was seen: the cap is too low."""
        self.raise_to(min(top for top, *_ in self.refused))

    def raise_to(self, cap: int) -> None:
        """Let through what a lower cap refused."""
        self.cap = max(self.cap, cap)
        again = [entry for entry in self.refused if entry[0] <= self.cap]
        self.refused = [entry for entry in self.refused if entry[0] > self.cap]
        for entry in again:
            heappush(self.heap, entry[1:])

    def _visit(self, level: int, size: int, here: int, taken: int, ready: tuple[int, ...]) -> None:
        """Look at each job that can follow; `ready` is what was before `taken`, or what is now if that is -1."""
        up, net, way = self.line.up, self.line.net, self.way
        if taken >= 0:
            ready = self._ready(ready, taken, here)
        room = self.cap - level
        last = here.bit_count() + 1 == len(up)
        for i in ready:
            if up[i] <= room and (last or level + net[i] <= self.level):
                way[here | 1 << i] = i
                self._commit(here | 1 << i, self._ready(ready, i, here | 1 << i), whole=last)
                return
        least = None
        for i in ready:
            grown = here | 1 << i
            if grown in way:
                continue
            if up[i] > room:
                least = up[i] if least is None else min(least, up[i])
                continue
            way[grown] = i
            heappush(self.heap, (level + net[i], size - 1, grown, i, ready))
        if least is not None:
            self.refused.append((level + least, level, size, here, -1, ready))

    def _ready(self, ready: tuple[int, ...], taken: int, here: int) -> tuple[int, ...]:
        left = [i for i in ready if i != taken]
        for i in self.after[taken]:
            need = self.need[i]
            if here & need == need:
                left.append(i)
        return tuple(left)

    def _commit(self, here: int, ready: tuple[int, ...], *, whole: bool) -> None:
        path = []
        at = here
        while at != self.done:
            path.append(self.way[at])
            at ^= 1 << path[-1]
        path.reverse()
        if len(path) > 2 and not whole:
            path = self._lightest(path)
        for i in path:
            self.done |= 1 << i
            self.level += self.line.net[i]
        self.order += path
        if self.done != here:
            ready = tuple(
                i for i, need in enumerate(self.need) if not self.done >> i & 1 and self.done & need == need
            )
        self._restart(ready)

    def _lightest(self, path: list[int]) -> list[int]:
        """The part of the path in the closed subset of least weight; all of it if that is empty, for it weighs 0."""
        place = {i: a for a, i in enumerate(path)}
        inner = [[place[p] for p in self.line.before[i] if p in place] for i in path]
        light = least_weight_closure([self.line.net[i] for i in path], inner)
        return [i for a, i in enumerate(path) if a in light] if light else path


def by_closures(line: Line, states: int, watch: Watch) -> Lowest:
    """Exact when the states suffice; else the bound reached, with an order by rule for what was left."""
    at_once = solvable_at_once(line)
    if at_once is not None:
        return at_once
    floor = johnson(line).top
    back = line.turned()
    for order in (by_rule(line), by_rule(back)[::-1]):
        if line.top(order) <= floor:
            return Lowest(tuple(order), floor, floor, "relaxed")
    valley = least_weight_closure(line.net, line.before)
    first = sorted(valley)
    last = [i for i in range(len(line.up)) if i not in valley]
    fall = part(line, first, line.base)
    climb = part(line, last, line.base + sum(line.net[i] for i in first)).turned()
    runs = (Descent(fall, floor), Descent(climb, floor))
    share = FIRST_SHARE
    while True:
        finished = [run.run(share, watch) for run in runs]
        order = [first[i] for i in completed(runs[0])] + [last[i] for i in reversed(completed(runs[1]))]
        bound = max(run.cap for run in runs if run.line.up)
        top = line.top(order)
        assert not all(finished) or top <= bound
        if top <= bound or share > states or watch.spent():
            break
        for run in runs:
            run.raise_to(bound)
        share *= 2
    return Lowest(tuple(order), top, bound, "closures")


def part(line: Line, jobs: Sequence[int], base: int) -> Line:
    """The line of these jobs alone."""
    place = {i: a for a, i in enumerate(jobs)}
    before = tuple(tuple(place[p] for p in line.before[i] if p in place) for i in jobs)
    return Line(tuple(line.up[i] for i in jobs), tuple(line.net[i] for i in jobs), before, base)


def completed(run: Descent) -> list[int]:
    """The committed jobs, and the rest in the order of Johnson's rule as far as prerequisites allow."""
    line = run.line
    if len(run.order) == len(line.up):
        return run.order
    taken = set(run.order)
    left = [i for i in range(len(line.up)) if i not in taken]
    rest = part(line, left, run.level)
    return run.order + [left[i] for i in by_rule(rest)]


def by_rule(line: Line) -> list[int]:
    """Among the available jobs: those that lower the level by rising `up`, else the others by falling `up - net`."""
    waiting = [len(set(b)) for b in line.before]
    after = successors([tuple(set(b)) for b in line.before])

    def rank(i: int) -> tuple[int, int, int]:
        climbs = line.net[i] > 0
        return (int(climbs), line.net[i] - line.up[i] if climbs else line.up[i], i)

    ready = [rank(i) for i, w in enumerate(waiting) if not w]
    heapify(ready)
    order = []
    while ready:
        i = heappop(ready)[2]
        order.append(i)
        for a in after[i]:
            waiting[a] -= 1
            if not waiting[a]:
                heappush(ready, rank(a))
    return order
