"""From bytes that verified to acts that mean something."""

from __future__ import annotations

from comity.office.acts import Act, read_body
from comity.record.digest import hex_digest
from comity.record.entry import SALT, Entry


def to_act(entry: Entry, body: bytes | None) -> Act:
    """The act that an entry and its body make; without its body it is closed to this node."""
    return Act(
        entry.side,
        entry.no,
        entry.kind,
        entry.by,
        entry.at,
        entry.seen,
        entry.to,
        None if body is None else read_body(entry.kind, body[SALT:], hex_digest),
        grants=entry.key.partition(".")[0] if entry.key else None,
        grants_chief=entry.chief,
        drops=entry.drop,
    )
