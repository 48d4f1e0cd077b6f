"""The messages of a line, what became of each, and what is still to be logged."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from comity.office import keys
from comity.office.messages import FACTS, PRECEDENCES, SENT, Sent, acknowledged, sent
from comity.office.state import State
from comity.office.texts import bits
from comity.office.views.listing import Cursor, Listed, Page, page


@dataclass(frozen=True, slots=True)
class Facts:
    """Four separate facts about a message and an addressee; each but the first names the act that says it."""

    held: bool
    """By the addressee's receipt, which states nothing else."""
    logged: str | None
    read: str | None
    shown: str | None


@dataclass(frozen=True, slots=True)
class MessageView:
    ref: str
    side: str
    line: str
    precedence: str
    facts: dict[str, Facts]
    """By addressee."""
    queries: tuple[tuple[str, str], ...]
    """The acts by which its author asked what became of it, and which fact each asks for."""


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that an addressee's watch has not logged."""

    ref: str
    side: str
    line: str
    precedence: str
    received: datetime | None
    due: datetime | None
    """When it is due to be logged, counted from receipt; None: no receipt yet."""

    def overdue(self, now: datetime) -> bool:
        return self.due is not None and now > self.due


Held = Callable[[str], Collection[str]]
"""For an act, the sides whose receipts cover it."""


def messages(
    state: State, line: str, held: Held, *, before: Cursor | None = None, limit: int = 50
) -> Page[MessageView]:
    """The messages of a line, newest first."""
    index = state.roll.lines[line]

    def show(it: Listed) -> MessageView:
        return _view(state, it.side, it.no, index, SENT.decode(it.record), held)

    return page(state, keys.MESSAGE + bytes([index]), show, before, limit)


def message(state: State, ref: str, held: Held) -> MessageView | None:
    """One message; None when the act is none, or its body is not for this node."""
    at = state.roll.find(ref)
    found = sent(state, *at) if at is not None else None
    return _view(state, *at, *found, held) if at is not None and found is not None else None


def _view(state: State, side: int, no: int, line: int, of: Sent, held: Held) -> MessageView:
    roll = state.roll
    ref = roll.ref(side, no)
    holders = held(ref)
    facts = {}
    for other in bits(of.to & ~(1 << side)):
        acts = acknowledged(state, side, no, other)
        by = [roll.ref(other, n) if n else None for n in (acts.logged, acts.read, acts.shown)]
        facts[roll.names[other]] = Facts(roll.names[other] in holders, *by)
    asked = state.scan(keys.act_key(keys.QUERY, side, no))
    queries = tuple((roll.ref(side, int.from_bytes(key[-8:], "big")), FACTS[value[0]]) for key, value in asked)
    return MessageView(
        ref, roll.names[side], roll.charter.lines[line].line, PRECEDENCES[of.precedence], facts, queries
    )


def open_messages(state: State, side: str, received: Callable[[str], datetime | None]) -> list[OpenMessage]:
    """What the side's watch has still to log, the soonest due first; what it has not received yet comes last."""
    roll = state.roll
    found = []
    for key, _ in state.scan(keys.OPEN + bytes([roll.sides[side]])):
        author, no = keys.unpointer(key, 2)
        it = sent(state, author, no)
        assert it is not None
        line, of = it
        ref, precedence = roll.ref(author, no), PRECEDENCES[of.precedence]
        at = received(ref)
        due = None if at is None else at + timedelta(minutes=roll.charter.due_min.minutes(precedence))
        found.append(OpenMessage(ref, roll.names[author], roll.charter.lines[line].line, precedence, at, due))
    return sorted(found, key=lambda it: (it.due is None, it.due.timestamp() if it.due else 0.0))
