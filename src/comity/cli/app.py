"""The root command."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="A joint liaison office in software.")


@app.callback()
def root() -> None:
    """A joint liaison office in software."""


def main() -> None:
    """Run the command line."""
    app()
