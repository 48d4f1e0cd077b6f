"""Ed25519, through one library for every node, so that no two nodes ever disagree about a signature.

Source: RFC 8032; libsodium refuses non-canonical points and scalars and points of small order.
"""

from __future__ import annotations

from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import CryptoError

PUBLIC_BYTES = 32
SEED_BYTES = 32
SIGNATURE_BYTES = 64


def public_key(seed: bytes) -> bytes:
    """The 32 public bytes of a 32-byte seed."""
    return secret_key(seed)[SEED_BYTES:]


def secret_key(seed: bytes) -> bytes:
    """The expanded 64-byte secret of a 32-byte seed, for `sign`."""
    _, secret = crypto_sign_seed_keypair(seed)
    return bytes(secret)


def sign(secret: bytes, message: bytes) -> bytes:
    """The 64-byte signature of `message` under an expanded secret."""
    return bytes(crypto_sign(message, secret)[:SIGNATURE_BYTES])


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` is by `public`; releases the interpreter lock while it computes."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    try:
        crypto_sign_open(signature + message, public)
    except CryptoError:
        return False
    return True
