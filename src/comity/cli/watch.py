"""`watch`: the line as it happens, who is on, and what is handed over."""

from __future__ import annotations

from typing import Annotated

import typer

from comity.cli.filing import Signing, file
from comity.cli.options import As, AsJson, At, Wait, example, pairs, text_of
from comity.cli.session import session

app = typer.Typer()


@app.callback(invoke_without_command=True, epilog=example("watch --every 2"))
def live(
    ctx: typer.Context,
    every: Annotated[float, typer.Option(min=0.2, metavar="SECONDS", help="How often to look.")] = 1.0,
    once: Annotated[bool, typer.Option("--once", help="Print the view once and end.")] = False,
) -> None:
    """The line as it happens; who is on; the handover.

    Without a command it shows the lines, the messages and what waits, live, until interrupted.
    """
    if ctx.invoked_subcommand is not None:
        return
    import sys

    from comity.cli.live import follow, screen
    from comity.cli.show import console, note

    here = session(ctx)
    with here.office() as office:
        if once or not sys.stdout.isatty() or not here.has_node():
            console().print(screen(office))
        else:
            follow(office, every_s=every)
            return
    if not here.has_node():
        note("no node runs in this home, so nothing can change: start `comity serve`")


@app.command(epilog=example("watch status --json"))
def status(ctx: typer.Context, json: AsJson = False) -> None:
    """Who is on watch, what is to be logged by when, what waits."""
    from comity.cli.show import as_json, say, table

    with session(ctx).office() as office:
        found = office.watch.status()
    if json:
        as_json(found)
        return
    for it in found.on:
        say(f"on watch for {it.side}: {it.officer}, since {it.since}, lines {', '.join(it.lines)}")
    rows = [
        [it.ref, it.line, it.precedence, f"{it.due.astimezone():%Y-%m-%d %H:%M}" if it.due else "-"]
        for it in found.to_log
    ]
    table(["to log", "line", "precedence", "due"], rows)
    for side, waits in found.waits.items():
        say(f"waits on {side}: {', '.join(f'{w.what} {w.ref}' for w in waits) or 'nothing'}")


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
