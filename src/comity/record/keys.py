"""Keys as text: verifier keys that anyone may hold and secret keys that one holder keeps.

One key, one role, always: a type-04 cosignature does not commit to its cosigner's name, so a key used in two roles
would let one statement pass for another.
Source: C2SP signed-note, tlog-cosignature.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from comity.errors import Malformed
from comity.record import ed25519, mldsa
from comity.record.webauthn import Passkey

MAX_NAME = 255
MAX_VKEY_CHARS = 4096
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f\ud800-\udfff]+")
_VKEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


class KeyType(IntEnum):
    """What a signature under the key covers."""

    ED25519 = 0x01
    """The note's text."""
    COSIGNATURE = 0x04
    """The time and the checkpoint's text."""
    MLDSA44 = 0x06
    """The time, the origin, the size and the root of a checkpoint."""
    NAMED = 0xFF
    """A named type: comity uses it for passkeys."""


_TYPES = frozenset(int(kind) for kind in KeyType)
_PUBLIC_BYTES = {KeyType.ED25519: 32, KeyType.COSIGNATURE: 32, KeyType.MLDSA44: mldsa.PUBLIC_BYTES}


def key_id(name: str, typed_public: bytes) -> bytes:
    """The 4-byte id of a key: SHA-256(name, newline, type byte, public bytes), cut short."""
    return sha256(name.encode() + b"\n" + typed_public).digest()[:4]


def check_name(name: str, *, where: str = "key name") -> str:
    """Return `name` if it may name a key: not empty, no white space, no plus sign, at most 255 bytes."""
    if not _NAME.fullmatch(name) or len(name.encode()) > MAX_NAME:
        raise Malformed(f"{name[:40]!r} cannot name a key", where=where, hint="use letters, digits, dots, hyphens")
    return name


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with its name and type; for named types `public` starts with the type's name and a newline."""

    name: str
    type: KeyType
    public: bytes
    id: bytes

    @classmethod
    def of(cls, name: str, kind: KeyType, public: bytes) -> VerifierKey:
        """Make a verifier key; the id follows from the rest."""
        check_name(name)
        size = _PUBLIC_BYTES.get(kind)
        if size is not None and len(public) != size:
            raise Malformed(f"a public key of type {kind:02x} has {size} bytes, not {len(public)}", where=name)
        if kind is KeyType.NAMED:
            Passkey.parse(public)
        return cls(name, kind, public, key_id(name, bytes([kind]) + public))

    @classmethod
    def parse(cls, text: str, *, where: str = "verifier key") -> VerifierKey:
        """Read `name+id+base64`.

        Raises: Malformed, when it is not of that form, of an unknown type, or its id is not its own.
        """
        match = _VKEY.fullmatch(text) if len(text) <= MAX_VKEY_CHARS else None
        if match is None:
            raise Malformed("not a verifier key (name+id+base64)", where=where, hint="copy the whole line")
        name, hex_id, encoded = match.groups()
        try:
            typed = b64decode(encoded, validate=True)
        except Base64Error:
            raise Malformed("the key's base64 is damaged", where=where, hint="copy the whole line") from None
        if b64encode(typed).decode() != encoded or len(typed) < 2 or typed[0] not in _TYPES:
            raise Malformed("a key of a type that comity does not know", where=where)
        key = cls.of(name, KeyType(typed[0]), typed[1:])
        if key.id.hex() != hex_id:
            raise Malformed(f"the key's id is {key.id.hex()}, but {hex_id} is written", where=where)
        return key

    @property
    def material(self) -> bytes:
        """The bare public key, without names or hosts: equal for two roles of one key."""
        return Passkey.parse(self.public).point if self.type is KeyType.NAMED else self.public

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.type]) + self.public).decode()}"


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """A seed with its name and type; printing it shows neither."""

    verifier: VerifierKey
    seed: bytes
    expanded: bytes

    @classmethod
    def of(cls, name: str, kind: KeyType, seed: bytes) -> SecretKey:
        """Make a key of type 01, 04 or 06 from 32 bytes of chance."""
        if len(seed) != ed25519.SEED_BYTES:
            raise Malformed("a seed has 32 bytes", where=name)
        if kind is KeyType.MLDSA44:
            return cls(VerifierKey.of(name, kind, mldsa.public_key(seed)), seed, seed)
        assert kind in (KeyType.ED25519, KeyType.COSIGNATURE)
        expanded = ed25519.secret_key(seed)
        return cls(VerifierKey.of(name, kind, expanded[32:]), seed, expanded)

    @classmethod
    def parse(cls, text: str, *, where: str = "secret key") -> SecretKey:
        """Read `PRIVATE+KEY+name+id+base64(type, seed)`.

        Raises: Malformed, without repeating the secret.
        """
        prefix, _, rest = text.partition("PRIVATE+KEY+")
        match = _VKEY.fullmatch(rest) if not prefix and len(text) <= MAX_VKEY_CHARS else None
        if match is None:
            raise Malformed("not a secret key", where=where)
        name, hex_id, encoded = match.groups()
        try:
            typed = b64decode(encoded, validate=True)
        except Base64Error:
            raise Malformed("the key's base64 is damaged", where=where) from None
        if len(typed) != 33 or typed[0] not in (KeyType.ED25519, KeyType.COSIGNATURE, KeyType.MLDSA44):
            raise Malformed("a secret key of a type that comity does not know", where=where)
        key = cls.of(name, KeyType(typed[0]), typed[1:])
        if key.verifier.id.hex() != hex_id:
            raise Malformed("the secret key's id is not its own", where=where)
        return key

    def text(self) -> str:
        """The secret key as text, for a file of mode 600."""
        encoded = b64encode(bytes([self.verifier.type]) + self.seed).decode()
        return f"PRIVATE+KEY+{self.verifier.name}+{self.verifier.id.hex()}+{encoded}"
