"""`watch`: the line as it happens, who is on, and what is handed over."""

from __future__ import annotations

from typing import Annotated

import typer

from comity.cli.filing import Signing, file
from comity.cli.options import As, AsJson, At, Wait, example, pairs, text_of

app = typer.Typer(help="The line as it happens; who is on; the handover.")
Officer = Annotated[str, typer.Option(metavar="TITLE", help="The officer who takes over.")]


@app.command(epilog=example("watch on --officer 'Lt Han'"))
def on(
    ctx: typer.Context,
    officer: Officer,
    line: Annotated[list[str] | None, typer.Option(metavar="LINE", help="A line watched; else all.")] = None,
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Take the watch."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.watch.on(officer=officer, lines=tuple(line or ()), pen=pen))


@app.command(
    epilog=example("watch handover --officer 'Lt Seo' --line liaison='up; next check 17:00' --notes @notes.txt")
)
def handover(
    ctx: typer.Context,
    officer: Officer,
    line: Annotated[list[str], typer.Option(metavar="LINE=CONDITION", help="The condition of a line; every line.")],
    notes: Annotated[str, typer.Option(metavar="TEXT", help="What the next watch should know.")] = "",
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Hand the watch over, with the condition of each line."""
    file(
        ctx,
        Signing(by, at, wait=wait, json=json),
        lambda office, pen: office.watch.handover(
            officer=officer, lines=pairs(line, "a line's condition"), notes=text_of(notes), pen=pen
        ),
    )
