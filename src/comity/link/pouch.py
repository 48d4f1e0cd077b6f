"""A pouch: what the link carries, whatever carries it. One line of address, then age over zstd over msgpack.

It needs no trusted channel and no login: what is in it verifies by its heads and receipts, and only the side that it
is addressed to can open it. A lost, repeated, reordered or stale pouch does no harm.
Source: docs/spec/pouch.md.
"""

from __future__ import annotations

import re
import sys
import threading
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from comity.errors import Malformed
from comity.record import envelope
from comity.record.entry import MAX_SIDES

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_PLAIN = 48 << 20
MAX_POUCH = MAX_PLAIN + (1 << 20)
MAX_ENTRIES = 65_536
MAX_EVIDENCE = 64
_ADDRESS = re.compile(rb"comity/pouch/v1 ([0-9a-f]{64}) ([a-z][a-z0-9-]{0,31})\n")

Side = Annotated[str, Meta(max_length=32)]
Size = Annotated[int, Meta(ge=0, lt=1 << 53)]


class Enclosed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A body (place 0) or an attachment of entry `no`."""

    no: Size
    place: Annotated[int, Meta(ge=0, le=16)]
    content: bytes


class Stretch(msgspec.Struct, frozen=True, array_like=True):
    """Consecutive entries of one series, its newest head, and the proof of the way from their end to that head."""

    side: Side
    first: Size
    """The number of the first entry; with no entries, the size at which the receiver is thought to be, plus one."""
    entries: Annotated[list[bytes], Meta(max_length=MAX_ENTRIES)]
    enclosures: Annotated[list[Enclosed], Meta(max_length=MAX_ENTRIES)]
    head: bytes
    path: Annotated[list[bytes], Meta(max_length=64)]


class Receipting(msgspec.Struct, frozen=True, array_like=True):
    """A receipt on its way: which series, at which size, and the signature line."""

    series: Side
    cosigner: Side
    size: Size
    line: bytes


class Pouch(msgspec.Struct, frozen=True, array_like=True):
    """All that one side sends another at once."""

    office: Annotated[str, Meta(max_length=64)]
    sender: Side
    to: Side
    have: Annotated[dict[Side, Size], Meta(max_length=MAX_SIDES)]
    """How far the sender holds each series: what it need not be sent. A hint, never a proof."""
    stretches: Annotated[list[Stretch], Meta(max_length=MAX_SIDES)]
    receipts: Annotated[list[Receipting], Meta(max_length=MAX_SIDES * MAX_SIDES)]
    evidence: Annotated[list[bytes], Meta(max_length=MAX_EVIDENCE)] = []
    charter: bytes = b""
    """The charter, for a side that seems to have lost it."""


_kept = threading.local()
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Pouch).decode


def pack(pouch: Pouch, recipient: Any) -> bytes:
    """The bytes that go on the way, for the holder of `recipient` alone."""
    plain = _encode(pouch)
    assert len(plain) <= MAX_PLAIN
    return b"comity/pouch/v1 %s %s\n" % (pouch.office.encode(), pouch.to.encode()) + envelope.enclose(
        _fold(plain), recipient
    )


def address(raw: bytes, *, where: str = "pouch") -> tuple[str, str, int]:
    """The office and the side that a pouch is addressed to, and where its content begins; nothing is verified.

    Raises: Malformed, for what is no pouch or is too long.
    """
    if len(raw) > MAX_POUCH:
        raise Malformed(f"a pouch of {len(raw)} bytes; at most {MAX_POUCH} are taken", where=where)
    match = _ADDRESS.match(raw)
    if match is None:
        raise Malformed("not a pouch: it does not begin with an address", where=where, hint="is it the right file?")
    return match[1].decode(), match[2].decode(), match.end()


def unpack(raw: bytes, identity: Any, *, office: str, to: str, where: str = "pouch") -> Pouch:
    """Open a pouch addressed to side `to` of `office`; what is in it is not verified yet.

    Raises: Malformed, if it is for someone else, altered, too long, or would unfold to more than the limit.
    """
    named_office, named_side, start = address(raw, where=where)
    if (named_office, named_side) != (office, to):
        raise Malformed(
            f"a pouch for {named_side} of office {named_office[:12]}…, not for {to} of {office[:12]}…",
            where=where,
            hint="give it to the side that it is addressed to",
        )
    packed = envelope.disclose(raw[start:], identity, where=where)
    plain = _unfold(packed, where)
    try:
        pouch = _decode(plain)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"its content has the wrong form: {error}", where=where) from None
    if (pouch.office, pouch.to) != (office, to):
        raise Malformed("its content is addressed to someone else", where=where)
    return pouch


def _fold(plain: bytes) -> bytes:
    """One frame that states its size; the compressor is kept, for making one costs more than a small pouch does."""
    compressor = getattr(_kept, "compressor", None)
    if compressor is None:
        compressor = _kept.compressor = zstd.ZstdCompressor(level=1)
    compressor.set_pledged_input_size(len(plain))
    frame: bytes = compressor.compress(plain, compressor.FLUSH_FRAME)
    return frame


def _unfold(packed: bytes, where: str) -> bytes:
    """Decompress one frame that states its size, and no more than it states."""
    try:
        size = zstd.get_frame_info(packed).decompressed_size
        if size is None or size > MAX_PLAIN:
            raise Malformed(f"it does not say that it unfolds to at most {MAX_PLAIN} bytes", where=where)
        unfold = zstd.ZstdDecompressor()
        plain = unfold.decompress(packed, max_length=size + 1)
    except zstd.ZstdError as error:
        raise Malformed(f"its content is damaged: {error}", where=where) from None
    if len(plain) != size or not unfold.eof or unfold.unused_data:
        raise Malformed("it is cut short, or has something after its end", where=where)
    return plain
