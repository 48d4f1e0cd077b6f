"""Every short history of joint texts: the same acts, the same bytes, and no two nodes believe what cannot be both.

Each case takes an alphabet of acts on one matter and makes every history of it up to a length, `tests/histories.py`
says how; a matter begins with its first text, and different matters do not touch each other. After each history it
compares the state, byte by byte, over every order in which its last acts can have come, and over all parts of the
history that a node may hold at that time it asserts:

- no text is in force to one node and impossible to another (`dead`);
- of the texts in force to any two nodes, one replaces the other.

`north,south` in a case: the third side tables, as a mediator would, and only these two must adopt. Verbs marked
`unempowered` are done by a delegate without the power, so they wait for a `confirm`; `refer` is an adoption ad
referendum. The number of histories of the full length stands beside each case and is asserted.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence

import pytest

from comity.errors import Objection
from comity.office import texts
from comity.office.acts import Adopt, Initial
from comity.office.past import Past
from comity.office.state import State
from comity.office.texts import Pointer, Tabled
from tests import histories
from tests.histories import Explorer, Tally, alphabet, line_alphabet

Case = tuple[int, int, int, str, str]
"""Sides, texts, acts, who must adopt, verbs."""

CASES: dict[str, tuple[Case, int]] = {
    "two sides, all verbs": ((2, 2, 7, "", "table, adopt, decline, withdraw, counter, replace"), 111_203),
    "two sides, countered": ((2, 2, 8, "", "table, adopt, decline, withdraw, counter"), 78_608),
    "two sides, replaced": ((2, 2, 8, "", "table, adopt, withdraw, counter, replace"), 32_851),
    "two sides, confirmed": ((2, 1, 8, "", "table, adopt, refer, confirm, decline, withdraw"), 1_720),
    "two sides, beyond powers": (
        (2, 2, 8, "", "table, adopt, unempowered counter, confirm, withdraw"),
        25_377,
    ),
    "three sides, one text": ((3, 1, 8, "", "table, adopt, decline, withdraw"), 153_806),
    "three sides, confirmed": ((3, 1, 6, "", "table, adopt, refer, confirm, withdraw"), 34_912),
    "three sides, two texts": ((3, 2, 5, "", "table, adopt, withdraw, counter, replace"), 10_341),
    "a mediator's text": ((3, 2, 6, "north,south", "table, adopt, withdraw, counter, replace"), 33_937),
}
LINE_CASES: dict[str, tuple[int, int, str, int]] = {
    "messages and delegates": (2, 4, "message, address, log, read, ask, revoke, appoint", 7_853),
    "messages that waited": (2, 5, "message, han message, log, ask, revoke, confirm", 35_036),
    "checks that waited": (2, 7, "han check, answer, revoke, confirm", 1_298),
    "three sides": (3, 3, "message, address, log, read, ask, revoke, appoint", 6_872),
}
SOAK: dict[str, Case] = {
    "two sides, eight of all": (2, 2, 8, "", "table, adopt, decline, withdraw, counter, replace"),
    "two sides, three texts": (2, 3, 6, "", "table, adopt, decline, withdraw, counter, replace"),
    "two sides, twice replaced": (2, 3, 10, "", "table, adopt, replace"),
    "two sides, powers": (2, 1, 7, "", "table, adopt, unempowered adopt, unempowered withdraw, confirm, withdraw"),
    "two sides, everything": (
        (2, 2, 5, "", "table, adopt, refer, confirm, decline, withdraw, counter, replace, unempowered adopt")
    ),
    "three sides, two texts": (3, 2, 6, "", "table, adopt, withdraw, counter, replace"),
    "a mediator's texts": (3, 2, 7, "north,south", "table, adopt, withdraw, counter, replace"),
}


@pytest.fixture(autouse=True)
def _without_collecting() -> Iterator[None]:
    """Histories hold no cycles, and there are many of them."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def explore(case: Case) -> Tally:
    sides, texts, acts, required, verbs = case
    moves = alphabet(*verbs.split(", "), texts=texts, first=2 if required else 0)
    return Explorer(sides, moves, tuple(required.split(",")) if required else None).explore(acts)


@pytest.mark.parametrize("name", CASES)
def test_every_history(name: str) -> None:
    case, count = CASES[name]
    tally = explore(case)
    assert tally.histories[-1] == count
    assert tally.in_force
    assert tally.buried
    assert tally.crossed, "no withdrawal crossed an adoption: the case shows nothing"
    assert bool(tally.replaced) == ("replace" in case[-1] and case[2] > 5)


@pytest.mark.parametrize("name", LINE_CASES)
def test_every_history_of_the_line(name: str) -> None:
    """Delegates come and go while they are written to, and what waited for a chief crosses what is said about it."""
    sides, acts, verbs, count = LINE_CASES[name]
    tally = Explorer(sides, line_alphabet(*verbs.split(", "))).explore(acts)
    assert tally.histories[-1] == count
    assert tally.set_aside


@pytest.mark.soak
@pytest.mark.parametrize("name", SOAK)
def test_every_longer_history(name: str) -> None:
    tally = explore(SOAK[name])
    assert tally.in_force
    assert tally.crossed or tally.replaced


def no_rivals(past: Past, act: Adopt, of: Tabled, other: Pointer) -> list[Objection]:
    return []


def dead_when_withdrawn(state: State, vector: Sequence[int], text: Pointer, of: Tabled) -> bool:
    return bool(texts.lapses(state, vector, text))


def wording_alone(past: Past, act: Initial | Adopt) -> tuple[list[Objection], tuple[Pointer, Tabled] | None]:
    at = past.find(act.text)
    of = texts.tabled(past.state, at) if at else None
    return ([], (at, of)) if at and of else ([Objection("T1", "unknown")], None)


def test_a_side_with_two_adoptions_open_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_judge_rival", no_rivals)
    with pytest.raises(AssertionError, match="neither replacing the other"):
        explore((2, 2, 6, "", "table, adopt, counter"))


def test_a_text_given_up_too_early_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "dead", dead_when_withdrawn)
    monkeypatch.setattr(histories, "dead", dead_when_withdrawn)
    with pytest.raises(AssertionError, match="impossible to another"):
        explore((2, 1, 4, "", "table, adopt, withdraw"))


def test_an_adoption_of_what_had_lapsed_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_judge_wording", wording_alone)
    with pytest.raises(AssertionError, match="impossible to another"):
        explore((2, 2, 5, "", "table, adopt, decline, withdraw"))
