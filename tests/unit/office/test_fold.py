"""The way of an act through the fold."""

from comity.office.acts import Adopt, Confirm, Logged, Unreadable, read_body, write_body
from comity.office.verdicts import STANDS, Pending, SetAside
from tests.office_world import World, message, text

GREETING = message()


def test_an_act_beyond_its_signers_powers_takes_effect_where_the_chief_confirms_it() -> None:
    world = World()
    table = text()
    ref = world.do("north", table, by="han")
    assert world.verdicts[ref] == STANDS
    adoption = world.do("south", Adopt(text=ref, wording=table.wording), by="han")
    assert isinstance(world.verdicts[adoption], Pending)
    confirmation = world.do("south", Confirm(act=1))
    assert world.verdicts[confirmation] == STANDS


def test_a_message_is_logged_by_the_watch() -> None:
    world = World()
    ref = world.do("north", GREETING)
    assert world.verdicts[world.do("south", Logged(message=ref), by="watch")] == STANDS


def test_what_cannot_be_read_is_kept_without_effect() -> None:
    def digest(_: bytes) -> str:
        return "0" * 64

    assert read_body("message", write_body(GREETING), digest) == GREETING
    unknown = read_body("dance", b"{}", digest)
    assert isinstance(unknown, Unreadable)
    world = World()
    verdict = world.verdicts[world.do("north", unknown, kind="dance")]
    assert isinstance(verdict, SetAside)
    assert [o.rule for o in verdict.objections] == ["A1"]
