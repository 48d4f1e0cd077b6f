"""Rules T1 to T7: joint texts."""

import pytest

from comity.office.acts import Adopt, Confirm, Decline, Initial, Table, Unreadable, Withdraw, read_body, write_body
from comity.office.verdicts import STANDS, Pending
from comity.office.views.acts import became, pending, set_aside, waits_on
from comity.office.views.messages import message as message_view
from comity.office.views.texts import TextView, open_texts, texts
from comity.office.views.texts import text as text_view
from tests.office_world import World, digest_of, text


def adopt(table: Table, ref: str, *, ad_referendum: bool = False) -> Adopt:
    return Adopt(text=ref, wording=table.wording, ad_referendum=ad_referendum)


def view(world: World, ref: str) -> TextView:
    found = text_view(world.state, ref)
    assert found is not None
    return found


def in_force(world: World, table: Table, by: str = "north") -> str:
    """Table and adopt a text by all sides."""
    ref = world.do(by, table)
    for side in world.count:
        assert world.why(world.do(side, adopt(table, ref))) == []
    assert view(world, ref).standing == "in force"
    return ref


def test_t1_another_wording_is_another_text() -> None:
    world = World()
    table, other = text(), text(title="On roads")
    ref = world.do("north", table)
    assert world.why(world.do("south", Adopt(text=ref, wording=other.wording))) == ["T1"]
    assert world.why(world.do("south", Initial(text=ref, wording=other.wording))) == ["T1"]
    assert world.why(world.do("south", Adopt(text="north/9", wording=table.wording))) == ["T1"]
    assert view(world, ref).lacks == ("north", "south")


def test_t1_a_text_whose_digest_is_not_its_own_is_not_tabled() -> None:
    raw = write_body(text()).replace("제1조".encode(), "제2조".encode())
    body = read_body("table", raw, digest_of)
    assert isinstance(body, Unreadable)
    world = World()
    ref = world.do("north", body, kind="table")
    assert world.why(ref) == ["T1"]
    assert text_view(world.state, ref) is None


def test_t1_the_wording_covers_all_that_is_adopted() -> None:
    base = text()
    others = [
        text("meeting"),
        text(title="On roads"),
        text(texts={"ko": "제1조"}),
        text(texts={"ko": "제1조", "en": "Article 1."}),
        text(prevails="ko"),
        text(required=("north",)),
        text(answers="north/1"),
        text(replaces="north/1"),
    ]
    assert len({base.wording, *(other.wording for other in others)}) == 9


def test_t2_in_force_when_every_required_side_has_adopted() -> None:
    world = World("north", "south", "west")
    table = text(required=("north", "south"))
    ref = world.do("west", table)
    assert world.why(world.do("west", adopt(table, ref))) == ["T2"]
    world.do("north", adopt(table, ref))
    assert (view(world, ref).standing, view(world, ref).lacks) == ("open", ("south",))
    world.do("south", adopt(table, ref))
    assert (view(world, ref).standing, view(world, ref).settled) == ("in force", True)
    assert world.why(world.do("south", adopt(table, ref))) == ["T2"]


def test_t2_tabling_is_not_adopting() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    world.do("south", adopt(table, ref))
    assert view(world, ref).lacks == ("north",)


def test_t2_initials_fix_the_wording_and_do_not_bind() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    for side in ("north", "south"):
        assert world.why(world.do(side, Initial(text=ref, wording=table.wording), by="han")) == []
    assert world.why(world.do("south", Initial(text=ref, wording=table.wording))) == ["T2"]
    assert (view(world, ref).standing, view(world, ref).lacks) == ("initialled", ("north", "south"))


def test_t2_an_adoption_ad_referendum_binds_when_confirmed() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    world.do("north", adopt(table, ref))
    referred = world.do("south", adopt(table, ref, ad_referendum=True))
    assert view(world, ref).standing == "open"
    assert [(it.ref, it.objections) for it in pending(world.state, "south")] == [(referred, ())]
    assert world.why(world.do("south", adopt(table, ref, ad_referendum=True))) == ["T2"]
    confirmed = world.do("south", Confirm(act=1))
    assert (view(world, ref).standing, view(world, ref).sides["south"].adopted) == ("in force", confirmed)
    assert pending(world.state, "south") == []


def test_t2_an_adoption_ad_referendum_beyond_powers_needs_both() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    first = world.do("south", adopt(table, ref, ad_referendum=True), by="kim")
    assert isinstance(world.verdicts[first], Pending)
    assert world.why(world.do("south", Confirm(act=1))) == []
    assert view(world, ref).sides["south"].adopted is None
    assert world.why(world.do("south", Confirm(act=1))) == []
    assert view(world, ref).sides["south"].adopted == "south/3"


def test_t2_adopting_outright_leaves_nothing_to_confirm() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    world.do("south", adopt(table, ref, ad_referendum=True))
    world.do("south", adopt(table, ref))
    assert pending(world.state, "south") == []


