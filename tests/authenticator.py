"""A software authenticator: makes the bytes a browser and a passkey give, right or wrong on request."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from comity.record.webauthn import Assertion, Passkey, challenge

PRESENT, VERIFIED, ATTESTED, EXTENSIONS = 0x01, 0x04, 0x40, 0x80


class Authenticator:
    """One passkey for one host, Ed25519 or ES256."""

    def __init__(
        self, algorithm: str, rp_id: str = "north.example", origin: str = "https://node.north.example"
    ) -> None:
        self.rp_id, self.origin = rp_id, origin
        self._ed = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
        self._ec = ec.derive_private_key(0x1234567, ec.SECP256R1())
        self.algorithm = algorithm
        self.passkey = Passkey(self.cose(), rp_id, origin)

    def cose(self) -> bytes:
        """The public key as CTAP2 writes it."""
        if self.algorithm == "EdDSA":
            return bytes.fromhex("a4010103272006215820") + self._ed.public_key().public_bytes_raw()
        numbers = self._ec.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y

    def sign_bytes(self, message: bytes) -> bytes:
        if self.algorithm == "EdDSA":
            return self._ed.sign(message)
        return self._ec.sign(message, ec.ECDSA(SHA256(), deterministic_signing=True))

    def sign(self, text: bytes, *, flags: int = PRESENT | VERIFIED, extra: bytes = b"", **client: Any) -> Assertion:
        """Sign a note's text; `client` replaces or adds members of the client data."""
        members = {
            "type": "webauthn.get",
            "challenge": urlsafe_b64encode(challenge(text)).rstrip(b"=").decode(),
            "origin": self.origin,
            "crossOrigin": False,
        } | client
        raw = json.dumps(members, separators=(",", ":")).encode()
        auth = sha256(self.rp_id.encode()).digest() + bytes([flags]) + (7).to_bytes(4, "big") + extra
        return self.assertion(auth, raw)

    def assertion(self, auth: bytes, client_data: bytes) -> Assertion:
        """Sign these bytes, whatever they are."""
        return Assertion(auth, client_data, self.sign_bytes(auth + sha256(client_data).digest()))
