"""How long the check takes: `python -m tests.bench.check` prints the table and saves the numbers as JSON."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from comity.exchange.check import Blockage, check, one_core
from comity.exchange.model import Demand, Kind, Problem, Side, Step

SAVED = Path(__file__).parents[2] / "docs" / "results" / "exchange-check.json"
SEEDS = 5
Row = dict[str, object]


def random_problem(
    chance: random.Random, steps: int, demands: int, answers: list[int], *, open_: bool = False
) -> Problem:
    """Random "after" demands; open: each waits for an earlier step, so nothing blocks."""
    ids = [f"s{i}" for i in range(steps)]
    made = []
    for j in range(demands):
        step = chance.randrange(1, steps)
        others = {chance.randrange(step if open_ else steps) for _ in range(chance.choice(answers))} - {step}
        named = tuple(ids[o] for o in others) or (ids[step - 1],)
        made.append(Demand(f"d{j}", "A", ids[step], Kind.AFTER, named, chance.randint(1, 5)))
    return Problem("", (Side("A", ""),), tuple(Step(s, "A", 0) for s in ids), demands=tuple(made))


def timed(work: Callable[[Problem], object], problem: Problem) -> tuple[float, object]:
    """Seconds of one core, so that other work on the machine does not count; and what came of it."""
    begun = time.process_time()
    found = work(problem)
    return time.process_time() - begun, found


def several(name: str, steps: int, demands: int, answers: list[int], task: Callable[[Problem], object]) -> Row:
    """The median over seeds, with how many were answered to the end."""
    took, proven = [], 0
    for seed in range(SEEDS):
        problem = random_problem(random.Random(seed), steps, demands, answers)
        seconds, found = timed(task, problem)
        took.append(seconds)
        proven += not isinstance(found, Blockage) or found.given_up.proven
    return {"task": name, "seeds": SEEDS, "median_s": median(took), "worst_s": max(took), "proven": proven}


def large(name: str, make: Callable[[], Problem]) -> Row:
    """One large check, three times."""
    problem = make()
    took = [timed(check, problem)[0] for _ in range(3)]
    return {"task": name, "seeds": 3, "median_s": median(took), "worst_s": max(took), "proven": 3}


def chain(steps: int, demands: int) -> Problem:
    """Every step waits for the one before: as many stages as steps."""
    ids = [f"s{i}" for i in range(steps)]
    pairs = [(j % (steps - 1) + 1, j % (steps - 1)) for j in range(demands)]
    made = tuple(Demand(f"d{j}", "A", ids[s], Kind.AFTER, (ids[a],)) for j, (s, a) in enumerate(pairs))
    return Problem("", (Side("A", ""),), tuple(Step(s, "A", 0) for s in ids), demands=made)


def main() -> None:
    """Run everything, a minute or two."""
    least: Callable[[Problem], object] = check
    rows = [
        several("blocked, and one core: 1,000 steps, 1,500 demands", 1000, 1500, [1, 1, 1, 2], one_core),
        several("everything: 1,000 steps, 1,500 demands", 1000, 1500, [1, 1, 1, 2], least),
        several("everything: 200 steps, 400 demands of one answer", 200, 400, [1], least),
        several("everything: 200 steps, 400 demands of one or two answers", 200, 400, [1, 2], least),
        large(
            "1,000,000 demands over 300,000 steps, nothing blocked",
            lambda: random_problem(random.Random(1), 300_000, 1_000_000, [1], open_=True),
        ),
        large("1,000,000 demands in a chain of 300,000 steps", lambda: chain(300_000, 1_000_000)),
        large(
            "1,000,000 demands over 300,000 steps, blocked, some cores",
            lambda: random_problem(random.Random(1), 300_000, 1_000_000, [1]),
        ),
    ]
    SAVED.parent.mkdir(exist_ok=True)
    SAVED.write_text(json.dumps(rows, indent=1) + "\n")
    print("| task | seeds | median | worst | least proven |\n|---|---|---|---|---|")
    for r in rows:
        print(f"| {r['task']} | {r['seeds']} | {r['median_s']:.3f} s | {r['worst_s']:.3f} s | {r['proven']} |")


if __name__ == "__main__":
    main()
