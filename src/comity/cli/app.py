"""The root command."""

from __future__ import annotations

import typer

from comity.cli import exchange

app = typer.Typer(no_args_is_help=True, help="A joint liaison office in software.")
app.add_typer(exchange.app, name="exchange")


@app.callback()
def root() -> None:
    """A joint liaison office in software."""


def main() -> None:
    """Run the command line."""
    app()
