"""Rules C1 to C8: a charter is read strictly, and all that is wrong with it is said at once."""

from typing import Any

import msgspec
import pytest

from comity.errors import Refused
from comity.office.charter import read_charter, write_charter
from tests.office_world import ZONES, charter


def broken(**changes: Any) -> list[tuple[str, str]]:
    """The rules and places of the objections to a charter with some values changed, given by path."""
    loose = msgspec.json.decode(write_charter(charter()))
    for path, value in changes.items():
        at = loose
        *steps, last = [int(step) if step.isdigit() else step for step in path.split("__")]
        for step in steps:
            at = at[step]
        if value is ...:
            del at[last]
        else:
            at[last] = value
    with pytest.raises(Refused) as refused:
        read_charter(msgspec.json.encode(loose), zones=ZONES)
    return [(o.rule, o.see) for o in refused.value.objections]


def test_a_charter_reads_back_as_it_was_written() -> None:
    assert read_charter(write_charter(charter()), zones=ZONES) == charter()


def test_c1_every_fault_of_form_is_named_with_its_place() -> None:
    found = broken(
        sides__1__delegates__0__key=5,
        sides__0__side="North Side",
        lines__0__window_min=0,
        lines__1__colour="red",
        office="https://kaesong.example",
        due_min__FLASH=...,
        founded="yesterday",
    )
    assert set(found) == {
        ("C1", "sides[1].delegates[0].key"),
        ("C1", "sides[0].side"),
        ("C1", "lines[0].window_min"),
        ("C1", "lines[1]"),
        ("C1", "office"),
        ("C1", "due_min"),
        ("C1", "founded"),
    }


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000, b" " * (1 << 20) + b"{}", b'{"sides":7}']
)
def test_c1_what_is_no_charter_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_charter(raw, zones=ZONES)
    assert {o.rule for o in refused.value.objections} == {"C1"}


def test_c1_lists_have_bounds() -> None:
    assert broken(sides=[]) == [("C1", "sides")]
    assert broken(lines=[]) == [("C1", "lines")]


def test_c2_names_are_used_once() -> None:
    assert broken(sides__1__side="north", lines__0__from="north") == [("C2", "sides[1].side")]
    assert broken(lines__1__line="liaison") == [("C2", "lines[1].line")]
    assert broken(sides__1__delegates__2__name="ri") == [("C2", "sides[1].delegates[2].name")]
    assert broken(languages=["ko", "en", "ko"]) == [("C2", "languages[2]")]


def test_c3_a_key_has_one_role() -> None:
    assert broken(sides__1__receipt="north+seal") == [("C3", "sides[1].receipt")]
    assert broken(sides__0__watch="north+pouch", sides__1__delegates__0__key="north+seal") == [
        ("C3", "sides[0].watch"),
        ("C3", "sides[1].delegates[0].key"),
    ]
    assert broken(sides__0__seal_pq="pq", sides__0__receipt_pq="pq") == [("C3", "sides[0].receipt_pq")]


def test_c4_a_side_has_a_chief_and_nobody_is_called_watch() -> None:
    assert broken(sides__0__delegates__0__chief=False) == [("C4", "sides[0].delegates")]
    assert broken(sides__0__delegates__1__name="watch") == [("C4", "sides[0].delegates[1].name")]


def test_c5_each_sides_language_is_one_of_the_offices() -> None:
    assert broken(sides__0__language="fr") == [("C5", "sides[0].language")]


def test_c6_a_lines_schedule_can_be_kept() -> None:
    assert broken(lines__0__from="east") == [("C6", "lines[0].from")]
    assert broken(lines__0__zone="Asia/Atlantis") == [("C6", "lines[0].zone")]
    assert broken(lines__0__checks=["17:00", "09:00"]) == [("C6", "lines[0].checks")]
    assert broken(lines__0__days=["sun", "mon"]) == [("C6", "lines[0].days")]


def test_c7_what_is_more_urgent_is_due_sooner() -> None:
    assert broken(due_min__FLASH=100) == [("C7", "due_min")]


def test_c8_only_known_kinds_can_need_a_person() -> None:
    assert broken(person=["message", "dance"]) == [("C8", "person[1]")]


def test_faults_of_several_rules_are_named_at_once() -> None:
    found = broken(sides__0__language="fr", lines__0__zone="Nowhere", person=["dance"])
    assert [rule for rule, _ in found] == ["C5", "C6", "C8"]
