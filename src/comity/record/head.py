"""Heads: what a side states of its series, and receipts: what another side states of having it.

A seal's signature on a head states: "this series has this size and this root, and it extends every head that this
seal signed before". It does not state that any act in it is true or in force.
A receipt states: "this side holds entries 1..N of this series, with the bodies addressed to it, and they extend every
head of the series that it receipted before". It does not state agreement with any of them. Store first, sign last.
Source: C2SP tlog-checkpoint, tlog-cosignature.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack, unpack

from comity.errors import Malformed
from comity.record import ed25519, mldsa
from comity.record.keys import KeyType, SecretKey, VerifierKey, check_name
from comity.record.note import Note, Signature, sign

MAX_HEAD = 65_536
"""Room for 16 cosignatures of ML-DSA-44, which every reader must take."""
MAX_RECEIPT = 8_192
_HEAD = re.compile(rb"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n")
_SUBTREE = b"subtree/v1\n\x00"


@dataclass(frozen=True, slots=True)
class Head:
    """A series at a size: its origin, how many entries it has, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> bytes:
        """The checkpoint's text; never with extension lines, which a type-06 signature would not cover."""
        return b"%s\n%d\n%s\n" % (self.origin.encode(), self.size, b64encode(self.root))

    @classmethod
    def parse(cls, text: bytes, *, where: str = "head") -> Head:
        """Read a checkpoint's text.

        Raises: Malformed, also for extension lines and sizes beyond 2^63.
        """
        match = _HEAD.fullmatch(text)
        if match is None:
            raise Malformed("not a checkpoint of origin, size and root", where=where)
        origin, size, root = match.groups()
        raw = b64decode(root)
        if b64encode(raw) != root or int(size) >= 1 << 63:
            raise Malformed("a checkpoint that is not canonical", where=where)
        return cls(check_name(origin.decode("utf-8", "surrogateescape"), where=where), int(size), raw)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A verified cosignature: whose key, at what time by its holder's clock, in Unix seconds."""

    key: VerifierKey
    time: int
    signature: Signature


def seal(head: Head, key: SecretKey) -> Signature:
    """Sign a head of the seal's own series: its origin is the seal's name."""
    assert head.origin == key.verifier.name
    return sign(head.text(), key)


def open_head(raw: bytes, seal_key: VerifierKey, *, where: str = "head") -> tuple[Head, Note]:
    """Parse a signed head and verify the seal's signature; other signatures are left to `receipt_by`.

    Raises: Malformed, if it is not signed by this seal or is of another series.
    """
    note = Note.parse(raw, limit=MAX_HEAD, where=where)
    head = Head.parse(note.text, where=where)
    if head.origin != seal_key.name:
        raise Malformed(f"a head of {head.origin}, where {seal_key.name} was due", where=where)
    if not note.signed_by([seal_key]):
        raise Malformed(f"a head without the seal of {seal_key.name}", where=where)
    return head, note


def cosign(head: Head, key: SecretKey, *, at: int) -> Signature:
    """Cosign another's head (or, under type 06, also one's own) at Unix second `at`."""
    stamp = pack(">Q", at)
    if key.verifier.type is KeyType.MLDSA44:
        signature = mldsa.sign(key.seed, _subtree(head, key.verifier.name, at))
    else:
        assert key.verifier.type is KeyType.COSIGNATURE
        signature = ed25519.sign(key.expanded, _cosignature(head.text(), at))
    return Signature(key.verifier.name, key.verifier.id, stamp + signature)


def receipt_by(head: Head, line: Signature, key: VerifierKey, *, where: str = "receipt") -> Receipt:
    """Verify a cosignature line on a head.

    Raises: Malformed, if the line is not a good cosignature by `key`.
    """
    if not line.by(key) or len(line.payload) < 8:
        raise Malformed(f"not a cosignature by {key.name}", where=where)
    (at,) = unpack(">Q", line.payload[:8])
    signature = line.payload[8:]
    if key.type is KeyType.COSIGNATURE:
        good = ed25519.verify(key.public, signature, _cosignature(head.text(), at))
    elif key.type is KeyType.MLDSA44:
        good = mldsa.verify(key.public, signature, _subtree(head, key.name, at))
    else:
        raise Malformed(f"the key of {key.name} is of type {key.type:02x}, which cannot cosign", where=where)
    if not good or at == 0 or at >= 1 << 63:
        raise Malformed(f"the cosignature of {key.name} on size {head.size} is bad", where=where)
    return Receipt(key, at, line)


def receipts_by(head: Head, lines: bytes, keys: Sequence[VerifierKey], *, where: str = "receipt") -> Receipt:
    """Verify a side's receipt: a line by its Ed25519 receipt key, and perhaps one by its ML-DSA-44 key.

    Raises: Malformed, if a line is not a good cosignature by one of `keys`, or the first is not of type 04.
    """
    if len(lines) > MAX_RECEIPT:
        raise Malformed(f"a receipt of {len(lines)} bytes; at most {MAX_RECEIPT} are taken", where=where)
    signatures = Note.parse(head.text() + b"\n" + lines, where=where).signatures
    receipts = [receipt_by(head, s, key, where=where) for s in signatures for key in keys if s.by(key)]
    if len(receipts) != len(signatures) or receipts[0].key.type is not KeyType.COSIGNATURE:
        raise Malformed("it is not by the receipt keys of that side", where=where)
    return receipts[0]


def _cosignature(text: bytes, at: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%s" % (at, text)


def _subtree(head: Head, cosigner: str, at: int) -> bytes:
    name, origin = cosigner.encode(), head.origin.encode()
    named = bytes([len(name)]) + name + pack(">Q", at) + bytes([len(origin)]) + origin
    return _SUBTREE + named + pack(">QQ", 0, head.size) + head.root
