"""What can happen under demands: stages, and why the rest is stuck.

In a stage every step is done whose prerequisites and "after" demands were met in earlier stages and whose "together"
demands are met there or in the same stage: a greatest fixpoint inside a least one. "Given" demands hold for the whole
set that can be promised jointly: a greatest fixpoint around both. Without "together" and "given" demands the time is
linear in the size of the demands (Möhring, Skutella and Stork 2004); with them this is a parity game of three levels,
for which no linear algorithm is known: only what a stage changes is looked at again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from comity.exchange.net import AFTER, GIVEN, NEVER, TOGETHER, Net


@dataclass(slots=True)
class Run:
    """One computation of the stages.

    Shapes: `done[s]` is 1 when step s can be done. For stuck steps, `round_of[s]` is the round of promises in which
    s was first stuck, and `refused_by[s]` the "together" demand for want of which, if it was ready but for that.
    """

    done: bytearray
    stages: list[list[int]]
    refused_by: dict[int, int] = field(default_factory=dict)
    stance: bytes = b""
    """As given, with NEVER for "given" demands that cannot be promised."""
    round_of: dict[int, int] = field(default_factory=dict)


def stages(net: Net, stance: bytes | None = None) -> Run:
    """The stages in which steps can be done when the demands stand so."""
    stance = net.stance if stance is None else stance
    givens = [d for d, s in enumerate(stance) if s == GIVEN] if GIVEN in stance else []
    round_of: dict[int, int] = {}
    refused_by: dict[int, int] = {}
    for round_ in range(len(givens) + 1):
        run = _run(net, stance)
        for s, done in enumerate(run.done):
            if not done and s not in round_of:
                round_of[s] = round_
                if s in run.refused_by:
                    refused_by[s] = run.refused_by[s]
        broken = [d for d in givens if run.done[net.step_of[d]] and not any(run.done[a] for a in net.any_of[d])]
        if not broken:
            break
        now = bytearray(stance)
        for d in broken:
            now[d] = NEVER
        stance = bytes(now)
    run.stance, run.round_of, run.refused_by = stance, round_of, refused_by
    return run


def _run(net: Net, stance: bytes) -> Run:
    waiting = [len(b) for b in net.before]
    step_of, followers, answers = net.step_of, net.followers, net.answers
    for d, stands in enumerate(stance):
        if stands in (AFTER, NEVER):
            waiting[step_of[d]] += 1
    met = bytearray(len(stance))
    run = Run(bytearray(net.steps), [])
    joint = _Joint(net, stance, run, met) if TOGETHER in stance else None
    stage: list[int] = []
    ready = [s for s, w in enumerate(waiting) if not w]
    while True:
        stage = ready if joint is None else joint.stage(ready, stage)
        if not stage:
            return run
        run.stages.append(stage)
        ready = []
        for s in stage:
            run.done[s] = 1
        for s in stage:
            for f in followers[s]:
                waiting[f] -= 1
                if not waiting[f]:
                    ready.append(f)
            for d in answers[s]:
                if stance[d] == AFTER and not met[d]:
                    met[d] = 1
                    t = step_of[d]
                    waiting[t] -= 1
                    if not waiting[t]:
                        ready.append(t)


class _Joint:
    """The steps that are ready but for "together" demands, and which of them can go in one stage.

    A step that could not join an earlier stage can join a later one only if the change reaches it through "together"
    demands: only those are tried again.
    """

    def __init__(self, net: Net, stance: bytes, run: Run, met: bytearray) -> None:
        self.net, self.stance, self.run, self.met = net, stance, run, met
        self.ready = bytearray(net.steps)
        self.asks: list[list[int]] = [[] for _ in range(net.steps)]
        for d, stands in enumerate(stance):
            if stands == TOGETHER:
                self.asks[net.step_of[d]].append(d)

    def stage(self, ready: Sequence[int], last: Sequence[int]) -> list[int]:
        """The greatest set of ready steps whose "together" demands it meets itself, or what is done meets."""
        trying = self._touched(ready, last)
        support: dict[int, int] = {}
        removed: list[int] = []
        for s in trying:
            for d in self.asks[s]:
                if not self.met[d]:
                    support[d] = sum(a in trying for a in self.net.any_of[d])
                    if not support[d] and s not in self.run.refused_by:
                        self.run.refused_by[s] = d
                        removed.append(s)
        for s in removed:
            del trying[s]
        for s in removed:  # grows: a step without support takes away the support of others
            for d in self.net.answers[s]:
                if d in support:
                    support[d] -= 1
                    t = self.net.step_of[d]
                    if not support[d] and t in trying:
                        del trying[t]
                        self.run.refused_by[t] = d
                        removed.append(t)
        for s in trying:
            self.ready[s] = 0
        return list(trying)

    def _touched(self, ready: Sequence[int], last: Sequence[int]) -> dict[int, None]:
        """The ready steps that a newly ready or newly done step could let join, in the order in which it does."""
        net, stance = self.net, self.stance
        touched = dict.fromkeys(ready)
        for s in ready:
            self.ready[s] = 1
        for s in last:
            for d in net.answers[s]:
                if stance[d] == TOGETHER and not self.met[d]:
                    self.met[d] = 1
                    if self.ready[net.step_of[d]]:
                        touched[net.step_of[d]] = None
        stack = list(touched)
        while stack:
            for d in net.answers[stack.pop()]:
                t = net.step_of[d]
                if stance[d] == TOGETHER and self.ready[t] and not self.met[d] and t not in touched:
                    touched[t] = None
                    stack.append(t)
        for s in touched:
            self.run.refused_by.pop(s, None)
        return touched
