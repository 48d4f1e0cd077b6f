"""The exchange file: every fault with its file, line, place and remedy, as many as there are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from comity.errors import Malformed, Refused
from comity.exchange.file import read
from comity.exchange.model import Kind

VECTORS = Path(__file__).parents[2] / "vectors" / "exchange"

GOOD = """format = "comity/exchange/v1"
title = "A small one"
[sides.north]
bond = 4
[sides.us]
tolerance = 2.50
[[steps]]
id = "freeze"
by = "north"
cost = 3
worth = { us = 5.125 }
[[steps]]
id = "declare"
by = "us"
cost = 1
after = ["freeze"]
[[demands]]
id = "n1"
by = "north"
step = "freeze"
kind = "together"
any_of = ["declare"]
"""


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        read(text, name="x.toml")
    assert all(o.hint for o in refusal.value.objections)
    return [(o.see, o.what) for o in refusal.value.objections]


def test_a_good_file_is_read_exactly() -> None:
    problem = read(GOOD)
    assert problem.scale == 1000
    assert problem.sides[0].bond == 4000
    assert problem.sides[1].tolerance == 2500
    assert problem.sides[0].tolerance is None
    assert problem.steps[0].worth == {"us": 5125}
    assert problem.steps[1].after == ("freeze",)
    assert problem.demands[0].kind is Kind.TOGETHER
    assert problem.demands[0].weight == 1


@pytest.mark.parametrize("path", sorted(VECTORS.glob("*.json")), ids=lambda path: path.stem)
def test_every_worked_case_is_read(path: Path) -> None:
    problem = read(path.read_bytes(), name=path.name)
    assert problem.title == path.stem


SLIPS = [
    ('title = "A small one"', 'titel = "A small one"', "x.toml:2: titel", "unknown key"),
    ("bond = 4", "bond = -4", "x.toml:4: sides.north.bond", "an amount cannot be negative"),
    ("bond = 4", 'bond = "4 USD"', "x.toml:4: sides.north.bond", "expected an amount, found the text '4 USD'"),
    ("bond = 4", "bond = true", "x.toml:4: sides.north.bond", "expected an amount, found the truth value true"),
    ("bond = 4", "bond = 1e16", "x.toml:4: sides.north.bond", "an amount beyond 1e15 or not finite"),
    ("bond = 4", "bond = inf", "x.toml:4: sides.north.bond", "an amount beyond 1e15 or not finite"),
    ("bond = 4", "bond = 2024-01-01", "x.toml:4: sides.north.bond", "expected an amount, found a date or time"),
    ("bond = 4", "bond = 0.0000000001", "x.toml:4: sides.north.bond", "more than 9 decimal places"),
    ('by = "north"\ncost', 'by = "nroth"\ncost', "x.toml:9: steps[0].by", "there is no side 'nroth'"),
    ('by = "north"\ncost', "cost", "x.toml:7: steps[0]", "'by' is missing"),
    ("{ us = 5.125 }", "{ mars = 5.125 }", "x.toml:11: steps[0].worth.mars", "there is no side 'mars'"),
    ("{ us = 5.125 }", "{ north = 5 }", "x.toml:11: steps[0].worth.north", "this side does the step itself"),
    ('"declare"\nby', '"freeze"\nby', "x.toml:13: steps[1].id", "the name 'freeze' is used twice"),
    ("cost = 1", "cost = 1\nsalvage = 2", "x.toml:16: steps[1].salvage", "more is recovered than the step costs"),
    ("cost = 1", "cost = 1\nduration = '3 days'", "x.toml:16: steps[1].duration",
     "expected a number of days, found the text '3 days'"),
    ("cost = 1", "cost = 1\nslices = 2.5", "x.toml:16: steps[1].slices", "expected a whole number, found a decimal"),
    ("cost = 1", "cost = 1\ncost_range = [2, 3]", "x.toml:16: steps[1].cost_range",
     "the stated amount lies outside its range"),
    ('["declare"]', '["declare", "declare"]', "x.toml:22: demands[0].any_of", "the step 'declare' stands here twice"),
    ('["declare"]', '["freeze"]', "x.toml:22: demands[0].any_of", "the step 'freeze' would wait for itself"),
    ('["declare"]', "[]", "x.toml:22: demands[0].any_of", "fewer than 1 steps"),
    ('"together"', '"whenever"', "x.toml:21: demands[0].kind", "there is no kind 'whenever'"),
    ('by = "north"\nstep', 'by = "us"\nstep', "x.toml:19: demands[0].by", "'us' does not do the step 'freeze'"),
    ("comity/exchange/v1", "comity/exchange/v2", "x.toml:1: format", "not a format that is read here"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "where", "what"), SLIPS, ids=[f"{s[2]} {s[3]}"[:60] for s in SLIPS])
def test_a_slip_is_named_with_line_and_place(old: str, new: str, where: str, what: str) -> None:
    assert old in GOOD
    assert (where, what) in faults(GOOD.replace(old, new, 1))


def test_all_faults_are_given_at_once() -> None:
    text = GOOD.replace("bond = 4", "bond = -4").replace('step = "freeze"', 'step = "frieze"').replace("cost = 1", "")
    assert [see.split(": ")[1] for see, _ in faults(text)] == ["sides.north.bond", "steps[1]", "demands[0].step"]


def test_a_misspelt_name_gets_the_likely_one() -> None:
    with pytest.raises(Refused, match="did you mean 'freeze'"):
        read(GOOD.replace('step = "freeze"', 'step = "frieze"'))


def test_a_cycle_of_prerequisites_is_named() -> None:
    text = GOOD.replace("worth = { us = 5.125 }", 'after = ["declare"]')
    what = "the prerequisites form a cycle: freeze after declare after freeze"
    assert faults(text) == [("x.toml:11: steps[0].after", what)]


def document(**changes: Any) -> str:
    steps = [{"id": s, "by": "A", "cost": 1, "after": a} for s, a in [("a", []), ("b", ["a"]), ("c", ["b"])]]
    return json.dumps({"format": "comity/exchange/v1", "sides": {"A": {}}, "steps": steps} | changes, indent=1)


def test_a_window_that_another_step_must_split_is_refused() -> None:
    what = "a step outside this window must come between two steps inside it"
    assert faults(document(windows=[{"steps": ["a", "c"]}]))[0][1] == what


def test_two_windows_that_must_interleave_are_refused() -> None:
    steps = [
        {"id": s, "by": "A", "cost": 1, "after": a} for s, a in [("a", []), ("b", []), ("c", ["b"]), ("d", ["a"])]
    ]
    windows = [{"steps": ["a", "c"]}, {"steps": ["b", "d"]}]
    assert faults(document(steps=steps, windows=windows))


def test_a_step_is_in_one_window_only() -> None:
    windows = [{"steps": ["a", "b"]}, {"steps": ["b", "c"]}]
    assert ("x.toml:37: windows[1]", "'b' is already in another window") in faults(document(windows=windows))


def test_amounts_that_cannot_be_added_in_64_bits_are_refused() -> None:
    steps = [{"id": f"s{i}", "by": "A", "cost": 10**15 - 1} for i in range(3)]
    assert read(document(steps=steps)).steps[0].cost == 10**15 - 1
    fine = document(steps=steps).replace("999999999999999", "999999999999999.999")
    assert faults(fine) == [
        ("x.toml:6: steps", "all amounts together are too fine to be added up exactly in 64 bits")
    ]  # fmt: skip


def test_a_key_used_twice_in_json_is_refused() -> None:
    with pytest.raises(Malformed, match="'by' is used twice"):
        read(document().replace('"by": "A"', '"by": "A", "by": "B"', 1))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "x.toml:1"),
        (b"title = =\n", "x.toml:1"),
        (b'{"a": NaN}', "NaN is not an amount"),
        (b"a = " + b"9" * 5000, "not TOML"),
        (b" " * (8 * 2**20 + 1), "too large for TOML"),
        (b"a." * 40 + b"b = 1", "a key of more than 32 parts"),
    ],
)
def test_what_is_no_document_is_malformed(content: bytes, message: str) -> None:
    with pytest.raises(Malformed, match=message):
        read(content, name="x.toml")


def test_worked_answers_and_notes_are_ignored() -> None:
    extra = {"note": {"any": ["thing"]}, "expected": [1.23456789012345]}
    assert read(document(**extra)).scale == 1


def test_reading_stops_when_nobody_would_read_on() -> None:
    text = document(steps=[{"id": "a", "by": "A", "cost": -1}] * 500)
    found = faults(text)
    assert len(found) == 101
    assert found[-1] == ("x.toml", "and perhaps more")


def test_what_is_done_stands_in_the_order_it_was_done() -> None:
    assert read(document(done=["a", "b"])).done == ("a", "b")
    assert faults(document(done=["b", "a"]))[0][1] == "'b' cannot be done before 'a'"
