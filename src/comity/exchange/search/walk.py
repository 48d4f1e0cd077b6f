"""A set grown one move at a time, and the levels it must keep under their caps.

One dimension for each side's temptation, one for its exposure. From the start the set is what is done; from the
finish, what is still to come. The empty set is a moment only from the start, the full set only from the finish,
since the finished exchange is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from comity.exchange.core import Core

Rows = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """Levels: `base[d]` for the empty set, `rise[i][d]` more with move i; `before[i]` must be in the set earlier."""

    rise: Rows
    base: tuple[int, ...]
    before: Rows
    from_finish: bool = False

    @property
    def moves(self) -> int:
        """How many moves there are."""
        return len(self.rise)

    @property
    def dims(self) -> int:
        """How many levels there are."""
        return len(self.base)

    def turned(self) -> Walk:
        """The same walk seen from the other end."""
        total = tuple(sum(column) for column in zip(*self.rise, strict=True)) if self.rise else (0,) * self.dims
        after: list[list[int]] = [[] for _ in self.rise]
        for i, earlier in enumerate(self.before):
            for p in earlier:
                after[p].append(i)
        return Walk(
            rise=tuple(tuple(-x for x in row) for row in self.rise),
            base=tuple(b + t for b, t in zip(self.base, total, strict=True)),
            before=tuple(tuple(a) for a in after),
            from_finish=not self.from_finish,
        )

    def with_before(self, before: Rows) -> Walk:
        """The same walk with other prerequisites."""
        return Walk(self.rise, self.base, before, self.from_finish)


def walk_of(core: Core, tempted: Sequence[int], exposed: Sequence[int]) -> Walk:
    """The walk from the start: the temptations of these sides, then the exposures of those."""
    rise = tuple((*(row[j] for j in tempted), *(-row[j] for j in exposed)) for row in core.delta)
    base = (*(-core.value[j] for j in tempted), *(0 for _ in exposed))
    return Walk(rise, base, tuple(tuple(sorted(set(b))) for b in core.before))


def successors(before: Sequence[Sequence[int]]) -> list[list[int]]:
    """For each move, those that wait for it."""
    after: list[list[int]] = [[] for _ in before]
    for i, earlier in enumerate(before):
        for p in earlier:
            after[p].append(i)
    return after


def peaks_of(walk: Walk, order: Sequence[int]) -> tuple[int, ...]:
    """The highest level of each dimension over all moments, at least 0; `order` is in the walk's direction."""
    level = list(walk.base)
    top = [0] * walk.dims
    if not walk.from_finish or not order:
        top = [max(0, x) for x in level]
    last = len(order) - 1
    for at, i in enumerate(order):
        level = [x + r for x, r in zip(level, walk.rise[i], strict=True)]
        if at < last or walk.from_finish:
            top = [max(t, x) for t, x in zip(top, level, strict=True)]
    return tuple(top)
