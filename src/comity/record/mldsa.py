"""ML-DSA-44, the second signature that outlives Ed25519. Source: FIPS 204."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

PUBLIC_BYTES = 1312
SIGNATURE_BYTES = 2420


def public_key(seed: bytes) -> bytes:
    """The 1,312 public bytes of a 32-byte seed."""
    return MLDSA44PrivateKey.from_seed_bytes(seed).public_key().public_bytes_raw()


def sign(seed: bytes, message: bytes) -> bytes:
    """A 2,420-byte signature with an empty context; two signatures of one message differ."""
    return MLDSA44PrivateKey.from_seed_bytes(seed).sign(message)


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` is by `public`."""
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
