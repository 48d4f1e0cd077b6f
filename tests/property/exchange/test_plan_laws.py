"""Laws that hold between an exchange and another made from it, whatever the numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from comity.exchange.certificate import Objective, Options, Plan
from comity.exchange.model import Problem, Side, Step
from comity.exchange.moves import moves_of, worst_case, worth_it
from comity.exchange.plan import plan
from comity.exchange.sensitivity import steinitz
from tests.oracles.deals import FEATURES, deal

SINGLE = (Objective.PEAK, Objective.TOTAL, Objective.TOPUP, Objective.EXPOSURE, Objective.JOINT)


def deals(count: int = 40, *features: str) -> Iterator[Problem]:
    """So many exchanges of each feature."""
    for feature in features or FEATURES:
        for seed in range(1000, 1000 + count // (1 if features else 4)):
            yield deal(seed, feature)


def value(problem: Problem, objective: Objective = Objective.PEAK, **options: bool | int) -> Fraction | None:
    """The value of the best plan."""
    told: Plan = plan(problem, Options(objective, **options))  # type: ignore[arg-type]
    assert told.best.proven
    return told.value


def amounts(problem: Problem, change: Callable[[int], int]) -> Problem:
    """The problem with every amount changed."""
    return replace(
        problem,
        sides=tuple(
            replace(s, bond=change(s.bond), tolerance=None if s.tolerance is None else change(s.tolerance))
            for s in problem.sides
        ),
        steps=tuple(
            replace(
                s,
                cost=change(s.cost),
                worth={j: change(w) for j, w in s.worth.items()},
                salvage=change(s.salvage),
                clawback={j: change(w) for j, w in s.clawback.items()},
            )
            for s in problem.steps
        ),
        guarantees=tuple(replace(g, amount=change(g.amount)) for g in problem.guarantees),
    )


@pytest.mark.parametrize("objective", SINGLE)
def test_three_times_the_amounts_are_three_times_the_value(objective: Objective) -> None:
    for problem in deals():
        before = value(problem, objective)
        assert value(amounts(problem, lambda x: 3 * x), objective) == (None if before is None else 3 * before)


@pytest.mark.parametrize("objective", SINGLE)
def test_a_free_step_changes_nothing(objective: Objective) -> None:
    for problem in deals():
        free = Step("free", problem.sides[0].name, 0)
        assert value(replace(problem, steps=(*problem.steps, free)), objective) == value(problem, objective)


@pytest.mark.parametrize("objective", [Objective.TOTAL, Objective.TOPUP])
def test_two_sides_that_act_as_one_need_no_more_together(objective: Objective) -> None:
    for problem in deals(80, "plain", "guarantee"):
        first, second, *rest = problem.sides
        if any(s.tolerance is not None for s in problem.sides):
            continue

        def one(name: str, old: str = second.name, new: str = first.name) -> str:
            return new if name == old else name

        merged = replace(
            problem,
            sides=(replace(first, bond=first.bond + second.bond), *rest),
            steps=tuple(_merged(s, one) for s in problem.steps),
            guarantees=tuple(replace(g, side=one(g.side), by="U") for g in problem.guarantees),
        )
        together, apart = value(merged, objective), value(problem, objective)
        assert together is not None
        assert apart is not None
        assert together <= apart


def _merged(step: Step, one: Callable[[str], str]) -> Step:
    """What a side does for itself is a lower cost, or a gain that no step can state."""
    worth: dict[str, int] = {}
    for side, w in step.worth.items():
        worth[one(side)] = worth.get(one(side), 0) + w
    gain = worth.pop(one(step.by), 0)
    cost = step.cost - gain
    return replace(step, by=one(step.by), cost=cost, worth=worth, salvage=0, clawback={})


def test_the_names_of_the_sides_do_not_matter() -> None:
    for problem in deals(20):
        turned = replace(problem, sides=problem.sides[::-1], steps=problem.steps[::-1])
        for objective in SINGLE:
            assert value(turned, objective) == value(problem, objective)


def test_backwards_in_time_temptation_is_exposure() -> None:
    checked = 0
    for problem in deals(200, "plain"):
        if min(worth_it(problem)) < 0 or revocable(problem):
            continue
        after: dict[str, list[str]] = {s.id: [] for s in problem.steps}
        for s in problem.steps:
            for b in s.after:
                after[b].append(s.id)
        back = replace(problem, steps=tuple(replace(s, after=tuple(after[s.id])) for s in problem.steps))
        assert value(back, Objective.EXPOSURE) == value(problem, Objective.PEAK)
        checked += 1
    assert checked > 20


def test_more_bond_or_tolerance_never_hurts() -> None:
    for problem in deals():
        before = value(problem, Objective.TOPUP)
        for at, side in enumerate(problem.sides):
            for more in (_richer(side), _bolder(side)):
                after = value(
                    replace(problem, sides=(*problem.sides[:at], more, *problem.sides[at + 1 :])), Objective.TOPUP
                )
                assert before is None or (after is not None and after <= before)


def _richer(side: Side) -> Side:
    return replace(side, bond=side.bond + 2)


def _bolder(side: Side) -> Side:
    return replace(side, tolerance=None if side.tolerance is None else side.tolerance + 2)


def revocable(problem: Problem) -> bool:
    """Whether a collapse undoes a part of what was done."""
    return any(s.salvage or any(s.clawback.values()) for s in problem.steps)


@pytest.mark.parametrize("objective", SINGLE)
def test_a_finer_cut_never_hurts_where_nothing_is_revocable_and_nobody_loses(objective: Objective) -> None:
    checked = 0
    for problem in deals(120, "plain", "tolerance"):
        if len(problem.steps) > 3 or revocable(problem) or min(worth_it(problem)) < 0:
            continue
        checked += 1
        divisible = replace(problem, steps=tuple(replace(s, slices=4) for s in problem.steps))
        values = [value(divisible, objective, cut=m) for m in (1, 2, 4)]
        known = [v for v in values if v is not None]
        assert known == sorted(known, reverse=True)
        assert values[len(values) - len(known) :] == known
    assert checked > 10


def test_packages_and_money_never_hurt_and_ranges_never_help() -> None:
    for problem in deals(60, "package", "all"):
        plain = value(problem, Objective.TOTAL)
        paid = value(problem, Objective.TOTAL, money=True)
        packed = value(problem, Objective.TOTAL, packages=True)
        robust = value(problem, Objective.TOTAL, robust=True)
        assert plain is not None
        assert robust is not None
        assert packed is not None
        assert packed <= plain <= robust
        assert paid is not None


def test_with_money_the_sum_is_no_more_where_nothing_is_revocable() -> None:
    for problem in deals(60, "plain", "middle"):
        if revocable(problem):
            continue
        paid, plain = value(problem, Objective.TOTAL, money=True), value(problem, Objective.TOTAL)
        assert paid is not None
        assert plain is not None
        assert paid <= plain
        peak = value(problem, Objective.PEAK)
        assert peak is not None
        assert peak >= paid / len(problem.sides)


def test_both_together_are_no_less_than_each() -> None:
    for problem in deals(20):
        joint, peak, exposure = (value(problem, o) for o in (Objective.JOINT, Objective.PEAK, Objective.EXPOSURE))
        assert joint is not None
        assert peak is not None
        assert exposure is not None
        assert joint >= max(peak, exposure)


def test_the_steinitz_bound_holds_where_it_is_stated() -> None:
    stated = 0
    for problem in deals(300, "plain"):
        free = replace(problem, steps=tuple(replace(s, after=(), salvage=0, clawback={}) for s in problem.steps))
        moves = moves_of(free)
        assert moves is not None
        bound = steinitz(moves)
        if bound is not None:
            peak = value(free)
            assert peak is not None
            assert peak <= bound
            stated += 1
    assert stated > 30


def test_wider_ranges_need_no_smaller_bonds() -> None:
    for problem in deals(60, "ranges"):
        tops = [value(worst_case(problem, (p, 2)), Objective.TOTAL) for p in (0, 1, 2, 4)]
        assert tops == sorted(t for t in tops if t is not None)
        assert tops[0] == value(problem, Objective.TOTAL)
        assert tops[2] == value(problem, Objective.TOTAL, robust=True)
