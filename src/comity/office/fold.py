"""The fold: each act, judged by its own past, and its effect. The same acts give the same state in any order."""

from __future__ import annotations

import msgspec

from comity.errors import Objection
from comity.office import bounds as b
from comity.office import checks, delegates, keys, letters, messages, statements, texts
from comity.office.acts import Act, Body, Confirm, Unreadable, read_gist
from comity.office.charter import Charter
from comity.office.past import Granted, Past, Rules, close, mask
from comity.office.state import State
from comity.office.verdicts import STANDS, Pending, SetAside, Verdict, Waiting, read_waiting, record, wait

RULES: dict[str, Rules] = {
    **delegates.RULES,
    **messages.RULES,
    **checks.RULES,
    **texts.RULES,
    **statements.RULES,
    **letters.RULES,
}
UNREADABLE = {
    "A1": "no act of that kind is known to this version",
    "A2": "its body is not of the form of its kind",
    "T1": "its digest is not that of the text's wording",
}
"""What the state keeps of a body that cannot be read; the body itself tells more."""


def found(state: State, charter: Charter) -> None:
    """Start an office: its charter and the delegates whom that names."""
    state.put(keys.CHARTER, msgspec.msgpack.encode(charter))
    delegates.found(state, charter)


def judge(state: State, act: Act) -> list[Objection]:
    """All objections to an act, before it is signed: those that would set it aside or leave it pending."""
    past = _past(state, act)
    if isinstance(past, Objection):
        return [past]
    return _form(past, act) or [*_signer(past, act), *_powers(past, act.kind, act.body), *_judge(past, act)]


def fold(state: State, act: Act) -> Verdict:
    """Add an act. Its predecessor and all that its author had seen are folded already; a hostile act never raises."""
    past = _past(state, act)
    if isinstance(past, Objection):
        return SetAside((past,))
    state.put(keys.act_key(keys.ACT, past.side, act.no), msgspec.msgpack.encode(past.vector))
    if act.body is None:
        state.put(keys.act_key(keys.CLOSED, past.side, act.no), act.kind.encode())
    verdict = _weigh(past, act)
    if isinstance(verdict, Pending) and act.body is not None:
        wait(past, act.kind, act.body, beyond=True)
    record(state, past.side, act.no, verdict)
    return verdict


def _past(state: State, act: Act) -> Past | Objection:
    roll = state.roll
    side = roll.sides.get(act.side)
    if side is None:
        return Objection("A4", f"no side is called {act.side[:40]!r}", see=act.ref)
    vector = close(state, roll, side, act.no, act.seen)
    to = mask(roll, side, act.to)
    granted = Granted(act.grants, act.grants_chief, act.drops)
    return Past(state, roll, side, act.no, act.no, vector, act.by, act.at, to, granted)


def _weigh(past: Past, act: Act) -> Verdict:
    if set_aside := _form(past, act) or _signer(past, act):
        return SetAside(tuple(set_aside))
    if beyond := _powers(past, act.kind, act.body):
        return Pending(tuple(beyond))
    if objections := _judge(past, act):
        return SetAside(tuple(objections))
    if act.body is not None:
        _apply(past, act.kind, act.body)
    return STANDS


def _form(past: Past, act: Act) -> list[Objection]:
    """A1 to A4: what any side can tell from the entry alone, and whether the body can be read."""
    rules = RULES.get(act.kind)
    if rules is None and act.kind != Confirm.tag:
        return [Objection("A1", UNREADABLE["A1"], see=act.ref)]
    found = []
    if act.to is not None:
        if rules is None or rules.public:
            found.append(Objection("A3", f"{act.kind} has effect only when it is for all parties", see=act.ref))
        strangers = [name for name in act.to if name not in past.roll.sides]
        found += [Objection("A4", f"no side is called {name[:40]!r}", see=act.ref) for name in strangers]
    elif act.body is None:
        found.append(Objection("A2", "its body is missing, though it is for all parties", see=act.ref))
    if isinstance(act.body, Unreadable):
        found.append(Objection(act.body.rule, UNREADABLE[act.body.rule], see=act.ref))
    if (act.grants is not None or act.drops is not None) and act.kind not in delegates.RULES:
        found.append(Objection("D8", f"an entry that grants or drops a key is not of the kind {act.kind}", act.ref))
    return found


