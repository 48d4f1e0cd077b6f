"""What a search is allowed, what it reports on the way, and what it answers with the proof beside it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Progress = Callable[[int | None, int, float], None]
"""Called with the best value so far, the lower bound so far and the seconds since the start."""


class Of(StrEnum):
    """Which peaks an objective looks at."""

    TEMPTATION = "temptation"
    EXPOSURE = "exposure"
    JOINT = "joint"


class Verdict(StrEnum):
    """Whether an order exists."""

    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a search may take; with `states` alone its answer is exactly reproducible.

    `seconds` are on the wall, or of this process's processor time if `processor`.
    """

    seconds: float | None = None
    states: int | None = None
    processor: bool = False

    def now(self) -> float:
        """The reading of the clock that counts."""
        return time.process_time() if self.processor else time.monotonic()


@dataclass(frozen=True, slots=True)
class ByWeights:
    """For every order, the weighted sum of the peaks is at least `optimum`.

    Each step counts with what it holds before and after, side by side (`hump` in `line`). `method` says how the
    one-dimensional optimum was reached: `johnson`, `series-parallel`, `greedy`, `closures` or `relaxed`.
    """

    tempted: tuple[int, ...]
    exposed: tuple[int, ...]
    optimum: int
    method: str
    kind: Literal["weights"] = "weights"


@dataclass(frozen=True, slots=True)
class ByExhaustion:
    """Every set reachable from one end within the caps was visited, and none of them completes.

    `end` is `start` (sets done) or `finish` (sets still to come). Caps are on peaks; None is no cap.
    """

    tempted: tuple[int | None, ...]
    exposed: tuple[int | None, ...]
    end: Literal["start", "finish"]
    states: int
    kind: Literal["exhausted"] = "exhausted"


@dataclass(frozen=True, slots=True)
class ByParts:
    """For each of these cap vectors there is a proof, and together they leave nothing below the bound."""

    parts: tuple[ByWeights | ByExhaustion, ...]
    kind: Literal["parts"] = "parts"


Proof = ByWeights | ByExhaustion | ByParts


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether an order keeps every side in its corridor."""

    verdict: Verdict
    order: tuple[int, ...] | None = None
    proof: Proof | None = None
    states: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The best order found, its value, and what proves that none is better.

    `order` and `value` are None when nothing was found; `proven` then says that nothing exists.
    """

    order: tuple[int, ...] | None
    value: int | None
    lower_bound: int
    proven: bool
    proof: Proof | None = None
    states: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One vector of peak temptations that no order improves in one side without loss in another."""

    bonds: tuple[int, ...]
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Front:
    """Points sorted by their bonds; `complete` when it is proven that none is missing and none dominated."""

    points: tuple[Point, ...]
    complete: bool
    states: int = 0


@dataclass(slots=True)
class Watch:
    """Counts what was spent against the limits."""

    limits: Limits
    progress: Progress | None = None
    states: int = 0
    begun: float = field(init=False)

    def __post_init__(self) -> None:
        self.begun = self.limits.now()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.limits.now() - self.begun

    def spent(self) -> bool:
        """Whether a limit is reached."""
        cap = self.limits.states
        if cap is not None and self.states >= cap:
            return True
        return self.limits.seconds is not None and self.elapsed >= self.limits.seconds

    def left(self) -> int | None:
        """States still allowed."""
        return None if self.limits.states is None else max(0, self.limits.states - self.states)

    def tell(self, upper: int | None, lower: int) -> None:
        """Report both bounds."""
        if self.progress is not None:
            self.progress(upper, lower, self.elapsed)
