"""Joint texts: their wording, how they stand, who did what about them, and what they still need."""

from __future__ import annotations

import msgspec

from comity.desk.noun import Bench
from comity.desk.sheets.listing import Listing, bounded, listing, read_cursor
from comity.errors import Refused
from comity.office.acts import Adopt, Confirm, Table
from comity.office.texts import Lapse
from comity.office.views.texts import StanceView, Standing, TextView, text, texts

_HOW = {Lapse.NONE: "", Lapse.DECLINED: "declined", Lapse.WITHDRAWN: "withdrew", Lapse.COUNTERED: "countered"}


class StanceSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What one side did about a text, by the acts that say so."""

    required: bool
    initialled: str | None
    referred: str | None
    """Adopted ad referendum."""
    adopted: str | None
    lapsed: str | None
    how: str
    """How it lapsed: declined, withdrew or countered."""
    declaration: dict[str, str]
    """An interpretative declaration, by language."""


class TextSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A joint text."""

    ref: str
    title: str
    kind: str
    by: str
    at: str
    standing: Standing
    settled: bool
    """Whether no act that is still on its way can change that."""
    lacks: tuple[str, ...]
    """The sides whose adoption it still needs."""
    needs: tuple[str, ...]
    """The same in words, with what each side has to do."""
    sides: dict[str, StanceSheet]
    matter: str
    answers: str | None
    replaces: str | None
    prevails: str | None
    wording: str
    """The digest that an adoption binds to."""
    texts: dict[str, str] = {}
    """The wording by language, where one text is asked for."""


def list_texts(bench: Bench, after: str | None, limit: int) -> Listing[TextSheet]:
    """All texts, newest first."""
    page = texts(bench.view(), before=read_cursor(after), limit=bounded(limit))
    return listing(page, lambda view: _sheet(bench, view, whole=False))


def one_text(bench: Bench, ref: str) -> TextSheet:
    """One text, with its wording.

    Raises: Refused, if no act of that reference tabled one with effect.
    """
    bench.entry(ref)
    view = text(bench.view(), ref)
    if view is None:
        raise Refused(f"{ref} tabled no text with effect", hint=f"see `comity text list`, or `comity act show {ref}`")
    return _sheet(bench, view, whole=True)


def _sheet(bench: Bench, view: TextView, *, whole: bool) -> TextSheet:
    entry, body = bench.entry(view.ref).entry, bench.body(view.ref)
    assert isinstance(body, Table)
    return TextSheet(
        ref=view.ref,
        title=body.title,
        kind=view.kind,
        by=entry.by,
        at=entry.at,
        standing=view.standing,
        settled=view.settled,
        lacks=view.lacks,
        needs=tuple(_needs(view)),
        sides={side: _stance(bench, stance) for side, stance in view.sides.items()},
        matter=view.matter,
        answers=view.answers,
        replaces=view.replaces,
        prevails=body.prevails,
        wording=view.wording,
        texts=body.texts if whole else {},
    )


def _needs(view: TextView) -> list[str]:
    if view.settled:
        return []
    words = []
    for side in view.lacks:
        stance = view.sides[side]
        if stance.lapsed:
            words.append(f"{side} {_HOW[stance.how]} it ({stance.lapsed})")
        elif stance.referred:
            words.append(f"{side} has still to confirm its adoption ad referendum ({stance.referred})")
        else:
            words.append(f"{side} has still to adopt it")
    return words


def _stance(bench: Bench, view: StanceView) -> StanceSheet:
    return StanceSheet(
        required=view.required,
        initialled=view.initialled,
        referred=view.referred,
        adopted=view.adopted,
        lapsed=view.lapsed,
        how=_HOW[view.how],
        declaration=_declaration(bench, view.adopted or view.referred) if view.declared else {},
    )


def _declaration(bench: Bench, ref: str | None) -> dict[str, str]:
    """The declaration of an adoption, or of the one that a confirmation lifted."""
    body = bench.body(ref) if ref is not None else None
    if isinstance(body, Confirm) and ref is not None:
        body = bench.body(f"{ref.partition('/')[0]}/{body.act}")
    return body.declaration if isinstance(body, Adopt) else {}
