"""What proves a lower bound, in the names of the sides, so that other code can check it.

Amounts are whole numbers of the plan's unit. A column is a side and what is watched of it, `temptation` or
`exposure`; the side is empty for the sum over all sides, which is what counts when money may be paid.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Weights:
    """In every order the weighted sum of the peaks is at least `optimum`."""

    weights: Mapping[Name, int]
    optimum: int
    method: str


@dataclass(frozen=True, slots=True)
class Exhausted:
    """No order keeps every column under its cap: all sets reachable under them were visited."""

    caps: Mapping[Name, int]
    states: int


@dataclass(frozen=True, slots=True)
class Witness:
    """Parts that together leave nothing below the bound; none, when the bound needs no more than the start."""

    parts: tuple[Weights | Exhausted, ...]
