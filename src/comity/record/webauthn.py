"""Passkeys: signatures of type ff, verified offline from the bytes that the authenticator gave.

A passkey signs no text of ours. It signs authenticator data and a hash of client data, and the client data holds a
challenge: comity's challenge is the SHA-256 of the note's text, so one assertion is good for one text.
Source: W3C Web Authentication Level 2 §5.8.1, §6.1, §7.2; RFC 9053; our encodings: docs/spec/webauthn.md.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from comity.errors import Malformed
from comity.record import ed25519

TYPE_NAME = b"comity/webauthn/v1\n"
MAX_ORIGIN = 267
MAX_RP_ID = 253
MAX_AUTHENTICATOR_DATA = 1024
MAX_CLIENT_DATA = 2048
MAX_SIGNATURE = 72

_EDDSA = bytes.fromhex("a4010103272006215820")
"""{kty: OKP, alg: EdDSA, crv: Ed25519, x: 32 bytes}, the only CBOR that CTAP2's canonical form allows for it."""
_ES256 = bytes.fromhex("a5010203262001215820")
"""{kty: EC2, alg: ES256, crv: P-256, x: 32 bytes …"""
_Y = bytes.fromhex("225820")
"""… y: 32 bytes}."""
_HOST = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
_RP_ID = re.compile(_HOST)
_ORIGIN = re.compile(rf"(https://(?P<host>{_HOST})|http://localhost)(:[1-9][0-9]{{0,4}})?")
_CLIENT_DATA = re.compile(
    rb'\{"type":"(?P<type>[a-z.]*)","challenge":"(?P<challenge>[A-Za-z0-9_-]*)","origin":"(?P<origin>[!#-\[\]-~]*)"'
    rb'(,"crossOrigin":(?P<cross>false|true)(,.*)?)?\}',
    re.DOTALL,
)
"""Bytes compared, not JSON parsed: no two verifiers can read one client data differently."""
_USER_PRESENT, _USER_VERIFIED, _ATTESTED, _EXTENSIONS = 0x01, 0x04, 0x40, 0x80
_BARE = 37


