"""The record: what is held, what became of each act, and who can show it."""

from __future__ import annotations

from comity.desk.noun import Noun, reference
from comity.errors import Refused

MAX_WAIT_S = 300.0


class RecordDesk(Noun):
    """What can be asked of the record."""

    def await_receipts(self, *, act: str, wait_s: float = 10.0) -> dict[str, bool]:
        """Wait until the other sides have receipted an act of this side; which of them did in time."""
        side, no = reference(act)
        registry = self._bench.registry
        if side != self._bench.side:
            raise Refused(f"{act} is not an act of {self._bench.side}", hint="wait for receipts of your own acts")
        until = self._bench.env.now() + min(max(wait_s, 0.0), MAX_WAIT_S)
        return {
            other: registry.await_receipt(no, other, max(until - self._bench.env.now(), 0.0))
            for other in registry.shelf.others
        }
