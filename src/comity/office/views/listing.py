"""Lists of acts of all sides, newest first, a page at a time.

Newest is by what each act had seen, not by any clock: an act stands above all that its author had seen.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from comity.office import keys
from comity.office.past import vector_of
from comity.office.state import State

Entry = TypeVar("Entry")
Cursor = Mapping[str, int]
"""By side, the number below which the list goes on; a side that is absent has shown nothing yet."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Entry]):
    entries: tuple[Entry, ...]
    more: Cursor | None
    """Where the next page begins; None: nothing is left."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An act in a list, with its record."""

    side: int
    no: int
    record: bytes
    height: int
    """How many acts its author had seen, with itself."""


def newest(state: State, prefix: bytes, before: Cursor | None = None) -> Iterator[Listed]:
    """The acts whose keys are the prefix, side and number; newest first."""

    def series(side: int) -> Iterator[Listed]:
        stem = prefix + bytes([side])
        start = (before or {}).get(state.roll.names[side])
        after = None if start is None else stem + keys.number(start)
        for key, record in state.scan(stem, after=after, reverse=True):
            no = keys.unpointer(key, len(prefix))[1]
            yield Listed(side, no, record, sum(vector_of(state, side, no)))

    sides = range(len(state.roll.names))
    return heapq.merge(*map(series, sides), key=lambda it: (it.height, -it.side), reverse=True)


def page(
    state: State,
    prefix: bytes,
    show: Callable[[Listed], Entry | None],
    before: Cursor | None,
    limit: int,
) -> Page[Entry]:
    """A page of those that `show` does not turn down with None."""
    found = newest(state, prefix, before)
    entries: list[Entry] = []
    reached = dict(before or {})
    for it in found:
        if len(entries) == limit:
            return Page(tuple(entries), reached)
        reached[state.roll.names[it.side]] = it.no
        if (entry := show(it)) is not None:
            entries.append(entry)
    return Page(tuple(entries), None)


def latest(state: State, prefix: bytes) -> Listed | None:
    """The newest of such acts."""
    return next(islice(newest(state, prefix), 1), None)
