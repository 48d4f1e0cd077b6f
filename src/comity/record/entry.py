"""An act on the wire: a signed note of one line of JSON, which is also the leaf of its series' log.

The author writes these bytes once and nobody encodes them again. To make one reading the only reading, the JSON must
be exactly what this module would have written: this order of fields, no white space, nothing twice.
Source: docs/spec/record.md.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated

import msgspec

from comity.errors import Malformed
from comity.record.digest import hex_digest
from comity.record.note import Signature

MAX_ENTRY = 65_535
MAX_BODY = 4 << 20
MAX_ATTACHMENT = 16 << 20
MAX_ATTACHMENTS = 16
MAX_ENCLOSED = 32 << 20
MAX_SIDES = 16
SALT = 16
FIRST_LINE = b"comity/act/v1\n"

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_KIND = re.compile(r"[a-z][a-z_]{0,31}")
_AT = re.compile(
    r"\d{4}-(0\d|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-][01]\d:[0-5]\d)"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIGNER = re.compile(rb"[a-z][a-z0-9.-]{2,80}")
_DASH = b"\n\n\xe2\x80\x94 "
_LINE, _SIGNER_AT = len(FIRST_LINE), len(_DASH)
_Number = Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]


class Commitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What an entry commits to beside itself: a digest and a size in bytes, the 16 bytes of salt included."""

    sha256: str
    size: Annotated[int, msgspec.Meta(ge=SALT)]


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """The fields of an act that every side may read; its body travels beside it to those it is for."""

    office: str
    side: str
    no: _Number
    kind: str
    at: str
    by: str
    to: tuple[str, ...] | None = None
    """The sides whose it is to read; None: all parties."""
    seen: dict[str, _Number]
    """How far the author held each other side's series when composing; it, and nothing else, gives order."""
    body: Commitment
    attachments: tuple[Commitment, ...] = ()
    key: str | None = None
    """A verifier key that may sign for this side from the next entry on; only a chief's entry may carry one."""
    chief: bool = False
    """Whether the key granted is a chief delegate's."""
    drop: str | None = None
    """The delegate whose key may sign no more from the next entry on; only a chief's entry may carry one."""


class SignedEntry(msgspec.Struct, frozen=True, gc=False):
    """A parsed entry with its own bytes; the signature is not verified yet."""

    raw: bytes
    entry: Entry
    text: bytes
    signer: str
    key_id: bytes
    payload: bytes


_decode = msgspec.json.Decoder(Entry).decode
_encode = msgspec.json.Encoder(order="deterministic").encode


def compose(entry: Entry) -> bytes:
    """The text to sign. A bug in the caller, never bad input, makes it fail its own check."""
    line = _encode(entry)
    _check_fields(_decode(line), "entry")
    assert len(line) < MAX_ENTRY
    return FIRST_LINE + line + b"\n"


def finish(text: bytes, signature: Signature) -> bytes:
    """The entry: its text and its one signature."""
    return text + b"\n" + signature.line()


def parse(raw: bytes, *, where: str = "entry") -> SignedEntry:
    """Read an entry's bytes.

    Raises: Malformed, if they are too long, not canonical, out of bounds, or not signed by exactly one line.
    """
    if len(raw) > MAX_ENTRY:
        raise Malformed(f"an entry of {len(raw)} bytes; at most {MAX_ENTRY} are taken", where=where)
    end = raw.find(b"\n", _LINE)
    if not raw.startswith(FIRST_LINE) or not raw.startswith(_DASH, end):
        raise Malformed("not an act (comity/act/v1, one line of JSON, an empty line, a signature)", where=where)
    line = raw[_LINE:end]
    try:
        entry = _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"an entry's JSON is wrong: {error}", where=where) from None
    if _encode(entry) != line:
        raise Malformed("an entry's JSON is not in canonical form", where=where)
    _check_fields(entry, where)
    name, _, encoded = raw[end + _SIGNER_AT :].partition(b" ")
    try:
        signature = a2b_base64(encoded[:-1], strict_mode=True)
    except Base64Error:
        signature = b""
    signer = _signer(name)
    if not signer or len(signature) < 5 or b2a_base64(signature) != encoded:
        raise Malformed("an act has exactly one signature line, by WHO.SIDE, in canonical base64", where=where)
    return SignedEntry(raw, entry, raw[: end + 1], signer, signature[:4], signature[4:])


