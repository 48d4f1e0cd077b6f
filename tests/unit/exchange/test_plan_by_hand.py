"""The worked exchanges: every stated answer is met."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from comity.exchange.certificate import Objective, Options, Plan
from comity.exchange.file import read
from comity.exchange.plan import plan
from comity.exchange.planfile import decode, encode

CASES = sorted((Path(__file__).parents[2] / "vectors" / "exchange").glob("h*.json"))
SINGLE = {
    "min_peak": Objective.PEAK,
    "min_total_bond": Objective.TOTAL,
    "min_total_topup": Objective.TOPUP,
    "min_peak_exposure": Objective.EXPOSURE,
    "min_peak_joint": Objective.JOINT,
}


def answer(path: Path, objective: Objective, **options: Any) -> tuple[Plan, dict[str, Any]]:
    """The plan, written and read again, and what the case expects."""
    content = path.read_text()
    told = plan(read(content), Options(objective, **options))
    assert decode(encode(told)) == told
    return told, json.loads(content)["expected"]


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
@pytest.mark.parametrize("key", SINGLE)
def test_each_objective_has_the_value_worked_out_by_hand(path: Path, key: str) -> None:
    told, expected = answer(path, SINGLE[key])
    assert told.value == told.best.lower_bound == expected[key]
    assert told.best.proven
    assert told.orderable == expected["orderable"]
    assert told.feasible == expected["feasible_under_given_bonds"]
    assert told.topup == expected["min_total_topup"]


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_the_front_holds_every_vector_and_no_other(path: Path) -> None:
    told, expected = answer(path, Objective.PARETO)
    assert [dict(p.bonds) for p in told.points] == expected["pareto_bonds"]
    assert told.best.proven


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_with_payments_the_sum_of_bonds_is_the_one_worked_out(path: Path) -> None:
    told, expected = answer(path, Objective.TOTAL, money=True)
    assert told.value == sum(told.bonds.values(), Fraction(0))
    assert told.value == expected.get("min_total_bond_with_side_payments", told.value)
    assert all(sum(p.amounts.values()) == 0 for p in told.payments)


def test_a_package_of_the_whole_ring_needs_no_bond() -> None:
    path = next(p for p in CASES if p.stem.startswith("h6"))
    peak, expected = answer(path, Objective.PEAK, packages=True)
    total, _ = answer(path, Objective.TOTAL, packages=True)
    assert {"min_peak": peak.value, "min_total_bond": total.value} == expected["with_atomic_packages"]
    assert peak.order == (("a", "b", "c"),)
