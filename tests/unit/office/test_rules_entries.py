"""Rules A1 to A5: what any act must be."""

import pytest

from comity.office.acts import Appoint, Unreadable, read_body, write_body
from comity.office.verdicts import STANDS
from tests.office_world import World, digest_of, message, text

GREETING = message()


def test_a1_an_unknown_kind_has_no_effect() -> None:
    world = World()
    ref = world.do("north", read_body("dance", b"{}", digest_of), kind="dance")
    assert world.why(ref) == ["A1"]
    assert world.verdicts[world.do("north", GREETING)] == STANDS


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"line":"liaison"}',
        write_body(GREETING).replace(b'"FLASH"', b'"URGENT"'),
        write_body(GREETING)[:-1] + b',"mood":"good"}',
        write_body(GREETING).replace(b'"liaison"', b'"../liaison"'),
        b'{"line":' + b"[" * 5000,
        b" " * (4 << 20) + write_body(GREETING),
    ],
)
def test_a2_a_body_that_its_form_does_not_allow_has_no_effect(raw: bytes) -> None:
    body = read_body("message", raw, digest_of)
    assert isinstance(body, Unreadable)
    world = World()
    assert world.why(world.do("north", body, kind="message")) == ["A2"]


def test_a2_a_body_for_all_that_is_missing_has_no_effect() -> None:
    world = World()
    assert world.why(world.do("north", None, kind="message")) == ["A2"]


def test_a_body_for_others_is_none_of_this_nodes_business() -> None:
    world = World("north", "south", "west")
    assert world.verdicts[world.do("north", None, kind="message", to=("south",))] == STANDS


def test_every_body_reads_back_as_it_was_written() -> None:
    for body in (GREETING, text(), Appoint(name="pak", title="Adviser")):
        assert read_body(body.tag, write_body(body), digest_of) == body


@pytest.mark.parametrize("to", [(), ("south",), ("south", "north")])
def test_a3_joint_acts_are_for_all_parties(to: tuple[str, ...]) -> None:
    world = World()
    assert world.why(world.do("north", text(), to=to)) == ["A3"]
    assert world.why(world.do("north", Appoint(name="pak", title="Adviser"), to=to)) == ["A3"]


def test_a4_an_act_for_a_side_that_does_not_exist_has_no_effect() -> None:
    world = World()
    assert world.why(world.do("north", GREETING, to=("east", "south"))) == ["A4"]


def test_a4_a_side_that_does_not_exist_cannot_act() -> None:
    world = World()
    world.count["east"] = 0
    assert world.why(world.do("east", GREETING)) == ["A4"]


def test_a5_what_an_act_refers_to_must_have_been_seen() -> None:
    world = World()
    first = world.do("north", GREETING)
    about = message(ref=first)
    assert world.why(world.do("south", about, seen={"north": 0})) == ["A5"]
    assert world.why(world.do("south", about)) == []
