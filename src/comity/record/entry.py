"""An act on the wire: a signed note of one line of JSON, which is also the leaf of its series' log.

The author writes these bytes once and nobody encodes them again. To make one reading the only reading, the JSON must
be exactly what this module would have written: this order of fields, no white space, nothing twice.
Source: docs/spec/record.md.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from typing import NamedTuple

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
_SIGNATURE = re.compile(rb"\xe2\x80\x94 ([a-z][a-z0-9.-]{2,80}) ([A-Za-z0-9+/]+={0,2})\n")


class Commitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What an entry commits to beside itself: a digest and a size in bytes, the 16 bytes of salt included."""

    sha256: str
    size: int


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The fields of an act that every side may read; its body travels beside it to those it is for."""

    office: str
    side: str
    no: int
    kind: str
    at: str
    by: str
    to: tuple[str, ...] | None = None
    """The sides whose it is to read; None: all parties."""
    seen: dict[str, int]
    """How far the author held each other side's series when composing; it, and nothing else, gives order."""
    body: Commitment
    attachments: tuple[Commitment, ...] = ()
    key: str | None = None
    """A verifier key that may sign for this side from the next entry on; only a chief's entry may carry one."""
    chief: bool = False
    """Whether the key granted is a chief delegate's."""
    drop: str | None = None
    """The delegate whose key may sign no more from the next entry on; only a chief's entry may carry one."""


class SignedEntry(NamedTuple):
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
    text = FIRST_LINE + _encode(entry) + b"\n"
    _check_fields(entry, "entry")
    assert len(text) < MAX_ENTRY
    return text


def finish(text: bytes, signature: Signature) -> bytes:
    """The entry: its text and its one signature."""
    return text + b"\n" + signature.line()


def parse(raw: bytes, *, where: str = "entry") -> SignedEntry:
    """Read an entry's bytes.

    Raises: Malformed, if they are too long, not canonical, out of bounds, or not signed by exactly one line.
    """
    if len(raw) > MAX_ENTRY:
        raise Malformed(f"an entry of {len(raw)} bytes; at most {MAX_ENTRY} are taken", where=where)
    end = raw.find(b"\n\n")
    if end < 0 or not raw.startswith(FIRST_LINE):
        raise Malformed("not an act (comity/act/v1, one line of JSON, an empty line, a signature)", where=where)
    line = raw[len(FIRST_LINE) : end]
    try:
        entry = _decode(line)
    except msgspec.DecodeError as error:
        raise Malformed(f"an entry's JSON is wrong: {error}", where=where) from None
    if _encode(entry) != line:
        raise Malformed("an entry's JSON is not in canonical form", where=where)
    _check_fields(entry, where)
    match = _SIGNATURE.fullmatch(raw, end + 2)
    if match is None:
        raise Malformed("an act has exactly one signature line", where=where)
    name, encoded = match.groups()
    try:
        signature = b64decode(encoded, validate=True)
    except Base64Error:
        raise Malformed("the signature's base64 is damaged", where=where) from None
    if len(signature) < 5 or b64encode(signature) != encoded:
        raise Malformed("the signature's base64 is not canonical", where=where)
    return SignedEntry(raw, entry, raw[: end + 1], name.decode(), signature[:4], signature[4:])


def _check_fields(entry: Entry, where: str) -> None:
    if not NAME.fullmatch(entry.side) or not NAME.fullmatch(entry.by):
        raise Malformed("a side or delegate is named in a-z, 0-9 and hyphens, at most 32", where=f"{where}.by")
    if not _KIND.fullmatch(entry.kind):
        raise Malformed("a kind of act is named in a-z and underscores", where=f"{where}.kind")
    if not _AT.fullmatch(entry.at):
        raise Malformed("not a time of RFC 3339", where=f"{where}.at")
    if not 1 <= entry.no < 1 << 53:
        raise Malformed("numbers begin at 1", where=f"{where}.no")
    if (
        len(entry.seen) > MAX_SIDES
        or any(not 0 < n < 1 << 53 for n in entry.seen.values())
        or entry.side in entry.seen
    ):
        raise Malformed("`seen` gives a number above 0 for each other side that was seen", where=f"{where}.seen")
    if entry.to is not None and (len(entry.to) > MAX_SIDES or list(entry.to) != sorted(set(entry.to))):
        raise Malformed("`to` lists sides in order, each once", where=f"{where}.to")
    if len(entry.attachments) > MAX_ATTACHMENTS:
        raise Malformed(f"at most {MAX_ATTACHMENTS} attachments", where=f"{where}.attachments")
    _check_commitment(entry.body, MAX_BODY, f"{where}.body")
    for attachment in entry.attachments:
        _check_commitment(attachment, MAX_ATTACHMENT, f"{where}.attachments")
    if entry.attachments and sum(a.size for a in entry.attachments) > MAX_ENCLOSED:
        raise Malformed(f"attachments of more than {MAX_ENCLOSED} bytes in all", where=f"{where}.attachments")


def _check_commitment(commitment: Commitment, limit: int, where: str) -> None:
    if not SALT <= commitment.size <= limit or not _SHA256.fullmatch(commitment.sha256):
        raise Malformed(f"a digest of 64 hexadecimal digits and a size of {SALT} to {limit} bytes", where=where)


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
