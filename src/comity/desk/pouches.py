"""Pouches by hand: packed for a side, carried by whatever there is, and opened."""

from __future__ import annotations

import msgspec

from comity.desk.noun import Noun
from comity.errors import Refused
from comity.link.packing import DEFAULT_LIMIT
from comity.link.pouch import MAX_PLAIN


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What came of opening a pouch."""

    sender: str
    admitted: dict[str, int]
    """How many entries of each series were new."""
    acknowledged: bool
    """Whether it brought receipts for this side's own acts."""
    passed: tuple[str, ...]
    """What was not taken, and why."""
    breaches: tuple[str, ...]
    owes: bool
    """Whether the sender lacks something now, receipts included: pack one back."""


class PouchDesk(Noun):
    """What can be done with pouches by hand."""

    def pack(self, *, to: str, everything: bool = False) -> bytes:
        """A pouch for a side, with all that it seems to lack, or with everything that is for it."""
        registry = self._bench.registry
        if to not in registry.shelf.others:
            raise Refused(f"{to!r} is no other side", hint=f"the others: {', '.join(registry.shelf.others)}")
        limit = MAX_PLAIN // 2 if everything else DEFAULT_LIMIT
        return registry.pouch_for(to, everything=everything, limit=limit)

    def open(self, *, pouch: bytes) -> Opened:
        """Open a pouch, keep what is valid in it, and receipt what was stored whole."""
        taken = self._bench.registry.take_in(pouch)
        return Opened(
            sender=taken.sender,
            admitted=taken.admitted,
            acknowledged=taken.acknowledged,
            passed=tuple(taken.passed),
            breaches=tuple(taken.breaches),
            owes=self._bench.registry.owes(taken.sender) or bool(taken.admitted),
        )
