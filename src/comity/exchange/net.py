"""Demands and prerequisites in numbers: what the logic of a blockage works on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.exchange.model import Kind, Problem

DROPPED, AFTER, TOGETHER, GIVEN, NEVER = range(5)
"""How a demand stands: given up, one of the three kinds, or one that can no longer be met."""
STANCE = {Kind.AFTER: AFTER, Kind.TOGETHER: TOGETHER, Kind.GIVEN: GIVEN}


@dataclass(frozen=True, slots=True)
class Net:
    """Steps 0..n-1 and demands 0..m-1.

    Shapes: `before[s]` are prerequisites of s and `followers[s]` the reverse; demand d is made before `step_of[d]`
    and met by any of `any_of[d]`; `answers[s]` are the demands that s would meet.
    """

    before: Sequence[Sequence[int]]
    followers: Sequence[Sequence[int]]
    step_of: Sequence[int]
    any_of: Sequence[Sequence[int]]
    answers: Sequence[Sequence[int]]
    stance: bytes

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(self.before)


def make_net(
    before: Sequence[Sequence[int]], step_of: Sequence[int], any_of: Sequence[Sequence[int]], stance: Iterable[int]
) -> Net:
    """A net with its reverse relations."""
    followers: list[list[int]] = [[] for _ in before]
    for s, earlier in enumerate(before):
        for p in earlier:
            followers[p].append(s)
    answers: list[list[int]] = [[] for _ in before]
    for d, steps in enumerate(any_of):
        for s in steps:
            answers[s].append(d)
    return Net(before, followers, step_of, any_of, answers, bytes(stance))


def net_of(problem: Problem) -> Net:
    """The net of a problem, steps and demands in the order of its file."""
    number = {step.id: i for i, step in enumerate(problem.steps)}
    at = number.__getitem__
    return make_net(
        [tuple(map(at, step.after)) for step in problem.steps],
        [at(demand.step) for demand in problem.demands],
        [tuple(map(at, demand.any_of)) for demand in problem.demands],
        [STANCE[demand.kind] for demand in problem.demands],
    )


def part(net: Net, steps: Sequence[int], demands: Sequence[int]) -> Net:
    """The net of some steps and some demands; answers outside it are left out."""
    new = {s: i for i, s in enumerate(steps)}
    return make_net(
        [[new[p] for p in net.before[s] if p in new] for s in steps],
        [new[net.step_of[d]] for d in demands],
        [[new[a] for a in net.any_of[d] if a in new] for d in demands],
        [net.stance[d] for d in demands],
    )
