"""The plan as an answer that anyone can check: what it says, and what it says it with.

Every amount is an exact fraction in the file's own units. `comity.exchange.verify` needs it and the problem only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from comity.exchange.witness import Witness

Label = str | tuple[str, ...]
"""A step's id, a slice such as `id[2/4]`, or several for a package or a window."""


class Objective(StrEnum):
    """What a plan makes least."""

    PEAK = "peak"
    TOTAL = "total"
    TOPUP = "topup"
    EXPOSURE = "exposure"
    JOINT = "joint"
    PARETO = "pareto"
    MAKESPAN = "makespan"


@dataclass(frozen=True, slots=True)
class Options:
    """What the plan may use, and whether values are taken at the worst of their ranges."""

    objective: Objective = Objective.PEAK
    money: bool = False
    robust: bool = False
    cut: int = 1
    packages: bool = False
    demands: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """What proves the bound when exactly these packages are used; no witness where nothing can be ordered."""

    packages: tuple[int, ...]
    orderable: bool
    lower_bound: Fraction | None
    """None: no order at all, or none within the tolerances."""
    unit: Fraction
    """What one of the witness's whole numbers is worth."""
    witness: Witness | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A value, the order that reaches it, and the cases that together prove the bound below it."""

    order: tuple[Label, ...] | None
    value: Fraction | None
    lower_bound: Fraction
    proven: bool
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One vector of bonds that no order improves in one side without loss in another."""

    bonds: Mapping[str, Fraction]
    order: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """Paid after so many moves of the order: what each side receives, less what it pays; the sum is 0."""

    after: int
    amounts: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Guarantor:
    """What a third side may be called on for, under this order."""

    by: str
    side: str
    amount: Fraction
    needed: Fraction


class How(StrEnum):
    """How a plan answers a demand."""

    EARLIER = "earlier"
    """One of the awaited steps is done before."""
    TOGETHER = "together"
    """One of them is done at the same time, in one window or package."""
    PROMISED = "promised"
    """The signed plan itself is the binding promise asked for."""
    SOFTENED = "softened"
    """The side acts first after all: what counts is whether its exposure stays within its tolerance."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How an order answers a demand, and what its side stands to lose until an awaited step is done."""

    demand: str
    by: str
    step: str
    awaited: str
    how: How
    exposure: Fraction
    """The side's largest exposure from its step until the awaited one."""
    tolerance: Fraction | None

    @property
    def fear_met(self) -> bool:
        """Whether what the side might lose stays within what it will bear."""
        return self.how is not How.SOFTENED or self.tolerance is None or self.exposure <= self.tolerance


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer to one question about one exchange."""

    options: Options
    orderable: bool
    worth_it: Mapping[str, Fraction]
    best: Bound
    bonds: Mapping[str, Fraction] = field(default_factory=dict)
    exposures: Mapping[str, Fraction] = field(default_factory=dict)
    feasible: bool | None = None
    """Whether some order fits the given bonds and tolerances; None: not settled in the time given."""
    fit: Bound | None = None
    """The order with the least top-up of the given bonds within the given tolerances."""
    topups: Mapping[str, Fraction] = field(default_factory=dict)
    """Whose bonds that order needs topped up."""
    strain: Fraction | None = None
    """When no order keeps the tolerances: the least sum by which they would have to be raised."""
    points: tuple[Point, ...] = ()
    payments: tuple[Payment, ...] = ()
    guarantors: tuple[Guarantor, ...] = ()
    rounds: tuple[tuple[Label, ...], ...] = ()
    softened: tuple[str, ...] = ()
    """Demands given up so that an order exists, when demands were to be kept."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """For each demand that the order keeps, the awaited step that comes first or at the same time."""
    answers: tuple[Answered, ...] = ()
    front: tuple[tuple[Fraction, Fraction], ...] = ()
    """Time and peak: no plan is faster without a higher peak."""

    @property
    def order(self) -> tuple[Label, ...] | None:
        """The order that reaches the value."""
        return self.best.order

    @property
    def value(self) -> Fraction | None:
        """The objective's value under this order."""
        return self.best.value

    @property
    def topup(self) -> Fraction | None:
        """The least sum by which the given bonds must be raised; None when tolerances alone forbid every order."""
        return self.fit.value if self.fit else None
