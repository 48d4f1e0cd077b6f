"""What the exchange commands do: read files, ask the exchange, print. Each imports only what it needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from comity.cli.exchange_files import answering, content_of, load, save, show_json
from comity.cli.exchange_news import News, events
from comity.cli.exchange_show import Report, progress, show_plan, show_replan, table
from comity.errors import Refused

if TYPE_CHECKING:
    from comity.exchange.certificate import Options, Plan
    from comity.exchange.model import Problem
    from comity.exchange.questions import Ask

T = TypeVar("T")
OUT_OF_TIME = 5


class Wish(StrEnum):
    """What a plan makes least, as on the command line."""

    PEAK = "peak"
    TOTAL = "total"
    TOPUP = "topup"
    EXPOSURE = "exposure"
    JOINT = "joint"
    PARETO = "pareto"
    MAKESPAN = "makespan"


class Drawing(StrEnum):
    """What to draw."""

    DEMANDS = "demands"
    BALANCE = "balance"


class Form(StrEnum):
    """The form of a drawing."""

    SVG = "svg"
    TABLE = "table"
    DOT = "dot"
    MERMAID = "mermaid"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options of a plan."""

    objective: Wish
    money: bool
    robust: bool
    cut: int
    packages: bool
    demands: bool
    limit_s: float
    seed: int

    def options(self) -> Options:
        """As the planner takes them."""
        from comity.exchange.certificate import Objective, Options

        objective = Objective(self.objective.value)
        return Options(objective, self.money, self.robust, self.cut, self.packages, self.demands)


def check(file: Path, most: int, *, as_json: bool) -> None:
    """Print the blockage of an exchange."""
    with answering(as_json=as_json):
        from comity.exchange.check import check
        from comity.exchange.words import blockage_words

        problem = load(file)
        found = check(problem, most=most)
        words = blockage_words(problem, found)
        if as_json:
            show_json(found.fields() | {"words": words})
        else:
            typer.echo("\n".join(words))


def plan(file: Path, wanted: Wanted, out: Path | None, *, as_json: bool) -> None:
    """Print or save a plan; exit by what it found."""
    with answering(as_json=as_json):
        from comity.exchange.planfile import encode

        problem = load(file)
        made = searched(problem, wanted)
        if out is not None:
            save(out, encode(made).decode() + "\n")
        if as_json:
            typer.echo(encode(made).decode())
        else:
            show_plan(problem, made)
    raise typer.Exit(code_of(made))


def explain(file: Path, saved: Path | None, wanted: Wanted, *, as_json: bool) -> None:
    """Print a plan in words."""
    with answering(as_json=as_json):
        from comity.exchange.ledger import ledger
        from comity.exchange.sensitivity import facts
        from comity.exchange.telling import tell

        problem = load(file)
        with progress() as report:
            ask = asked(wanted, report)
            made = plan_for(problem, saved, wanted, ask)
            known = facts(problem, made, ask.rest(settled=False)) if made.order else None
        sections = tell(problem, made, ledger(problem, made), known)
        if as_json:
            show_json({"sections": [{"heading": s.heading, "lines": list(s.lines)} for s in sections]})
            return
        for at, section in enumerate(sections):
            typer.secho(("\n" if at else "") + section.heading, bold=True)
            for line in section.lines:
                typer.echo(f"  {line}")


def draw(file: Path, what: Drawing, form: Form, saved: Path | None, wanted: Wanted, out: Path | None) -> None:
    """Print or save a drawing."""
    with answering(as_json=False):
        problem = load(file)
        picture = _demands(problem, form) if what is Drawing.DEMANDS else _balance(problem, form, saved, wanted)
        if out is None:
            typer.echo(picture, nl=False)
        else:
            save(out, picture)


def _demands(problem: Problem, form: Form) -> str:
    from comity.exchange.check import check
    from comity.exchange.pictures.waits import waits_dot, waits_list, waits_mermaid, waits_svg

    found = check(problem)
    if form is Form.TABLE:
        return table(waits_list(problem, found))
    drawn = {Form.SVG: waits_svg, Form.DOT: waits_dot, Form.MERMAID: waits_mermaid}
    return drawn[form](problem, found)


def _balance(problem: Problem, form: Form, saved: Path | None, wanted: Wanted) -> str:
    from comity.exchange.ledger import ledger
    from comity.exchange.pictures.balances import balances_svg, balances_table
    from comity.exchange.words import Names

    if form in (Form.DOT, Form.MERMAID):
        raise typer.BadParameter("balances are drawn as svg or table", param_hint="--format")
    with progress() as report:
        made = plan_for(problem, saved, wanted, asked(wanted, report))
    book = ledger(problem, made)
    if book is None:
        raise Refused("there is no order to draw", hint="see `comity exchange plan FILE` for why")
    names = Names(problem)
    if form is Form.TABLE:
        return table(balances_table(names, book))
    return balances_svg(names, book, problem.title or "Balances")


