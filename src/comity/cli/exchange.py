"""`comity exchange`: who blocks whom, and an order nobody has to be brave for. Works on files alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.cli import exchange_answers as answers
from comity.cli.exchange_answers import Drawing, Form, Wish
from comity.cli.exchange_news import News

app = typer.Typer(
    no_args_is_help=True, help="Who blocks whom, and an order nobody has to be brave for.", rich_markup_mode=None
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="TOML or JSON; - for standard input.")]
PlanFile = Annotated[
    Path | None,
    typer.Option("--plan", exists=True, dir_okay=False, help="A plan saved before, instead of a new one."),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path | None, typer.Option("--out", "-o", dir_okay=False, help="Write here instead of printing.")]
Goal = Annotated[Wish, typer.Option("--objective", help="What to make least.")]
Money = Annotated[bool, typer.Option("--money", help="Payments of any size may be made between steps.")]
Robust = Annotated[bool, typer.Option("--robust", help="Take every value at the worst of its range.")]
Cut = Annotated[int, typer.Option("--cut", min=1, max=10_000, help="Cut divisible steps into up to so many parts.")]
Packages = Annotated[bool, typer.Option("--packages", help="Packages may be done as one move through a depositary.")]
Demands = Annotated[bool, typer.Option("--demands", help="Keep all demands but the least softening.")]
LimitS = Annotated[float, typer.Option("--limit-s", min=0.01, help="Seconds to search; Ctrl-C stops it too.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same plan.")]


@app.command(epilog="Example: comity exchange check examples/exchange/end-of-war.toml")
def check(
    file: File,
    json: Json = False,
    most: Annotated[
        int, typer.Option("--most", min=1, max=100_000, help="At most so many cores and softenings.")
    ] = 100,
) -> None:
    """Say which steps are stuck, who waits for whom, and the least that would undo it."""
    answers.check(file, most, as_json=json)


@app.command(epilog="Example: comity exchange plan examples/exchange/strike.toml --objective topup")
def plan(
    file: File,
    objective: Goal = Wish.PEAK,
    money: Money = False,
    robust: Robust = False,
    cut: Cut = 1,
    packages: Packages = False,
    demands: Demands = False,
    limit_s: LimitS = 30,
    seed: Seed = 0,
    json: Json = False,
    out: Out = None,
) -> None:
    """Find the safest order of the steps. Exit 1: none within what was given; 5: time ran out."""
    wanted = answers.Wanted(objective, money, robust, cut, packages, demands, limit_s, seed)
    answers.plan(file, wanted, out, as_json=json)


@app.command(epilog="Example: comity exchange explain examples/exchange/end-of-war.toml --demands")
def explain(
    file: File,
    saved: PlanFile = None,
    objective: Goal = Wish.PEAK,
    money: Money = False,
    robust: Robust = False,
    cut: Cut = 1,
    packages: Packages = False,
    demands: Demands = False,
    limit_s: LimitS = 30,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Walk through a plan step by step: who could be tempted, what holds it, what a little more would buy."""
    wanted = answers.Wanted(objective, money, robust, cut, packages, demands, limit_s, seed)
    answers.explain(file, saved, wanted, as_json=json)


@app.command(epilog="Example: comity exchange draw examples/exchange/ceasefire.toml --what balance -o balance.svg")
def draw(
    file: File,
    what: Annotated[
        Drawing, typer.Option("--what", help="Who waits for whom, or each side's balance.")
    ] = Drawing.DEMANDS,
    form: Annotated[Form, typer.Option("--format", help="SVG, a table, or text for Graphviz or Mermaid.")] = Form.SVG,
    saved: PlanFile = None,
    objective: Goal = Wish.PEAK,
    money: Money = False,
    robust: Robust = False,
    cut: Cut = 1,
    packages: Packages = False,
    demands: Demands = False,
    limit_s: LimitS = 30,
    seed: Seed = 0,
    out: Out = None,
) -> None:
    """Draw the demands with the loop lit, or each side's balance over the steps inside its corridor."""
    wanted = answers.Wanted(objective, money, robust, cut, packages, demands, limit_s, seed)
    answers.draw(file, what, form, saved, wanted, out)


@app.command(epilog="Example: comity exchange verify plan.json examples/exchange/strike.toml")
def verify(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", exists=True, dir_okay=False, help="The plan as JSON.")],
    file: File,
    json: Json = False,
) -> None:
    """Check every claim of a plan against its exchange, with code that shares nothing with the search."""
    answers.verify(plan, file, as_json=json)


Steps = Annotated[list[str] | None, typer.Option("--done", metavar="STEP", help="A step that was done.")]
Failed = Annotated[list[str] | None, typer.Option("--failed", metavar="STEP", help="A step that never will be.")]
Late = Annotated[list[str] | None, typer.Option("--late", metavar="STEP=DAYS", help="It takes so much longer.")]
Cost = Annotated[list[str] | None, typer.Option("--cost", metavar="STEP=AMOUNT", help="What it costs now.")]
Worth = Annotated[
    list[str] | None, typer.Option("--worth", metavar="STEP:SIDE=AMOUNT", help="What it is worth to a side now.")
]
Bond = Annotated[list[str] | None, typer.Option("--bond", metavar="SIDE=AMOUNT", help="A side's bond now.")]
Tolerance = Annotated[list[str] | None, typer.Option("--tolerance", metavar="SIDE=AMOUNT", help="Its tolerance now.")]


@app.command(epilog="Example: comity exchange replan strike.toml --done overtime --failed bonus-pay")
def replan(
    file: File,
    saved: PlanFile = None,
    done: Steps = None,
    failed: Failed = None,
    late: Late = None,
    cost: Cost = None,
    worth: Worth = None,
    bond: Bond = None,
    tolerance: Tolerance = None,
    objective: Goal = Wish.PEAK,
    money: Money = False,
    robust: Robust = False,
    cut: Cut = 1,
    packages: Packages = False,
    demands: Demands = False,
    limit_s: LimitS = 30,
    seed: Seed = 0,
    json: Json = False,
    write: Annotated[
        Path | None, typer.Option("--write", dir_okay=False, help="Write the exchange as it stands now, as TOML.")
    ] = None,
) -> None:
    """Make the plan again from where things stand: steps done, failed or late, values and bonds revised."""
    wanted = answers.Wanted(objective, money, robust, cut, packages, demands, limit_s, seed)
    news = News(done or (), failed or (), late or (), cost or (), worth or (), bond or (), tolerance or ())
    answers.replan(file, saved, news, wanted, write, as_json=json)


@app.command(epilog="Example: comity exchange bench examples/exchange/*.toml")
def bench(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", exists=True, dir_okay=False, help="The files to measure.")
    ],
    repeat: Annotated[int, typer.Option("--repeat", min=1, max=1000, help="How often; the median is told.")] = 5,
    limit_s: LimitS = 30,
    json: Json = False,
) -> None:
    """Measure how long the check and every objective take on these files."""
    answers.bench(files, repeat, limit_s, as_json=json)
