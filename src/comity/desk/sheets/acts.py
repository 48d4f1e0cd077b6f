"""Acts of the record: what became of each, what it says, and who can show it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from comity.desk.noun import Bench, File
from comity.desk.sheets.listing import Listing, bounded, listing, read_cursor
from comity.desk.sheets.messages import held_by
from comity.errors import Objection, Refused
from comity.office import keys
from comity.office.acts import Message, Unreadable
from comity.office.verdicts import Pending, SetAside
from comity.office.views.acts import became
from comity.office.views.listing import Listed, page
from comity.record import entry as wire

Effect = Literal["stands", "pending", "set aside", "not folded"]


class ActSheet(msgspec.Struct, frozen=True, kw_only=True):
    """One act in a list."""

    ref: str
    kind: str
    by: str
    at: str
    readable: bool
    """Whether its body is for this side."""
    effect: Effect
    """`not folded`: it waits until all that its author had seen has arrived."""
    objections: tuple[Objection, ...]
    """The rules that set it aside or keep it pending."""
    held_by: tuple[str, ...]
    """The sides, beside its author, whose receipts cover it."""


class ReceiptSheet(msgspec.Struct, frozen=True):
    """A receipt that covers an act."""

    cosigner: str
    size: int
    time: int
    """Unix seconds, by the cosigner's clock."""
    line: str
    """The signature line."""


class EnclosedSheet(msgspec.Struct, frozen=True):
    """A body or an attachment to which the entry commits."""

    sha256: str
    size: int
    held: bool


class WholeAct(msgspec.Struct, frozen=True, kw_only=True):
    """One act in full."""

    act: ActSheet
    seen: dict[str, int]
    """How far its author held each other series; it, and nothing else, gives order."""
    to: tuple[str, ...] | None
    signer: str
    key_id: str
    note: str
    """The entry as its author wrote and signed it."""
    body: dict[str, Any] | None
    attachments: tuple[EnclosedSheet, ...]
    receipts: tuple[ReceiptSheet, ...]


def list_acts(bench: Bench, after: str | None, limit: int) -> Listing[ActSheet]:
    """All acts that are folded, newest first."""
    state = bench.view()

    def ref(it: Listed) -> str:
        return state.roll.ref(it.side, it.no)

    found = page(state, keys.ACT, ref, read_cursor(after), bounded(limit))
    return listing(found, lambda r: _sheet(bench, r))


def one_act(bench: Bench, ref: str) -> WholeAct:
    """One act.

    Raises: Refused, if it is not held.
    """
    signed = bench.entry(ref)
    entry, archive = signed.entry, bench.registry.archive
    body = bench.body(ref)
    held = {e.place for e in archive.enclosures(entry.side, entry.no, entry.no)}
    return WholeAct(
        act=_sheet(bench, ref),
        seen=dict(entry.seen),
        to=entry.to,
        signer=signed.signer,
        key_id=signed.key_id.hex(),
        note=signed.raw.decode(),
        body=None if body is None or isinstance(body, Unreadable) else msgspec.to_builtins(body),
        attachments=tuple(
            EnclosedSheet(c.sha256, c.size, place in held) for place, c in enumerate(entry.attachments, 1)
        ),
        receipts=tuple(
            ReceiptSheet(r.cosigner, r.size, r.time, r.line.decode())
            for party in bench.registry.shelf.parties
            if (r := archive.receipt_covering(entry.side, party, entry.no)) is not None
        ),
    )


def attached(bench: Bench, ref: str, place: int) -> File:
    """An attachment of an act, from 1.

    Raises: Refused, if there is none or it is not held here.
    """
    entry = bench.entry(ref).entry
    for enclosure in bench.registry.archive.enclosures(entry.side, entry.no, entry.no):
        if enclosure.place == place > 0:
            content = enclosure.content[wire.SALT :]
            body = bench.body(ref)
            if isinstance(body, Message) and place <= len(body.attachments):
                told = body.attachments[place - 1]
                return File(told.name, told.media_type, content)
            return File(f"{entry.side}-{entry.no}-{place}", "application/octet-stream", content)
    raise Refused(f"no attachment {place} of {ref} is held here", hint=f"see `comity act show {ref}`")


def _sheet(bench: Bench, ref: str) -> ActSheet:
    entry, state = bench.entry(ref).entry, bench.view()
    folded = state.get(keys.act_key(keys.ACT, state.roll.sides[entry.side], entry.no)) is not None
    verdict = became(state, ref)
    effect: Effect = "stands" if folded else "not folded"
    objections: tuple[Objection, ...] = ()
    if isinstance(verdict, Pending):
        effect, objections = "pending", verdict.objections
    elif isinstance(verdict, SetAside):
        effect, objections = "set aside", verdict.objections
    return ActSheet(
        ref=ref,
        kind=entry.kind,
        by=entry.by,
        at=entry.at,
        readable=wire.addressed_to(entry, bench.side),
        effect=effect,
        objections=objections,
        held_by=tuple(held_by(bench, ref)),
    )
