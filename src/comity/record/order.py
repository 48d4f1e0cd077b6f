"""Whether the acts of an office can have come about in any order at all.

An act comes after the one before it in its series and after all that it has seen. If some acts would each have to
come after the other, somebody claimed to have seen what was not there yet. Acts that are not held count as there.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field

from comity.record.series import Fault, Finding


@dataclass(slots=True)
class Frontiers:
    """Where `seen` changes in one series: the numbers of those entries and, by other side, what they had seen."""

    nos: array[int] = field(default_factory=lambda: array("Q"))
    seen: dict[str, array[int]] = field(default_factory=dict)

    def add(self, no: int, seen: Mapping[str, int]) -> None:
        """Note that entry `no` has another `seen` than the one before it."""
        for other in seen:
            if other not in self.seen:
                self.seen[other] = array("Q", bytes(8 * len(self.nos)))
        self.nos.append(no)
        for other, column in self.seen.items():
            column.append(seen.get(other, 0))


def impossible_acts(frontiers: Mapping[str, Frontiers], sizes: Mapping[str, int]) -> dict[str, Finding]:
    """By side, the first act that cannot have come after all that it has seen; empty when all can be ordered."""
    at = dict.fromkeys(frontiers, 0)
    """How many changes of each series are passed."""

    def awaited(side: str) -> str:
        """The side whose series the next change waits for, or none."""
        rows = frontiers[side]
        for other, column in rows.seen.items():
            if other in frontiers and reach(other) < min(column[at[side]], sizes[other]):
                return other
        return ""

    def reach(side: str) -> int:
        """How many of a series' entries can have come so far."""
        rows = frontiers[side]
        return rows.nos[at[side]] - 1 if at[side] < len(rows.nos) else sizes[side]

    moved = True
    while moved:
        moved = False
        for side, rows in frontiers.items():
            while at[side] < len(rows.nos) and not awaited(side):
                at[side] += 1
                moved = True
    found = {}
    for side, rows in frontiers.items():
        if at[side] < len(rows.nos):
            other = awaited(side)
            what = f"it has seen {other}/{rows.seen[other][at[side]]}, which cannot have been there before it"
            found[side] = Finding(Fault.ORDER, rows.nos[at[side]], what)
    return found
