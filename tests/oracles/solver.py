"""The plain questions as a CP-SAT model: which steps are among the first p, for every p."""

from __future__ import annotations

from fractions import Fraction

from ortools.sat.python import cp_model

from comity.exchange.certificate import Objective
from comity.exchange.model import Problem
from tests.oracles.orders import Deal


def solved(problem: Problem, objective: Objective, *, money: bool = False) -> Fraction | None:
    """The value of an exchange of single steps; None when no order keeps the tolerances. Money: for total only."""
    deal = Deal(problem)
    model = cp_model.CpModel()
    steps = [i for i, done in enumerate(deal.start) if not done]
    held0 = deal.held(deal.start)
    n, k = len(steps), len(deal.names)
    first = [{i: model.new_bool_var("") for i in steps} for _ in range(n + 1)]
    for p, among in enumerate(first):
        model.add(sum(among.values()) == p)
        for i in steps:
            if p:
                model.add(among[i] >= first[p - 1][i])
                for b in deal.after[i]:
                    if b in among:
                        model.add(among[i] <= first[p - 1][b])
    high = sum(abs(x) for row in deal.collapsed for x in row) + sum(map(abs, deal.value)) + 1
    tempted = [model.new_int_var(0, high, "") for _ in range(k)]
    exposed = [model.new_int_var(0, high, "") for _ in range(k)]
    paid = model.new_int_var(0, 2 * high, "")
    for p in range(n):
        held = [held0[j] + sum(deal.collapsed[i][j] * first[p][i] for i in steps) for j in range(k)]
        for j in range(k):
            model.add(tempted[j] >= held[j] - deal.value[j])
            model.add(exposed[j] >= -held[j])
        needed = {i: sum(max(0, x) for x in deal.collapsed[i]) for i in steps}
        rise = sum(needed[i] * (first[p + 1][i] - first[p][i]) for i in steps)
        model.add(paid >= sum(held) - sum(deal.value) + rise)
    over = [model.new_int_var(0, high, "") for _ in range(k)]
    for j, bond in enumerate(deal.bonds()):
        model.add(over[j] >= tempted[j] - bond)
    if objective is Objective.TOPUP:
        for j, limit in enumerate(deal.tolerances()):
            if limit is not None:
                model.add(exposed[j] <= limit)
    top = model.new_int_var(0, high, "")
    watched = {
        Objective.PEAK: tempted,
        Objective.EXPOSURE: exposed,
        Objective.JOINT: [*tempted, *exposed],
    }.get(objective, [])
    for x in watched:
        model.add(top >= x)
    if watched:
        model.minimize(top)
    else:
        model.minimize(paid if money else sum(over if objective is Objective.TOPUP else tempted))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return None
    assert status == cp_model.OPTIMAL
    return Fraction(round(solver.objective_value)) * deal.unit
