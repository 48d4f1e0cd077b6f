"""The state's keys: a letter for the table, then sides, lines and numbers big-endian, so that a scan is in order."""

from __future__ import annotations

from struct import Struct

_POINTER = Struct(">BQ")
_NUMBER = Struct(">Q")

CHARTER = b"c"
ACT = b"a"
"""side, no → what the act's author had seen, closed under what those acts had seen."""
CLOSED = b"z"
"""side, no → the kind of an act whose body is not for this node."""
VERDICT = b"v"
"""side, no → why an act does not plainly stand."""
PENDING = b"p"
"""side, no → what a pending act says, without its bulk."""
DELEGATE = b"d"
"""side, name → the delegate's latest standing."""
FORMER = b"D"
"""side, name, NUL, number → an earlier standing of the delegate, by the number from which it held."""
CHIEFS = b"h"
"""side → how many chiefs the side has."""
MESSAGE = b"m"
"""line, side, no → a message."""
MESSAGE_LINE = b"M"
"""side, no → the line of a message."""
OPEN = b"u"
"""addressee, side, no → a message not yet logged by the addressee."""
ACKNOWLEDGED = b"g"
"""side, no, acknowledging side → the acknowledgements of a message."""
QUERY = b"q"
"""side, no, number of the query → what the query asks for."""
CHECK = b"s"
"""line, side, no → a check."""
CHECK_LINE = b"S"
"""side, no → the line of a check."""
CHECK_SLOT = b"l"
"""line, slot, side → the number of the side's check for that slot."""
ANSWER = b"w"
"""side, no of the check, answering side → the answer."""
ON_WATCH = b"o"
"""side → who is on watch."""
HANDOVER = b"O"
"""side, no → a handover."""
TEXT = b"t"
"""side, no → a joint text."""
OPEN_TEXT = b"n"
"""side, no → a text that is neither in force nor declined by one whom it needs."""
STANCE = b"e"
"""side, no of the text, acting side → what that side did about the text."""
HELD = b"x"
"""matter's side and no, side → the matter's texts that this side has adopted and that can still matter."""
MATTER = b"y"
"""matter's side and no, text's side and no → a text of the matter."""
STATEMENT = b"r"
"""side, no → a statement."""
LETTER = b"i"
"""side, no → a letter."""


def pointer(side: int, no: int) -> bytes:
    return _POINTER.pack(side, no)


def unpointer(key: bytes, at: int = 1) -> tuple[int, int]:
    """The side and number that stand at byte `at` of a key."""
    side, no = _POINTER.unpack_from(key, at)
    return side, no


def act_key(table: bytes, side: int, no: int) -> bytes:
    return table + _POINTER.pack(side, no)


def number(no: int) -> bytes:
    return _NUMBER.pack(no)


def beyond(prefix: bytes) -> bytes | None:
    """The least key after all keys with this prefix; None when there is none."""
    stem = prefix.rstrip(b"\xff")
    return stem[:-1] + bytes([stem[-1] + 1]) if stem else None
