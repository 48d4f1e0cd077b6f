"""Signed notes: a text, an empty line, and one line for each signature.

Everything that is signed in comity is a note: acts, charters, heads, receipts, cards. Bytes that are stored, hashed,
sent and verified are the bytes that were written: nothing is ever encoded again.
Source: C2SP signed-note.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comity.errors import Malformed
from comity.record import ed25519
from comity.record.keys import KeyType, SecretKey, VerifierKey
from comity.record.signatures import SIGNING_TYPES, verify_payload

MAX_NOTE = 1 << 20
MAX_SIGNATURES = 100
_LINE = re.compile(rb"\xe2\x80\x94 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n")
_CONTROL = re.compile(rb"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name, its 4-byte id, and what follows the id."""

    name: str
    key_id: bytes
    payload: bytes

    def line(self) -> bytes:
        """The line as it stands in a note, with its newline."""
        return b"\xe2\x80\x94 %s %s\n" % (self.name.encode(), b64encode(self.key_id + self.payload))

    @classmethod
    def parse(cls, line: bytes, *, where: str = "signature line") -> Signature:
        """Read a line, with its newline.

        Raises: Malformed, for any line that `line` would not have written.
        """
        match = _LINE.fullmatch(line)
        if match is None:
            raise Malformed(f"not a signature line: {line[:40]!r}", where=where)
        try:
            name, raw = match[1].decode(), b64decode(match[2], validate=True)
        except ValueError:
            raise Malformed("a signature line's base64 or UTF-8 is damaged", where=where) from None
        if len(raw) < 5 or b64encode(raw) != match[2] or name.split() != [name]:
            raise Malformed("a signature line that is not canonical", where=where)
        return cls(name, raw[:4], raw[4:])

    def by(self, key: VerifierKey) -> bool:
        """Whether the line names `key`; says nothing of the signature."""
        return self.key_id == key.id and self.name == key.name


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signature lines; nothing is verified yet."""

    text: bytes
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, raw: bytes, *, limit: int = MAX_NOTE, where: str = "note") -> Note:
        """Split a note at its last empty line.

        Raises: Malformed, for anything that is not a note of at most `limit` bytes and 100 signatures.
        """
        if len(raw) > limit:
            raise Malformed(f"a note of {len(raw)} bytes; at most {limit} are taken", where=where)
        split = raw.rfind(b"\n\n")
        if split < 0 or not raw.endswith(b"\n") or split + 2 >= len(raw):
            raise Malformed("no signature after an empty line", where=where, hint="is the file complete?")
        text, block = raw[: split + 1], raw[split + 2 :]
        if _CONTROL.search(raw):
            raise Malformed("a control character other than newline", where=where)
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            raise Malformed(f"not UTF-8 at byte {error.start}", where=where) from None
        lines = block.splitlines(keepends=True)
        if len(lines) > MAX_SIGNATURES:
            raise Malformed(f"{len(lines)} signatures; at most {MAX_SIGNATURES} are taken", where=where)
        return cls(text, tuple(Signature.parse(line, where=where) for line in lines))

    def bytes(self) -> bytes:
        """The note as it was written."""
        return self.text + b"\n" + b"".join(s.line() for s in self.signatures)

    def find(self, key: VerifierKey) -> Signature | None:
        """The first signature line that names `key`."""
        return next((s for s in self.signatures if s.by(key)), None)

    def signed_by(self, keys: Iterable[VerifierKey]) -> list[VerifierKey]:
        """The keys of `keys`, of type 01 or passkeys, that signed the text.

        Raises: Malformed, if a line names one of the keys and its signature is bad.
        """
        signers = []
        for key in keys:
            line = self.find(key)
            if line is None or key.type not in SIGNING_TYPES:
                continue
            if not verify_line(self.text, line, key):
                raise Malformed(f"the signature of {key.name} is bad", where="note")
            signers.append(key)
        return signers


def verify_line(text: bytes, line: Signature, key: VerifierKey) -> bool:
    """Whether `line` is a good signature of a note's text by `key`, which is of type 01 or a passkey."""
    return line.by(key) and verify_payload(key, line.payload, text)


def sign(text: bytes, key: SecretKey) -> Signature:
    """Sign a note's text with a type-01 key."""
    assert key.verifier.type is KeyType.ED25519
    assert text.endswith(b"\n")
    return Signature(key.verifier.name, key.verifier.id, ed25519.sign(key.expanded, text))


def assemble(text: bytes, signatures: Sequence[Signature]) -> bytes:
    """A whole note from its text and signatures."""
    return text + b"\n" + b"".join(s.line() for s in signatures)
