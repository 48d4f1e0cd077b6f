"""The least peak as a model for a general solver: a second opinion, and what the search is measured against."""

from __future__ import annotations

from typing import Any

from comity.exchange.core import Core


def least_peak_by_cpsat(core: Core, *, seconds: float, workers: int = 1) -> tuple[bool, int | None, int]:
    """Proven, value and lower bound of the least peak of temptation.

    One place for each move, a boolean for each pair in order, linked by the places; the level before each move
    bounds the peak from below.
    """
    from ortools.sat.python import cp_model  # loaded only when asked for

    n = core.moves
    model = cp_model.CpModel()
    span = sum(abs(x) for row in core.delta for x in row) + sum(map(abs, core.value))
    top = model.new_int_var(max([0, *(-v for v in core.value)]), max(span, 0), "peak")
    place = [model.new_int_var(0, n - 1, f"place{i}") for i in range(n)]
    model.add_all_different(place)
    first: dict[tuple[int, int], Any] = {}
    for i in range(n):
        for j in range(i + 1, n):
            ahead = model.new_bool_var(f"{i}<{j}")
            model.add(place[i] < place[j]).only_enforce_if(ahead)
            model.add(place[i] > place[j]).only_enforce_if(~ahead)
            first[i, j], first[j, i] = ahead, ~ahead
    for i, waits_for in enumerate(core.before):
        for p in waits_for:
            model.add(place[p] < place[i])
    for i in range(n):
        model.add(place[i] == sum(first[j, i] for j in range(n) if j != i))
        for s, worth in enumerate(core.value):
            model.add(sum(core.delta[j][s] * first[j, i] for j in range(n) if j != i) - worth <= top)
    model.minimize(top)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    status = solver.solve(model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    value = round(solver.objective_value) if found else None
    return status == cp_model.OPTIMAL, value, round(solver.best_objective_bound)
