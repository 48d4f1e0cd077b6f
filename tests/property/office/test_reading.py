"""Bytes from others: reading a body or a charter answers or refuses, whatever they are."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comity.errors import Refused
from comity.office.acts import BODIES, Body, read_body, read_gist, write_body, write_gist
from comity.office.charter import read_charter, write_charter
from tests.office_world import ZONES, charter, digest_of

scalars = st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats() | st.text(max_size=20)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
fields = sorted({name for body in BODIES.values() for name in body.__struct_fields__})
objects = st.dictionaries(st.sampled_from(fields), anything, max_size=8)


@given(kind=st.sampled_from([*BODIES, "dance", ""]), raw=st.binary(max_size=200))
def test_any_bytes_can_be_read_as_a_body(kind: str, raw: bytes) -> None:
    assert isinstance(read_body(kind, raw, digest_of), Body)


@given(kind=st.sampled_from([*BODIES]), loose=objects)
def test_any_object_can_be_read_as_a_body_and_what_is_one_survives_the_way_through_the_state(
    kind: str, loose: dict[str, Any]
) -> None:
    body = read_body(kind, json.dumps(loose).encode(errors="replace"), digest_of)
    if body.tag:
        assert read_body(kind, write_body(body), digest_of) == body
        assert read_gist(kind, write_gist(body)) == body.gist()


@given(
    path=st.lists(st.integers(0, 12), min_size=1, max_size=5),
    value=anything,
)
def test_a_charter_with_anything_anywhere_is_read_or_refused_with_places(path: list[int], value: Any) -> None:
    loose: Any = json.loads(write_charter(charter()))
    at = loose
    for step in path[:-1]:
        children = list(at.values() if isinstance(at, dict) else at)
        inner = children[step % len(children)] if children else None
        if not isinstance(inner, dict | list) or not inner:
            break
        at = inner
    names = list(at) if isinstance(at, dict) else list(range(len(at)))
    at[names[path[-1] % len(names)]] = value
    with contextlib.suppress(Refused):
        read_charter(json.dumps(loose).encode(errors="replace"), zones=ZONES)


@given(raw=st.binary(max_size=200))
def test_any_bytes_can_be_refused_as_a_charter(raw: bytes) -> None:
    with contextlib.suppress(Refused):
        read_charter(raw, zones=ZONES)
