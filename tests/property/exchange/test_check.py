"""The blockage agrees with its definition on random small exchanges."""

from __future__ import annotations

import os
import random

import pytest

from comity.exchange.check import check, one_core, residue
from comity.exchange.model import Kind, Problem, Side, Step
from comity.exchange.net import net_of
from comity.exchange.stages import stages
from comity.exchange.wide import wide_stages
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


def test_stages_in_arrays_are_the_stages_one_by_one() -> None:
    chance = random.Random(3)
    for size in (5, 40, 400):
        for _ in range(20):
            problem = after_only(chance, size)
            plain = stages(net_of(problem))
            wide, stuck = wide_stages(problem)
            ids = [step.id for step in problem.steps]
            assert wide == tuple(tuple(ids[s] for s in sorted(stage)) for stage in plain.stages)
            assert set(stuck) == {ids[s] for s, done in enumerate(plain.done) if not done}
            left = residue(problem, stuck)
            assert not any(stages(net_of(left)).done)


def after_only(chance: random.Random, size: int) -> Problem:
    ids = [f"s{i}" for i in range(size)]
    demands = []
    for j in range(chance.choice([size // 4, size])):
        demand = brute.random_demand(chance, f"d{j}", ids, Kind.AFTER)
        demands.append(demand)
    after = [tuple(ids[i - 1 : i]) if chance.random() < 0.2 else () for i in range(size)]
    steps = tuple(Step(s, "A", 0, after=a) for s, a in zip(ids, after, strict=True))
    return Problem("", (Side("A", ""),), steps, demands=tuple(demands))
