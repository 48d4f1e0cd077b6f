"""The condition of each line: its checks against their schedule, and who is on watch.

The schedule is the charter's; the present is an argument. Times of acts are their authors' own, and are only shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal

import msgspec

from comity.office import keys
from comity.office.charter import DAYS, Line
from comity.office.checks import CHECKED, Answered, answered, slot_key, watch
from comity.office.state import State
from comity.office.views.listing import Cursor, Page, latest, page

SlotState = Literal["ahead", "open", "answered", "no answer", "no call"]


@dataclass(frozen=True, slots=True)
class AnswerView:
    ref: str
    at: str
    late: bool
    """By its author's clock, after the window of the check."""
    agree: bool
    """Both hold the same entries, at every size that both named."""
    differ: dict[str, tuple[int, int]]
    """Series of which they do not: the first entry that differs is after the one number and up to the other."""


@dataclass(frozen=True, slots=True)
class SlotView:
    """A scheduled check: who was to call, who did, who answered."""

    slot: str
    start: datetime
    caller: str
    state: SlotState
    check: str | None = None
    answers: dict[str, AnswerView] | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    line: str
    title: str
    next: SlotView | None
    strip: tuple[SlotView, ...]
    """The checks up to now, newest first."""
    last_check: str | None
    """The newest check of any kind, scheduled or not."""
    last_answers: dict[str, AnswerView]


@dataclass(frozen=True, slots=True)
class WatchView:
    side: str
    officer: str
    since: str
    """The act that says so."""
    at: str
    lines: tuple[str, ...]


def parse_time(at: str) -> datetime | None:
    """A moment as its author wrote it; None when it is none or has no zone."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def schedule(line: Line, names: tuple[str, ...], zone: tzinfo, day: date) -> Iterator[tuple[str, datetime, str]]:
    """The checks of a day: slot, start and the side that calls. `alternate` goes round the sides without a gap."""
    weekday = DAYS[day.weekday()]
    if weekday not in line.days:
        return
    active = (day.toordinal() - 1) // 7 * len(line.days) + line.days.index(weekday)
    for index, clock in enumerate(line.checks):
        turn = names[(active * len(line.checks) + index) % len(names)]
        start = datetime.combine(day, time.fromisoformat(clock), zone)
        yield f"{day.isoformat()}T{clock}", start, turn if line.caller == "alternate" else line.caller


def lines(state: State, now: datetime, zones: Mapping[str, tzinfo], *, checks: int = 14) -> list[LineView]:
    """Every line, with the last so many scheduled checks since the office was founded and the next one.

    zones: the time zones that the charter's lines name.
    """
    return [_line(state, line, now, zones[line.zone], checks) for line in state.charter.lines]


def _line(state: State, line: Line, now: datetime, zone: tzinfo, checks: int) -> LineView:
    index = state.roll.lines[line.line]
    names = state.roll.names
    today = now.astimezone(zone).date()
    founded = parse_time(state.charter.founded) or now
    following = None
    past: list[SlotView] = []
    for back in range(-7, checks * 7 + 8):
        for slot, start, caller in sorted(schedule(line, names, zone, today - timedelta(days=back)), reverse=True):
            if start > now:
                following = SlotView(slot, start, caller, "ahead")
            elif start >= founded and len(past) < checks:
                past.append(_slot(state, index, line, slot, start, caller, now))
        if len(past) >= checks or today - timedelta(days=back) < founded.astimezone(zone).date():
            break
    newest = latest(state, keys.CHECK + bytes([index]))
    if newest is None:
        return LineView(line.line, line.title, following, tuple(past), None, {})
    ref = state.roll.ref(newest.side, newest.no)
    answers = _answers(state, newest.side, newest.no, _window_end(line, CHECKED.decode(newest.record).slot, zone))
    return LineView(line.line, line.title, following, tuple(past), ref, answers)


def _window_end(line: Line, slot: str, zone: tzinfo) -> datetime | None:
    if not slot:
        return None
    try:
        start = datetime.fromisoformat(slot).replace(tzinfo=zone)
    except ValueError:
        return None
    return start + timedelta(minutes=line.window_min)


def _slot(state: State, index: int, line: Line, slot: str, start: datetime, caller: str, now: datetime) -> SlotView:
    roll = state.roll
    end = start + timedelta(minutes=line.window_min)
    by = sorted(range(len(roll.names)), key=lambda side: roll.names[side] != caller)
    made = [(side, raw) for side in by if (raw := state.get(slot_key(index, slot, side))) is not None]
    if not made:
        return SlotView(slot, start, caller, "open" if now <= end else "no call")
    side, no = made[0][0], int(msgspec.msgpack.decode(made[0][1], type=int))
    answers = _answers(state, side, no, end)
    complete = len(answers) == len(roll.names) - 1
    condition: SlotState = "answered" if complete else "open" if now <= end else "no answer"
    return SlotView(slot, start, caller, condition, roll.ref(side, no), answers)


def _answers(state: State, side: int, no: int, end: datetime | None) -> dict[str, AnswerView]:
    found = {}
    for other, name in enumerate(state.roll.names):
        if (it := answered(state, side, no, other)) is not None:
            found[name] = _answer(state, other, it, end)
    return found


def _answer(state: State, side: int, it: Answered, end: datetime | None) -> AnswerView:
    at = parse_time(it.at)
    late = end is not None and (at is None or at > end)
    names = state.roll.names
    differ = {names[series]: (book.same, book.differ) for series, book in it.books.items() if book.differ}
    return AnswerView(state.roll.ref(side, it.no), it.at, late, it.agree, differ)


def handovers(state: State, *, before: Cursor | None = None, limit: int = 50) -> Page[str]:
    """The handovers of the watches, newest first, by reference; their notes are in their bodies."""
    return page(state, keys.HANDOVER, lambda it: state.roll.ref(it.side, it.no), before, limit)


def on_watch(state: State) -> list[WatchView]:
    """Who is on watch, by side."""
    roll = state.roll
    found = []
    for side, name in enumerate(roll.names):
        if (it := watch(state, side)) is not None:
            covered = it.lines or tuple(range(len(roll.lines)))
            lines = tuple(roll.charter.lines[line].line for line in covered)
            found.append(WatchView(name, it.officer, roll.ref(side, it.no), it.at, lines))
    return found
