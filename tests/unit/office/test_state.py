"""The state's overlay: what is written is read and scanned at once, and the base learns of it when it is settled."""

import pytest

from comity.office import keys
from comity.office.state import CACHED, State
from tests.office_world import Shelf


def state_over(**records: bytes) -> tuple[State, Shelf]:
    shelf = Shelf()
    shelf.write({key.encode(): value for key, value in records.items()})
    return State(shelf), shelf


def test_changes_lie_over_the_base_until_they_are_settled() -> None:
    state, shelf = state_over(a1=b"1", a2=b"2")
    state.put(b"a3", b"3")
    state.drop(b"a1")
    assert (state.get(b"a1"), state.get(b"a2"), state.get(b"a3")) == (None, b"2", b"3")
    assert shelf.get(b"a1") == b"1"
    assert state.changes() == {b"a3": b"3", b"a1": None}
    shelf.write(state.changes())
    state.settle()
    assert state.changes() == {}
    assert (state.get(b"a1"), state.get(b"a3")) == (None, b"3")


def test_discarded_changes_are_gone() -> None:
    state, _ = state_over(a1=b"1")
    state.put(b"a1", b"x")
    state.discard()
    assert state.get(b"a1") == b"1"
    assert state.changes() == {}


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("after", [None, b"a1", b"a2", b"a25", b"a9"])
def test_a_scan_merges_the_two(reverse: bool, after: bytes | None) -> None:
    state, shelf = state_over(a1=b"1", a2=b"2", a4=b"4", b1=b"-")
    for key, value in ((b"a3", b"3"), (b"a4", b"new"), (b"a5", b"5"), (b"b0", b"-")):
        state.put(key, value)
    state.drop(b"a2")
    over = list(state.scan(b"a", after=after, reverse=reverse))
    shelf.write(state.changes())
    assert over == list(shelf.scan(b"a", after=after, reverse=reverse))


def test_what_stays_in_memory_is_bounded() -> None:
    state, shelf = state_over()
    for n in range(CACHED * 2 + 10):
        state.get(keys.number(n))
    assert len(state._cache) <= CACHED
    for n in range(CACHED + 10):
        state.put(keys.number(n), b"")
    shelf.write(state.changes())
    state.settle()
    assert len(state._cache) <= CACHED
    assert state.get(keys.number(3)) == b""


def test_a_second_reader_may_use_the_charter_that_the_first_has_read() -> None:
    from tests.office_world import World

    world = World()
    world.settle()
    assert State(world.shelf, world.state.roll).charter == State(world.shelf).charter == world.charter


def test_the_least_key_beyond_a_prefix() -> None:
    assert keys.beyond(b"a") == b"b"
    assert keys.beyond(b"a\xff\xff") == b"b"
    assert keys.beyond(b"\xff") is None


def test_every_table_has_its_own_letter() -> None:
    letters = [value for name, value in vars(keys).items() if name.isupper() and isinstance(value, bytes)]
    assert all(len(letter) == 1 for letter in letters)
    assert len(set(letters)) == len(letters)
