"""Rules D1 to D9: who may do what for a side."""

from comity.office.acts import (
    Adopt,
    Appoint,
    Check,
    Confirm,
    Letter,
    Powers,
    Read,
    Revoke,
    Shown,
    Statement,
    Withdraw,
)
from comity.office.verdicts import STANDS, Pending
from comity.office.views.acts import pending
from comity.office.views.delegates import delegates
from comity.office.views.texts import text as text_view
from tests.office_world import World, charter, message, text


def test_d1_an_act_beyond_its_signers_powers_waits() -> None:
    world = World()
    agreement, meeting = text(), text("meeting")
    first, second = world.do("north", agreement), world.do("north", meeting)
    beyond = world.do("south", Adopt(text=first, wording=agreement.wording), by="han")
    within = world.do("south", Adopt(text=second, wording=meeting.wording), by="han")
    assert [o.rule for o in pending(world.state, "south")[0].objections] == ["D1"]
    assert isinstance(world.verdicts[beyond], Pending)
    assert world.verdicts[within] == STANDS
    shown = text_view(world.state, first)
    assert shown is not None
    assert shown.sides["south"].adopted is None


def test_d1_what_is_confirmed_is_done_at_the_confirmations_place() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    world.do("south", Adopt(text=ref, wording=table.wording), by="han")
    world.do("north", Withdraw(text=ref))
    late = world.do("south", Confirm(act=1))
    assert world.why(late) == ["T3"]
    assert len(pending(world.state, "south")) == 1

    crossing = World()
    ref = crossing.do("north", table)
    crossing.do("south", Adopt(text=ref, wording=table.wording), by="han")
    confirmed = crossing.do("south", Confirm(act=1))
    shown = text_view(crossing.state, ref)
    assert shown is not None
    assert shown.sides["south"].adopted == confirmed
    assert pending(crossing.state, "south") == []


def test_d1_nothing_waits_twice() -> None:
    world = World()
    world.do("south", Letter(addressee="The Chairman", language="ko", text=""), by="kim")
    assert world.why(world.do("south", Confirm(act=1))) == []
    assert world.why(world.do("south", Confirm(act=1))) == ["D1"]
    assert world.why(world.do("south", Confirm(act=99))) == ["D1"]


def test_d1_judge_tells_before_it_is_signed() -> None:
    world = World()
    assert [o.rule for o in world.objections("north", message(line="hot"), by="kim")] == ["D1", "L1"]
    assert world.records() == World().records()


def test_d2_a_revocation_binds_what_had_seen_it_and_nothing_earlier() -> None:
    world = World()
    revocation = world.do("south", Revoke(name="han"))
    to_him = message(attention=("south/han",))
    assert world.why(world.do("north", to_him, seen={"south": 0})) == []
    assert world.why(world.do("north", to_him)) == ["D2"]
    assert revocation == "south/1"


def test_d2_another_side_that_had_seen_a_later_reappointment_may_name_him() -> None:
    world = World()
    world.do("south", Revoke(name="han"))
    world.do("south", Appoint(name="han", title="Deputy"))
    world.do("south", Revoke(name="han"))
    to_him = message(attention=("south/han",))
    for seen, why in ((0, []), (1, ["D2"]), (2, []), (3, ["D2"])):
        assert world.why(world.do("north", to_him, seen={"south": seen})) == why


def test_d2_an_acknowledgement_cannot_name_him_either() -> None:
    world = World()
    ref = world.do("north", message())
    world.do("south", Revoke(name="han"))
    assert world.why(world.do("south", Read(message=ref, reader="han"))) == ["D2"]
    assert world.why(world.do("south", Read(message=ref, reader="kim"))) == []


def test_d2_whose_powers_have_ended_does_nothing_without_the_chief() -> None:
    world = World()
    world.do("south", Revoke(name="han"))
    ref = world.do("south", Statement(title="S", language="ko", text=""), by="han")
    assert isinstance(world.verdicts[ref], Pending)


