"""The bare ordering problem that every planner answers: prefixes of an order inside a corridor.

A *move* is what happens at once (a step, a slice or a package). After each proper prefix D of the order, side j
has in hand h_j(D) = sum of delta[i][j] over the moves i in D. The finished exchange is worth `value[j]` to j; it is
not always the sum of the deltas, because salvage and clawback apply only to an exchange that collapses.
    temptation_j(D) = h_j(D) - value[j]        exposure_j(D) = -h_j(D)
A peak is the largest over every prefix but the finished one, the empty one included, and at least 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Core:
    """Moves in numbers.

    Shapes: `delta` is n rows of k integers; `value` k integers; `before` n tuples of move indices that must come
    earlier, acyclic.
    """

    delta: tuple[tuple[int, ...], ...]
    value: tuple[int, ...]
    before: tuple[tuple[int, ...], ...]

    @property
    def moves(self) -> int:
        """How many moves there are."""
        return len(self.delta)

    @property
    def sides(self) -> int:
        """How many sides there are."""
        return len(self.value)


def peaks(core: Core, order: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The peak temptation and the peak exposure of every side in this order of all moves."""
    held = [0] * core.sides
    tempted = [max(0, -v) for v in core.value]
    exposed = [0] * core.sides
    for i in order[:-1]:
        for j, d in enumerate(core.delta[i]):
            held[j] += d
            tempted[j] = max(tempted[j], held[j] - core.value[j])
            exposed[j] = max(exposed[j], -held[j])
    return tuple(tempted), tuple(exposed)
