"""Each feature of a plan, on an exchange small enough to follow by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from comity.errors import Refused
from comity.exchange.certificate import Objective, Options, Plan
from comity.exchange.model import Guarantee, Package, Problem, Side, Step, Window
from comity.exchange.plan import plan
from comity.exchange.questions import Ask
from comity.exchange.ranges import width
from comity.exchange.search import Limits
from comity.exchange.sensitivity import curve, facts

A, B = Side("A", ""), Side("B", "")
GOODS = Step("goods", "A", 10, worth={"B": 15})
PRICE = Step("price", "B", 7, worth={"A": 16})
SEVEN = Fraction(7)
SWAP = Problem("swap", (A, B), (GOODS, PRICE))


def told(problem: Problem, objective: Objective = Objective.PEAK, **options: bool | int) -> Plan:
    """A proven plan."""
    answer = plan(problem, Options(objective, **options))  # type: ignore[arg-type]
    assert answer.best.proven
    return answer


def test_in_a_window_each_is_tempted_by_its_own_cost() -> None:
    """Whoever leaves out its own step keeps what the other does: both need a bond, where an order needs one."""
    window = replace(SWAP, windows=(Window(("goods", "price")),))
    answer = told(window)
    assert answer.order == (("goods", "price"),)
    assert answer.bonds == {"A": 10, "B": 7}
    assert answer.exposures == {"A": 10, "B": 7}
    assert told(SWAP).bonds == {"A": 0, "B": 7}


def test_in_a_window_a_step_that_enables_another_is_not_left_out_for_nothing() -> None:
    """Without the goods the price cannot be paid, so leaving them out gains nothing."""
    enabled = replace(SWAP, steps=(GOODS, replace(PRICE, after=("goods",))), windows=(Window(("goods", "price")),))
    assert told(enabled).bonds == {"A": 0, "B": 7}


def test_a_package_through_a_depositary_needs_no_bond_and_a_window_does() -> None:
    packed = replace(SWAP, packages=(Package(("goods", "price")),))
    assert told(packed, packages=True).value == 0
    assert told(packed).value == 7


def test_overlapping_packages_are_alternatives() -> None:
    third = Step("favour", "A", 3, worth={"B": 4})
    both = replace(
        SWAP, steps=(GOODS, PRICE, third), packages=(Package(("goods", "price")), Package(("price", "favour")))
    )
    answer = told(both, packages=True)
    assert answer.value == 0
    assert answer.order == ("favour", ("goods", "price"))


def test_windows_that_prerequisites_tear_apart_leave_no_order() -> None:
    torn = replace(
        SWAP,
        steps=(GOODS, Step("between", "A", 0, after=("goods",)), replace(PRICE, after=("between",))),
        windows=(Window(("goods", "price")),),
    )
    answer = plan(torn)
    assert not answer.orderable
    assert answer.order is None


def test_two_windows_that_share_a_step_are_refused() -> None:
    with pytest.raises(Refused, match="two windows"):
        plan(replace(SWAP, windows=(Window(("goods", "price")), Window(("price",)))))


def test_each_further_cut_buys_less() -> None:
    divisible = replace(SWAP, steps=tuple(replace(s, slices=4) for s in SWAP.steps))
    cuts = curve(divisible, Options())
    assert [(c.parts, c.value) for c in cuts] == [
        (1, Fraction(7)), (2, Fraction(7, 2)), (3, Fraction(7, 3)), (4, Fraction(7, 4)),
    ]  # fmt: skip


def test_parts_are_named_and_come_in_sequence() -> None:
    divisible = replace(SWAP, steps=tuple(replace(s, slices=2) for s in SWAP.steps))
    order = told(divisible, cut=5).order
    assert order is not None
    assert sorted(map(str, order)) == ["goods[1/2]", "goods[2/2]", "price[1/2]", "price[2/2]"]
    assert order.index("goods[1/2]") < order.index("goods[2/2]")


def test_at_worst_own_costs_are_high_and_incoming_worth_is_low() -> None:
    ranged = replace(
        SWAP,
        steps=(
            replace(GOODS, cost_range=(9, 12), worth_range={"B": (13, 18)}),
            replace(PRICE, cost_range=(5, 8), worth_range={"A": (14, 16)}),
        ),
    )
    assert told(ranged).bonds == {"A": 0, "B": 7}
    robust = told(ranged, robust=True)
    assert robust.bonds == {"A": 0, "B": 8}
    assert robust.exposures == {"A": 12, "B": 0}
    assert robust.worth_it == {"A": 2, "B": 5}


def test_how_far_the_ranges_may_widen_is_said() -> None:
    ranged = replace(SWAP, sides=(A, replace(B, bond=10)), steps=(GOODS, replace(PRICE, cost_range=(5, 9))))
    found = width(ranged, plan(ranged))
    assert (found.this_order, found.any_order) == (150, 150)
    poor = replace(ranged, sides=(A, replace(B, bond=6)))
    assert width(poor, plan(poor)) == width(poor, plan(poor)).__class__(None, None)


def test_a_guarantor_is_called_on_after_the_sides_own_bond() -> None:
    backed = replace(SWAP, sides=(A, replace(B, bond=4)), guarantees=(Guarantee("U", "B", 2), Guarantee("W", "B", 5)))
    answer = told(backed)
    assert answer.feasible
    assert [(g.by, g.needed) for g in answer.guarantors] == [("U", Fraction(2)), ("W", Fraction(1))]


def test_what_is_revocable_tempts_nobody_who_holds_it() -> None:
    title = Step("title", "A", 50, worth={"B": 80}, salvage=50, clawback={"B": 80})
    answer = told(Problem("title", (A, B), (title, Step("price", "B", 60, worth={"A": 60}))))
    assert answer.bonds == {"A": 0, "B": 0}


def test_payments_let_two_bonds_of_half_the_size_do() -> None:
    answer = told(SWAP, Objective.PEAK, money=True)
    assert answer.value == Fraction(7, 2)
    assert answer.bonds == {"A": Fraction(7, 2), "B": Fraction(7, 2)}
    assert [(p.after, dict(p.amounts)) for p in answer.payments] == [
        (0, {"A": Fraction(7, 2), "B": Fraction(-7, 2)}),
        (2, {"A": Fraction(-7, 2), "B": Fraction(7, 2)}),
    ]


def test_the_least_sum_is_reached_without_payments_where_it_can_be() -> None:
    assert told(SWAP, Objective.TOTAL, money=True).payments == ()


@pytest.mark.parametrize("objective", [Objective.EXPOSURE, Objective.JOINT, Objective.PARETO, Objective.MAKESPAN])
def test_objectives_that_payments_do_not_go_with_are_refused(objective: Objective) -> None:
    with pytest.raises(Refused, match="payments"):
        plan(SWAP, Options(objective, money=True))


def test_a_side_that_loses_by_the_whole_is_named() -> None:
    losing = replace(SWAP, steps=(replace(GOODS, worth={"B": 4}), PRICE))
    assert told(losing).worth_it == {"A": 6, "B": -3}


def test_no_topup_helps_against_a_tolerance_and_what_would_is_said() -> None:
    timid = replace(SWAP, sides=(replace(A, tolerance=9), replace(B, tolerance=6)))
    answer = told(timid)
    assert (answer.feasible, answer.topup, answer.strain) == (False, None, Fraction(1))


TIMED = replace(
    SWAP,
    sides=(replace(A, bond=10), replace(B, bond=7)),
    steps=(replace(GOODS, duration=2, verify=1), replace(PRICE, duration=3, verify=1)),
)


def test_trust_buys_time() -> None:
    """Both at once takes 4 days and needs both bonds; one after the other takes 7 and needs one."""
    both = told(TIMED, Objective.MAKESPAN)
    assert both.value == 4
    assert both.rounds == (("goods", "price"),)
    assert both.bonds == {"A": 10, "B": 7}
    assert both.front == ((Fraction(4), Fraction(10)), (Fraction(7), Fraction(7)))
    one = told(replace(TIMED, sides=(A, replace(B, bond=7))), Objective.MAKESPAN)
    assert one.value == 7
    assert one.rounds == (("goods",), ("price",))
    none = told(replace(TIMED, sides=(A, B)), Objective.MAKESPAN)
    assert (none.value, none.order, none.topup) == (None, None, Fraction(7))


def test_two_steps_of_one_side_need_no_check_between_them() -> None:
    more = replace(
        TIMED, sides=(A, replace(B, bond=7)), steps=(*TIMED.steps, Step("more", "A", 1, worth={"B": 2}, duration=1))
    )
    answer = told(more, Objective.MAKESPAN)
    assert answer.value == 7
    assert {frozenset(r) for r in answer.rounds} == {frozenset({"goods", "more"}), frozenset({"price"})}


def test_the_facts_for_words() -> None:
    divisible = replace(SWAP, steps=(replace(GOODS, slices=2), PRICE))
    found = facts(divisible, plan(divisible))
    assert [(g.side, g.before, g.after) for g in found.guarantee] == [("A", SEVEN, SEVEN), ("B", SEVEN, Fraction(6))]
    assert [(c.parts, c.value) for c in found.cuts] == [(1, Fraction(7)), (2, Fraction(5))]
    assert found.last is not None
    assert (found.last.label, found.last.saves, found.last.tiny) == ("price", {"B": SEVEN}, False)
    assert found.cheapest_last == found.with_money == found.without_money == SEVEN
    assert found.steinitz == 20
    assert found.width is None


def test_a_tiny_last_step_is_flagged() -> None:
    token = replace(SWAP, steps=(GOODS, PRICE, Step("token", "B", 1, worth={"A": 2})))
    found = facts(token, plan(token)).last
    assert found is not None
    assert found.tiny == (found.label == "token")


def test_the_same_question_has_the_same_answer() -> None:
    assert plan(TIMED, ask=Ask(Limits(states=50), seed=3)) == plan(TIMED, ask=Ask(Limits(states=50), seed=3))


def test_both_bounds_close_while_it_is_worked_out() -> None:
    seen: list[tuple[Fraction | None, Fraction]] = []
    many = tuple(Step(f"{by}{i}", by, 3 + i, worth={o: 5 + i}) for i in range(12) for by, o in ("AB", "BA"))
    answer = plan(
        Problem("many", (A, B), many), Options(Objective.TOTAL), Ask(progress=lambda v, b, _: seen.append((v, b)))
    )
    assert answer.best.proven
    bounds = [b for _, b in seen]
    assert bounds == sorted(bounds)
    assert bounds[-1] <= answer.best.lower_bound


def test_amounts_beyond_sixty_four_bits_stay_exact() -> None:
    huge = 10**15
    steps = (
        Step("a", "A", 3 * huge + 1, worth={"B": 7 * huge}, slices=7),
        Step("b", "B", 2 * huge + 1, worth={"A": 8 * huge}, slices=11),
        Step("c", "A", huge + 1, worth={"B": huge}, slices=13),
    )
    small = replace(
        SWAP,
        steps=tuple(replace(s, cost=s.cost // huge, worth={j: w // huge for j, w in s.worth.items()}) for s in steps),
    )
    exact, rough = told(replace(SWAP, steps=steps), cut=13), told(small, cut=13)
    assert exact.value is not None
    assert rough.value is not None
    assert abs(exact.value - huge * rough.value) <= 31


def test_a_package_of_what_is_left_of_a_window_may_take_its_place() -> None:
    begun = replace(
        SWAP,
        steps=(Step("pledge", "A", 1), GOODS, PRICE),
        windows=(Window(("pledge", "goods", "price")),),
        packages=(Package(("goods", "price")),),
        done=("pledge",),
    )
    assert told(begun).bonds == {"A": 10, "B": 7}
    assert told(begun, packages=True).bonds == {"A": 0, "B": 0}


def test_within_a_round_steps_stand_in_the_order_of_their_prerequisites() -> None:
    chained = replace(TIMED, steps=(replace(PRICE, after=("goods",), duration=3, verify=1), TIMED.steps[0]))
    answer = told(chained, Objective.MAKESPAN)
    assert answer.order == ("goods", "price")
    assert answer.value == 6


@pytest.mark.parametrize("objective", [Objective.PEAK, Objective.TOTAL, Objective.JOINT])
def test_an_interrupted_search_keeps_the_best_plan_with_its_bounds(objective: Objective) -> None:
    seen: list[Fraction] = []

    def stop(value: Fraction | None, _bound: Fraction, _seconds: float) -> None:
        if value is not None:
            seen.append(value)
            if len(seen) == 1:
                raise KeyboardInterrupt

    many = tuple(
        Step(f"{by}{i}", by, 7 * i % 31, worth={o: 7 * i % 31 + 1}) for i in range(30) for by, o in ("AB", "BA")
    )
    answer = plan(Problem("many", (A, B), many), Options(objective), Ask(progress=stop))
    assert seen
    assert answer.order is not None
    assert answer.value is not None
    assert answer.best.lower_bound <= answer.value
