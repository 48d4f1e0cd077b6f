"""The least sum of bonds when payments of any size and direction may be made between the steps.

A step can be taken iff some payments of sum zero fit before and after it, that is iff the sum over the sides of the
higher of their temptations before and after is within the sum of bonds. From the finish that is one line: a step
climbs by what it costs its actors and falls by what it is worth to all. The last step has no moment after it; only
what is held before it counts, and where salvage or clawback makes the finished exchange worth something other than
the sum of its steps, it climbs by a measure of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from comity.exchange.core import Core
from comity.exchange.search.answers import Answer, ByWeights, Limits, Progress, Watch
from comity.exchange.search.closures import by_closures, part
from comity.exchange.search.line import Line, Lowest, solvable_at_once
from comity.exchange.search.walk import successors

NO_LIMITS = Limits()
UNLIMITED = 1 << 60


def least_total_with_money(
    core: Core, *, limits: Limits = NO_LIMITS, progress: Progress | None = None, seed: int = 0
) -> Answer:
    """The least sum of bonds with payments between steps, and an order that reaches it."""
    del seed
    watch = Watch(limits, progress)
    if not core.moves:
        value = sum(max(0, -v) for v in core.value)
        return Answer((), value, value, True)
    best: tuple[int, tuple[int, ...]] | None = None
    bound = 0
    method = "johnson"
    try:
        line, finals = _line(core)
        least = tuple(min(u, f) for u, f in zip(line.up, finals, strict=True))
        found = lowest(Line(least, line.net, line.before, line.base), watch)
        bound, method = max(0, found.bound), found.method
        order = found.order[::-1]
        best = (total_with_money(core, order), order)
        watch.tell(best[0], bound)
        if best[0] > bound and _salvaged(core):
            bound, best, method = _by_last_step(core, watch, best)
    except KeyboardInterrupt:
        if best is None:
            raise
    value, order = best
    ones = (1,) * core.sides
    return Answer(
        order, value, bound, value <= bound, ByWeights(ones, (0,) * core.sides, bound, method), watch.states
    )


def lowest(line: Line, watch: Watch) -> Lowest:
    """The line by the quickest method that is exact for it."""
    return solvable_at_once(line) or by_closures(line, UNLIMITED, watch)


def total_with_money(core: Core, order: Sequence[int]) -> int:
    """The sum of bonds that this order needs when payments may be made between the steps."""
    held = [0] * core.sides
    top = 0
    for i in order[:-1]:
        later = [h + d for h, d in zip(held, core.delta[i], strict=True)]
        top = max(top, sum(max(a, b) - v for a, b, v in zip(held, later, core.value, strict=True)))
        held = later
    return max(top, sum(max(0, h - v) for h, v in zip(held, core.value, strict=True)))


def _salvaged(core: Core) -> bool:
    return any(sum(row[j] for row in core.delta) != v for j, v in enumerate(core.value))


def _by_last_step(
    core: Core, watch: Watch, best: tuple[int, tuple[int, ...]]
) -> tuple[int, tuple[int, tuple[int, ...]], str]:
    """Each step that can come last in turn, with its own measure, and the others before it."""
    line, finals = _line(core)
    bounds = []
    methods = set()
    for i, earlier in enumerate(line.before):
        if earlier:
            continue
        own = line.base + finals[i]
        rest = [a for a in range(core.moves) if a != i]
        found = lowest(part(line, rest, line.base + line.net[i]), watch)
        bounds.append(max(0, own, found.bound))
        methods.add(found.method)
        order = (*(rest[a] for a in reversed(found.order)), i)
        best = min(best, (total_with_money(core, order), order))
    return min(bounds), best, max(methods)


def _line(core: Core) -> tuple[Line, list[int]]:
    """From the finish, each step with its usual climb; beside it what each climbs if it is the last."""
    base = [sum(row[j] for row in core.delta) - v for j, v in enumerate(core.value)]
    start = sum(base)
    after = successors([tuple(set(b)) for b in core.before])
    ups = tuple(sum(max(0, -d) for d in row) for row in core.delta)
    nets = tuple(-sum(row) for row in core.delta)
    finals = [sum(max(0, b - d) for b, d in zip(base, row, strict=True)) - start for row in core.delta]
    return Line(ups, nets, tuple(tuple(a) for a in after), start), finals