@lru_cache(maxsize=1024)
def _signer(name: bytes) -> str:
    return name.decode() if _SIGNER.fullmatch(name) else ""


def _check_fields(entry: Entry, where: str) -> None:
    fault = _label_fault(entry.side, entry.by, entry.kind, entry.to, *entry.seen)
    if fault:
        raise Malformed(fault, where=where)
    if not _AT.fullmatch(entry.at):
        raise Malformed("not a time of RFC 3339", where=f"{where}.at")
    if entry.body.size > MAX_BODY or not _SHA256.fullmatch(entry.body.sha256):
        raise Malformed(f"a digest and a size of {SALT} to {MAX_BODY} bytes are due", where=f"{where}.body")
    if entry.attachments and not _are_attachments(entry.attachments):
        limits = f"each a digest and a size of {SALT} to {MAX_ATTACHMENT} bytes, {MAX_ENCLOSED} bytes in all"
        raise Malformed(f"at most {MAX_ATTACHMENTS} attachments are due, {limits}", where=f"{where}.attachments")


@lru_cache(maxsize=1024)
def _label_fault(side: str, by: str, kind: str, to: tuple[str, ...] | None, *seen: str) -> str:
    """What is wrong with an entry's names; they are few and come again, so the answers are kept."""
    if not all(map(NAME.fullmatch, (side, by, *(to or ()), *seen))):
        return "a side or delegate is named in a-z, 0-9 and hyphens, at most 32"
    if not _KIND.fullmatch(kind):
        return "a kind of act is named in a-z and underscores"
    if len(seen) > MAX_SIDES or side in seen:
        return f"`seen` is of other sides, at most {MAX_SIDES}"
    if to is not None and (len(to) > MAX_SIDES or list(to) != sorted(set(to))):
        return f"`to` lists sides in order, each once, at most {MAX_SIDES}"
    return ""


def _are_attachments(attachments: tuple[Commitment, ...]) -> bool:
    return (
        len(attachments) <= MAX_ATTACHMENTS
        and sum(attachment.size for attachment in attachments) <= MAX_ENCLOSED
        and all(a.size <= MAX_ATTACHMENT and _SHA256.fullmatch(a.sha256) for a in attachments)
    )


def may_grant(raw: bytes) -> bool:
    """Whether an entry may grant or drop a key, judged by its last two bytes of JSON; a no is certain."""
    end = raw.find(b"\n", _LINE)
    return raw[end - 2 : end - 1] in (b'"', b"e")


def enclose(salt: bytes, content: bytes) -> bytes:
    """What travels beside an entry: 16 bytes of salt, so that nobody can guess at the content, and the content."""
    assert len(salt) == SALT
    return salt + content


def commit(enclosure: bytes) -> Commitment:
    """The commitment to a body or attachment."""
    return Commitment(hex_digest(enclosure), len(enclosure))


def matches(commitment: Commitment, enclosure: bytes) -> bool:
    """Whether these are the bytes that the entry commits to."""
    return len(enclosure) == commitment.size and hex_digest(enclosure) == commitment.sha256


def addressed_to(entry: Entry, side: str) -> bool:
    """Whether the entry's body is for `side` to read; an author always may."""
    return entry.to is None or side in entry.to or side == entry.side


def addressees(entry: Entry, parties: Sequence[str]) -> tuple[str, ...]:
    """The sides other than the author whose it is to read."""
    return tuple(p for p in parties if p != entry.side and addressed_to(entry, p))
