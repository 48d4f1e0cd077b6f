"""Whether one signature line on a text is good, whatever the type of its key."""

from __future__ import annotations

from comity.record import ed25519
from comity.record.keys import KeyType, VerifierKey


def verify_payload(key: VerifierKey, payload: bytes, text: bytes) -> bool:
    """Whether `payload` is a good signature by `key` over the note text `text`."""
    if key.type is KeyType.ED25519:
        return ed25519.verify(key.public, payload, text)
    return False
