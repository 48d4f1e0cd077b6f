"""`verify`, `status`, `recover`: whether the record is whole, where it stands, and how it comes back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.options import AsJson, example
from comity.cli.session import session

if TYPE_CHECKING:
    from comity.desk.record import RecordStatus
    from comity.desk.verification import Verified

app = typer.Typer()


@app.command(epilog=example("--home south verify"))
def verify(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Another home, or a folder of tiles; else the home.")
    ] = None,
    charter: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The charter, to judge a folder of tiles by.")
    ] = None,
    heads: Annotated[
        bool, typer.Option("--heads", help="Skip the acts' signatures: only what heads and receipts commit to.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Verify a whole copy of the record, on all cores.

    Exits with 4 if anything at all is wrong. A home's copy is judged by its own charter: compare its fingerprint.
    """
    from contextlib import nullcontext

    from comity.cli.show import as_json, progress
    from comity.desk.copies import copy_of, tiles_copy
    from comity.desk.home import Home
    from comity.desk.verification import verify_copy

    here = session(ctx)
    if folder is not None and not (folder / "home.json").exists():
        source = nullcontext(tiles_copy(folder, charter or here.folder.charter_path))
        with source as copy, progress("verifying") as update:
            found = verify_copy(copy, signatures=not heads, progress=update)
    else:
        home = Home(folder) if folder is not None else Home(here.home)
        with copy_of(home.office(here.office_name)) as copy, progress("verifying") as update:
            found = verify_copy(copy, signatures=not heads, progress=update)
    if json:
        as_json(found)
    else:
        print_verified(found)
    if not found.good:
        raise typer.Exit(4)


def print_verified(found: Verified) -> None:
    """Say what was verified and what is wrong."""
    from comity.cli.show import say

    for series in found.series:
        receipts = ", ".join(f"{side} up to {size}" for side, size in series.receipts.items()) or "none"
        say(f"{series.side}: {series.size} entries, {series.covered} under a good head; receipts: {receipts}")
        say(f"  root {series.root}")
        for defect in series.defects:
            say(f"  WRONG at {defect.place}: {defect.fault}: {defect.what}")
            say(f"    {defect.remedy}")
        if series.omitted:
            say(f"  and {series.omitted} more")
    what = "every signature, every number, every hash" if found.signatures else "every number and hash, and the heads"
    verdict = f"good: {what}" if found.good else "NOT GOOD"
    say(f"{found.office}: {found.entries} entries in {found.seconds:.1f} s: {verdict}")


@app.command(epilog=example("status --json"))
def status(ctx: typer.Context, json: AsJson = False) -> None:
    """Where the record stands: holdings, receipts, links, what waits."""
    from comity.cli.show import as_json

    with session(ctx).office() as office:
        found = office.record.status()
    if json:
        as_json(found)
    else:
        print_status(found)


def print_status(found: RecordStatus) -> None:
    """Print where the record stands."""
    from comity.cli.show import moment, say, table

    say(f"{found.title} ({found.office}), as {found.side} holds it")
    say(f"office {found.id}")
    if found.read_only:
        say(f"READ-ONLY: {found.read_only}")
    say()
    rows = [
        [
            s.side,
            str(s.held),
            ", ".join(f"{side} {size}" for side, size in s.receipts.items()) or "-",
            s.root[:16],
            "STOPPED for a breach" if s.stopped else "",
        ]
        for s in found.series
    ]
    table(["series", "held", "receipts", "root", ""], rows)
    if found.links:
        say()
        rows = [[s.side, "up" if s.up else "down", s.url or "-", moment(s.since), s.trouble] for s in found.links]
        table(["link to", "", "address", "since", ""], rows)
    for side, waits in found.waits.items():
        if waits:
            say()
            say(f"waits on {side}: {', '.join(f'{w.what} {w.ref}' for w in waits)}")


@app.command(epilog=example("recover --from http://north.example:8740 --side north"))
def recover(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Option("--from", metavar="URL|FILE", help="The other side's node, or a pouch that it packed.")
    ],
    side: Annotated[
        str | None, typer.Option(metavar="SIDE", help="Whose node it is, where there are several.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Get a lost record back from another side's copy."""
    from comity.cli.recovering import recover_from
    from comity.cli.show import as_json, say

    here = session(ctx)
    found = recover_from(here.home, here.folder, source, side, here.ask)
    if json:
        as_json(found)
        return
    held = ", ".join(f"{n} of {name}" for name, n in found.holdings.items())
    say(f"recovered from {found.source}'s copy: {held}")
    if found.awaited:
        say(f"read-only until the copies of {', '.join(found.awaited)} have been seen too: run this for each")
