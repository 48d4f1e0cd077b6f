"""`link`: where the other sides are reached, and how that goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.options import AsJson, example
from comity.cli.session import session

if TYPE_CHECKING:
    from comity.desk.noun import LinkState

app = typer.Typer(no_args_is_help=True, help="Where the other sides are reached, and how that goes.")
Side = Annotated[str, typer.Argument(metavar="SIDE", help="The other side.")]


@app.command(epilog=example("link status --json"))
def status(ctx: typer.Context, json: AsJson = False) -> None:
    """How each link is."""
    from comity.cli.show import as_json, moment, table

    with session(ctx).office() as office:
        states = office.link.status()
    if json:
        as_json(states)
        return
    rows = [
        [s.side, "up" if s.up else "down", s.url or "-", moment(s.since), moment(s.last_exchange), s.trouble]
        for s in states
    ]
    table(["side", "link", "address", "since", "last exchange", "trouble"], rows)


@app.command("set", epilog=example("link set north http://north.example:8740"))
def set_link(
    ctx: typer.Context,
    side: Side,
    url: Annotated[list[str], typer.Argument(metavar="URL...", help="Where it is reached; tried in this order.")],
) -> None:
    """Reach a side at these addresses; a node that runs does so at once."""
    with session(ctx).office() as office:
        _tell(office.link.set(side=side, urls=tuple(url)))


@app.command(epilog=example("link cut north"))
def cut(ctx: typer.Context, side: Side) -> None:
    """Carry nothing to a side until the link is restored."""
    with session(ctx).office() as office:
        _tell(office.link.cut(side=side))


@app.command(epilog=example("link restore north"))
def restore(ctx: typer.Context, side: Side) -> None:
    """Reach a side at the addresses of its charter again."""
    with session(ctx).office() as office:
        _tell(office.link.restore(side=side))


def _tell(state: LinkState) -> None:
    from comity.cli.show import say

    say(f"{state.side}: {state.url or 'cut'}")
