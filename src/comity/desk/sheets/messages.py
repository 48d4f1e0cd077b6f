"""Messages, letters and statements as their readers see them."""

from __future__ import annotations

import msgspec

from comity.desk.noun import Bench, reference
from comity.desk.sheets.listing import Listing, bounded, listing, read_cursor
from comity.errors import Refused
from comity.office.acts import Letter, Message, Proposal, Source, Statement
from comity.office.views.messages import Facts, MessageView, message, messages
from comity.office.views.statements import LetterView, StatementView, letters, statements


class MessageSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A message and the four facts about it, by addressee."""

    ref: str
    line: str
    precedence: str
    by: str
    at: str
    received: float | None
    """When this side receipted it, in Unix seconds; None: it is this side's own."""
    subject: str
    facts: dict[str, Facts]
    queries: tuple[tuple[str, str], ...]
    body: Message | None = None
    """In full, where one message is asked for."""


class LetterSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A letter."""

    ref: str
    to: tuple[str, ...]
    by: str
    at: str
    addressee: str
    proposes: Proposal | None
    body: Letter | None = None


class StatementSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A statement."""

    ref: str
    by: str
    at: str
    title: str
    public: bool
    source: Source | None
    body: Statement | None = None


def held_by(bench: Bench, ref: str) -> list[str]:
    """The other sides whose receipts cover an act, its author not among them."""
    side, no = reference(ref)
    parties = bench.registry.shelf.parties
    return [p for p in parties if p != side and bench.registry.archive.receipt_covering(side, p, no) is not None]


def received_at(bench: Bench, ref: str) -> float | None:
    """When this side receipted another's act."""
    side, no = reference(ref)
    receipt = bench.registry.archive.receipt_covering(side, bench.side, no)
    return None if receipt is None else float(receipt.time)


def list_messages(bench: Bench, line: str, after: str | None, limit: int) -> Listing[MessageSheet]:
    """The messages of a line, newest first."""
    state = bench.view()
    if line not in state.roll.lines:
        raise Refused(f"no line is called {line!r}", hint=f"the charter's lines: {', '.join(state.roll.lines)}")
    page = messages(state, line, lambda ref: held_by(bench, ref), before=read_cursor(after), limit=bounded(limit))
    return listing(page, lambda view: _message(bench, view, whole=False))


def one_message(bench: Bench, ref: str) -> MessageSheet:
    """One message, in full.

    Raises: Refused, if it is none that took effect.
    """
    bench.entry(ref)
    view = message(bench.view(), ref, lambda r: held_by(bench, r))
    if view is None:
        raise Refused(f"{ref} is not a message that took effect", hint=f"see `comity act show {ref}`")
    return _message(bench, view, whole=True)


def _message(bench: Bench, view: MessageView, *, whole: bool) -> MessageSheet:
    entry, body = bench.entry(view.ref).entry, bench.body(view.ref)
    assert isinstance(body, Message)
    return MessageSheet(
        ref=view.ref,
        line=view.line,
        precedence=view.precedence,
        by=entry.by,
        at=entry.at,
        received=received_at(bench, view.ref),
        subject=body.subject,
        facts=view.facts,
        queries=view.queries,
        body=body if whole else None,
    )


def list_letters(bench: Bench, after: str | None, limit: int) -> Listing[LetterSheet]:
    """The letters that this side may read, newest first."""
    page = letters(bench.view(), before=read_cursor(after), limit=bounded(limit))

    def show(view: LetterView) -> LetterSheet:
        return msgspec.structs.replace(one_letter(bench, view.ref), body=None)

    return listing(page, show)


def one_letter(bench: Bench, ref: str) -> LetterSheet:
    """One letter.

    Raises: Refused, if it is none that this side may read.
    """
    entry, body = bench.entry(ref).entry, bench.body(ref)
    if not isinstance(body, Letter):
        raise Refused(f"{ref} is not a letter that {bench.side} may read", hint="see `comity letter list`")
    to = tuple(p for p in (entry.to or bench.registry.shelf.parties) if p != entry.side)
    return LetterSheet(
        ref=ref, to=to, by=entry.by, at=entry.at, addressee=body.addressee, proposes=body.proposes, body=body
    )


def list_statements(bench: Bench, public: bool, after: str | None, limit: int) -> Listing[StatementSheet]:
    """Statements, newest first."""
    page = statements(bench.view(), public=public, before=read_cursor(after), limit=bounded(limit))

    def show(view: StatementView) -> StatementSheet:
        return msgspec.structs.replace(one_statement(bench, view.ref), body=None)

    return listing(page, show)


def one_statement(bench: Bench, ref: str) -> StatementSheet:
    """One statement.

    Raises: Refused, if it is none that this side may read.
    """
    entry, body = bench.entry(ref).entry, bench.body(ref)
    if not isinstance(body, Statement):
        raise Refused(f"{ref} is not a statement that {bench.side} may read", hint="see `comity statement list`")
    return StatementSheet(
        ref=ref, by=entry.by, at=entry.at, title=body.title, public=body.public, source=body.source, body=body
    )
