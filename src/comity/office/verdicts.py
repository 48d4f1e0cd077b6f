"""What became of an act: it stands, it waits for its side's chief, or a rule sets it aside."""

from __future__ import annotations

import msgspec

from comity.errors import Objection
from comity.office import keys
from comity.office.acts import Body, write_gist
from comity.office.past import Past
from comity.office.state import State


class Stands(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """It has its effect; or its body is not for this node."""


class Pending(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """Beyond its signer's powers: without effect until the side's chief confirms it (D1)."""

    objections: tuple[Objection, ...]


class SetAside(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Kept and shown, without effect, by the rules named."""

    objections: tuple[Objection, ...]


Verdict = Stands | Pending | SetAside
STANDS = Stands()


class Waiting(msgspec.Struct, frozen=True, array_like=True):
    """An act that its side's chief can confirm: what it says, without its bulk."""

    kind: str
    by: str
    to: int
    gist: bytes
    beyond: bool
    """Whether it is pending, beyond its signer's powers; if not, it is an adoption ad referendum."""


_VERDICT = msgspec.msgpack.Decoder(Stands | Pending | SetAside)
_WAITING = msgspec.msgpack.Decoder(Waiting)


def record(state: State, side: int, no: int, verdict: Verdict) -> None:
    """Keep why an act does not plainly stand."""
    if verdict is not STANDS:
        state.put(keys.act_key(keys.VERDICT, side, no), msgspec.msgpack.encode(verdict))


def verdict(state: State, side: int, no: int) -> Verdict:
    """What became of an act that is folded."""
    return read_verdict(state.get(keys.act_key(keys.VERDICT, side, no)))


def read_verdict(raw: bytes | None) -> Verdict:
    return STANDS if raw is None else _VERDICT.decode(raw)


def read_waiting(raw: bytes) -> Waiting:
    return _WAITING.decode(raw)


def wait(past: Past, kind: str, body: Body, *, beyond: bool) -> None:
    """Keep what an act says until its side's chief confirms it."""
    waiting = Waiting(kind, past.by, past.to, write_gist(body), beyond)
    past.state.put(keys.act_key(keys.PENDING, past.side, past.no), msgspec.msgpack.encode(waiting))
