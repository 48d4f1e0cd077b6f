"""The delegates of a side and their powers, as of now; disclosed, so that the other sides can check them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from comity.office import keys
from comity.office.acts import Powers
from comity.office.delegates import STANDING, Standing
from comity.office.state import State
from comity.office.views.lines import parse_time


@dataclass(frozen=True, slots=True)
class DelegateView:
    side: str
    name: str
    title: str
    chief: bool
    powers: Powers
    since: str
    """The act that says so, or `charter`."""
    ended: bool
    day: str | None
    """The day announced for the beginning, or the end."""
    short_notice: bool
    """The change came with less notice than the charter sets. It has its effect all the same."""


def delegates(state: State, side: str) -> list[DelegateView]:
    """A side's delegates by name, those whose powers have ended included."""
    index = state.roll.sides[side]
    prefix = keys.DELEGATE + bytes([index])
    return [_view(state, index, key[2:].decode(), STANDING.decode(raw)) for key, raw in state.scan(prefix)]


def _view(state: State, side: int, name: str, it: Standing) -> DelegateView:
    return DelegateView(
        side=state.roll.names[side],
        name=name,
        title=it.title,
        chief=it.chief and not it.ended,
        powers=Powers(it.negotiate, it.initial, it.sign),
        since=state.roll.ref(side, it.since) if it.since else "charter",
        ended=it.ended,
        day=it.day or None,
        short_notice=bool(it.since) and _short(it, state.charter.notice_days),
    )


def _short(it: Standing, notice_days: int) -> bool:
    """Whether the day announced is sooner than the notice allows; without a day, the change is at once."""
    announced = parse_time(it.at)
    if announced is None:
        return True
    try:
        day = date.fromisoformat(it.day) if it.day else announced.date()
    except ValueError:
        return True
    return day < announced.date() + timedelta(days=notice_days)
