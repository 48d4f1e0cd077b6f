"""The exchange problem: sides, steps and demands, in exact integers.

Every amount is an integer number of `1/scale` units, so that no verdict ever rests on a float.
Source: docs/spec/exchange.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Amount = int


class Kind(StrEnum):
    """What a demand asks of some other step before its own side performs a step."""

    AFTER = "after"
    TOGETHER = "together"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Side:
    """A party to the exchange, with what walking away would cost it and the worst loss it will bear."""

    name: str
    title: str
    bond: Amount = 0
    tolerance: Amount | None = None
    """None: not limited."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that one side does: it costs its actor, and is worth something to others."""

    id: str
    by: str
    cost: Amount
    title: str = ""
    worth: Mapping[str, Amount] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    salvage: Amount = 0
    """Of the cost, recovered if all collapses before the end."""
    clawback: Mapping[str, Amount] = field(default_factory=dict)
    """Of the worth, lost again if all collapses before the end."""
    slices: int = 1
    """May be cut into up to so many equal parts."""
    duration: Amount = 0
    """Days, in `1/scale` units."""
    verify: Amount = 0
    """Days until others can tell that it was done, in `1/scale` units."""
    cost_range: tuple[Amount, Amount] | None = None
    worth_range: Mapping[str, tuple[Amount, Amount]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Package:
    """Steps that may be done as one atomic move through a depositary."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """Steps that must be done within one window that nobody can check meanwhile; simultaneous is not atomic."""

    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """`by` will not do `step` unless any of `any_of` is done before, together with, or bindingly promised."""

    id: str
    by: str
    step: str
    kind: Kind
    any_of: tuple[str, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A third side stands in for `side`: `amount` is added to what walking away would cost it."""

    by: str
    side: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Problem:
    """A whole exchange as its file states it; checked by `comity.exchange.file` when read."""

    title: str
    sides: tuple[Side, ...]
    steps: tuple[Step, ...]
    packages: tuple[Package, ...] = ()
    windows: tuple[Window, ...] = ()
    demands: tuple[Demand, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    scale: int = 1
    note: str = ""
    done: tuple[str, ...] = ()
    """Steps that are behind us, when a plan is made from the middle."""
