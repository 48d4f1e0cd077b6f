"""Lists of statements and letters, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from comity.office import keys
from comity.office.letters import WRITTEN
from comity.office.state import State
from comity.office.statements import STATED
from comity.office.texts import bits
from comity.office.views.listing import Cursor, Listed, Page, page


@dataclass(frozen=True, slots=True)
class StatementView:
    ref: str
    side: str
    public: bool
    reported: bool
    """Whether it is a third party's, as this side reports it."""


@dataclass(frozen=True, slots=True)
class LetterView:
    ref: str
    side: str
    to: tuple[str, ...]
    proposes: bool
    """Whether it proposes a meeting."""


def statements(
    state: State, *, public: bool = False, before: Cursor | None = None, limit: int = 50
) -> Page[StatementView]:
    """Statements; on request, only the public ones."""

    def show(it: Listed) -> StatementView | None:
        of = STATED.decode(it.record)
        if public and not of.public:
            return None
        return StatementView(state.roll.ref(it.side, it.no), state.roll.names[it.side], of.public, of.reported)

    return page(state, keys.STATEMENT, show, before, limit)


def letters(state: State, *, before: Cursor | None = None, limit: int = 50) -> Page[LetterView]:
    """Letters that this node may read."""

    def show(it: Listed) -> LetterView:
        of, names = WRITTEN.decode(it.record), state.roll.names
        to = tuple(names[side] for side in bits(of.to & ~(1 << it.side)))
        return LetterView(state.roll.ref(it.side, it.no), names[it.side], to, of.proposes)

    return page(state, keys.LETTER, show, before, limit)
