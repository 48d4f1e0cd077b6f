"""One random exchange, every question: the planner's answers beside the brute force's."""

from __future__ import annotations

from fractions import Fraction

from comity.exchange.certificate import Objective, Options, Plan
from comity.exchange.model import Problem
from comity.exchange.plan import plan
from comity.exchange.planfile import decode, encode
from comity.exchange.verify import Status, verify
from tests.oracles.orders import Oracle, shortest


def options_for(feature: str, seed: int) -> Options:
    """The options under which a feature counts."""
    everything = feature == "all"
    return Options(
        robust=feature == "ranges" or (everything and seed % 3 == 0),
        cut=1 + seed % 3 if feature == "slices" or everything else 1,
        packages=feature == "package" or (everything and seed % 2 == 0),
    )


def worst(problem: Problem) -> Problem:
    """Own costs high, incoming worth low, by hand."""
    from dataclasses import replace

    return replace(
        problem,
        steps=tuple(
            replace(
                s,
                cost=s.cost_range[1] if s.cost_range else s.cost,
                worth={j: s.worth_range[j][0] if j in s.worth_range else w for j, w in s.worth.items()},
                cost_range=None,
                worth_range={},
            )
            for s in problem.steps
        ),
    )


def disagreements(problem: Problem, options: Options) -> list[str]:
    """Where the planner and the brute force differ; empty when they agree on everything."""
    from dataclasses import replace

    taken = worst(problem) if options.robust else problem
    oracle = Oracle(taken, cut=options.cut, packages=options.packages)
    found: list[str] = []

    def ask(objective: Objective, *, money: bool = False) -> Plan:
        answer = plan(problem, replace(options, objective=objective, money=money))
        read = decode(encode(answer))
        same(f"{objective} read again", read, answer)
        unsure = [f for f in verify(problem, read) if f.status is not Status.CONFIRMED]
        found.extend(f"{objective}{' with money' if money else ''}: {f}" for f in unsure)
        return answer

    def same(what: str, told: object, right: object) -> None:
        if told != right:
            found.append(f"{what}: {told} is not {right}")

    expected: dict[Objective, Fraction | None] = {
        Objective.PEAK: oracle.peak(),
        Objective.TOTAL: oracle.total(),
        Objective.TOPUP: oracle.topup(),
        Objective.EXPOSURE: oracle.exposure(),
        Objective.JOINT: oracle.joint(),
    }
    for objective, right in expected.items():
        answer = ask(objective)
        same(objective, answer.value, right)
        same(f"{objective} proven", answer.best.proven, True)
        same(f"{objective} topup", answer.topup, oracle.topup())
        same(f"{objective} feasible", answer.feasible, oracle.topup() == 0)
    front = ask(Objective.PARETO)
    same("pareto", sorted(tuple(p.bonds.values()) for p in front.points), oracle.pareto())
    same("pareto proven", front.best.proven, True)
    k = len(problem.sides)
    same("paid total", ask(Objective.TOTAL, money=True).value, oracle.paid_total())
    same("paid peak", ask(Objective.PEAK, money=True).value, oracle.paid_total() / k)
    same("paid topup", ask(Objective.TOPUP, money=True).value, oracle.paid_topup())
    answer = ask(Objective.MAKESPAN)
    if not options.packages and options.cut == 1:
        time, pairs = shortest(taken)
        same("time", answer.value, time)
        same("time proven", answer.best.proven, True)
        same("front", list(answer.front), pairs)
    return found
