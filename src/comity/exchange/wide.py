"""The stages of very many steps, all at once in arrays: for prerequisites and "after" demands alone."""

from __future__ import annotations

from itertools import chain, pairwise
from typing import TYPE_CHECKING

from comity.exchange.model import Kind, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]

_NARROW = 48
"""Stages of fewer steps are done one by one: an array operation would cost more."""


def fits(problem: Problem) -> bool:
    """Whether the problem has no other than "after" demands."""
    return all(demand.kind is Kind.AFTER for demand in problem.demands)


def wide_stages(problem: Problem) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """The stages, and the stuck steps, by id and in the order of the file."""
    import numpy as np

    steps, demands = problem.steps, problem.demands
    ids = [step.id for step in steps]
    at = dict(zip(ids, range(len(ids)), strict=True)).__getitem__
    answers = np.fromiter(map(at, chain.from_iterable([d.any_of for d in demands])), np.int32)
    earlier = np.fromiter(map(at, chain.from_iterable([s.after for s in steps])), np.int32)
    # A prerequisite holds a step just as a demand with one answer does.
    holds = np.concatenate([
        np.fromiter(map(at, [d.step for d in demands]), np.int32, len(demands)),
        np.repeat(np.arange(len(steps), dtype=np.int32), [len(s.after) for s in steps]),
    ])  # fmt: skip
    of = np.repeat(np.arange(len(demands), dtype=np.int32), [len(d.any_of) for d in demands])
    of = np.concatenate([of, np.arange(len(demands), len(holds), dtype=np.int32)])
    by = np.concatenate([answers, earlier])
    starts = np.concatenate([[0], np.cumsum(np.bincount(by, minlength=len(steps)))])
    stage_of = _flood(holds, of[np.argsort(by, kind="stable")], starts, len(steps))
    order = np.argsort(stage_of, kind="stable")
    bounds = np.searchsorted(stage_of[order], np.arange(stage_of.max() + 2)).tolist()
    ordered = [ids[s] for s in order.tolist()]
    parts = tuple(tuple(ordered[a:b]) for a, b in pairwise(bounds))
    return parts, tuple(ordered[: bounds[0]])


def _flood(holds: Ints, reached: Ints, starts: NDArray[np.int64], steps: int) -> Ints:
    """The stage of every step, -1 when stuck.

    Shapes: `holds[o]` is the step that hold o keeps waiting; a step s meets holds `reached[starts[s]:starts[s + 1]]`.
    """
    import numpy as np

    waiting = np.bincount(holds, minlength=steps)
    met = np.zeros(len(holds), dtype=bool)
    stage_of = np.full(steps, -1, dtype=np.int32)
    waits, done, held, meets, start = waiting.data, met.data, holds.data, reached.data, starts.data
    ready: list[int] = np.flatnonzero(waiting == 0).tolist()
    stage = 0
    while ready:
        stage_of[ready] = stage
        stage += 1
        after: list[int] = []
        if len(ready) < _NARROW:
            for s in ready:
                for hold in meets[start[s] : start[s + 1]]:
                    if not done[hold]:
                        done[hold] = True
                        t = held[hold]
                        waits[t] -= 1
                        if not waits[t]:
                            after.append(t)
        else:
            front = np.array(ready)
            first, count = starts[front], starts[front + 1] - starts[front]
            span = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
            new = np.unique(reached[span])
            new = new[~met[new]]
            met[new] = True
            touched, times = np.unique(holds[new], return_counts=True)
            waiting[touched] -= times
            after = touched[waiting[touched] == 0].tolist()
        ready = after
    return stage_of
