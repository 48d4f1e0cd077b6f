"""How fast the exchange planner is: `python -m tests.bench.exchange [--quick] [--only CELL] [--seeds N] [--table]`.

A cell is a task, kind of prerequisites, family and number of sides. Cells are saved as they are finished and not run
again, so a measurement can be made in pieces. Times are of the processor, with the wall beside them, because other
work may share the machine; the load is saved with each cell.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from comity.exchange.core import Core, peaks
from comity.exchange.search import Limits, least_peak, least_total_with_money, pareto
from comity.exchange.search.cpsat import least_peak_by_cpsat
from tests.bench.exchange_families import FAMILIES, PREREQUISITES, exchange

RESULTS = Path(__file__).parent / "results"
Outcome = tuple[bool, int | None, int]
"""Proven, value, lower bound."""


@dataclass(frozen=True)
class Task:
    """What is measured: the solver, the sizes, and the time that the proof should take."""

    name: str
    solve: Callable[[Core, Limits], Outcome]
    moves: int
    prerequisites: tuple[str, ...]
    target_s: float
    families: tuple[str, ...] = FAMILIES
    sides: tuple[int, ...] = (2, 3)

    def cells(self) -> Iterator[tuple[str, str, str, int]]:
        """Their names with what they consist of."""
        for prerequisites in self.prerequisites:
            for family in self.families:
                for sides in self.sides:
                    yield f"{self.name}/{prerequisites}/{family}/{sides}", prerequisites, family, sides


def peak(core: Core, limits: Limits) -> Outcome:
    """The least peak, its order checked."""
    answer = least_peak(core, limits=limits)
    assert answer.order is not None
    assert answer.value == max(peaks(core, answer.order)[0])
    return answer.proven, answer.value, answer.lower_bound


def money(core: Core, limits: Limits) -> Outcome:
    """The least total with payments."""
    answer = least_total_with_money(core, limits=limits)
    return answer.proven, answer.value, answer.lower_bound


def front(core: Core, limits: Limits) -> Outcome:
    """The whole front: its number of points."""
    found = pareto(core, limits=limits)
    return found.complete, len(found.points), 0


def peak_by_cpsat(core: Core, limits: Limits) -> Outcome:
    """The least peak by the general solver."""
    assert limits.seconds is not None
    return least_peak_by_cpsat(core, seconds=limits.seconds)


COSTLY = ("mixed", "enabling", "stiff")
OPEN = ("none", "sparse", "medium")
WORTH = ("tight", "surplus", "transfers", "heavy")
TASKS = (
    Task("peak-200", peak, 200, OPEN, 0.5),
    Task("peak-1000", peak, 1000, OPEN, 1.0),
    Task("peak-5000", peak, 5000, OPEN, 5.0, sides=(2,)),
    Task("peak-sp-1000", peak, 1000, ("sp",), 1.0),
    Task("peak-dense-200", peak, 200, ("dense",), 2.0),
    Task("peak-dense-500", peak, 500, ("dense",), 10.0, sides=(2,)),
    Task("peak-heavy-50", peak, 50, ("none", "sparse", "medium", "dense", "sp"), 10.0, families=("heavy",)),
    Task("front-100", front, 100, PREREQUISITES, 1.0, sides=(2,)),
    Task("money-1000", money, 1000, ("none", "sp"), 0.01, sides=(2,)),
    Task("money-100000", money, 100_000, ("none", "sp"), 1.0, families=("tight", "mixed"), sides=(2,)),
    Task("money-worth-5000", money, 5000, ("sparse", "medium", "dense"), 0.5, families=WORTH, sides=(2,)),
    Task("money-200", money, 200, ("sparse", "medium", "dense"), 2.0, COSTLY),
    Task("money-general-1000", money, 1000, ("sparse", "medium", "dense"), 10.0, COSTLY, (2,)),
    Task("peak-10000", peak, 10_000, ("none", "sparse", "medium", "sp"), 30.0, sides=(2,)),
    Task("cpsat-20", peak_by_cpsat, 20, PREREQUISITES, 5.0, sides=(2,)),
    Task("peak-20", peak, 20, PREREQUISITES, 1.0, sides=(2,)),
    Task("cpsat-50", peak_by_cpsat, 50, ("none", "medium", "dense"), 10.0, ("tight", "surplus", "heavy"), (2,)),
    Task("peak-50", peak, 50, ("none", "medium", "dense"), 10.0, ("tight", "surplus", "heavy"), (2,)),
)
SLACK = 1.5
"""A search may take so many times its target before it is stopped."""


def measure(task: Task, prerequisites: str, family: str, sides: int, seeds: int) -> dict[str, Any]:
    """One cell: medians, shares, and how far apart the bounds are where nothing was proven."""
    cpu, wall, proven, gaps = [], [], [], []
    for seed in range(seeds):
        core = exchange(family, prerequisites, task.moves, sides, seed)
        limits = Limits(seconds=max(0.2, SLACK * task.target_s), processor=True)
        began, ticked = time.monotonic(), time.process_time()
        done, value, bound = task.solve(core, limits)
        cpu.append(time.process_time() - ticked)
        wall.append(time.monotonic() - began)
        proven.append(done)
        if not done and value:
            gaps.append((value - bound) / value)
    within = [p and t <= task.target_s for p, t in zip(proven, cpu, strict=True)]
    return {
        "moves": task.moves,
        "seeds": seeds,
        "target_s": task.target_s,
        "cpu_median_s": round(statistics.median(cpu), 4),
        "cpu_worst_s": round(max(cpu), 4),
        "wall_median_s": round(statistics.median(wall), 4),
        "proven": round(sum(proven) / seeds, 3),
        "proven_within_target": round(sum(within) / seeds, 3),
        "open_gap_median": round(statistics.median(gaps), 3) if gaps else 0.0,
        "load": round(os.getloadavg()[0], 1),
    }


def saved(task: Task) -> dict[str, Any]:
    """The cells of a task measured before."""
    path = RESULTS / f"exchange-{task.name}.json"
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def run(only: str, seeds: int) -> None:
    """Measure every cell whose name contains `only` and that is not saved yet."""
    least_peak(exchange("transfers", "dense", 60, 2, 1), limits=Limits(states=100_000))  # compiled before the clock
    for task in TASKS:
        cells = saved(task)
        for name, prerequisites, family, sides in task.cells():
            if only not in name or (name in cells and cells[name]["seeds"] >= seeds):
                continue
            cells[name] = measure(task, prerequisites, family, sides, seeds)
            print(name, json.dumps(cells[name]), flush=True)
            path = RESULTS / f"exchange-{task.name}.json"
            path.write_text(json.dumps(cells, indent=1, sort_keys=True) + "\n")


def table() -> str:
    """All saved cells as Markdown, one row for a task, prerequisites and number of sides."""
    lines = [
        "| task (target) | prerequisites | sides | seeds | CPU median | worst "
        "| proven | in target | not all proven |",
        "|---" * 9 + "|",
    ]
    for task in TASKS:
        groups: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = {}
        for name, cell in saved(task).items():
            _, prerequisites, family, sides = name.split("/")
            groups.setdefault((prerequisites, sides), []).append((family, cell))
        for (prerequisites, sides), cells in groups.items():
            weak = [f"{family} {c['proven']:.0%}" for family, c in cells if c["proven"] < 1]
            seeds = sorted({c["seeds"] for _, c in cells})
            lines.append(
                f"| {task.name} ({task.target_s:g} s) | {prerequisites} | {sides} "
                f"| {'–'.join(str(x) for x in (seeds if len(seeds) < 2 else (seeds[0], seeds[-1])))} "
                f"| {statistics.median(c['cpu_median_s'] for _, c in cells):.3f} "
                f"| {max(c['cpu_worst_s'] for _, c in cells):.2f} "
                f"| {statistics.mean(c['proven'] for _, c in cells):.0%} "
                f"| {statistics.mean(c['proven_within_target'] for _, c in cells):.0%} | {', '.join(weak)} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seeds a cell")
    parser.add_argument("--only", default="", help="only cells whose name contains this")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--table", action="store_true", help="print what is saved as Markdown")
    chosen = parser.parse_args()
    RESULTS.mkdir(exist_ok=True)
    if chosen.table:
        print(table())
    else:
        run(chosen.only, 2 if chosen.quick else chosen.seeds)


if __name__ == "__main__":
    main()
