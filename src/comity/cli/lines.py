"""How lines, their checks and their messages are printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from comity.cli.show import moment, more, say, table, written

if TYPE_CHECKING:
    from comity.desk.sheets.listing import Listing
    from comity.desk.sheets.messages import MessageSheet
    from comity.office.views.lines import LineView, SlotView
    from comity.office.views.messages import Facts

MARKS = {"answered": "●", "open": "○", "no answer": "✗", "no call": "·", "ahead": " "}


def condition(line: LineView) -> str:
    """The condition of a line in words: what became of its newest check."""
    newest = next(iter(line.strip), None)
    return "no check was due yet" if newest is None else newest.state


def strip_of(line: LineView) -> str:
    """The history strip, oldest first."""
    return "".join(MARKS[slot.state] for slot in reversed(line.strip))


def books(line: LineView) -> str:
    """What the newest answers showed of the books."""
    said = []
    for side, answer in line.last_answers.items():
        if answer.differ:
            places = (f"{series} between {same} and {differ}" for series, (same, differ) in answer.differ.items())
            said.append(f"{side}'s books DIFFER: {', '.join(places)}")
        elif answer.agree:
            said.append(f"identical books with {side} ({answer.ref})")
        else:
            said.append(f"{side}'s books cannot be compared")
    return "; ".join(said)


def print_lines(lines: Sequence[LineView]) -> None:
    """Print each line with its checks."""
    for line in lines:
        say(f"{line.line}  {line.title}: {condition(line)}")
        if line.next is not None:
            say(f"  next check {line.next.start.isoformat(sep=' ', timespec='minutes')}, {line.next.caller} calls")
        if line.last_check is not None:
            say(f"  newest check {line.last_check}; {books(line) or 'not answered'}")
        table(["  slot", "called by", "state", "check", "answers"], [_slot(slot) for slot in line.strip])


def _slot(slot: SlotView) -> list[str]:
    answers = ", ".join(
        f"{a.ref}{' late' if a.late else ''}{' BOOKS DIFFER' if a.differ else ''}"
        for a in (slot.answers or {}).values()
    )
    return [f"  {slot.slot}", slot.caller, f"{MARKS[slot.state]} {slot.state}", slot.check or "-", answers or "-"]


def facts_in_words(facts: Facts) -> str:
    """The four acknowledgements, each with the act that says it."""
    told = ["held" if facts.held else "not held yet"]
    told += [f"{name} {ref}" for name, ref in (("logged", facts.logged), ("read", facts.read)) if ref]
    return ", ".join([*told, f"shown {facts.shown}"] if facts.shown else told)


def print_messages(found: Listing[MessageSheet]) -> None:
    """Print messages, one a row."""
    rows = [
        [m.ref, m.precedence, m.at, m.subject, "; ".join(f"{s}: {facts_in_words(f)}" for s, f in m.facts.items())]
        for m in found.entries
    ]
    table(["message", "precedence", "at", "subject", "acknowledged"], rows)
    more(found.more)


def print_message(message: MessageSheet) -> None:
    """Print one message in full."""
    body = message.body
    assert body is not None
    say(f"{message.ref}  {message.precedence}  {message.subject}")
    say(f"on {message.line}, by {message.by} at {message.at}")
    if message.received is not None:
        say(f"received {moment(message.received)}")
    for side, facts in message.facts.items():
        say(f"{side}: {facts_in_words(facts)}")
    for ref, asks in message.queries:
        say(f"{ref} asks whether it is {asks}")
    for place, attachment in enumerate(body.attachments, 1):
        say(f"attachment {place}: {attachment.name}, {attachment.size} bytes, {attachment.media_type}")
    written(body.language, body.text, body.translations)
