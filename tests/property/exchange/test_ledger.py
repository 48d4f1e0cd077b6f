"""What is drawn and told is what the plan says, and what the independent checker confirms."""

from __future__ import annotations

import random
from pathlib import Path
from xml.etree import ElementTree

import pytest

from comity.exchange.certificate import Objective, Options, Plan
from comity.exchange.check import check
from comity.exchange.file import read
from comity.exchange.ledger import ledger
from comity.exchange.model import Problem, Side, Step, Window
from comity.exchange.pictures.balances import balances_svg, balances_table
from comity.exchange.pictures.waits import waits_dot, waits_list, waits_mermaid, waits_svg
from comity.exchange.plan import plan
from comity.exchange.words import Names

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "tests" / "vectors" / "exchange").glob("h*.json")) + sorted(
    (ROOT / "examples" / "exchange").glob("*.toml")
)
OPTIONS = [
    Options(),
    Options(Objective.TOTAL, money=True),
    Options(Objective.PEAK, money=True),
    Options(Objective.EXPOSURE, packages=True),
    Options(Objective.JOINT, cut=3),
    Options(Objective.MAKESPAN),
    Options(robust=True, demands=True),
]
SVG = "{http://www.w3.org/2000/svg}"


def random_problem(chance: random.Random) -> Problem:
    names = ["A", "B", "C"][: chance.randint(2, 3)]
    steps: list[Step] = []
    for i in range(chance.randint(1, 7)):
        by = chance.choice(names)
        cost = chance.randint(0, 9)
        worth = {s: chance.randint(0, 12) for s in names if s != by}
        after = tuple(s.id for s in steps if chance.random() < 0.2)
        salvage = chance.randint(0, cost)
        steps.append(Step(f"s{i}", by, cost, f"Step & <{i}>", worth, after, salvage, slices=chance.randint(1, 3)))
    free = [s.id for s in steps if not s.after][:2]
    sides = tuple(Side(n, "", chance.randint(0, 9), chance.choice([None, 9])) for n in names)
    return Problem("“R” & D", sides, tuple(steps), windows=(Window(tuple(free)),) if len(free) == 2 else ())


def compare(problem: Problem, made: Plan) -> None:
    book = ledger(problem, made)
    assert (book is None) == (made.order is None)
    if book is None:
        return
    assert {s: book.peak(s)[1] for s in book.sides} == dict(made.bonds)
    assert {s: book.trough(s)[1] for s in book.sides} == dict(made.exposures)
    assert book.moments[-1].held == book.value
    drawn = ElementTree.fromstring(balances_svg(Names(problem), book, problem.title))
    assert drawn.find(f"{SVG}title") is not None
    assert drawn.find(f"{SVG}desc") is not None
    rows = balances_table(Names(problem), book)
    assert len(rows) == len(book.moments) + 1
    assert {len(row) for row in rows} == {2 + 3 * len(book.sides)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_ledger_has_the_peaks_of_the_plan(path: Path) -> None:
    problem = read(path.read_bytes(), name=path.name)
    for options in OPTIONS:
        compare(problem, plan(problem, options))


def test_the_ledger_has_the_peaks_of_random_plans() -> None:
    chance = random.Random(11)
    for _ in range(60):
        problem = random_problem(chance)
        compare(problem, plan(problem, chance.choice(OPTIONS[:5])))


@pytest.mark.parametrize("path", [*FILES, *FILES[0].parent.glob("d*.json")], ids=lambda path: path.stem)
def test_the_demands_are_drawn_in_every_form(path: Path) -> None:
    problem = read(path.read_bytes(), name=path.name)
    found = check(problem)
    arrows = sum(len(d.any_of) for d in problem.demands) + sum(len(s.after) for s in problem.steps)
    drawn = ElementTree.fromstring(waits_svg(problem, found))
    assert len(list(drawn.iter(f"{SVG}polygon"))) == arrows
    assert len(waits_list(problem, found)) == arrows + 1
    assert waits_dot(problem, found).count(" -> ") == arrows
    mermaid = waits_mermaid(problem, found)
    assert mermaid.count("-->") + mermaid.count("-.->") == arrows
    lit = len([row for row in waits_list(problem, found) if row[-1] == "yes"])
    assert bool(lit) == found.blocked
