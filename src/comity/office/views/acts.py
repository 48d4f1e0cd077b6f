"""What became of acts: those that wait for their chief, those that a rule set aside, and what waits on each side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from comity.errors import Objection
from comity.office import keys
from comity.office.checks import answered
from comity.office.state import State
from comity.office.verdicts import Pending, SetAside, Verdict, read_verdict, read_waiting, verdict
from comity.office.views.listing import Cursor, Listed, Page, latest, page
from comity.office.views.texts import open_texts


@dataclass(frozen=True, slots=True)
class PendingView:
    """An act that its side's chief can confirm."""

    ref: str
    kind: str
    by: str
    objections: tuple[Objection, ...]
    """Why it is pending; none: it is an adoption ad referendum."""


@dataclass(frozen=True, slots=True)
class SetAsideView:
    ref: str
    objections: tuple[Objection, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """What one side has still to do."""

    what: Literal["log", "answer", "adopt", "word", "confirm"]
    """`word`: any act will do, to show that the side knows that a text was withdrawn."""
    ref: str
    """The message, check, text or own act that it is about."""


def became(state: State, ref: str) -> Verdict | None:
    """What became of an act; None when there is none of that reference yet."""
    at = state.roll.find(ref)
    if at is None or state.get(keys.act_key(keys.ACT, *at)) is None:
        return None
    return verdict(state, *at)


def pending(state: State, side: str) -> list[PendingView]:
    """The acts of a side that wait for its chief, oldest first."""
    index = state.roll.sides[side]
    found = []
    for key, raw in state.scan(keys.PENDING + bytes([index])):
        no = keys.unpointer(key)[1]
        it, why = read_waiting(raw), verdict(state, index, no)
        objections = why.objections if it.beyond and isinstance(why, Pending) else ()
        found.append(PendingView(state.roll.ref(index, no), it.kind, it.by, objections))
    return found


def set_aside(state: State, *, before: Cursor | None = None, limit: int = 50) -> Page[SetAsideView]:
    """The acts without effect, with the rules that say why, newest first."""

    def show(it: Listed) -> SetAsideView | None:
        why = read_verdict(it.record)
        return SetAsideView(state.roll.ref(it.side, it.no), why.objections) if isinstance(why, SetAside) else None

    return page(state, keys.VERDICT, show, before, limit)


def waits_on(state: State, side: str) -> list[Wait]:
    """What waits on a side: messages to log, checks to answer, texts to adopt or decline, own acts to confirm."""
    roll = state.roll
    index = roll.sides[side]
    logs = [roll.ref(*keys.unpointer(key, 2)) for key, _ in state.scan(keys.OPEN + bytes([index]))]
    checks = []
    for line in range(len(roll.lines)):
        last = latest(state, keys.CHECK + bytes([line]))
        if last is not None and last.side != index and answered(state, last.side, last.no, index) is None:
            checks.append(roll.ref(last.side, last.no))
    texts = [it for it in open_texts(state) if side in it.lacks and not it.sides[side].lapsed]
    confirmations = [it.ref for it in pending(state, side)]
    return [
        *(Wait("log", ref) for ref in logs),
        *(Wait("answer", ref) for ref in checks),
        *(Wait("adopt" if it.standing in ("open", "initialled") else "word", it.ref) for it in texts),
        *(Wait("confirm", ref) for ref in confirmations),
    ]
