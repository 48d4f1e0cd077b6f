"""The root command: the home, the office, and one sub-command a noun."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from comity.cli import (
    act,
    checking,
    delegate,
    demo,
    evidence,
    exchange,
    founding,
    letter,
    line,
    link,
    pouch,
    serving,
    statement,
    text,
    tiles,
    watch,
)
from comity.cli.session import Serve, Session
from comity.errors import ComityError

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for single in (demo, founding, serving, checking):
    app.registered_commands += single.app.registered_commands
app.add_typer(line.app, name="line")
app.add_typer(watch.app, name="watch")
app.add_typer(text.app, name="text")
app.add_typer(letter.app, name="letter")
app.add_typer(statement.app, name="statement")
app.add_typer(delegate.app, name="delegate")
app.add_typer(act.app, name="act")
app.add_typer(link.app, name="link")
app.add_typer(pouch.app, name="pouch")
app.add_typer(tiles.app, name="tiles")
app.add_typer(evidence.app, name="evidence")
app.add_typer(exchange.app, name="exchange")


def _version(wanted: bool) -> None:
    if wanted:
        from comity import __version__

        typer.echo(f"comity {__version__}")
        raise typer.Exit


@app.callback(epilog="\b\nStart with `comity demo`, or read docs/guide/start.md.")
def root(
    ctx: typer.Context,
    home: Annotated[
        Path, typer.Option(envvar="COMITY_HOME", metavar="DIR", help="The side's home.", show_default="~/.comity")
    ] = Path("~/.comity"),
    office: Annotated[
        str | None,
        typer.Option(envvar="COMITY_OFFICE", metavar="NAME", help="Which office, where the home has several."),
    ] = None,
    _version_asked: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """A joint liaison office in software: one record that no side can rewrite."""
    given = ctx.obj
    assert isinstance(given, Session)
    given.home, given.office_name = home.expanduser(), office


def run(serve: Serve) -> None:
    """Run the command line and exit with the code of what came of it."""
    try:
        app(obj=Session(Path(), serve=serve))
    except ComityError as error:
        from comity.cli.show import failure

        failure(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
