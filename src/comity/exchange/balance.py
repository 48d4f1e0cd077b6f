"""Where every side stands at every moment of an order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from comity.exchange.moves import Moves


@dataclass(frozen=True, slots=True)
class Peaks:
    """The peak temptation and the peak exposure of every side, at least 0."""

    tempted: tuple[int, ...]
    exposed: tuple[int, ...]


def held_along(moves: Moves, order: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """What each side has in hand at every moment: before the first move, and after each but the last."""
    if not order:
        return
    held = list(moves.start)
    yield tuple(held)
    for i in order[:-1]:
        held = [h + d for h, d in zip(held, moves.core.delta[i], strict=True)]
        yield tuple(held)


def peaks(moves: Moves, order: Sequence[int]) -> Peaks:
    """The peaks over every moment, with what could happen unseen inside a window."""
    tempted = [0] * len(moves.sides)
    exposed = [0] * len(moves.sides)
    for at, held in enumerate(held_along(moves, order)):
        inside = moves.blinds[order[at]]
        for j, h in enumerate(held):
            tempted[j] = max(tempted[j], h + inside.gain[j] - moves.value[j])
            exposed[j] = max(exposed[j], inside.loss[j] - h)
    return Peaks(tuple(tempted), tuple(exposed))


def fits(moves: Moves, top: Peaks) -> bool:
    """Whether these peaks lie within the given bonds and tolerances."""
    return all(t <= b for t, b in zip(top.tempted, moves.bonds, strict=True)) and all(
        limit is None or e <= limit for e, limit in zip(top.exposed, moves.tolerances, strict=True)
    )