def test_t3_an_adoption_that_crossed_the_withdrawal_stands() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    world.do("north", adopt(table, ref))
    world.do("north", Withdraw(text=ref))
    assert (view(world, ref).standing, view(world, ref).settled) == ("withdrawn", False)
    world.do("south", adopt(table, ref), seen={"north": 2})
    assert view(world, ref).standing == "in force"


def test_t3_an_adoption_that_had_seen_the_withdrawal_has_no_effect() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    world.do("north", adopt(table, ref))
    world.do("north", Withdraw(text=ref))
    assert world.why(world.do("south", adopt(table, ref))) == ["T3"]
    assert (view(world, ref).standing, view(world, ref).settled) == ("withdrawn", True)


def test_t3_it_is_enough_to_have_seen_one_who_had_seen_it() -> None:
    world = World("north", "south", "west")
    table = text()
    ref = world.do("north", table)
    world.do("north", Withdraw(text=ref))
    world.do("west", Decline(text=ref))
    late = world.do("south", adopt(table, ref), seen={"north": 1, "west": 1})
    assert world.why(late) == ["T3", "T3"]


def test_t3_a_withdrawal_from_what_its_author_saw_in_force_has_no_effect() -> None:
    world = World()
    table = text()
    ref = in_force(world, table)
    assert world.why(world.do("north", Withdraw(text=ref))) == ["T3"]
    assert view(world, ref).standing == "in force"


def test_t3_who_declined_or_withdrew_cannot_adopt_and_nothing_is_reopened() -> None:
    world = World()
    table = text()
    ref = world.do("north", table)
    assert world.why(world.do("south", Decline(text=ref))) == []
    assert (view(world, ref).standing, view(world, ref).settled) == ("declined", True)
    assert world.why(world.do("south", adopt(table, ref))) == ["T3"]
    assert world.why(world.do("south", Decline(text=ref))) == ["T3"]
    assert world.why(world.do("south", Initial(text=ref, wording=table.wording))) == ["T3"]


def test_t3_only_its_tabler_or_an_adopter_withdraws_and_an_adopter_does_not_decline() -> None:
    world = World("north", "south", "west")
    table = text(required=("north", "south"))
    ref = world.do("north", table)
    assert world.why(world.do("south", Withdraw(text=ref))) == ["T3"]
    assert world.why(world.do("west", Decline(text=ref))) == ["T3"]
    world.do("south", adopt(table, ref))
    assert world.why(world.do("south", Decline(text=ref))) == ["T3"]
    assert world.why(world.do("south", Withdraw(text=ref))) == []
    assert world.why(world.do("south", Decline(text="north/9"))) == ["T3"]


def test_t4_a_counter_text_declines_what_it_answers() -> None:
    world = World()
    table = text()
    first = world.do("north", table)
    world.do("north", adopt(table, first))
    counter = text(title="On railways and roads", answers=first)
    second = world.do("south", counter)
    assert (view(world, first).standing, view(world, first).settled) == ("declined", True)
    assert view(world, second).matter == first
    assert world.why(world.do("south", adopt(counter, second))) == []
    assert world.why(world.do("north", adopt(counter, second))) == []
    assert view(world, second).standing == "in force"


def test_t4_a_counter_text_to_what_one_adopted_takes_that_back_and_needs_the_power() -> None:
    world = World()
    table = text()
    first = world.do("north", table)
    world.do("south", adopt(table, first))
    changed = text(title="On roads", answers=first)
    assert isinstance(world.verdicts[world.do("south", changed, by="han")], Pending)
    assert view(world, first).standing == "open"
    world.do("south", Confirm(act=2))
    assert view(world, first).standing == "declined"
    assert not view(world, first).settled
    assert world.why(world.do("north", adopt(table, first), seen={"south": 2})) == []
    assert view(world, first).standing == "in force"


@pytest.mark.parametrize("link", ["answers", "replaces"])
def test_t4_t5_a_later_text_keeps_to_what_was_seen_and_to_whom_it_concerns(link: str) -> None:
    rule = {"answers": "T4", "replaces": "T5"}[link]
    world = World("north", "south", "west")
    first = world.do("north", text())
    assert world.why(world.do("south", text(**{link: "north/7"}))) == [rule]
    assert world.why(world.do("west", text(**{link: first}), seen={"north": 0, "south": 0})) == [rule]
    assert world.why(world.do("south", text(required=("north", "south"), **{link: first}))) == [rule]
    assert world.why(world.do("south", text(**{link: first}))) == []


def test_t4_what_is_in_force_is_replaced_not_answered() -> None:
    world = World()
    ref = in_force(world, text())
    assert world.why(world.do("south", text(title="On roads", answers=ref))) == ["T4"]


