"""Messages and their acknowledgements: held is the receipt's to say, logged, read and shown are acts. L1 to L6."""

from __future__ import annotations

import msgspec

from comity.errors import Objection
from comity.office import keys
from comity.office.acts import Logged, Message, Query, Read, Shown
from comity.office.delegates import serving
from comity.office.past import Past, Rules, power
from comity.office.state import State

PRECEDENCES = ("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE")
FACTS = ("logged", "read", "shown")


class Sent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A message as the rules and lists need it."""

    precedence: int
    to: int
    """The sides that may read it, as bits; its author among them."""
    place: int = 0
    """The number at which it took effect, when that is not its own."""


class Acknowledged(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """By which acts of one side a message was logged, read and shown; 0: not yet."""

    logged: int = 0
    read: int = 0
    shown: int = 0


SENT = msgspec.msgpack.Decoder(Sent)
_ACKNOWLEDGED = msgspec.msgpack.Decoder(Acknowledged)
_encode = msgspec.msgpack.encode


def message_key(line: int, side: int, no: int) -> bytes:
    return keys.MESSAGE + bytes([line]) + keys.pointer(side, no)


def sent(state: State, side: int, no: int) -> tuple[int, Sent] | None:
    """The line and the record of a message that has taken effect."""
    line = state.get(keys.act_key(keys.MESSAGE_LINE, side, no))
    if line is None:
        return None
    raw = state.get(message_key(line[0], side, no))
    assert raw is not None
    return line[0], SENT.decode(raw)


def acknowledged(state: State, side: int, no: int, by: int) -> Acknowledged:
    """What the side `by` has acknowledged of a message."""
    raw = state.get(keys.act_key(keys.ACKNOWLEDGED, side, no) + bytes([by]))
    return Acknowledged() if raw is None else _ACKNOWLEDGED.decode(raw)


def judge_message(past: Past, act: Message) -> list[Objection]:
    found = []
    if act.line not in past.roll.lines:
        found.append(unknown_line(past, act.line))
    if act.language in act.translations:
        found.append(Objection("L2", f"a translation into its own language, {act.language}", see=past.ref))
    if past.to == 1 << past.side:
        found.append(Objection("L3", "a message to nobody", see=past.ref, hint="address another side"))
    if act.ref is not None and past.find(act.ref) is None:
        found.append(unseen(past, act.ref))
    for named in act.attention:
        side = past.roll.sides.get(named.partition("/")[0])
        if side is not None and (side == past.side or not past.to >> side & 1):
            found.append(Objection("L3", f"for the attention of {named}, to whose side it is not sent", see=past.ref))
        found += serving(past, named)
    return found


def apply_message(past: Past, act: Message) -> None:
    line = past.roll.lines[act.line]
    state = past.state
    place = 0 if past.place == past.no else past.place
    pointer = keys.pointer(past.side, past.no)
    state.put(message_key(line, past.side, past.no), _encode(Sent(PRECEDENCES.index(act.precedence), past.to, place)))
    state.put(keys.MESSAGE_LINE + pointer, bytes([line]))
    for other in range(len(past.roll.names)):
        if other != past.side and past.to >> other & 1:
            state.put(keys.OPEN + bytes([other]) + pointer, b"")


def unknown_line(past: Past, line: str) -> Objection:
    lines = ", ".join(past.roll.lines)
    return Objection("L1", f"no line is called {line!r}", see=past.ref, hint=f"the charter's lines: {lines}")


def unseen(past: Past, ref: str) -> Objection:
    return Objection("A5", f"its author had not seen {ref}", see=past.ref, hint="refer to an act that has arrived")


def _message(past: Past, ref: str) -> tuple[int, int] | Objection | None:
    """The message that an act is about, as its author had seen it; None when its body is closed to this node."""
    at = past.find(ref)
    if at is None:
        return unseen(past, ref)
    message = sent(past.state, *at)
    if message is not None and past.sees(at[0], message[1].place):
        return at
    if past.closed(*at):
        return None
    return Objection("L4", f"{ref} is not a message that has taken effect", see=past.ref)


def _judge_fact(past: Past, ref: str, fact: str) -> list[Objection]:
    at = _message(past, ref)
    if at is None or isinstance(at, Objection):
        return [at] if at else []
    message = sent(past.state, *at)
    assert message is not None
    if at[0] == past.side or not message[1].to >> past.side & 1:
        return [Objection("L4", f"{ref} is not addressed to {past.roll.names[past.side]}", see=past.ref)]
    if before := getattr(acknowledged(past.state, *at, past.side), fact):
        return [Objection("L5", f"{fact} already", see=past.roll.ref(past.side, before))]
    return []


def _apply_fact(past: Past, ref: str, fact: str) -> None:
    at = _message(past, ref)
    if not isinstance(at, tuple):
        return
    now = acknowledged(past.state, *at, past.side)
    new = msgspec.structs.replace(now, **{fact: past.place})
    past.state.put(keys.act_key(keys.ACKNOWLEDGED, *at) + bytes([past.side]), _encode(new))
    if fact == "logged":
        past.state.drop(keys.OPEN + bytes([past.side]) + keys.pointer(*at))


def judge_logged(past: Past, act: Logged) -> list[Objection]:
    return _judge_fact(past, act.message, "logged")


def apply_logged(past: Past, act: Logged) -> None:
    _apply_fact(past, act.message, "logged")


def judge_read(past: Past, act: Read) -> list[Objection]:
    found = _judge_fact(past, act.message, "read")
    if act.reader is not None:
        found += serving(past, f"{past.roll.names[past.side]}/{act.reader}")
    return found


def apply_read(past: Past, act: Read) -> None:
    _apply_fact(past, act.message, "read")


def judge_shown(past: Past, act: Shown) -> list[Objection]:
    return _judge_fact(past, act.message, "shown")


def apply_shown(past: Past, act: Shown) -> None:
    _apply_fact(past, act.message, "shown")


def judge_query(past: Past, act: Query) -> list[Objection]:
    at = _message(past, act.message)
    if at is None or isinstance(at, Objection):
        return [at] if at else []
    message = sent(past.state, *at)
    assert message is not None
    if at[0] != past.side:
        author = past.roll.names[at[0]]
        return [Objection("L6", f"only its author, {author}, asks what became of {act.message}", see=past.ref)]
    others = [i for i in range(len(past.roll.names)) if i != past.side and message[1].to >> i & 1]
    known = [getattr(acknowledged(past.state, *at, other), act.asks) for other in others]
    if all(no and past.sees(other, no) for other, no in zip(others, known, strict=True)):
        see = past.roll.ref(others[0], known[0])
        return [Objection("L6", f"{act.message} is {act.asks} already, and the author had seen it", see=see)]
    return []


def apply_query(past: Past, act: Query) -> None:
    at = _message(past, act.message)
    if isinstance(at, tuple):
        past.state.put(keys.act_key(keys.QUERY, *at) + keys.number(past.no), bytes([FACTS.index(act.asks)]))


RULES = {
    "message": Rules(judge_message, apply_message, needs=power("negotiate", "message"), watch=True),
    "logged": Rules(judge_logged, apply_logged, watch=True),
    "read": Rules(judge_read, apply_read),
    "shown": Rules(judge_shown, apply_shown),
    "query": Rules(judge_query, apply_query, watch=True),
}
