"""Statements: what a side says as its own, publicly or to the others, or reports of a third party. Rule S1."""

from __future__ import annotations

import msgspec

from comity.errors import Objection
from comity.office import keys
from comity.office.acts import Statement
from comity.office.messages import unseen
from comity.office.past import Past, Rules, power


class Stated(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A statement as lists need it."""

    public: bool
    reported: bool
    """Whether it is a third party's."""
    place: int


STATED = msgspec.msgpack.Decoder(Stated)


def judge(past: Past, act: Statement) -> list[Objection]:
    found = [unseen(past, ref) for ref in act.concerns if past.find(ref) is None]
    if act.language in act.translations:
        found.append(Objection("L2", f"a translation into its own language, {act.language}", see=past.ref))
    if act.public and past.to != (1 << len(past.roll.names)) - 1:
        found.append(Objection("S1", "public, and yet not addressed to all parties", see=past.ref))
    return found


def apply(past: Past, act: Statement) -> None:
    stated = Stated(act.public, act.source is not None, past.place)
    past.state.put(keys.act_key(keys.STATEMENT, past.side, past.no), msgspec.msgpack.encode(stated))


RULES = {"state": Rules(judge, apply, needs=power("sign", "state"))}