def test_d3_only_a_chief_appoints_revokes_and_confirms() -> None:
    world = World()
    for body in (Appoint(name="pak", title="Adviser"), Revoke(name="kim"), Confirm(act=1)):
        assert world.why(world.do("north", body, by="han")) == ["D3"]
    assert world.why(world.do("north", Appoint(name="pak", title="Chief", chief=True))) == []
    assert world.why(world.do("north", Revoke(name="ri"), by="pak")) == []
    assert world.why(world.do("north", Appoint(name="ri", title="Chief", chief=True), by="ri")) == ["D3"]


def test_d4_the_watch_key_does_the_watchs_work_only() -> None:
    world = World(charter_=charter(person=()))
    assert world.why(world.do("north", Check(line="liaison", books={}), by="watch")) == []
    ref = world.do("north", message(), by="watch")
    assert world.why(ref) == []
    for body in (text(), Statement(title="S", language="ko", text=""), Confirm(act=1), Revoke(name="kim")):
        assert world.why(world.do("north", body, by="watch")) == ["D4"]
    for fact in (Read(message=ref), Shown(message=ref, to="The Minister")):
        assert world.why(world.do("south", fact, by="watch")) == ["D4"]


def test_d5_the_charter_says_what_needs_a_person() -> None:
    world = World(charter_=charter(person=("message",)))
    assert world.why(world.do("north", message(), by="watch")) == ["D5"]
    assert world.why(world.do("north", message())) == []


def test_d6_nobody_speaks_for_a_side_who_was_not_appointed() -> None:
    world = World()
    assert world.why(world.do("north", message(), by="pak")) == ["D6"]
    world.do("north", Appoint(name="pak", title="Adviser", powers=Powers(negotiate=("message",))))
    assert world.why(world.do("north", message(), by="pak")) == []
    assert world.why(world.do("north", Revoke(name="cho"))) == ["D6"]
    assert world.why(world.do("north", message(attention=("south/cho",)))) == ["D6"]


def test_d7_the_watchs_name_is_no_delegates() -> None:
    world = World()
    assert world.why(world.do("north", Appoint(name="watch", title="Officer"))) == ["D7"]


def test_d8_keys_are_granted_and_dropped_with_the_acts_that_say_so() -> None:
    world = World()
    pak = Appoint(name="pak", title="Adviser")
    assert world.why(world.do("north", pak, grants="pak")) == []
    assert world.why(world.do("north", pak, grants="cho")) == ["D8"]
    assert world.why(world.do("north", pak, grants="pak", grants_chief=True)) == ["D8"]
    assert world.why(world.do("north", pak, drops="kim")) == ["D8"]
    assert world.why(world.do("north", message(), grants="cho")) == ["D8"]
    assert world.why(world.do("north", Revoke(name="pak"), drops="kim")) == ["D8"]
    assert world.why(world.do("north", Revoke(name="pak"), grants="pak")) == ["D8"]
    assert world.why(world.do("north", Revoke(name="pak"), drops="pak")) == []


def test_d9_a_side_always_has_a_chief() -> None:
    world = World()
    assert world.why(world.do("north", Revoke(name="ri"))) == ["D9"]
    assert world.why(world.do("north", Appoint(name="ri", title="Adviser"))) == ["D9"]
    world.do("north", Appoint(name="han", title="Head", chief=True))
    assert world.why(world.do("north", Revoke(name="ri"))) == []
    assert world.why(world.do("north", Revoke(name="han"), by="han")) == ["D9"]


def test_powers_are_listed_as_of_now_with_the_notice_they_came_with() -> None:
    world = World()
    world.do("north", Appoint(name="pak", title="Adviser", begins="2018-09-21"))
    world.do("north", Appoint(name="cho", title="Adviser", begins="2018-09-20"))
    world.do("north", Revoke(name="kim"))
    known = {it.name: it for it in delegates(world.state, "north")}
    assert list(known) == ["cho", "han", "kim", "pak", "ri"]
    assert (known["ri"].since, known["ri"].chief, known["ri"].short_notice) == ("charter", True, False)
    assert [known[n].short_notice for n in ("pak", "cho", "kim")] == [False, True, True]
    assert (known["kim"].ended, known["kim"].since) == (True, "north/3")
    assert known["han"].powers.sign == ("meeting",)
