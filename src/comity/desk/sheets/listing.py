"""Lists of what is newest first, a page at a time, with a cursor that a person can copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from comity.errors import Malformed
from comity.office.views.listing import Page

Entry = TypeVar("Entry")
View = TypeVar("View")
MAX_LIMIT = 1000


class Listing(msgspec.Struct, Generic[Entry], frozen=True):
    """Part of a list."""

    entries: tuple[Entry, ...]
    more: str | None
    """Where the list goes on; None: this was all."""


def read_cursor(after: str | None) -> dict[str, int] | None:
    """A cursor such as `north:17,south:12`.

    Raises: Malformed.
    """
    if after is None:
        return None
    places = {}
    for part in after[:4096].split(","):
        side, _, no = part.partition(":")
        if not side or not no.isascii() or not no.isdigit() or len(no) > 15:
            raise Malformed(f"{after[:80]!r} is no place in a list", where="cursor", hint="copy it from the list")
        places[side] = int(no)
    return places


def listing(page: Page[View], show: Callable[[View], Entry]) -> Listing[Entry]:
    """A page of views as a list of sheets."""
    more = None if page.more is None else ",".join(f"{side}:{no}" for side, no in page.more.items())
    return Listing(tuple(map(show, page.entries)), more)


def bounded(limit: int) -> int:
    """A limit within bounds."""
    return min(max(limit, 1), MAX_LIMIT)
