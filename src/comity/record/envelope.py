"""Envelopes: bytes that only the holder of one key can read. Source: age-encryption.org/v1 (X25519)."""

from __future__ import annotations

from typing import Any

import pyrage

from comity.errors import Malformed

OVERHEAD = 4096
"""An age file is at most so much longer than its content, up to 64 MiB of content."""


def new_identity() -> tuple[str, str]:
    """A fresh key pair: the secret identity, and the recipient under which others write to it."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def recipient_key(text: str, *, where: str = "pouch key") -> Any:
    """Read a recipient (`age1…`).

    Raises: Malformed.
    """
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise Malformed("not a pouch key (age1…)", where=where, hint="copy the whole line") from None


def identity_key(text: str, *, where: str = "pouch key") -> Any:
    """Read a secret identity (`AGE-SECRET-KEY-1…`).

    Raises: Malformed, without repeating the secret.
    """
    try:
        return pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise Malformed("not a secret pouch key", where=where) from None


def enclose(content: bytes, recipient: Any) -> bytes:
    """Encrypt to a recipient."""
    sealed: bytes = pyrage.encrypt(content, [recipient])
    return sealed


def disclose(sealed: bytes, identity: Any, *, where: str = "pouch") -> bytes:
    """Decrypt what was enclosed to this identity.

    Raises: Malformed, if it is for someone else or was altered.
    """
    try:
        content: bytes = pyrage.decrypt(sealed, [identity])
    except pyrage.DecryptError:
        raise Malformed(
            "it cannot be opened with this side's key: it is for someone else, or was altered", where=where
        ) from None
    return content
