"""`serve`: run the node of a home."""

from __future__ import annotations

from typing import Annotated

import typer

from comity.cli.options import example, pairs
from comity.cli.session import session

app = typer.Typer()


@app.command(epilog=example("--home south serve --port 8740 --link north=http://north.example:8740"))
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8740,
    link: Annotated[
        list[str] | None, typer.Option(metavar="SIDE=URL", help="Where a side is reached; kept for the next time.")
    ] = None,
) -> None:
    """Run the node of a home, until interrupted.

    It carries this side's acts to the other sides, and takes theirs in.
    """
    from comity.cli.show import say

    here = session(ctx)
    for side, url in pairs(link, "a link").items():
        here.folder.set_link(side, [url])

    def ready(url: str) -> None:
        import sys

        say(f"serving {here.home} at {url}")
        sys.stdout.flush()

    here.serve(here.home, here.ask, host, port, ready)
