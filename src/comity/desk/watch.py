"""The watch: who is on, and what is handed over."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from comity.desk.filing import Done
from comity.desk.noun import Noun, Pen
from comity.desk.sheets.messages import received_at
from comity.office.acts import Handover, OnWatch
from comity.office.views.acts import Wait, waits_on
from comity.office.views.lines import WatchView, on_watch
from comity.office.views.messages import OpenMessage, open_messages

_NO_PEN = Pen()


class WatchSheet(msgspec.Struct, frozen=True):
    """What the watch needs to know."""

    now: datetime
    side: str
    on: tuple[WatchView, ...]
    """Who is on watch, by side."""
    to_log: tuple[OpenMessage, ...]
    """What this side has not logged yet, the soonest due first."""
    waits: dict[str, tuple[Wait, ...]]
    """What waits on each side."""


class WatchDesk(Noun):
    """What the watch does beside the line itself."""

    def status(self) -> WatchSheet:
        """Who is on, what is to be logged and by when, and what waits on each side."""
        bench, state = self._bench, self._bench.view()

        def received(ref: str) -> datetime | None:
            at = received_at(bench, ref)
            return None if at is None else datetime.fromtimestamp(at, UTC)

        return WatchSheet(
            now=bench.moment(),
            side=bench.side,
            on=tuple(on_watch(state)),
            to_log=tuple(open_messages(state, bench.side, received)),
            waits={side: tuple(waits_on(state, side)) for side in state.roll.names},
        )

    def on(self, *, officer: str, lines: tuple[str, ...] = (), pen: Pen = _NO_PEN) -> Done:
        """Take the watch."""
        return self._bench.sign_and_file(OnWatch(officer=officer, lines=lines), pen)

    def handover(self, *, officer: str, lines: dict[str, str], notes: str = "", pen: Pen = _NO_PEN) -> Done:
        """Hand the watch over to an officer, with the condition of each line."""
        return self._bench.sign_and_file(Handover(officer=officer, lines=lines, notes=notes), pen)
