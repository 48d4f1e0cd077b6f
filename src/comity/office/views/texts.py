"""Joint texts: how each stands by all the acts that are known, who did what about it, and what it still needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from comity.office import keys
from comity.office.state import State
from comity.office.texts import Lapse, Pointer, Stance, Tabled, bits, dead, in_force, lapses, stance, tabled
from comity.office.views.listing import Cursor, Listed, Page, page

Standing = Literal["open", "initialled", "in force", "declined", "withdrawn", "lapsed", "replaced"]


@dataclass(frozen=True, slots=True)
class StanceView:
    """What a side did about a text: the acts, and nothing inferred."""

    required: bool
    initialled: str | None
    referred: str | None
    adopted: str | None
    """Where the adoption took effect: the act, or the confirmation that lifted it."""
    declared: bool
    lapsed: str | None
    how: Lapse


@dataclass(frozen=True, slots=True)
class TextView:
    ref: str
    side: str
    kind: str
    wording: str
    standing: Standing
    settled: bool
    """Whether no act that is still on its way can change that. An open text is never settled."""
    sides: dict[str, StanceView]
    lacks: tuple[str, ...]
    """The sides whose adoption it still needs."""
    matter: str
    answers: str | None
    replaces: str | None


def text(state: State, ref: str) -> TextView | None:
    """One text; None when no act of that reference tabled one with effect."""
    at = state.roll.find(ref)
    of = tabled(state, at) if at is not None else None
    return _view(state, frontier(state), at, of) if at is not None and of is not None else None


def texts(state: State, *, before: Cursor | None = None, limit: int = 50) -> Page[TextView]:
    """All texts, newest first."""
    known = frontier(state)

    def show(it: Listed) -> TextView | None:
        of = tabled(state, (it.side, it.no))
        return None if of is None else _view(state, known, (it.side, it.no), of)

    return page(state, keys.TEXT, show, before, limit)


def open_texts(state: State) -> Iterator[TextView]:
    """The texts that may still come into force, by side and number."""
    known = frontier(state)
    for key, _ in state.scan(keys.OPEN_TEXT):
        at = keys.unpointer(key)
        of = tabled(state, at)
        if of is not None and not (view := _view(state, known, at, of)).settled:
            yield view


def frontier(state: State) -> list[int]:
    """How many acts of each side are folded."""
    known = []
    for side in range(len(state.roll.names)):
        last = next(state.scan(keys.ACT + bytes([side]), reverse=True), None)
        known.append(keys.unpointer(last[0])[1] if last else 0)
    return known


def _view(state: State, known: Sequence[int], at: Pointer, of: Tabled) -> TextView:
    roll = state.roll
    stances = {side: stance(state, at, side) for side in range(len(roll.names))}
    standing, settled = _standing(state, known, at, of, stances)
    return TextView(
        ref=roll.ref(*at),
        side=roll.names[at[0]],
        kind=of.kind,
        wording=of.wording.hex(),
        standing=standing,
        settled=settled,
        sides={roll.names[side]: _stance(state, side, of, it) for side, it in stances.items()},
        lacks=tuple(roll.names[side] for side in bits(of.required) if not stances[side].adopted),
        matter=roll.ref(*of.matter),
        answers=roll.ref(*of.answers) if of.answers else None,
        replaces=roll.ref(*of.replaces) if of.replaces else None,
    )


def _stance(state: State, side: int, of: Tabled, it: Stance) -> StanceView:
    def ref(no: int) -> str | None:
        return state.roll.ref(side, no) if no else None

    required = bool(of.required >> side & 1)
    return StanceView(
        required, ref(it.initialled), ref(it.referred), ref(it.adopted), it.declared, ref(it.lapsed), it.how
    )


def _standing(
    state: State, known: Sequence[int], at: Pointer, of: Tabled, stances: dict[int, Stance]
) -> tuple[Standing, bool]:
    """How a text stands, and whether that is settled for good (a text in force can still be replaced)."""
    binding = _binding(state, known, of.matter)
    if at in binding:
        return ("replaced" if any(it.replaces == at for it in binding.values()) else "in force"), True
    if lapsed := lapses(state, known, at):
        withdrawn = any(it.how is Lapse.WITHDRAWN for _, it in lapsed)
        return ("withdrawn" if withdrawn else "declined"), dead(state, known, at, of)
    last = [text for text in binding if not any(it.replaces == text for it in binding.values())]
    if last and of.replaces not in last:
        return "lapsed", True
    initialled = all(stances[side].initialled for side in bits(of.required))
    return ("initialled" if initialled else "open"), False


def _binding(state: State, known: Sequence[int], matter: Pointer) -> dict[Pointer, Tabled]:
    """The texts of a matter that are in force, or were until another replaced them."""
    found = {}
    for key, _ in state.scan(keys.act_key(keys.MATTER, *matter)):
        at = keys.unpointer(key, 10)
        of = tabled(state, at)
        if of is not None and in_force(state, known, at, of):
            found[at] = of
    return found