def test_t5_a_text_replaces_another_when_all_its_sides_adopt_it() -> None:
    world = World()
    old = in_force(world, text())
    rival = text(title="On roads", answers=world.do("south", text(title="On ports", replaces=old)))
    rival_ref = world.do("north", rival)
    assert world.why(world.do("north", adopt(rival, rival_ref))) == ["T5"]
    new = text(title="On rail", replaces=old)
    ref = world.do("north", new)
    world.do("north", adopt(new, ref))
    assert (view(world, old).standing, view(world, ref).standing) == ("in force", "open")
    world.do("south", adopt(new, ref))
    assert (view(world, old).standing, view(world, ref).standing) == ("replaced", "in force")
    assert view(world, rival_ref).standing == "lapsed"


def test_t5_a_replacement_is_replaced_in_its_turn() -> None:
    world = World()
    chain = [in_force(world, text())]
    for title in ("On rail", "On roads", "On ports"):
        chain.append(in_force(world, text(title=title, replaces=chain[-1])))
    assert [view(world, ref).standing for ref in chain] == ["replaced"] * 3 + ["in force"]
    late = text(title="Late", replaces=chain[1])
    ref = world.do("south", late)
    assert world.why(world.do("south", adopt(late, ref))) == ["T5"]


def test_t5_two_texts_of_one_matter_are_not_adopted_side_by_side() -> None:
    world = World()
    first = text()
    ref = world.do("north", first)
    world.do("north", adopt(first, ref))
    counter = text(title="On roads", answers=ref)
    other = world.do("south", counter, seen={"north": 1})
    assert world.why(world.do("north", adopt(counter, other))) == [], "the counter-text declined the first"

    world = World("north", "south", "west")
    ref = world.do("north", first)
    world.do("north", adopt(first, ref))
    own = text(title="On roads", answers=ref)
    other = world.do("north", own)
    assert world.why(world.do("north", adopt(own, other))) == ["T5"], "south may still adopt the first"
    world.do("south", Decline(text=ref))
    assert world.why(world.do("north", adopt(own, other))) == []


def test_t5_one_word_from_who_knows_of_the_withdrawal_frees_the_way() -> None:
    world = World()
    first = text()
    ref = world.do("north", first)
    world.do("north", adopt(first, ref))
    world.do("north", Withdraw(text=ref))
    second = text(title="On roads", replaces=ref)
    other = world.do("north", second)
    assert world.why(world.do("north", adopt(second, other))) == ["T5"]
    assert [it.what for it in waits_on(world.state, "south") if it.ref == ref] == ["word"]
    world.do("south", text(title="Something else"), seen={"north": 2})
    assert world.why(world.do("north", adopt(second, other))) == ["T5"]
    world.do("south", text(title="Something else"), seen={"north": 3})
    assert world.why(world.do("north", adopt(second, other))) == []


def test_t5_what_answers_one_matter_cannot_replace_another() -> None:
    world = World()
    one, two = world.do("north", text()), world.do("north", text(title="On roads"))
    assert world.why(world.do("south", text(answers=one, replaces=two))) == ["T5"]


def test_t6_the_language_that_prevails_is_one_of_the_texts() -> None:
    world = World()
    assert world.why(world.do("north", text(prevails="fr"))) == ["T6"]
    assert world.why(world.do("north", text(prevails="ko"))) == []


def test_t7_a_declaration_changes_nobodys_obligations() -> None:
    def adopted(declaration: dict[str, str]) -> TextView:
        world = World()
        table = text()
        ref = world.do("north", table)
        world.do("north", Adopt(text=ref, wording=table.wording, declaration=declaration))
        world.do("south", adopt(table, ref))
        return view(world, ref)

    plain, declared = adopted({}), adopted({"ko": "우리는 …"})
    assert declared.standing == plain.standing == "in force"
    assert (plain.sides["north"].declared, declared.sides["north"].declared) == (False, True)


def test_texts_are_listed_and_waited_for() -> None:
    world = World()
    tables = [text(title=f"No. {n}") for n in range(5)]
    refs = [world.do("north" if n % 2 else "south", table) for n, table in enumerate(tables)]
    world.do("north", Decline(text=refs[0]))
    for side in ("north", "south"):
        world.do(side, adopt(tables[1], refs[1]))
    world.do("north", adopt(tables[2], refs[2]))
    assert [it.ref for it in texts(world.state).entries] == refs[::-1]
    assert {it.ref for it in open_texts(world.state)} == set(refs[2:])
    assert {it.ref for it in waits_on(world.state, "north") if it.what == "adopt"} == set(refs[3:])
    assert {it.ref for it in waits_on(world.state, "south") if it.what == "adopt"} == set(refs[2:])
    late = world.do("north", adopt(tables[1], refs[1]))
    (it,) = set_aside(world.state).entries
    assert (it.ref, [o.rule for o in it.objections]) == (late, ["T2"])


def test_a_reference_to_nothing_finds_nothing() -> None:
    world = World()
    ref = world.do("north", text())
    assert became(world.state, ref) == STANDS
    for none in ("", "north", "north/", "north/2", "east/1", "north/x", "north/" + "9" * 40, "north/-1"):
        assert text_view(world.state, none) is None
        assert message_view(world.state, none, lambda _: ()) is None
        assert became(world.state, none) is None
