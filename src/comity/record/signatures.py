"""Whether one signature on a text is good, whatever the type of its key."""

from __future__ import annotations

from comity.record import ed25519, webauthn
from comity.record.keys import KeyType, VerifierKey

SIGNING_TYPES = frozenset({KeyType.ED25519, KeyType.NAMED})
"""Keys that sign any text; the other types sign checkpoints only."""


def verify_payload(key: VerifierKey, payload: bytes, text: bytes) -> bool:
    """Whether `payload` is a good signature by `key` over the note text `text`."""
    if key.type is KeyType.ED25519:
        return ed25519.verify(key.public, payload, text)
    return key.type is KeyType.NAMED and webauthn.verify(key.public, payload, text)
