"""Delegates and their full powers: who may speak for a side, and on what. Rules D1 to D9."""

from __future__ import annotations

import msgspec

from comity.errors import Objection
from comity.office import bounds, keys
from comity.office.acts import Appoint, Revoke
from comity.office.charter import Charter, Delegate
from comity.office.past import Level, Past, Rules
from comity.office.state import State


class Standing(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a delegate may do, from one number of the own series on."""

    since: int
    """The number of the act that said so; 0: the charter."""
    title: str
    chief: bool
    negotiate: tuple[str, ...]
    initial: tuple[str, ...]
    sign: tuple[str, ...]
    at: str = ""
    """When its author says that it was written."""
    ended: bool = False
    day: str = ""
    """The day on which it was announced to begin or end."""

    def may(self, level: Level, subject: str) -> bool:
        if self.ended:
            return False
        listed: tuple[str, ...] = getattr(self, level)
        return self.chief or subject in listed or bounds.ANY in listed


STANDING = msgspec.msgpack.Decoder(Standing)
_encode = msgspec.msgpack.encode


def found(state: State, charter: Charter) -> None:
    for side, of in enumerate(charter.sides):
        for delegate in of.delegates:
            standing = _standing(0, delegate)
            state.put(_key(side, delegate.name), _encode(standing))
        state.put(keys.CHIEFS + bytes([side]), _encode(sum(delegate.chief for delegate in of.delegates)))


def _standing(since: int, of: Delegate | Appoint, at: str = "", day: str | None = None) -> Standing:
    powers = of.powers
    return Standing(since, of.title, of.chief, powers.negotiate, powers.initial, powers.sign, at, day=day or "")


def _key(side: int, name: str) -> bytes:
    return keys.DELEGATE + bytes([side]) + name.encode()


def _former(side: int, name: str) -> bytes:
    return keys.FORMER + bytes([side]) + name.encode() + b"\0"


def standing(state: State, side: int, name: str, upto: int) -> Standing | None:
    """What a delegate of a side could do after the side's act number `upto`; None: nobody by that name yet."""
    raw = state.get(_key(side, name))
    if raw is None:
        return None
    latest = STANDING.decode(raw)
    if latest.since <= upto:
        return latest
    prefix = _former(side, name)
    for _, raw in state.scan(prefix, after=prefix + keys.number(upto + 1), reverse=True):
        return STANDING.decode(raw)
    return None


def chiefs(state: State, side: int) -> int:
    raw = state.get(keys.CHIEFS + bytes([side]))
    assert raw is not None
    return int(msgspec.msgpack.decode(raw, type=int))


def serving(past: Past, named: str) -> list[Objection]:
    """D2: whoever is named must be a delegate in office, as the author had seen it."""
    side_name, _, name = named.partition("/")
    side = past.roll.sides.get(side_name)
    if side is None:
        return [Objection("A4", f"no side is called {side_name!r}", see=past.ref)]
    found = standing(past.state, side, name, past.vector[side])
    if found is None:
        return [Objection("D6", f"{side_name} has no delegate called {name!r}", see=past.ref)]
    if found.ended:
        see = past.roll.ref(side, found.since)
        return [Objection("D2", f"{named} is no longer a delegate; the author had seen it", see=see)]
    return []


def _put(past: Past, name: str, new: Standing) -> None:
    """Make a standing the latest and keep the former one, for acts whose authors have not seen the change."""
    key = _key(past.side, name)
    raw = past.state.get(key)
    was_chief = False
    if raw is not None:
        old = STANDING.decode(raw)
        was_chief = old.chief and not old.ended
        past.state.put(_former(past.side, name) + keys.number(old.since), raw)
    past.state.put(key, _encode(new))
    change = (new.chief and not new.ended) - was_chief
    if change:
        past.state.put(keys.CHIEFS + bytes([past.side]), _encode(chiefs(past.state, past.side) + change))


def _own(past: Past, name: str) -> Standing | None:
    return standing(past.state, past.side, name, past.place)


def _last_chief(past: Past, name: str) -> bool:
    now = _own(past, name)
    return now is not None and now.chief and not now.ended and chiefs(past.state, past.side) == 1


def judge_appoint(past: Past, act: Appoint) -> list[Objection]:
    found = []
    if act.name == bounds.WATCH:
        found.append(
            Objection("D7", f"{act.name!r} is the name of the watch key", see=past.ref, hint="choose another")
        )
    if not act.chief and _last_chief(past, act.name):
        found.append(_no_chief(past, act.name))
    if past.granted.key is not None and (past.granted.key, past.granted.chief) != (act.name, act.chief):
        found.append(
            Objection("D8", f"the entry grants a key to {past.granted.key}, its body appoints {act.name}", past.ref)
        )
    if past.granted.drops is not None:
        found.append(Objection("D8", f"an appointment drops the key of {past.granted.drops}", see=past.ref))
    return found


def apply_appoint(past: Past, act: Appoint) -> None:
    _put(past, act.name, _standing(past.place, act, past.at, act.begins))


def judge_revoke(past: Past, act: Revoke) -> list[Objection]:
    found = []
    now = _own(past, act.name)
    if now is None or now.ended:
        found.append(Objection("D6", f"{act.name!r} is not a delegate in office", see=past.ref))
    if _last_chief(past, act.name):
        found.append(_no_chief(past, act.name))
    if past.granted.drops not in (None, act.name):
        found.append(
            Objection("D8", f"the entry drops the key of {past.granted.drops}, its body revokes {act.name}", past.ref)
        )
    if past.granted.key is not None:
        found.append(Objection("D8", f"a revocation grants a key to {past.granted.key}", see=past.ref))
    return found


def apply_revoke(past: Past, act: Revoke) -> None:
    now = _own(past, act.name)
    assert now is not None
    ended = Standing(past.place, now.title, now.chief, (), (), (), past.at, ended=True, day=act.ends or "")
    _put(past, act.name, ended)


def _no_chief(past: Past, name: str) -> Objection:
    hint = "appoint another chief first"
    return Objection("D9", f"without {name} the side would have no chief delegate", see=past.ref, hint=hint)


RULES = {
    "appoint": Rules(judge_appoint, apply_appoint, chief=True, public=True),
    "revoke": Rules(judge_revoke, apply_revoke, chief=True, public=True),
}
