"""How a search states what it proved, in the terms of the sides."""

from __future__ import annotations

from collections.abc import Sequence

from comity.exchange.search.answers import ByExhaustion, ByWeights
from comity.exchange.search.engine import Hunt


def tolerances(lower: Sequence[int | None]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sides whose exposure is bounded, and their bounds."""
    bounded = [(j, x) for j, x in enumerate(lower) if x is not None]
    return tuple(j for j, _ in bounded), tuple(x for _, x in bounded)


def proof_of(
    hunt: Hunt,
    tempted: Sequence[int | None],
    exposed: Sequence[int | None],
    levels: tuple[Sequence[int], Sequence[int]],
) -> ByWeights | ByExhaustion | None:
    """What proves the bound: weights on the sides' peaks, or a flood that ran dry under these caps."""
    if hunt.weights is None:
        return ByExhaustion(tuple(tempted), tuple(exposed), hunt.end, hunt.flooded) if hunt.flooded else None
    sides = len(tempted)
    shares = [[0] * sides, [0] * sides]
    places = [(0, j) for j in levels[0]] + [(1, j) for j in levels[1]]
    for (kind, j), weight in zip(places, hunt.weights, strict=True):
        shares[kind][j] = weight
    return ByWeights(tuple(shares[0]), tuple(shares[1]), hunt.optimum, hunt.method)
