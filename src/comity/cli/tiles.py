"""`tiles`: the record as static files that any tlog-tiles reader can verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.cli.options import AsJson, example
from comity.cli.session import session

app = typer.Typer(no_args_is_help=True, help="The record as static tiles for outside verifiers.")


@app.command(epilog=example("--home south tiles export public/"))
def export(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The folder to write; one folder a side in it.")],
    json: AsJson = False,
) -> None:
    """Write each series held as tlog-tiles, with `checkpoint` and `vkey`."""
    from comity.cli.show import as_json, say
    from comity.desk.copies import export_tiles

    sizes = {}
    for side, size in export_tiles(session(ctx).folder, out):
        sizes[side] = size
        if not json:
            say(f"{out / side}: {size} entries" if size else f"{side}: nothing is held yet")
    if json:
        as_json(sizes)
