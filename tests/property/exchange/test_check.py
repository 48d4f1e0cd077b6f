"""The blockage agrees with its definition on random small exchanges."""

from __future__ import annotations

import os
import random

import pytest

from comity.exchange.check import check, one_core
from comity.exchange.model import Problem
from tests.property.exchange import brute_check as brute


def weight(problem: Problem, names: frozenset[str]) -> int:
    return sum(d.weight for d in problem.demands if d.id in names)


def compare(problem: Problem) -> None:
    found = check(problem, most=10_000, effort=10**9)
    done, stages = brute.doable(problem, problem.demands)
    assert [set(s) for s in found.stages] == [set(s) for s in stages]
    assert set(found.stuck) == {s.id for s in problem.steps} - done
    assert one_core(problem) == () if not found.blocked else frozenset(one_core(problem)) in brute.cores(problem)
    if not found.blocked:
        return
    assert found.cores_complete
    assert {frozenset(c) for c in found.cores} == brute.cores(problem)
    for given, expected in ((found.given_up, brute.softenings(problem)), (found.turned, brute.turnings(problem))):
        assert given.complete
        assert {frozenset(s) for s in given.all} == expected
        assert given.possible == bool(expected)
        if expected:
            least = min(weight(problem, s) for s in expected)
            assert given.least_weight == least
            assert {frozenset(s) for s in given.least} == {s for s in expected if weight(problem, s) == least}
    for softening, (gone, turned) in zip(found.given_up.least, found.milder, strict=True):
        assert sorted(gone + turned) == sorted(softening)
        kept = [d for d in brute.turned(problem, turned) if d.id not in gone]
        assert not brute.blocks(problem, kept)


@pytest.mark.parametrize("seed", range(8))
def test_check_agrees_with_the_definition(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        compare(brute.random_problem(chance))


@pytest.mark.soak
def test_check_agrees_with_the_definition_for_long() -> None:
    chance = random.Random(int(os.environ.get("COMITY_SEED", "1")))
    for _ in range(int(os.environ.get("COMITY_SOAK", "20000"))):
        compare(brute.random_problem(chance))
