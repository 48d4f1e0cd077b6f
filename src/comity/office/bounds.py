"""How large and of what form each field of a charter or an act's body may be. Larger or other is undecodable."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

CHARTER_BYTES = 1 << 20
BODY_BYTES = 4 << 20
"""A body's JSON, without its salt. Bounded before it is parsed."""
SIDES = 16
LINES = 64

WATCH = "watch"
"""The name under which a side's watch key signs; no delegate may have it."""
ANY = "*"
"""In a delegate's powers: every kind."""

SideName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")]
LineName = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")]
"""A delegate's name within the side."""
Key = Annotated[str, Meta(min_length=1, max_length=4096)]
"""An opaque public key: a note verifier key or a passkey's. The office compares keys, the record uses them."""
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,31}\Z")]
"""A kind of act or of text."""
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}\Z")]
Title = Annotated[str, Meta(min_length=1, max_length=200)]
Note = Annotated[str, Meta(max_length=4096)]
Text = Annotated[str, Meta(max_length=1 << 20)]
Texts = Annotated[dict[Language, Text], Meta(max_length=32)]
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Mark = Annotated[str, Meta(min_length=1, max_length=128)]
"""The digest of a head, opaque here."""
Number = Annotated[int, Meta(ge=1, lt=1 << 53)]
"""The number of an act in its series."""
Ref = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}/[1-9][0-9]{0,14}\Z")]
"""An act: `side/no`. A text is named by the act that tabled it."""
DelegateRef = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,31}/[a-z][a-z0-9-]{0,31}\Z")]
Date = Annotated[str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z")]
Slot = Annotated[
    str, Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]\Z")
]
"""A scheduled check: day and time in the line's own zone."""
Moment = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
        r"(\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])\Z"
    ),
]
Minutes = Annotated[int, Meta(ge=1, le=525_600)]
