"""The forms of evidence: what each kind of file holds, and its bounds. What they prove is judged in `evidence`.

Source: docs/spec/evidence.md.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from comity.errors import Malformed
from comity.record.merkle import HASH

FORMAT: Final = "comity/evidence/v1"
MAX_EVIDENCE = 8 << 20
MAX_GRANTS = 256

_Digest = Annotated[bytes, msgspec.Meta(min_length=HASH, max_length=HASH)]
_Path = Annotated[tuple[_Digest, ...], msgspec.Meta(max_length=64)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
_Grants = Annotated[tuple[bytes, ...], msgspec.Meta(max_length=MAX_GRANTS)]


class Included(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry and the proof that a head commits to it.

    `path` leads from entry `index` (from 0) to the root at `size`; `bridge` proves that the head's log extends that.
    """

    entry: bytes
    index: _Count
    size: _Count
    path: _Path
    bridge: _Path = ()


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    format: Literal["comity/evidence/v1"] = FORMAT


class Fork(_Kind, frozen=True, tag="fork", kw_only=True):
    """Two heads signed by one key, seal or receipt key, that are not one history.

    `path` is the consistency proof of the newer head. Where the older size is a power of two, the proof of RFC 6962
    leaves out the older root, so here the newer log's root over that many entries stands first.
    """

    key: str
    older: str
    newer: str
    path: _Path = ()


class Renumbered(_Kind, frozen=True, tag="renumbered", kw_only=True):
    """Two signed acts of one side with one number; `grants` are the entries that granted their keys, in order."""

    charter: str
    side: str
    acts: tuple[bytes, bytes]
    grants: _Grants = ()


class BadAct(_Kind, frozen=True, tag="bad-act", kw_only=True):
    """An act that breaks a rule by itself, or beside an earlier one (`before`), under a head that its seal signed."""

    charter: str
    side: str
    head: str
    act: Included
    before: Included | None = None
    grants: _Grants = ()


class BadSeries(_Kind, frozen=True, tag="bad-series", kw_only=True):
    """A series from its first entry to the first bad one, where only the whole shows which keys were in force."""

    charter: str
    side: str
    head: str
    entries: tuple[bytes, ...]
    bridge: _Path = ()


class Received(_Kind, frozen=True, tag="received", kw_only=True):
    """A side's receipt on a head that commits to an act."""

    charter: str
    side: str
    cosigner: str
    head: str
    act: Included


Evidence = Fork | Renumbered | BadAct | BadSeries | Received
_decode = msgspec.json.Decoder(Evidence).decode


def encode(evidence: Evidence) -> bytes:
    """The file's bytes."""
    return msgspec.json.format(msgspec.json.encode(evidence), indent=1) + b"\n"


def decode(raw: bytes, *, where: str = "evidence") -> Evidence:
    """Read a file; nothing of it is verified.

    Raises: Malformed, for more than 8 MiB, another format, or fields out of bounds.
    """
    if len(raw) > MAX_EVIDENCE:
        raise Malformed(f"evidence of {len(raw)} bytes; at most {MAX_EVIDENCE} are taken", where=where)
    try:
        evidence: Evidence = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not a {FORMAT} file: {error}", where=where) from None
    return evidence