def verify(plan_file: Path, file: Path, *, as_json: bool) -> None:
    """Print what came of checking every claim of a plan."""
    with answering(as_json=as_json):
        from comity.exchange.planfile import decode
        from comity.exchange.verify import Status, sound, verify

        findings = verify(load(file), decode(content_of(plan_file)))
        fine = sound(findings)
        if as_json:
            told = [{"claim": f.claim, "status": str(f.status), "how": f.how} for f in findings]
            show_json({"sound": fine, "findings": told})
        else:
            colours = {Status.CONFIRMED: "green", Status.STATED: "yellow", Status.FALSE: "red"}
            for finding in findings:
                status = typer.style(str(finding.status), fg=colours[finding.status])
                typer.echo(f"{status}: {finding.claim}" + (f" ({finding.how})" if finding.how else ""))
    raise typer.Exit(0 if fine else 1)


def replan(file: Path, saved: Path | None, news: News, wanted: Wanted, write: Path | None, *, as_json: bool) -> None:
    """Print the plan from where things stand."""
    with answering(as_json=as_json):
        from comity.exchange.planfile import decode, fields
        from comity.exchange.replan import replan
        from comity.exchange.writing import to_toml

        problem = load(file)
        old = None if saved is None else decode(content_of(saved))
        options = wanted.options() if old is None else old.options
        with progress() as report:
            made = replan(problem, old, events(problem, news), options, asked(wanted, report))
        if write is not None:
            save(write, to_toml(made.problem))
        if as_json:
            standing = [
                {"side": s.side, "held": str(s.held), "to_come": str(s.to_come), "temptation": str(s.temptation),
                 "exposure": str(s.exposure)} for s in made.standing
            ]  # fmt: skip
            told = {"dropped": list(made.dropped), "kept": made.kept, "standing": standing, "plan": fields(made.plan)}
            show_json(told)
        else:
            show_replan(problem, made)
    raise typer.Exit(code_of(made.plan))


def bench(files: Sequence[Path], repeat: int, limit_s: float, *, as_json: bool) -> None:
    """Print the median time of the check and of every objective."""
    with answering(as_json=as_json):
        rows = [row for file in files for row in _measured(load(file), file.name, repeat, limit_s)]
        if as_json:
            show_json({"runs": rows})
        else:
            cells = [[r["file"], r["task"], f"{r['median_s'] * 1000:.1f} ms", r["proven"]] for r in rows]
            typer.echo(table([["file", "task", "median", "proven"], *cells]), nl=False)


def _measured(problem: Problem, name: str, repeat: int, limit_s: float) -> Iterator[dict[str, Any]]:
    from comity.exchange.check import check
    from comity.exchange.plan import plan

    yield {"file": name, "task": "check", "median_s": _timed(lambda: check(problem), repeat)[0], "proven": ""}
    for wish in Wish:
        wanted = Wanted(wish, False, False, 1, False, False, limit_s, 0)

        def once(wanted: Wanted = wanted) -> Plan:
            return plan(problem, wanted.options(), asked(wanted, None))

        took, made = _timed(once, repeat)
        yield {"file": name, "task": wish.value, "median_s": took, "proven": "yes" if made.best.proven else "no"}


def _timed(work: Callable[[], T], repeat: int) -> tuple[float, T]:
    took = []
    for _ in range(repeat):
        begun = time.perf_counter()
        made = work()
        took.append(time.perf_counter() - begun)
    return median(took), made


def asked(wanted: Wanted, report: Report | None) -> Ask:
    """The limits of a search, and where it reports."""
    from comity.exchange.questions import Ask
    from comity.exchange.search import Limits

    return Ask(limits=Limits(seconds=wanted.limit_s), progress=report, seed=wanted.seed)


def searched(problem: Problem, wanted: Wanted) -> Plan:
    """A new plan."""
    with progress() as report:
        return plan_for(problem, None, wanted, asked(wanted, report))


def plan_for(problem: Problem, saved: Path | None, wanted: Wanted, ask: Ask) -> Plan:
    """The plan saved before, once it was checked, or a new one."""
    from comity.exchange.plan import plan
    from comity.exchange.planfile import decode
    from comity.exchange.verify import Status, verify

    if saved is None:
        return plan(problem, wanted.options(), ask)
    made = decode(content_of(saved))
    false = [f for f in verify(problem, made) if f.status is Status.FALSE]
    if false:
        raise Refused(f"{saved.name} is no sound plan of this exchange: {false[0].claim}", hint=f"{false[0].how}")
    return made


def code_of(made: Plan) -> int:
    """0 with a plan, 1 when there is none within what was given, 5 when time ran out."""
    if made.options.objective.value == "pareto" and made.points:
        settled = made.best.proven
    elif made.order is None:
        return 1 if made.best.proven or not made.orderable else OUT_OF_TIME
    else:
        settled = made.best.proven and made.feasible is not None
    if made.feasible is False:
        return 1
    return 0 if settled else OUT_OF_TIME
