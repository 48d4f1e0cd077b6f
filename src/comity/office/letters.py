"""Letters: to a person of another side, in the writer's own language. Proposing a meeting binds nobody."""

from __future__ import annotations

import msgspec

from comity.errors import Objection
from comity.office import keys
from comity.office.acts import Letter
from comity.office.messages import unseen
from comity.office.past import Past, Rules, power


class Written(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A letter as lists need it."""

    to: int
    """The sides that may read it, as bits; its author among them."""
    proposes: bool
    place: int


WRITTEN = msgspec.msgpack.Decoder(Written)


def judge(past: Past, act: Letter) -> list[Objection]:
    found = []
    if past.to == 1 << past.side:
        found.append(Objection("L3", "a letter to nobody", see=past.ref, hint="address another side"))
    if act.language in act.translations:
        found.append(Objection("L2", f"a translation into its own language, {act.language}", see=past.ref))
    if act.ref is not None and past.find(act.ref) is None:
        found.append(unseen(past, act.ref))
    return found


def apply(past: Past, act: Letter) -> None:
    written = Written(past.to, act.proposes is not None, past.place)
    past.state.put(keys.act_key(keys.LETTER, past.side, past.no), msgspec.msgpack.encode(written))


RULES = {"letter": Rules(judge, apply, needs=power("negotiate", "letter"))}
