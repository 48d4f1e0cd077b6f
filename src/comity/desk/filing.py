"""Filing a side's own acts: judge, number, sign, store, lock; many at once share one head and one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from comity.desk.keychain import Chance, Keychain
from comity.desk.ledger import Ledger
from comity.desk.reading import to_act
from comity.errors import Objection, Refused, Unavailable
from comity.office.acts import Act, Appoint, Body, Confirm, Revoke, write_body
from comity.office.fold import judge
from comity.office.verdicts import Pending
from comity.record import entry as wire
from comity.record.entry import Entry, SignedEntry
from comity.record.head import Head, cosign, seal
from comity.record.keys import SecretKey
from comity.record.merkle import leaf_hash
from comity.record.note import assemble, sign
from comity.record.series import Holder, Series, grant


@dataclass(frozen=True, slots=True)
class Draft:
    """An act that a delegate is about to do."""

    by: str
    key: SecretKey
    body: Body
    at: str
    beyond: bool = False
    """Whether to file it even beyond the signer's powers, to wait for the chief's confirmation."""
    key_granted: str | None = None
    """With an appointment: the verifier key of the delegate appointed."""
    to: tuple[str, ...] | None = None
    attachments: tuple[bytes, ...] = ()


class Done(msgspec.Struct, frozen=True):
    """An act that was filed."""

    act: str
    """Its reference, `side/no`."""
    effect: str
    """`stands`; or `pending`, until the side's chief confirms it."""


Outcome = Done | Refused


@dataclass(frozen=True, slots=True)
class _Signed:
    act: Act
    entry: SignedEntry
    inside: Sequence[bytes]


def file_acts(
    ledger: Ledger, keys: Keychain, drafts: Sequence[Draft], *, chance: Chance, now: Callable[[], float]
) -> list[Outcome]:
    """File the drafts that the rules allow, in their order; an outcome for each.

    Raises: Unavailable, when nothing can be stored or this side is read-only.
    """
    shelf = ledger.shelf
    if shelf.recovering:
        raise Unavailable(
            "this side is read-only: it holds less of its own series than it signed before",
            hint="it takes its own series back from the other sides; see `comity recover`",
        )
    series = shelf.own()
    tree, holders = series.tree.copy(), series.holders
    seen = ledger.seen()
    outcomes: list[Outcome] = []
    raws: list[bytes] = []
    enclosures: list[tuple[int, int, bytes]] = []
    heads: dict[str, bytes] = {}
    with ledger.change(heads) as batch:
        for draft in drafts:
            no = series.size + len(raws) + 1
            try:
                signed = _sign(ledger, draft, no, seen, holders, chance)
                if signed.entry.entry.key or signed.entry.entry.drop:
                    holders = grant(holders, signed.entry, holders[draft.by])
            except Refused as refusal:
                outcomes.append(refusal)
                continue
            verdict = ledger.fold_own(signed.act)
            raws.append(signed.entry.raw)
            enclosures.extend((no, place, content) for place, content in enumerate(signed.inside))
            outcomes.append(Done(signed.act.ref, "pending" if isinstance(verdict, Pending) else "stands"))
        if raws:
            tiles = tree.extend(map(leaf_hash, raws))
            after = Series(series.office, series.side, series.seal, holders, tree, seen)
            head = Head(series.seal.name, tree.size, tree.root())
            heads[series.side] = _seal(head, keys, now)
            shelf.grow(batch, after, raws, enclosures, tiles, (head.size, heads[series.side]))
    return outcomes


def _sign(
    ledger: Ledger, draft: Draft, no: int, seen: dict[str, int], holders: Mapping[str, Holder], chance: Chance
) -> _Signed:
    side, body = ledger.shelf.side, draft.body
    inside = [wire.enclose(chance(wire.SALT), content) for content in (write_body(body), *draft.attachments)]
    committed = [wire.commit(content) for content in inside]
    appoint = body if isinstance(body, Appoint) else None
    entry = Entry(
        office=ledger.shelf.office,
        side=side,
        no=no,
        kind=body.tag,
        at=draft.at,
        by=draft.by,
        to=draft.to,
        seen=seen,
        body=committed[0],
        attachments=tuple(committed[1:]),
        key=draft.key_granted,
        chief=bool(appoint and draft.key_granted and appoint.chief),
        drop=body.name if isinstance(body, Revoke) else None,
    )
    act = to_act(entry, inside[0])
    objections = judge(ledger.state, act)
    if draft.beyond and body.tag != Confirm.tag:
        objections = [objection for objection in objections if objection.rule != "D1"]
    elif body.tag != Confirm.tag:
        objections = [_hint_at_beyond(o) if o.rule == "D1" else o for o in objections]
    holder = holders.get(draft.by)
    if holder is None or holder.key.id != draft.key.verifier.id:
        objections.append(
            Objection("D3", f"{draft.by} holds no key of {side} in force", hint="see `comity delegate`")
        )
    objections.extend(_too_large(inside))
    if objections:
        raise Refused(objections)
    text = wire.compose(entry)
    line = sign(text, draft.key)
    signed = SignedEntry(wire.finish(text, line), entry, text, line.name, line.key_id, line.payload)
    return _Signed(act, signed, inside)


def _hint_at_beyond(objection: Objection) -> Objection:
    return replace(objection, hint=f"{objection.hint}, if it is filed with --beyond")


def _too_large(inside: Sequence[bytes]) -> Iterator[Objection]:
    body, *attachments = inside
    if len(body) > wire.MAX_BODY:
        yield Objection(
            "A3", f"the act says {len(body)} bytes; at most {wire.MAX_BODY} are taken", hint="attach files"
        )
    for place, content in enumerate(attachments, 1):
        if len(content) > wire.MAX_ATTACHMENT:
            yield Objection("A3", f"attachment {place} has {len(content)} bytes; at most {wire.MAX_ATTACHMENT}")
    if len(attachments) > wire.MAX_ATTACHMENTS or sum(map(len, attachments)) > wire.MAX_ENCLOSED:
        yield Objection("A3", f"at most {wire.MAX_ATTACHMENTS} attachments of {wire.MAX_ENCLOSED} bytes in all")


def _seal(head: Head, keys: Keychain, now: Callable[[], float]) -> bytes:
    lines = [seal(head, keys.seal)]
    if keys.seal_pq is not None:
        lines.append(cosign(head, keys.seal_pq, at=int(now())))
    return assemble(head.text(), lines)
