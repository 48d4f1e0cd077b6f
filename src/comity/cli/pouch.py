"""`pouch`: the link by hand, on a memory stick, by mail, or through a shared folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.cli.options import AsJson, example
from comity.cli.session import session

app = typer.Typer(no_args_is_help=True, help="The link by hand: pouches as files.")
File = Annotated[Path, typer.Argument(metavar="FILE", help="The pouch.")]


@app.command(epilog=example("pouch pack to-north.pouch --to north"))
def pack(
    ctx: typer.Context,
    file: File,
    to: Annotated[str, typer.Option(metavar="SIDE", help="The side that it is for; nobody else can open it.")],
    everything: Annotated[
        bool, typer.Option("--everything", help="All that is for them, and the charter: for a recovery.")
    ] = False,
) -> None:
    """Pack what a side lacks into a file."""
    from comity.cli.show import say, write_file

    with session(ctx).office() as office:
        raw = office.pouch.pack(to=to, everything=everything)
    say(f"wrote {write_file(file, raw)}, {len(raw)} bytes, for {to} alone")


@app.command("open", epilog=example("pouch open from-south.pouch"))
def open_pouch(ctx: typer.Context, file: File, json: AsJson = False) -> None:
    """Open a pouch, keep what is valid in it, and receipt it."""
    from comity.cli.folder import print_opened, read_pouch
    from comity.cli.show import as_json

    raw = read_pouch(file)
    with session(ctx).office() as office:
        opened = office.pouch.open(pouch=raw)
    if json:
        as_json(opened)
    else:
        print_opened(opened)
    if opened.breaches:
        raise typer.Exit(4)


@app.command(epilog=example("pouch watch /mnt/shared --to north"))
def watch(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder that both sides can reach.")],
    to: Annotated[str, typer.Option(metavar="SIDE", help="The other side.")],
    every: Annotated[float, typer.Option(min=0.2, metavar="SECONDS", help="How often to look.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Look once and end.")] = False,
) -> None:
    """Exchange pouches through a folder, until interrupted."""
    import time

    from comity.cli.folder import exchange

    here = session(ctx)
    while True:
        with here.office() as office:
            exchange(office, folder, to)
        if once:
            return
        time.sleep(every)
