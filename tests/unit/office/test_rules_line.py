"""Rules L1 to L9 and S1: messages, acknowledgements, checks, the watch; statements and letters."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from comity.office.acts import (
    Answer,
    Book,
    Books,
    Check,
    Confirm,
    Handover,
    Letter,
    Logged,
    OnWatch,
    Proposal,
    Query,
    Read,
    Revoke,
    Shown,
    Source,
    Statement,
)
from comity.office.views.lines import handovers, lines, on_watch
from comity.office.views.messages import message as message_view
from comity.office.views.messages import messages, open_messages
from comity.office.views.statements import letters, statements
from tests.office_world import World, message

SEOUL = timezone(timedelta(hours=9))
ZONES = {"Asia/Seoul": SEOUL}


def nobody(_: str) -> tuple[str, ...]:
    return ()


def test_l1_a_line_is_one_of_the_charters() -> None:
    world = World()
    assert world.why(world.do("north", message(line="hot"))) == ["L1"]
    assert world.why(world.do("north", Check(line="hot", books={}))) == ["L1"]
    assert world.why(world.do("north", OnWatch(officer="Capt. Pak", lines=("hot",)))) == ["L1"]


def test_l2_a_translation_is_into_another_language() -> None:
    world = World()
    assert world.why(world.do("north", message(translations={"ko": "안녕"}))) == ["L2"]
    assert world.why(world.do("north", message(translations={"en": "Hello"}))) == []
    assert world.why(world.do("north", Letter(addressee="A", language="ko", text="", translations={"ko": ""}))) == [
        "L2"
    ]
    assert world.why(world.do("north", Statement(title="S", language="ko", text="", translations={"ko": ""}))) == [
        "L2"
    ]


def test_l3_a_message_is_for_somebody() -> None:
    world = World("north", "south", "west")
    assert world.why(world.do("north", message(), to=())) == ["L3"]
    assert world.why(world.do("north", message(), to=("north",))) == ["L3"]
    assert world.why(world.do("north", message(attention=("west/ri",)), to=("south",))) == ["L3"]
    assert world.why(world.do("north", message(attention=("south/ri",)), to=("south",))) == []
    assert world.why(world.do("north", Letter(addressee="A", language="ko", text=""), to=())) == ["L3"]


def test_l4_only_an_addressee_acknowledges_and_only_a_message() -> None:
    world = World("north", "south", "west")
    ref = world.do("north", message(), to=("south",))
    check = world.do("north", Check(line="liaison", books={}))
    assert world.why(world.do("west", Logged(message=ref))) == ["L4"]
    assert world.why(world.do("north", Logged(message=ref))) == ["L4"]
    assert world.why(world.do("south", Logged(message=check))) == ["L4"]
    assert world.why(world.do("south", Logged(message=ref))) == []


def test_l5_each_acknowledgement_states_one_thing_once() -> None:
    world = World()
    ref = world.do("north", message())
    shown = world.do("south", Shown(message=ref, to="The Minister"))
    view = message_view(world.state, ref, lambda _: ("south",))
    assert view is not None
    facts = view.facts["south"]
    assert (facts.held, facts.logged, facts.read, facts.shown) == (True, None, None, shown)
    assert world.why(world.do("south", Shown(message=ref, to="The President"))) == ["L5"]
    assert world.why(world.do("south", Read(message=ref))) == []
    assert world.why(world.do("south", Logged(message=ref), by="watch")) == []
    assert world.why(world.do("south", Logged(message=ref), by="watch")) == ["L5"]


def test_l6_the_author_asks_for_what_he_does_not_know() -> None:
    world = World()
    ref = world.do("north", message())
    logged = world.do("south", Logged(message=ref))
    assert world.why(world.do("south", Query(message=ref, asks="read"))) == ["L6"]
    assert world.why(world.do("north", Query(message=ref, asks="logged"), seen={"south": 0})) == []
    assert world.why(world.do("north", Query(message=ref, asks="logged"))) == ["L6"]
    asked = world.do("north", Query(message=ref, asks="read"))
    view = message_view(world.state, ref, nobody)
    assert view is not None
    assert view.queries == (("north/2", "logged"), (asked, "read"))
    assert view.facts["south"].logged == logged


def test_what_is_not_for_this_node_is_not_judged_here() -> None:
    world = World("north", "south", "west")
    closed = world.do("north", None, kind="message", to=("south",))
    assert world.why(world.do("south", Logged(message=closed))) == []
    assert world.why(world.do("north", Query(message=closed, asks="read"))) == []
    check = world.do("north", None, kind="check", to=("south",))
    assert world.why(world.do("south", Answer(check=check, books={}))) == []


def test_l7_a_check_keeps_to_the_schedule() -> None:
    world = World()
    assert world.why(world.do("south", Check(line="liaison", books={}, slot="2018-09-14T10:00"))) == ["L7"]
    first = world.do("south", Check(line="liaison", books={}, slot="2018-09-14T09:00"))
    assert world.why(first) == []
    assert world.why(world.do("south", Check(line="liaison", books={}, slot="2018-09-14T09:00"))) == ["L7"]
    jumbled: Books = {"north": (Book(2, "b"), Book(1, "a"))}
    assert world.why(world.do("south", Check(line="liaison", books=jumbled))) == ["L7"]
    assert world.why(world.do("south", Check(line="liaison", books={"east": ()}))) == ["A4"]


def test_l8_a_check_is_answered_once_by_another_side() -> None:
    world = World("north", "south", "west")
    check = world.do("south", Check(line="liaison", books={}))
    assert world.why(world.do("south", Answer(check=check, books={}))) == ["L8"]
    assert world.why(world.do("north", Answer(check=check, books={}))) == []
    assert world.why(world.do("north", Answer(check=check, books={}))) == ["L8"]
    assert world.why(world.do("west", Answer(check="north/1", books={}))) == ["L8"]
    assert world.why(world.do("west", Answer(check=check, books={}), seen={"south": 0})) == []


def test_l8_a_check_that_waited_for_its_chief_is_answered_by_who_had_seen_it_confirmed() -> None:
    for confirmed, why in ((2, ["L8"]), (3, [])):
        world = World()
        world.do("north", Revoke(name="han"))
        check = world.do("north", Check(line="liaison", books={}), by="han")
        world.do("north", Confirm(act=2))
        assert world.why(world.do("south", Answer(check=check, books={}), seen={"north": confirmed})) == why


def test_l9_every_line_under_watch_is_handed_over() -> None:
    world = World()
    assert world.why(world.do("north", Handover(officer="Maj. O", lines={"liaison": "good"}))) == ["L9"]
    world.do("north", OnWatch(officer="Capt. Pak", lines=("liaison",)), by="watch")
    assert world.why(world.do("north", Handover(officer="Maj. O", lines={"liaison": "good"}))) == []
    (now,) = on_watch(world.state)
    assert (now.officer, now.lines, now.since) == ("Maj. O", ("liaison",), "north/3")
    assert handovers(world.state).entries == ("north/3",)


def test_s1_what_is_public_is_for_all_parties() -> None:
    world = World("north", "south", "west")
    public = Statement(title="S", language="ko", text="", public=True)
    assert world.why(world.do("north", public, to=("south",))) == ["S1"]
    shown = world.do("north", public)
    reported = Statement(title="T", language="en", text="", source=Source("A spokesman", "Press room", "2018-09-13"))
    second = world.do("south", reported)
    assert [(it.ref, it.reported) for it in statements(world.state).entries] == [(second, True), (shown, False)]
    assert [it.ref for it in statements(world.state, public=True).entries] == [shown]


def test_a_letter_proposes_a_meeting() -> None:
    world = World()
    proposal = Proposal(level="summit", place="Pyongyang")
    ref = world.do("north", Letter(addressee="The President", language="ko", text="각하", proposes=proposal))
    (it,) = letters(world.state).entries
    assert (it.ref, it.to, it.proposes) == (ref, ("south",), True)


def test_books_agree_or_the_first_difference_is_named() -> None:
    world = World()
    books: Books = {"north": (Book(4, "n4"), Book(8, "n8")), "south": (Book(3, "s3"),)}
    check = world.do("south", Check(line="liaison", books=books))
    other: Books = {"north": (Book(4, "n4"), Book(8, "x8")), "south": (Book(3, "s3"), Book(5, "s5"))}
    world.do("north", Answer(check=check, books=other))
    answer = lines(world.state, datetime(2018, 9, 14, 3, tzinfo=UTC), ZONES)[0].last_answers["north"]
    assert not answer.agree
    assert answer.differ == {"north": (4, 8)}
    world.do("south", Check(line="liaison", books={"south": (Book(3, "s3"),)}))
    world.do("north", Answer(check="south/2", books={"south": (Book(3, "s3"), Book(9, "s9"))}))
    assert lines(world.state, datetime(2018, 9, 14, 3, tzinfo=UTC), ZONES)[0].last_answers["north"].agree


def test_nothing_compared_is_not_agreement() -> None:
    world = World()
    check = world.do("south", Check(line="liaison", books={"south": (Book(3, "s3"),)}))
    world.do("north", Answer(check=check, books={"south": (Book(2, "s2"),)}))
    assert not lines(world.state, datetime(2018, 9, 14, 3, tzinfo=UTC), ZONES)[0].last_answers["north"].agree


def test_silence_is_shown_as_silence() -> None:
    world = World()
    world.do("south", Check(line="liaison", books={}, slot="2018-09-15T09:00"))
    world.do("south", Check(line="liaison", books={}, slot="2018-09-15T17:00"))
    world.do("north", Answer(check="south/2", books={}))
    liaison, military = lines(world.state, datetime(2018, 9, 16, 9, 10, tzinfo=SEOUL), ZONES, checks=5)
    strip = {it.slot[5:]: it.state for it in liaison.strip}
    assert strip == {
        "09-16T09:00": "open",
        "09-15T17:00": "answered",
        "09-15T09:00": "no answer",
        "09-14T17:00": "no call",
    }
    assert liaison.next is not None
    assert liaison.next.slot == "2018-09-16T17:00"
    callers = [it.caller for it in military.strip]
    assert callers in (["north", "south"], ["south", "north"])
    assert all(it.caller == "south" for it in liaison.strip)


def test_messages_are_listed_newest_first_and_go_on_where_a_page_ended() -> None:
    world = World()
    refs = [world.do("north" if n % 3 else "south", message()) for n in range(20)]
    world.do("north", message(line="military"))
    listed: list[str] = []
    before, pages = None, 0
    while True:
        page = messages(world.state, "liaison", nobody, before=before, limit=6)
        listed += [it.ref for it in page.entries]
        pages += 1
        if page.more is None:
            break
        before = page.more
    assert listed == refs[::-1]
    assert pages == 4


def test_due_times_count_from_receipt() -> None:
    world = World()
    routine, flash, late = (world.do("north", message(p)) for p in ("ROUTINE", "FLASH", "FLASH"))
    received = datetime(2018, 9, 14, 1, tzinfo=UTC)
    times = {routine: received, flash: received}
    waiting = open_messages(world.state, "south", times.get)
    assert [it.ref for it in waiting] == [flash, routine, late]
    assert waiting[0].due == received + timedelta(minutes=10)
    assert waiting[0].overdue(received + timedelta(minutes=11))
    assert not waiting[0].overdue(received + timedelta(minutes=10))
    assert not waiting[2].overdue(received + timedelta(days=999))
    world.do("south", Logged(message=flash), by="watch")
    assert [it.ref for it in open_messages(world.state, "south", times.get)] == [routine, late]
    assert open_messages(world.state, "north", times.get) == []


@pytest.mark.parametrize("at", ["2018-02-31T10:00:00Z", "yesterday", "2018-09-14T10:00:00"])
def test_a_time_that_is_none_does_no_harm(at: str) -> None:
    world = World()
    check = world.do("south", Check(line="liaison", books={}, slot="2018-09-15T09:00"), at=at)
    world.do("north", Answer(check=check, books={}), at=at)
    now = datetime(2018, 9, 16, tzinfo=SEOUL)
    assert lines(world.state, now, ZONES)[0].last_answers["north"].late
