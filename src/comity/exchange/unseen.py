"""What a side could gain, or lose, among steps that are done blind: simultaneous is not atomic.

In a window nobody can check the others. A side that cheats does a part of its own steps, perhaps none, while the
others do all of theirs that are still possible. A side that is cheated does its own while the others choose theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from comity.errors import Refused

MOST_ENABLING = 12


@dataclass(frozen=True, slots=True)
class Blind:
    """For each side: the most it can gain by cheating, and the most it can lose by being cheated; both at least 0."""

    gain: tuple[int, ...]
    loss: tuple[int, ...]


def blind(by: Sequence[int], held: Sequence[Sequence[int]], needs: Sequence[Sequence[int]]) -> Blind:
    """Gains and losses of every side over steps done blind.

    Shapes: n actors; n rows of k integers; n lists of earlier positions among the n.
    Raises: Refused, when one side's steps enable more than `MOST_ENABLING` of what others do in the window.
    """
    k = len(held[0])
    gain, loss = [0] * k, [0] * k
    for j in set(by):
        own = [i for i, side in enumerate(by) if side == j]
        others = [i for i, side in enumerate(by) if side != j]
        cheating = [d for d in _plays(own, others, needs) if len(d) < len(by)]
        cheated = [d for d in _plays(others, own, needs) if len(d) < len(by)]
        gain[j] = max([0, *(sum(held[i][j] for i in d) for d in cheating)])
        loss[j] = max([0, *(-sum(held[i][j] for i in d) for d in cheated)])
    return Blind(tuple(gain), tuple(loss))


def _plays(choosers: Sequence[int], honest: Sequence[int], needs: Sequence[Sequence[int]]) -> list[set[int]]:
    """What is done for each choice that matters: the honest do every step that the choosers' steps allow."""
    enabling = _ancestors(honest, needs) & set(choosers)
    if len(enabling) > MOST_ENABLING:
        raise Refused(
            f"{len(enabling)} steps enable steps of others in the same window; at most {MOST_ENABLING} can",
            hint="split the window: a step that visibly enables another is a check",
        )
    subsets = chain.from_iterable(combinations(sorted(enabling), r) for r in range(len(enabling) + 1))
    return [_settle(set(chosen), honest, needs) for chosen in subsets]


def _ancestors(of: Sequence[int], needs: Sequence[Sequence[int]]) -> set[int]:
    found: set[int] = set()
    stack = list(of)
    while stack:
        for b in needs[stack.pop()]:
            if b not in found:
                found.add(b)
                stack.append(b)
    return found


def _settle(chosen: set[int], honest: Sequence[int], needs: Sequence[Sequence[int]]) -> set[int]:
    """All that can be done of the chosen and the honest steps."""
    done: set[int] = set()
    wanted = chosen | set(honest)
    while True:
        more = {i for i in wanted - done if all(b in done for b in needs[i])}
        if not more:
            return done
        done |= more