def _join(parts: Sequence[bytes]) -> bytes:
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _split(raw: bytes, limits: Sequence[int], where: str) -> list[bytes]:
    parts, at = [], 0
    for limit in limits:
        size = int.from_bytes(raw[at : at + 2], "big")
        if size > limit or at + 2 + size > len(raw):
            raise Malformed(
                f"a part of {size} bytes, where {limit} are allowed and {len(raw)} are there", where=where
            )
        parts.append(raw[at + 2 : at + 2 + size])
        at += 2 + size
    if at != len(raw):
        raise Malformed(f"{len(raw) - at} bytes too many", where=where)
    return parts


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey's public half: its COSE key, and the host and page for which alone it signs."""

    cose: bytes
    rp_id: str
    origin: str

    def __post_init__(self) -> None:
        origin = _ORIGIN.fullmatch(self.origin) if len(self.origin) <= MAX_ORIGIN else None
        if origin is None:
            raise Malformed(f"{self.origin[:60]!r} is not an https origin", where="passkey")
        host = origin["host"] or "localhost"
        if len(self.rp_id) > MAX_RP_ID or not _RP_ID.fullmatch(self.rp_id):
            raise Malformed(f"{self.rp_id[:60]!r} is not an RP id", where="passkey")
        if host != self.rp_id and not host.endswith("." + self.rp_id):
            raise Malformed(f"{host} is not within the RP id {self.rp_id}", where="passkey")
        if not self._is_ed25519() and not self._is_es256():
            hint = "register the passkey with alg -8 or -7"
            raise Malformed("not an EdDSA or ES256 key in canonical COSE", where="passkey", hint=hint)
        if self._is_es256():
            try:
                ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.point)
            except ValueError:
                raise Malformed("a point that is not on P-256", where="passkey") from None

    def _is_ed25519(self) -> bool:
        return len(self.cose) == 42 and self.cose.startswith(_EDDSA)

    def _is_es256(self) -> bool:
        return len(self.cose) == 77 and self.cose.startswith(_ES256) and self.cose[42:45] == _Y

    @property
    def point(self) -> bytes:
        """The bare key: 32 bytes of Ed25519, or an uncompressed point of P-256."""
        return self.cose[10:] if self._is_ed25519() else b"\x04" + self.cose[10:42] + self.cose[45:]

    def public(self) -> bytes:
        """The public bytes of a type-ff verifier key, its type's name and newline first."""
        return TYPE_NAME + _join([self.cose, self.rp_id.encode(), self.origin.encode()])

    @classmethod
    def parse(cls, public: bytes) -> Passkey:
        """Read the public bytes of a type-ff verifier key.

        Raises: Malformed, for another type's name, or a key, host or origin that is not in its one form.
        """
        if not public.startswith(TYPE_NAME):
            raise Malformed("a named key type that is not comity/webauthn/v1", where="passkey")
        cose, rp_id, origin = _split(public[len(TYPE_NAME) :], [77, MAX_RP_ID, MAX_ORIGIN], "passkey")
        return cls(cose, rp_id.decode("ascii", "replace"), origin.decode("ascii", "replace"))

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` over `message` is by this key; ES256 signatures are strict DER."""
        if self._is_ed25519():
            return ed25519.verify(self.point, signature, message)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.point)
        try:
            key.verify(signature, message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an authenticator gave: kept as it came."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes

    def payload(self) -> bytes:
        """The bytes that follow the key id in a signature line."""
        return _join([self.authenticator_data, self.client_data, self.signature])

    @classmethod
    def parse(cls, payload: bytes) -> Assertion:
        """Read a signature line's payload.

        Raises: Malformed, for parts over 1,024, 2,048 or 72 bytes, and for bytes too many or too few.
        """
        limits = [MAX_AUTHENTICATOR_DATA, MAX_CLIENT_DATA, MAX_SIGNATURE]
        return cls(*_split(payload, limits, "passkey signature"))


def challenge(text: bytes) -> bytes:
    """The 32 bytes that a passkey is asked to sign for a note's text."""
    return sha256(text).digest()


def faults(passkey: Passkey, text: bytes, assertion: Assertion) -> list[str]:
    """Everything wrong with `assertion` as this passkey's signature of `text`; empty when it is good."""
    found = _client_faults(passkey, text, assertion.client_data)
    auth = assertion.authenticator_data
    flags = auth[32] if len(auth) >= _BARE else 0
    if len(auth) < _BARE or flags & _ATTESTED or bool(flags & _EXTENSIONS) != (len(auth) > _BARE):
        found.append("authenticator data that is not of an assertion")
    if auth[:32] != sha256(passkey.rp_id.encode()).digest():
        found.append(f"signed for another host than {passkey.rp_id}")
    if not flags & _USER_PRESENT:
        found.append("no person was present")
    if not flags & _USER_VERIFIED:
        found.append("the authenticator did not verify the person")
    if not passkey.signed(assertion.signature, auth + sha256(assertion.client_data).digest()):
        found.append("the signature is bad")
    return found


def _client_faults(passkey: Passkey, text: bytes, raw: bytes) -> list[str]:
    client = _CLIENT_DATA.fullmatch(raw)
    if client is None:
        return ["client data that is not serialized as WebAuthn §5.8.1.1 says"]
    found = []
    if client["type"] != b"webauthn.get":
        found.append("not made to sign with: its type is not webauthn.get")
    if client["challenge"] != urlsafe_b64encode(challenge(text)).rstrip(b"="):
        found.append("made for another text")
    if client["origin"] != passkey.origin.encode():
        found.append(f"signed on another page than {passkey.origin}")
    if client["cross"] == b"true":
        found.append("signed inside another site's page")
    return found


@lru_cache(maxsize=1024)
def _passkey(public: bytes) -> Passkey:
    return Passkey.parse(public)


def verify(public: bytes, payload: bytes, text: bytes) -> bool:
    """Whether `payload` is a good signature of `text` by the type-ff key of these public bytes."""
    try:
        return not faults(_passkey(public), text, Assertion.parse(payload))
    except Malformed:
        return False
