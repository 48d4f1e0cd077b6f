"""Two ways to the same judgement: the auditor and the member's reader, the policy and its definition."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from comity.record.audit import audit_series
from comity.record.keys import KeyType, SecretKey
from comity.record.policy import Policy
from comity.record.series import Fault, read_run
from tests.office import CHO, FOUNDING, HAN, KIM, RI, InTurn, Log, act

FRESH = SecretKey.of("new.north", KeyType.ED25519, b"\x63" * 32)
acts: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "off": st.sampled_from([0] * 12 + [1, -1]),
        "signer": st.sampled_from([RI] * 6 + [KIM] * 3 + [HAN] * 2 + [FRESH, CHO]),
        "seen": st.sampled_from([0] * 3 + [1, 1, 2, -1]),
        "change": st.sampled_from([b""] * 9 + [b"10:31"]),
    },
    optional={
        "key": st.sampled_from([HAN, FRESH, KIM, RI, CHO]),
        "drop": st.sampled_from(["kim", "han", "new", "ri"]),
        "chief": st.booleans(),
    },
)


def write(plan: list[dict[str, Any]]) -> Log:
    raws, seen = [], 1
    for no, step in enumerate(plan, 1):
        seen = max(seen + step["seen"], 1)
        extra: dict[str, Any] = {name: step[name] for name in ("drop", "chief") if name in step}
        if "key" in step:
            extra["key"] = str(step["key"].verifier)
        raw = act(max(no + step["off"], 1), step["signer"], seen={"west": seen}, **extra)
        raws.append(raw.replace(b"10:30", step["change"]) if step["change"] else raw)
    return Log(raws)


@given(st.lists(acts, max_size=8))
def test_the_auditor_and_the_reader_agree_on_the_first_fault(plan: list[dict[str, Any]]) -> None:
    log = write(plan)
    run = read_run(FOUNDING.series("north"), log.raws, log.head())
    report = audit_series(FOUNDING, log.held(), InTurn())
    assert report.good == (run.finding is None)
    if run.finding is not None:
        assert report.defects[0].place == f"north/{run.finding.no}"
        same_place = {defect.fault for defect in report.defects if defect.place == report.defects[0].place}
        assert run.finding.fault in same_place
        assert run.finding.fault is not Fault.ROOT


@st.composite
def groupings(draw: st.DrawFn) -> tuple[str, Any, list[str]]:
    """A policy over up to six witnesses, what it means as a nested value, and their names."""
    keys = [SecretKey.of(f"w{n}.example", KeyType.COSIGNATURE, bytes([n]) * 32) for n in range(1, 7)]
    lines = [f"witness w{n} {key.verifier}" for n, key in enumerate(keys, 1)]
    free: dict[str, Any] = {f"w{n}": f"w{n}" for n in range(1, 7)}
    for number in range(draw(st.integers(0, 4))):
        members = draw(st.lists(st.sampled_from(sorted(free)), min_size=1, unique=True))
        least = draw(st.integers(1, len(members)))
        word = draw(st.sampled_from([str(least)] + ["any"] * (least == 1) + ["all"] * (least == len(members))))
        lines.append(f"group g{number} {word} {' '.join(members)}")
        free[f"g{number}"] = (least, [free.pop(member) for member in members])
    quorum = draw(st.sampled_from(sorted(free)))
    return "\n".join([*lines, f"quorum {quorum}", ""]), free[quorum], [f"w{n}" for n in range(1, 7)]


def means(rule: Any, cosigners: set[str]) -> bool:
    if isinstance(rule, str):
        return rule in cosigners
    least, members = rule
    return sum(means(member, cosigners) for member in members) >= int(least)


@given(groupings(), st.data())
def test_a_quorum_is_what_its_groups_mean(grouping: tuple[str, Any, list[str]], data: st.DataObject) -> None:
    text, rule, names = grouping
    cosigners = data.draw(st.sets(st.sampled_from(names)))
    assert Policy.parse(text.encode()).satisfied(cosigners) == means(rule, cosigners)
