"""Whatever is written reads back; whatever is read is read or refused, never anything else."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import Objection, Refused
from comity.exchange.file import read
from comity.exchange.model import Problem
from comity.exchange.writing import to_json, to_toml
from tests.property.exchange.problems import problems


@given(problems())
def test_what_is_written_as_toml_reads_back(problem: Problem) -> None:
    assert read(to_toml(problem)) == problem


@given(problems())
def test_what_is_written_as_json_reads_back(problem: Problem) -> None:
    assert read(to_json(problem).encode()) == problem


@given(problems())
def test_toml_and_json_hold_the_same(problem: Problem) -> None:
    assert tomllib.loads(to_toml(problem), parse_float=str) == json.loads(to_json(problem), parse_float=str)


def read_or_refuse(content: bytes | str) -> None:
    objections: tuple[Objection, ...] = ()
    try:
        read(content)
    except Refused as refusal:
        objections = refusal.objections or (Objection("", ""),)
    assert all(objection.what and objection.hint for objection in objections)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: "{" + text))
def test_arbitrary_bytes_are_read_or_refused(content: bytes | str) -> None:
    read_or_refuse(content)


LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["a", "b", "s", "t"])
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)
KEYS = [
    "format", "title", "sides", "steps", "packages", "windows", "demands", "guarantees", "note", "id", "by", "cost",
    "worth", "after", "salvage", "clawback", "slices", "duration", "verify", "cost_range", "worth_range", "step",
    "kind", "any_of", "weight", "side", "amount", "bond", "tolerance",
]  # fmt: skip


def known_tables(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Tables that use the file's own keys, in wrong places and with wrong values."""
    return st.dictionaries(st.sampled_from(KEYS), inner, max_size=6) | st.lists(inner, max_size=4)


@given(st.dictionaries(st.sampled_from(KEYS), st.recursive(TREES, known_tables, max_leaves=20), max_size=8))
def test_arbitrary_structures_are_read_or_refused(document: dict[str, Any]) -> None:
    read_or_refuse(json.dumps(document))


@given(problems(), st.data())
def test_a_file_with_one_value_replaced_is_read_or_refused(problem: Problem, data: st.DataObject) -> None:
    document = json.loads(to_json(problem))
    place: Any = document
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(TREES)
    read_or_refuse(json.dumps(document))


@given(problems(), st.integers(0), st.text(max_size=3))
def test_a_toml_file_with_a_slip_of_the_hand_is_read_or_refused(problem: Problem, at: int, slip: str) -> None:
    text = to_toml(problem)
    at %= len(text)
    read_or_refuse(text[:at] + slip + text[at + len(slip) :])


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000, "a = " + "[" * 100_000, "a." * 100_000 + "b = 1"])
def test_deep_nesting_is_refused(deep: str) -> None:
    with pytest.raises(Refused):
        read(deep)
