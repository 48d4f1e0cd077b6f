"""The watch: who is on, and what is handed over."""

from __future__ import annotations

from comity.desk.filing import Done
from comity.desk.noun import Noun, Pen
from comity.office.acts import Handover, OnWatch

_NO_PEN = Pen()


class WatchDesk(Noun):
    """What the watch does beside the line itself."""

    def on(self, *, officer: str, lines: tuple[str, ...] = (), pen: Pen = _NO_PEN) -> Done:
        """Take the watch."""
        return self._bench.sign_and_file(OnWatch(officer=officer, lines=lines), pen)

    def handover(self, *, officer: str, lines: dict[str, str], notes: str = "", pen: Pen = _NO_PEN) -> Done:
        """Hand the watch over to an officer, with the condition of each line."""
        return self._bench.sign_and_file(Handover(officer=officer, lines=lines, notes=notes), pen)
