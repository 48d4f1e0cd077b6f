"""SHA-256, the one hash of the record."""

from __future__ import annotations

from hashlib import sha256

SIZE = 32


def digest(content: bytes) -> bytes:
    """The 32-byte SHA-256 of `content`."""
    return sha256(content).digest()


def hex_digest(content: bytes) -> str:
    """The SHA-256 of `content` in 64 lower-case hexadecimal digits."""
    return sha256(content).hexdigest()
