"""How the exchange commands print: plans, tables and progress."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

import typer

if TYPE_CHECKING:
    from comity.exchange.certificate import Plan
    from comity.exchange.model import Problem
    from comity.exchange.replan import Replan

Report = Callable[[Fraction | None, Fraction, float], None]
"""Called with the best value, the bound and the seconds so far."""
AFTER_S = 1.0


@contextmanager
def progress() -> Iterator[Report | None]:
    """A report of both bounds on standard error, after a second and only on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("") as status:
        status.stop()
        shown = False

        def report(best: Fraction | None, bound: Fraction, seconds: float) -> None:
            nonlocal shown
            if seconds < AFTER_S:
                return
            gap = "no order yet" if best is None else f"best {float(best):g}, none below {float(bound):g}"
            status.update(f"searching for {seconds:.0f} s: {gap}; Ctrl-C keeps the best so far")
            if not shown:
                status.start()
                shown = True

        yield report


def show_plan(problem: Problem, made: Plan) -> None:
    """The plan on one screen: the answer, the order, and a line a side."""
    from comity.exchange.pictures.balances import amount, move_name
    from comity.exchange.telling import summary
    from comity.exchange.words import Names

    names = Names(problem)
    by = {step.id: names.sides[step.by] for step in problem.steps}
    for line in summary(names, made):
        typer.secho(line, bold=True)
    for point in made.points:
        bonds = ", ".join(f"{names.sides[s]} {amount(b)}" for s, b in point.bonds.items())
        typer.echo(f"  bonds: {bonds}; order: {', '.join(move_name(names, label) for label in point.order)}")
    if made.order is None:
        return
    typer.echo()
    groups = made.rounds or tuple((label,) for label in made.order)
    paid = {payment.after: payment for payment in made.payments}
    count = 0
    for at, group in enumerate(groups, 1):
        _show_payment(names.sides, paid.get(count))
        for label in group:
            steps = [label] if isinstance(label, str) else list(label)
            who = {by.get(s) or by[s.rpartition("[")[0]]: None for s in steps}
            typer.echo(f"{at:>4}. {' and '.join(who)}: {move_name(names, label)}")
        count += len(group)
    _show_payment(names.sides, paid.get(count))
    typer.echo()
    rows = [["side", "worth", "tempted at most", "bond given", "exposed at most", "will bear"]]
    for side in problem.sides:
        given = [amount(made.worth_it[side.name]), amount(made.bonds[side.name]), _units(side.bond, problem)]
        bears = "no limit" if side.tolerance is None else _units(side.tolerance, problem)
        rows.append([names.sides[side.name], *given, amount(made.exposures[side.name]), bears])
    typer.echo(table(rows), nl=False)
    for g in made.guarantors:
        typer.echo(
            f"{g.by} guarantees {amount(g.amount)} for {names.sides[g.side]}: {amount(g.needed)} of it is needed."
        )
    if made.front:
        typer.echo(f"days and peak: {', '.join(f'{amount(t)}: {amount(p)}' for t, p in made.front)}")


def _show_payment(sides: dict[str, str], payment: object) -> None:
    from comity.exchange.certificate import Payment
    from comity.exchange.pictures.balances import amount

    if isinstance(payment, Payment):
        for side, x in payment.amounts.items():
            if x:
                typer.echo(f"      {sides[side]} {'receives' if x > 0 else 'pays'} {amount(abs(x))}")


def _units(units: int, problem: Problem) -> str:
    from comity.exchange.writing import decimal

    return decimal(units, problem.scale)


def show_replan(problem: Problem, made: Replan) -> None:
    """Where things stand, what fell away, and the plan from here."""
    from comity.exchange.pictures.balances import amount
    from comity.exchange.words import Names, listed, sentence

    names = Names(problem)
    for s in made.standing:
        stands = f"{names.sides[s.side]} has {amount(s.held)} in hand; the rest is worth {amount(s.to_come)} to it"
        typer.echo(sentence(stands))
    if made.dropped:
        typer.echo(f"Never to be done now: {listed([names.steps[s] for s in made.dropped])}.")
    typer.echo("The rest of the old order still serves." if made.kept else "A new order:")
    show_plan(made.problem, made.plan)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first one its heading; columns line up in any script."""
    wide = [max(_width(row[c]) for row in rows) for c in range(len(rows[0]))]
    lines = [_row(rows[0], wide), "|" + "|".join("-" * (w + 2) for w in wide) + "|"]
    return "\n".join([*lines, *(_row(row, wide) for row in rows[1:]), ""])


def _row(cells: Sequence[str], wide: Sequence[int]) -> str:
    padded = [cell + " " * (w - _width(cell)) for cell, w in zip(cells, wide, strict=True)]
    return "| " + " | ".join(padded) + " |"


def _width(text: str) -> int:
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)
