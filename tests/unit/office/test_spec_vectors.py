"""The formats of docs/spec/acts.md and charter.md, held to their vectors; and every field to its page."""

import json
import re
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from comity.errors import Refused
from comity.office import acts, charter, fold
from comity.office.acts import BODIES, Act, Unreadable, read_body, write_body
from comity.office.state import State
from comity.office.verdicts import STANDS, SetAside
from comity.office.views.acts import became
from comity.office.views.texts import texts
from tests.office_world import AT, Shelf, digest_of
from tests.vectors import load

SPEC = Path(__file__).parents[3] / "docs/spec"
BODY_VECTORS = load("office/bodies.json")
CHARTERS = load("office/charters.json")
HISTORIES = load("office/histories.json")


@pytest.mark.parametrize("vector", BODY_VECTORS["accepted"], ids=lambda v: v["kind"])
def test_accepted_bodies(vector: dict[str, str]) -> None:
    body = read_body(vector["kind"], vector["json"].encode(), digest_of)
    assert not isinstance(body, Unreadable)
    assert body.tag == vector["kind"]
    assert write_body(body).decode() == vector["json"]


def test_every_kind_has_an_accepted_body() -> None:
    assert {vector["kind"] for vector in BODY_VECTORS["accepted"]} == BODIES.keys()


@pytest.mark.parametrize("vector", BODY_VECTORS["refused"], ids=lambda v: f"{v['kind']}: {v['why']}")
def test_refused_bodies(vector: dict[str, str]) -> None:
    body = read_body(vector["kind"], vector["json"].encode(), digest_of)
    assert isinstance(body, Unreadable)
    assert body.rule == vector["rule"]


@pytest.mark.parametrize("vector", BODY_VECTORS["wordings"], ids=lambda v: v["sha256"][:8])
def test_wordings(vector: dict[str, Any]) -> None:
    table = msgspec.convert(vector["table"], acts.Table)
    assert acts.wording(table).decode() == vector["bytes"] == canonical(vector["table"])
    assert digest_of(acts.wording(table)) == vector["sha256"]


def canonical(table: dict[str, Any]) -> str:
    """The wording as the page describes it, made without our code."""
    names = ("answers", "kind", "prevails", "replaces", "required", "texts", "title")
    fields: dict[str, Any] = {name: table.get(name) for name in names}
    fields["required"] = sorted(fields["required"]) if fields["required"] else None
    fields["texts"] = dict(sorted(fields["texts"].items()))
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def test_the_accepted_charter() -> None:
    raw = json.dumps(CHARTERS["accepted"]).encode()
    assert charter.read_charter(raw, zones=CHARTERS["zones"]).office == "kaesong.example"


@pytest.mark.parametrize("vector", CHARTERS["refused"], ids=lambda v: f"{v['rule']} {v['places'][0]}")
def test_refused_charters(vector: dict[str, Any]) -> None:
    loose = json.loads(json.dumps(CHARTERS["accepted"]))
    for path, value in vector["changes"].items():
        *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        at = loose
        for step in steps:
            at = at[step]
        at[last] = value
    with pytest.raises(Refused) as refused:
        charter.read_charter(json.dumps(loose).encode(), zones=CHARTERS["zones"])
    assert {(o.rule, o.see) for o in refused.value.objections} == {
        (vector["rule"], place) for place in vector["places"]
    }


def node(sides: list[str]) -> State:
    loose = HISTORIES["charter"] | {"sides": [it for it in HISTORIES["charter"]["sides"] if it["side"] in sides]}
    state = State(Shelf())
    fold.found(state, charter.read_charter(json.dumps(loose).encode(), zones=CHARTERS["zones"]))
    return state


@pytest.mark.parametrize("history", HISTORIES["histories"], ids=lambda h: h["name"].replace(" ", "-"))
def test_histories(history: dict[str, Any]) -> None:
    """Whatever the order in which the acts come."""
    for seed in range(10):
        rnd, state = Random(seed), node(history["sides"])
        left, held = list(history["acts"]), dict.fromkeys(history["sides"], 0)
        while left:
            ready = [it for it in left if it["no"] == held[it["side"]] + 1]
            ready = [it for it in ready if all(held[other] >= n for other, n in it["seen"].items())]
            it = rnd.choice(ready)
            left.remove(it)
            held[it["side"]] += 1
            body = read_body(it["kind"], json.dumps(it["body"]).encode(), digest_of)
            to = tuple(it["to"]) if "to" in it else None
            verdict = fold.fold(state, Act(it["side"], it["no"], it["kind"], it["by"], AT, it["seen"], to, body))
            if isinstance(verdict, SetAside):
                assert [o.rule for o in verdict.objections] == it["becomes"]
            else:
                assert ("stands" if verdict == STANDS else "pending") == it["becomes"]
            assert became(state, f"{it['side']}/{it['no']}") == verdict
        assert {it.ref: it.standing for it in texts(state).entries} == history["texts"]


def fields_of(struct: type[msgspec.Struct]) -> dict[str, bool]:
    return {field.encode_name: field.required for field in msgspec.structs.fields(struct)}


def test_every_field_of_a_body_is_on_its_page() -> None:
    page = (SPEC / "acts.md").read_text()
    for kind, body in BODIES.items():
        (row,) = re.findall(rf"^\| `{kind}` \| (.*) \|$", page, re.MULTILINE)
        for name, required in fields_of(body).items():
            assert re.search(rf"`{name}`(?!\?)" if required else rf"`{name}`\?", row), f"{kind}: {name}"


def test_every_field_of_a_charter_is_on_its_page() -> None:
    page = (SPEC / "charter.md").read_text()
    for struct in (charter.Charter, charter.Side, charter.Delegate, charter.Line):
        for name, required in fields_of(struct).items():
            assert f"`{name}`" in page if required else f"`{name}`?" in page, f"{struct.__name__}: {name}"
