"""Acts, immutable: one struct a kind for what a body says. The kind stands in the act's entry, not in the body.

The fields are the JSON of the body; unknown fields are refused. Sizes and forms are in `bounds`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from comity.office import bounds as b

Precedence = Literal["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"]
Fact = Literal["logged", "read", "shown"]


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What an act says."""

    tag: ClassVar[str] = ""

    def gist(self) -> Body:
        """The body without its bulk: what is kept of a pending act until it is confirmed."""
        return self


class Unreadable(Body, frozen=True):
    """A body of an unknown kind, or one that its kind's form does not allow: kept and shown, without effect."""

    why: str
    """For people; the state keeps only the rule."""
    rule: Literal["A1", "A2", "T1"] = "A2"


class Act(msgspec.Struct, frozen=True):
    """An act as its entry and body say it; signature, numbering and digests are checked before this."""

    side: str
    no: int
    kind: str
    by: str
    at: str
    seen: dict[str, int]
    to: tuple[str, ...] | None = None
    body: Body | None = None
    """None: the body is not for this node."""
    grants: str | None = None
    """The delegate whose key the entry grants; the key itself is the record's matter."""
    grants_chief: bool = False
    drops: str | None = None
    """The delegate whose key the entry drops."""

    @property
    def ref(self) -> str:
        return f"{self.side}/{self.no}"


class Powers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Full powers: the kinds that a delegate may negotiate, initial and sign; `*` is every kind."""

    negotiate: tuple[Annotated[str, Meta(max_length=32)], ...] = ()
    initial: tuple[Annotated[str, Meta(max_length=32)], ...] = ()
    sign: tuple[Annotated[str, Meta(max_length=32)], ...] = ()


# Sides, delegates, powers


class Appoint(Body, frozen=True):
    tag = "appoint"
    name: b.Name
    title: b.Title
    chief: bool = False
    powers: Powers = Powers()
    begins: b.Date | None = None


class Revoke(Body, frozen=True):
    tag = "revoke"
    name: b.Name
    reason: b.Note = ""
    ends: b.Date | None = None


class Confirm(Body, frozen=True):
    tag = "confirm"
    act: b.Number
    """An act of the confirmer's own side: a pending one, or an adoption ad referendum."""


# The line


class Attachment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sha256: b.Digest
    name: b.Title
    size: Annotated[int, Meta(ge=0, lt=1 << 53)]
    media_type: Annotated[str, Meta(min_length=1, max_length=127)]


class Message(Body, frozen=True):
    tag = "message"
    line: b.LineName
    precedence: Precedence
    subject: b.Title
    language: b.Language
    text: b.Text
    translations: b.Texts = {}
    """Courtesy translations: for convenience, not authentic."""
    attachments: Annotated[tuple[Attachment, ...], Meta(max_length=16)] = ()
    attention: Annotated[tuple[b.DelegateRef, ...], Meta(max_length=16)] = ()
    ref: b.Ref | None = None

    def gist(self) -> Message:
        return msgspec.structs.replace(self, text="", translations={}, attachments=())


class Logged(Body, frozen=True):
    tag = "logged"
    message: b.Ref


class Read(Body, frozen=True):
    tag = "read"
    message: b.Ref
    reader: b.Name | None = None
    """The delegate of the own side who read it; absent: who signs."""


class Shown(Body, frozen=True):
    tag = "shown"
    message: b.Ref
    to: b.Title
    """The principal to whom it was shown."""


class Query(Body, frozen=True):
    tag = "query"
    message: b.Ref
    asks: Fact
    note: b.Note = ""


class Book(msgspec.Struct, frozen=True, forbid_unknown_fields=True, array_like=True):
    """The digest of a series' head at a size."""

    size: b.Number
    head: b.Mark


Books = Annotated[dict[b.SideName, Annotated[tuple[Book, ...], Meta(max_length=16)]], Meta(max_length=b.SIDES)]
"""By series, the heads that the author holds, at one or more sizes, ascending; the last is its frontier."""


class Check(Body, frozen=True):
    tag = "check"
    line: b.LineName
    books: Books
    slot: b.Slot | None = None
    """The scheduled check this is, in the line's zone; absent: made outside the schedule."""
    note: b.Note = ""


class Answer(Body, frozen=True):
    tag = "answer"
    check: b.Ref
    books: Books
    """The answerer's own heads, at the sizes that the check gave where it holds as many, and at its own frontier."""
    note: b.Note = ""


class OnWatch(Body, frozen=True):
    tag = "on_watch"
    officer: b.Title
    lines: Annotated[tuple[b.LineName, ...], Meta(max_length=b.LINES)] = ()
    """Absent: all of them."""


class Handover(Body, frozen=True):
    tag = "handover"
    officer: b.Title
    """Who takes over."""
    lines: Annotated[dict[b.LineName, b.Note], Meta(max_length=b.LINES)]
    """The condition of each line."""
    notes: b.Text = ""

    def gist(self) -> Handover:
        return msgspec.structs.replace(self, notes="")