def _signer(past: Past, act: Act) -> list[Objection]:
    """D3 to D6: who may sign an act of this kind at all."""
    rules = RULES.get(act.kind)
    if act.by == b.WATCH:
        if rules is None or not rules.watch:
            return [Objection("D4", f"the watch key signs no {act.kind}", see=act.ref, hint="a delegate signs it")]
        if act.kind in past.roll.person:
            return [Objection("D5", f"the charter wants a person's signature for {act.kind}", see=act.ref)]
        return []
    signer = delegates.standing(past.state, past.side, act.by, past.place)
    if signer is None:
        return [Objection("D6", f"{act.side} has no delegate called {act.by[:40]!r}", see=act.ref)]
    if (rules is None or rules.chief) and (signer.ended or not signer.chief):
        return [Objection("D3", f"only a chief delegate can {act.kind}", see=act.ref)]
    return []


def _powers(past: Past, kind: str, body: Body | None) -> list[Objection]:
    """D1: within the signer's powers, or pending."""
    signer = delegates.standing(past.state, past.side, past.by, past.place)
    if signer is None:
        return []
    hint = f"{past.roll.names[past.side]}'s chief can confirm it"
    if signer.ended:
        see = past.roll.ref(past.side, signer.since)
        return [Objection("D1", f"the powers of {past.by} have ended (D2)", see=see, hint=hint)]
    rules = RULES.get(kind)
    if rules is None or rules.needs is None or signer.chief or body is None:
        return []
    needed = rules.needs(past, body)
    if needed is None or signer.may(*needed):
        return []
    return [Objection("D1", f"{past.by} has no power to {' '.join(needed)}", see=past.ref, hint=hint)]


def _judge(past: Past, act: Act) -> list[Objection]:
    if act.body is None:
        return []
    return judge_confirm(past, act.body) if isinstance(act.body, Confirm) else RULES[act.kind].judge(past, act.body)


def _apply(past: Past, kind: str, body: Body) -> None:
    if isinstance(body, Confirm):
        apply_confirm(past, body)
    else:
        RULES[kind].apply(past, body)


def _lifted(past: Past, act: Confirm) -> tuple[Past, Waiting] | None:
    """What a confirmation lifts, as if the confirmer did it at the confirmation's place."""
    raw = past.state.get(keys.act_key(keys.PENDING, past.side, act.act)) if act.act < past.no else None
    if raw is None:
        return None
    waiting = read_waiting(raw)
    then = Past(past.state, past.roll, past.side, act.act, past.no, past.vector, past.by, past.at, waiting.to)
    return then, waiting


def judge_confirm(past: Past, act: Confirm) -> list[Objection]:
    lifted = _lifted(past, act)
    if lifted is None:
        if act.act < past.no and past.closed(past.side, act.act):
            return []
        see = past.roll.ref(past.side, act.act)
        return [Objection("D1", f"nothing waits for confirmation at {see}", see=past.ref)]
    then, waiting = lifted
    return RULES[waiting.kind].judge(then, read_gist(waiting.kind, waiting.gist))


def apply_confirm(past: Past, act: Confirm) -> None:
    lifted = _lifted(past, act)
    past.state.drop(keys.act_key(keys.PENDING, past.side, act.act))
    past.state.drop(keys.act_key(keys.VERDICT, past.side, act.act))
    if lifted is not None:
        then, waiting = lifted
        RULES[waiting.kind].apply(then, read_gist(waiting.kind, waiting.gist))
