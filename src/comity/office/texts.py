"""Joint texts: tabled by one side, in force when every required side's adoption stands. Rules T1 to T7.

Nothing here asks what else is folded: each act has its effect by what its author had seen, and then for good. Why no
two nodes ever believe incompatible texts in force is proved in docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum

import msgspec

from comity.errors import Objection
from comity.office import keys
from comity.office.acts import Adopt, Decline, Initial, Table, Withdraw
from comity.office.past import Level, Needs, Past, Rules, vector_of
from comity.office.state import State
from comity.office.verdicts import wait

Pointer = tuple[int, int]
"""A side's place in the charter and the number of its act; for a text, the act that tabled it."""


class Lapse(IntEnum):
    """How a side let a text lapse."""

    NONE = 0
    DECLINED = 1
    WITHDRAWN = 2
    COUNTERED = 3


class Tabled(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A text as the rules need it."""

    kind: str
    wording: bytes
    required: int
    """The sides whose adoption it needs, as bits."""
    matter: Pointer
    """The first text of the matter that it belongs to."""
    place: int
    """The number at which it was tabled with effect."""
    answers: Pointer | None = None
    replaces: Pointer | None = None


class Stance(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one side did about a text, by the numbers of its acts; 0: nothing."""

    initialled: int = 0
    referred: int = 0
    """Adopted ad referendum."""
    adopted: int = 0
    """Adopted with effect: the adoption stands from here on."""
    by: int = 0
    """The `adopt` act of that, which a confirmation may have lifted."""
    lapsed: int = 0
    """Declined, withdrew or countered."""
    how: Lapse = Lapse.NONE
    declared: bool = False
    """Whether an interpretative declaration is attached to the adoption (T7)."""


_TABLED = msgspec.msgpack.Decoder(Tabled)
_STANCE = msgspec.msgpack.Decoder(Stance)
_POINTERS = msgspec.msgpack.Decoder(tuple[Pointer, ...])
_encode = msgspec.msgpack.encode
_NO_STANCE = Stance()


def tabled(state: State, text: Pointer) -> Tabled | None:
    raw = state.get(keys.act_key(keys.TEXT, *text))
    return None if raw is None else _TABLED.decode(raw)


def stance(state: State, text: Pointer, side: int) -> Stance:
    raw = state.get(keys.act_key(keys.STANCE, *text) + bytes([side]))
    return _NO_STANCE if raw is None else _STANCE.decode(raw)


def bits(mask: int) -> Iterator[int]:
    """The sides in a mask."""
    side = 0
    while mask:
        if mask & 1:
            yield side
        mask >>= 1
        side += 1


def adopted(state: State, vector: Sequence[int], text: Pointer, side: int) -> bool:
    """Whether the side's adoption stands, as seen from `vector`."""
    return 0 < stance(state, text, side).adopted <= vector[side]


def in_force(state: State, vector: Sequence[int], text: Pointer, of: Tabled) -> bool:
    """T2: every required side's adoption stands."""
    return all(adopted(state, vector, text, side) for side in bits(of.required))


def lapses(state: State, vector: Sequence[int], text: Pointer) -> list[tuple[int, Stance]]:
    """T3: who declined, withdrew or countered the text, as seen from `vector`."""
    stances = [(side, stance(state, text, side)) for side in range(len(vector))]
    return [(side, it) for side, it in stances if 0 < it.lapsed <= vector[side]]


def dead(state: State, vector: Sequence[int], text: Pointer, of: Tabled) -> bool:
    """Whether, as seen from `vector`, the text can never come into force.

    A required side let it lapse without having adopted it; or one let it lapse, and another, required and without an
    adoption of its own, has since acted in the knowledge of that: whatever it adopts now is too late (T3).
    """
    for side, it in lapses(state, vector, text):
        if of.required >> side & 1 and not it.adopted:
            return True
        for other in bits(of.required):
            if other == side or not vector[other] or adopted(state, vector, text, other):
                continue
            if vector_of(state, other, vector[other])[side] >= it.lapsed:
                return True
    return False


def _known(past: Past, ref: str) -> tuple[Pointer, Tabled] | None:
    """The text that an act names, as its author had seen it."""
    at = past.find(ref)
    of = tabled(past.state, at) if at is not None else None
    return (at, of) if at is not None and of is not None and past.sees(at[0], of.place) else None


def _unknown(past: Past, rule: str, ref: str) -> Objection:
    return Objection(rule, f"its author had seen no text {ref} tabled with effect", see=past.ref)


# Tabling, and counter-texts


def needed_to_table(past: Past, act: Table) -> tuple[Level, str]:
    """A counter-text to what the own side has adopted takes that back, so it needs the power to sign."""
    answered = _known(past, act.answers) if act.answers is not None else None
    taken_back = answered is not None and stance(past.state, answered[0], past.side).adopted
    return ("sign" if taken_back else "negotiate"), act.kind


def judge_table(past: Past, act: Table) -> list[Objection]:
    sides = past.roll.sides
    found = [Objection("A4", f"no side is called {n!r}", see=past.ref) for n in act.required or () if n not in sides]
    if act.prevails is not None and act.prevails not in act.texts:
        found.append(Objection("T6", f"the language that prevails, {act.prevails}, is not one of its", see=past.ref))
    answered = _judge_earlier(past, act, "T4", act.answers, found)
    replaced = _judge_earlier(past, act, "T5", act.replaces, found)
    if answered and replaced and answered[1].matter != replaced[1].matter:
        found.append(Objection("T5", f"{act.answers} and {act.replaces} are different matters", see=past.ref))
    if answered and in_force(past.state, past.vector, *answered):
        hint = "table it as one that replaces it"
        found.append(Objection("T4", f"{act.answers} is in force: too late to answer it", see=past.ref, hint=hint))
    return found


def _judge_earlier(
    past: Past, act: Table, rule: str, ref: str | None, found: list[Objection]
) -> tuple[Pointer, Tabled] | None:
    """The earlier text that a new one answers or replaces, with what is wrong with that."""
    if ref is None:
        return None
    earlier = _known(past, ref)
    if earlier is None:
        found.append(_unknown(past, rule, ref))
    elif left_out := earlier[1].required & ~_required(past, act):
        names = ", ".join(past.roll.names[side] for side in bits(left_out))
        found.append(Objection(rule, f"it leaves out {names}, whose adoption {ref} needs", see=past.ref))
    return earlier


def _required(past: Past, act: Table) -> int:
    sides = past.roll.sides
    if act.required is None:
        return (1 << len(sides)) - 1
    return sum(1 << sides[name] for name in set(act.required) if name in sides)


def apply_table(past: Past, act: Table) -> None:
    text = (past.side, past.no)
    answered = _known(past, act.answers) if act.answers is not None else None
    replaced = _known(past, act.replaces) if act.replaces is not None else None
    matter = answered[1].matter if answered else replaced[1].matter if replaced else text
    of = Tabled(
        act.kind,
        bytes.fromhex(act.wording),
        _required(past, act),
        matter,
        past.place,
        answered[0] if answered else None,
        replaced[0] if replaced else None,
    )
    past.state.put(keys.act_key(keys.TEXT, *text), _encode(of))
    past.state.put(keys.act_key(keys.MATTER, *matter) + keys.pointer(*text), b"")
    past.state.put(keys.act_key(keys.OPEN_TEXT, *text), b"")
    if answered is not None:
        now = stance(past.state, answered[0], past.side)
        if not now.lapsed and (now.adopted or answered[0][0] == past.side or answered[1].required >> past.side & 1):
            _lapse(past, *answered, Lapse.COUNTERED)


def _put(past: Past, text: Pointer, new: Stance) -> None:
    past.state.put(keys.act_key(keys.STANCE, *text) + bytes([past.side]), _encode(new))


# Initialling and adopting


def needs(level: Level) -> Needs:
    def needed(past: Past, act: Initial | Adopt | Decline | Withdraw) -> tuple[Level, str] | None:
        known = _known(past, act.text)
        return None if known is None else (level, known[1].kind)

    return needed


def _judge_wording(past: Past, act: Initial | Adopt) -> tuple[list[Objection], tuple[Pointer, Tabled] | None]:
    """What initialling and adopting have in common: this text, in this wording, not lapsed (T1 to T3)."""
    known = _known(past, act.text)
    if known is None:
        return [_unknown(past, "T1", act.text)], None
    text, of = known
    found = []
    if bytes.fromhex(act.wording) != of.wording:
        hint = f"the wording tabled is {of.wording.hex()[:16]}…"
        found.append(Objection("T1", f"another wording of {act.text}", see=past.ref, hint=hint))
    if not of.required >> past.side & 1:
        found.append(Objection("T2", f"{act.text} needs nothing from {past.roll.names[past.side]}", see=past.ref))
    for side, it in lapses(past.state, past.vector, text):
        what = "the own side" if side == past.side else past.roll.names[side]
        verb = {Lapse.DECLINED: "declined", Lapse.WITHDRAWN: "withdrew", Lapse.COUNTERED: "answered"}[it.how]
        why = f"{what} {verb} {act.text}, and the author had seen it"
        found.append(Objection("T3", why, see=past.roll.ref(side, it.lapsed), hint="table it anew"))
    return found, known


def judge_initial(past: Past, act: Initial) -> list[Objection]:
    found, known = _judge_wording(past, act)
    if known and (before := stance(past.state, known[0], past.side).initialled):
        found.append(Objection("T2", f"{act.text} is initialled already", see=past.roll.ref(past.side, before)))
    return found


def apply_initial(past: Past, act: Initial) -> None:
    known = _known(past, act.text)
    assert known is not None
    now = stance(past.state, known[0], past.side)
    _put(past, known[0], msgspec.structs.replace(now, initialled=past.place))


def judge_adopt(past: Past, act: Adopt) -> list[Objection]:
    found, known = _judge_wording(past, act)
    if known is None:
        return found
    text, of = known
    now = stance(past.state, text, past.side)
    if before := now.adopted or (now.referred if act.ad_referendum else 0):
        found.append(Objection("T2", f"{act.text} is adopted already", see=past.roll.ref(past.side, before)))
    held = _held(past, of.matter)
    for other in held:
        if other != text and _live(past, other, held):
            found += _judge_rival(past, act, of, other)
    return found


def _of(past: Past, text: Pointer) -> tuple[Pointer, Tabled]:
    of = tabled(past.state, text)
    assert of is not None
    return text, of


def _held(past: Past, matter: Pointer) -> tuple[Pointer, ...]:
    """The matter's texts that the own side has adopted and that can still matter."""
    raw = past.state.get(keys.act_key(keys.HELD, *matter) + bytes([past.side]))
    return () if raw is None else _POINTERS.decode(raw)


def _gives_way(past: Past, text: Pointer, held: tuple[Pointer, ...]) -> bool:
    """T5: whether a text that replaces this one is in force."""
    rivals = [_of(past, other) for other in held if other != text]
    return any(of.replaces == text and in_force(past.state, past.vector, rival, of) for rival, of in rivals)


def _live(past: Past, text: Pointer, held: tuple[Pointer, ...]) -> bool:
    """Whether a text that the own side has adopted is in force and not replaced, or may still come into force."""
    return not _gives_way(past, text, held) and not dead(past.state, past.vector, *_of(past, text))


def _judge_rival(past: Past, act: Adopt, of: Tabled, other: Pointer) -> list[Objection]:
    """T5: of one matter, a side adopts a second text only where the first gives way to it or can never bind."""
    name = past.roll.ref(*other)
    if in_force(past.state, past.vector, *_of(past, other)):
        if of.replaces == other:
            return []
        hint = f"table it as one that replaces {name}"
        return [Objection("T5", f"{name} of the same matter is in force; {act.text} does not replace it", name, hint)]
    hint = f"withdraw {name}; it is out of the way when a side that has not adopted it has acted knowing that"
    return [Objection("T5", f"{name} of the same matter is adopted and may yet come into force", name, hint)]


def apply_adopt(past: Past, act: Adopt) -> None:
    known = _known(past, act.text)
    assert known is not None
    text, of = known
    now = stance(past.state, text, past.side)
    declared = now.declared or bool(act.declaration)
    if act.ad_referendum:
        _put(past, text, msgspec.structs.replace(now, referred=past.no, declared=declared))
        wait(past, act.tag, msgspec.structs.replace(act, ad_referendum=False), beyond=False)
        return
    if now.referred:
        past.state.drop(keys.act_key(keys.PENDING, past.side, now.referred))
    _put(past, text, msgspec.structs.replace(now, adopted=past.place, by=past.no, declared=declared))
    held = _held(past, of.matter)
    kept = [other for other in held if _live(past, other, held)]
    past.state.put(keys.act_key(keys.HELD, *of.matter) + bytes([past.side]), _encode((*kept, text)))
    if in_force(past.state, (1 << 62,) * len(past.vector), text, of):
        past.state.drop(keys.act_key(keys.OPEN_TEXT, *text))


# Declining and withdrawing


def judge_decline(past: Past, act: Decline) -> list[Objection]:
    known = _known(past, act.text)
    if known is None:
        return [_unknown(past, "T3", act.text)]
    text, of = known
    now = stance(past.state, text, past.side)
    found = _judge_lapsed(past, act, now)
    if not of.required >> past.side & 1:
        found.append(Objection("T3", f"{act.text} needs nothing from {past.roll.names[past.side]}", see=past.ref))
    elif now.adopted:
        see = past.roll.ref(past.side, now.adopted)
        found.append(Objection("T3", f"{act.text} is adopted already", see=see, hint="withdraw from it"))
    return found


def apply_decline(past: Past, act: Decline) -> None:
    known = _known(past, act.text)
    assert known is not None
    _lapse(past, *known, Lapse.DECLINED)


def judge_withdraw(past: Past, act: Withdraw) -> list[Objection]:
    known = _known(past, act.text)
    if known is None:
        return [_unknown(past, "T3", act.text)]
    text, of = known
    now = stance(past.state, text, past.side)
    found = _judge_lapsed(past, act, now)
    if text[0] != past.side and not now.adopted:
        hint = "decline it"
        found.append(
            Objection("T3", f"{act.text} is neither tabled nor adopted by the side", see=past.ref, hint=hint)
        )
    if in_force(past.state, past.vector, text, of):
        hint = "table a text that replaces it"
        found.append(Objection("T3", f"{act.text} is in force, and the author had seen it", see=past.ref, hint=hint))
    return found


def apply_withdraw(past: Past, act: Withdraw) -> None:
    known = _known(past, act.text)
    assert known is not None
    _lapse(past, *known, Lapse.WITHDRAWN)


def _judge_lapsed(past: Past, act: Decline | Withdraw, now: Stance) -> list[Objection]:
    if not now.lapsed:
        return []
    return [Objection("T3", f"the side let {act.text} lapse already", see=past.roll.ref(past.side, now.lapsed))]


def _lapse(past: Past, text: Pointer, of: Tabled, how: Lapse) -> None:
    now = stance(past.state, text, past.side)
    _put(past, text, msgspec.structs.replace(now, lapsed=past.place, how=how))
    if of.required >> past.side & 1 and not now.adopted:
        past.state.drop(keys.act_key(keys.OPEN_TEXT, *text))


RULES = {
    "table": Rules(judge_table, apply_table, needs=needed_to_table, public=True),
    "initial": Rules(judge_initial, apply_initial, needs=needs("initial"), public=True),
    "adopt": Rules(judge_adopt, apply_adopt, needs=needs("sign"), public=True),
    "decline": Rules(judge_decline, apply_decline, needs=needs("negotiate"), public=True),
    "withdraw": Rules(judge_withdraw, apply_withdraw, needs=needs("sign"), public=True),
}