# Joint texts


class Table(Body, frozen=True):
    tag = "table"
    kind: b.Word
    """What the text is: agreement, meeting, communique, definition, …"""
    title: b.Title
    texts: Annotated[dict[b.Language, b.Text], Meta(min_length=1, max_length=32)]
    wording: b.Digest
    """The SHA-256 of `texts.wording(table)`: what is adopted (T1)."""
    prevails: b.Language | None = None
    required: Annotated[tuple[b.SideName, ...], Meta(min_length=1, max_length=b.SIDES)] | None = None
    """The sides whose adoption it needs; absent: all parties."""
    answers: b.Ref | None = None
    replaces: b.Ref | None = None

    def gist(self) -> Table:
        return msgspec.structs.replace(self, texts=dict.fromkeys(self.texts, ""))


class Initial(Body, frozen=True):
    tag = "initial"
    text: b.Ref
    wording: b.Digest


class Adopt(Body, frozen=True):
    tag = "adopt"
    text: b.Ref
    wording: b.Digest
    ad_referendum: bool = False
    declaration: b.Texts = {}
    """An interpretative declaration, in one or more languages (T7)."""

    def gist(self) -> Adopt:
        return msgspec.structs.replace(self, declaration=dict.fromkeys(self.declaration, ""))


class Decline(Body, frozen=True):
    tag = "decline"
    text: b.Ref
    reason: b.Note = ""


class Withdraw(Body, frozen=True):
    tag = "withdraw"
    text: b.Ref
    reason: b.Note = ""


# Statements and letters


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose statement it is, when it is a third party's, and where it was made."""

    who: b.Title
    where: b.Note
    on: b.Date


class Statement(Body, frozen=True):
    tag = "state"
    title: b.Title
    language: b.Language
    text: b.Text
    public: bool = False
    translations: b.Texts = {}
    source: Source | None = None
    concerns: Annotated[tuple[b.Ref, ...], Meta(max_length=64)] = ()

    def gist(self) -> Statement:
        return msgspec.structs.replace(self, text="", translations={})


class Proposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A meeting that a letter proposes. It binds nobody; a joint text arranges it."""

    level: Literal["summit", "high", "working", "co-heads"]
    place: b.Note = ""
    when: b.Note = ""
    agenda: b.Note = ""


class Letter(Body, frozen=True):
    tag = "letter"
    addressee: b.Title
    language: b.Language
    text: b.Text
    translations: b.Texts = {}
    proposes: Proposal | None = None
    ref: b.Ref | None = None

    def gist(self) -> Letter:
        return msgspec.structs.replace(self, text="", translations={})


BODIES: dict[str, type[Body]] = {
    body.tag: body
    for body in (
        *(Appoint, Revoke, Confirm),
        *(Message, Check, Answer, Logged, Read, Shown, Query, OnWatch, Handover),
        *(Table, Initial, Adopt, Decline, Withdraw),
        *(Statement, Letter),
    )
}
_JSON = {tag: msgspec.json.Decoder(body, strict=True) for tag, body in BODIES.items()}
_GISTS = {tag: msgspec.msgpack.Decoder(body) for tag, body in BODIES.items()}


def read_body(kind: str, raw: bytes, sha256_hex: Callable[[bytes], str]) -> Body:
    """Decode a body's JSON (after its salt); what cannot be decoded comes back as Unreadable and never raises."""
    decoder = _JSON.get(kind)
    if decoder is None:
        return Unreadable(why=f"no act of the kind {kind!r:.40} is known to this version", rule="A1")
    if len(raw) > b.BODY_BYTES:
        return Unreadable(why=f"the body has {len(raw)} bytes; at most {b.BODY_BYTES} are read")
    try:
        body = decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unreadable(why=f"not a {kind} body: {error}"[:400])
    if isinstance(body, Table) and sha256_hex(wording(body)) != body.wording:
        return Unreadable(why="the digest is not that of the text's wording", rule="T1")
    return body


def write_body(body: Body) -> bytes:
    """The JSON of a body, to be written once, by its author."""
    return msgspec.json.encode(body)


def write_gist(body: Body) -> bytes:
    return msgspec.msgpack.encode(body.gist())


def read_gist(kind: str, raw: bytes) -> Body:
    return _GISTS[kind].decode(raw)


def wording(table: Table) -> bytes:
    """The bytes whose SHA-256 is a text's wording: all that an adoption binds to, as sorted compact JSON (T1)."""
    return msgspec.json.encode(
        {
            "kind": table.kind,
            "title": table.title,
            "texts": table.texts,
            "prevails": table.prevails,
            "required": None if table.required is None else sorted(table.required),
            "answers": table.answers,
            "replaces": table.replaces,
        },
        order="sorted",
    )
