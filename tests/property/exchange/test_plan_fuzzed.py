"""Hostile plan files: refused with a place, or checked without a crash; never believed."""

from __future__ import annotations

import json
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from comity.errors import Malformed
from comity.exchange.certificate import Objective, Options
from comity.exchange.plan import plan
from comity.exchange.planfile import decode, encode
from comity.exchange.verify import verify
from tests.oracles.deals import FEATURES, deal

VALUES: list[Any] = [
    None, True, -1, 0, 3, 10**30, "x", "1/0", "7/3", "s0", "", [], {}, ["s0"], [["s0", "s1"]], {"A": 1}, {"z": 1},
]  # fmt: skip


def places(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON value."""
    found = [so_far]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*so_far, key))
    return found


def changed(document: Any, rng: Random) -> Any:
    """The document with something else somewhere, left out, or moved from elsewhere."""
    place = rng.choice(places(document)[1:])
    at = document
    for key in place[:-1]:
        at = at[key]
    match rng.randrange(4):
        case 0:
            del at[place[-1]]
        case 1 if isinstance(at, list):
            at.append(deepcopy(at[place[-1]]))
        case 2:
            other = document
            for key in rng.choice(places(document)):
                other = other[key]
            at[place[-1]] = deepcopy(other)
        case _:
            at[place[-1]] = deepcopy(rng.choice(VALUES))
    return document


@pytest.mark.parametrize("feature", FEATURES)
def test_a_plan_with_something_changed_is_refused_or_checked(feature: str) -> None:
    rng = Random(feature)
    for seed in range(12):
        problem = deal(seed, feature)
        objective = rng.choice(list(Objective))
        money = objective in (Objective.PEAK, Objective.TOTAL, Objective.TOPUP) and rng.random() < 0.5
        options = Options(objective, money=money, packages=rng.random() < 0.5, demands=rng.random() < 0.5)
        text = encode(plan(problem, options))
        for _ in range(25):
            document = json.loads(text)
            for _ in range(rng.randint(1, 3)):
                document = changed(document, rng)
            try:
                read = decode(json.dumps(document).encode())
            except Malformed:
                continue
            assert verify(problem, read, most=500)


NONE = [
    b"", b"[]", b"{", b"\xff", b'{"format": "x"}', b"[" * 100_000, b'{"format": 1e999999999}',
    b'{"a": 1' + b"0" * 5000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize("content", NONE)
def test_what_is_no_plan_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        decode(content)


def test_a_short_text_cannot_stand_for_a_huge_number() -> None:
    text = encode(plan(deal(1))).replace(b'"value": ', b'"value": 1e999999999, "was": ')
    with pytest.raises(Malformed):
        decode(text)
