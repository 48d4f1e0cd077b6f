"""The exchange commands as a user meets them: what they print, refuse and exit with."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from comity.cli.exchange import app

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "vectors" / "exchange"
EXAMPLES = ROOT / "examples" / "exchange"


def run(*words: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=stdin)


def values(*words: str | Path) -> dict[str, object]:
    found = json.loads(run(*words, "--json").stdout)
    assert isinstance(found, dict)
    return found


def test_check_prints_who_waits_for_whom() -> None:
    told = run("check", EXAMPLES / "end-of-war.toml")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[1].startswith("The North waits for the end-of-war declaration; the United States")


def test_check_as_json_has_the_fields_of_the_design() -> None:
    found = values("check", CASES / "d04-ring-of-three.json")
    assert found["blocked"] is True
    assert found["stuck"] == ["a1", "b1", "c1"]
    assert found["stages"] == []
    assert found["cores"] == [["A1", "B1", "C1"]]
    assert found["softenings"] == [["A1"], ["B1"], ["C1"]]
    assert found["least_weight"] == 1
    assert found["least_softenings"] == [["A1"], ["B1"]]


def test_plan_as_json_has_the_fields_of_the_design() -> None:
    found = values("plan", CASES / "h1-last-mover.json")
    named = [
        "orderable",
        "value",
        "lower_bound",
        "proven",
        "order",
        "bonds",
        "exposures",
        "feasible",
        "topup",
        "worth_it",
    ]
    assert [found[key] for key in named] == [
        True, 7, 7, True, ["a", "b"], {"A": 0, "B": 7}, {"A": 10, "B": 0}, True, 0, {"A": 6, "B": 8},
    ]  # fmt: skip


PLANS = [
    ("h1-last-mover", [], 0),
    ("h2-nobody-last", [], 1),
    ("h2-nobody-last", ["--objective", "topup"], 1),
    ("h6-ring-of-three", ["--packages", "--objective", "total"], 0),
    ("h5-big-lump", ["--money", "--objective", "total"], 0),
]


@pytest.mark.parametrize(("case", "options", "code"), PLANS)
def test_plan_exits_by_whether_what_was_given_suffices(case: str, options: Sequence[str], code: int) -> None:
    assert run("plan", CASES / f"{case}.json", *options).exit_code == code


def test_plan_prints_the_smallest_guarantee_that_would_do() -> None:
    told = run("plan", CASES / "h2-nobody-last.json")
    assert "the least guarantee to ask for is 7: 7 more for B." in told.stdout


def test_pareto_prints_every_way_to_share_the_bonds() -> None:
    points = values("plan", CASES / "h5-big-lump.json", "--objective", "pareto")["points"]
    assert isinstance(points, list)
    assert sorted((p["bonds"]["A"], p["bonds"]["B"]) for p in points) == [(0, 20), (8, 12), (12, 8), (20, 0)]


def test_a_saved_plan_is_verified_and_a_forged_one_is_not(tmp_path: Path) -> None:
    saved, file = tmp_path / "plan.json", CASES / "h1-last-mover.json"
    assert run("plan", file, "-o", saved).exit_code == 0
    assert run("verify", saved, file).exit_code == 0
    saved.write_text(saved.read_text().replace('"B": 7', '"B": 6'))
    told = run("verify", saved, file)
    assert told.exit_code == 1
    assert "false: the bonds of this order" in told.stdout
    assert run("explain", file, "--plan", saved).exit_code == 1


def test_explain_walks_through_the_plan() -> None:
    told = run("explain", EXAMPLES / "strike.toml", "--demands")
    assert told.exit_code == 0
    for heading in ("In short", "Step by step", "What becomes of each demand", "What this cannot know"):
        assert f"\n{heading}\n" in f"\n{told.stdout}"


def test_draw_gives_every_form(tmp_path: Path) -> None:
    file = EXAMPLES / "ceasefire.toml"
    assert run("draw", file).stdout.startswith("<svg ")
    assert run("draw", file, "--format", "dot").stdout.startswith("digraph demands {")
    assert run("draw", file, "--format", "mermaid").stdout.startswith("flowchart LR")
    assert run("draw", file, "--format", "table").stdout.startswith("| step ")
    assert run("draw", file, "--what", "balance", "--format", "table").stdout.startswith("| moment ")
    assert run("draw", file, "--what", "balance", "-o", tmp_path / "b.svg").exit_code == 0
    assert (tmp_path / "b.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert run("draw", file, "--what", "balance", "--format", "dot").exit_code == 2


def test_replan_goes_on_from_where_things_stand(tmp_path: Path) -> None:
    now = tmp_path / "now.toml"
    file = EXAMPLES / "strike.toml"
    news = ["--done", "reinstatement", "--failed", "bonus-pay"]
    told = run("replan", file, *news, "--cost", "raise=4.5")
    assert told.exit_code == 2
    assert "finer than the amounts of the file" in told.stderr
    told = run("replan", file, *news, "--cost", "raise=4", "--write", now)
    assert told.exit_code == 0
    assert told.stdout.startswith("The union has 5 in hand; the rest is worth")
    assert "Never to be done now: the pay for the days of the strike." in told.stdout
    assert 'done = ["reinstatement"]' in now.read_text()
    assert values("check", now)["stages"][0] == ["reinstatement"]  # type: ignore[index]


def test_bench_tells_the_median_of_every_task() -> None:
    runs = values("bench", CASES / "h1-last-mover.json", "--repeat", "1")["runs"]
    assert isinstance(runs, list)
    assert [r["task"] for r in runs] == [
        "check", "peak", "total", "topup", "exposure", "joint", "pareto", "makespan",
    ]  # fmt: skip


def test_a_bad_file_is_refused_with_place_and_remedy(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text((EXAMPLES / "strike.toml").read_text().replace("cost = 6", 'cost = "6 EUR"'))
    told = run("check", bad)
    assert told.exit_code == 1
    assert f"error: {bad}:19: steps[0].cost: expected an amount, found the text '6 EUR'" in told.stderr
    assert "  next: write a plain number" in told.stderr
    refused = json.loads(run("check", bad, "--json").stdout)
    assert refused["objections"][0]["where"].endswith("bad.toml:19: steps[0].cost")


def test_the_exchange_may_come_from_standard_input() -> None:
    told = run("check", "-", stdin=(CASES / "d03-both-together.json").read_text())
    assert told.exit_code == 0


@pytest.mark.parametrize("words", [["check"], ["check", "nowhere.toml"], ["plan", "--cut", "0"], ["nothing"]])
def test_a_slip_of_usage_exits_2(words: Sequence[str]) -> None:
    assert run(*words).exit_code == 2


@pytest.mark.parametrize("command", ["check", "plan", "draw", "explain", "verify", "replan", "bench"])
def test_every_command_has_help_with_an_example(command: str) -> None:
    told = run(command, "--help")
    assert told.exit_code == 0
    assert "Example: comity exchange" in told.stdout


def test_a_first_answer_imports_no_solver() -> None:
    program = (
        "import sys; from comity.cli.exchange import app; app(['check', sys.argv[1]], standalone_mode=False); "
        "print(sorted({'ortools', 'numba', 'pandas', 'rustworkx', 'cryptography'} & set(sys.modules)))"
    )
    begun = time.perf_counter()
    words = [sys.executable, "-c", program, str(EXAMPLES / "end-of-war.toml")]
    told = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.splitlines()[-1] == "[]"
    assert time.perf_counter() - begun < 10
