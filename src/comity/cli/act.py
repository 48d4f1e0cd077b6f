"""`act`: the record act by act."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.options import After, As, AsJson, At, Limit, Wait, example
from comity.cli.session import session

if TYPE_CHECKING:
    from comity.desk.sheets.acts import WholeAct

app = typer.Typer(no_args_is_help=True, help="The record, act by act, with proofs of each.")
Act = Annotated[str, typer.Argument(metavar="ACT", help="The act, such as north/17.")]


@app.command("list", epilog=example("act list --limit 20"))
def list_acts(ctx: typer.Context, after: After = None, limit: Limit = 50, json: AsJson = False) -> None:
    """All acts, newest first, with their effect or the rule against it."""
    from comity.cli.show import as_json, more, table

    with session(ctx).office() as office:
        found = office.record.acts(after=after, limit=limit)
    if json:
        as_json(found)
        return
    rows = [
        [
            a.ref,
            a.kind if a.readable else f"{a.kind} (not for us)",
            a.by,
            a.at,
            a.effect + "".join(f" {o.rule}" for o in a.objections),
            ", ".join(a.held_by) or "-",
        ]
        for a in found.entries
    ]
    table(["act", "kind", "by", "at", "effect", "held by"], rows)
    more(found.more)


@app.command(epilog=example("act show north/17"))
def show(ctx: typer.Context, act: Act, json: AsJson = False) -> None:
    """One act: what was signed, what it says, who holds it."""
    from comity.cli.show import as_json

    with session(ctx).office() as office:
        found = office.record.act(act=act)
    if json:
        as_json(found)
    else:
        print_act(found)


def print_act(whole: WholeAct) -> None:
    """Print an act for a person."""
    from comity.cli.show import moment, say

    act = whole.act
    say(f"{act.ref}  {act.kind} by {act.by} at {act.at}: {act.effect}")
    for objection in act.objections:
        say(f"  {objection}")
    say(f"its author had seen: {', '.join(f'{side}/{no}' for side, no in whole.seen.items()) or 'nothing'}")
    say(f"for: {'all' if whole.to is None else ', '.join(whole.to)}")
    for receipt in whole.receipts:
        say(f"held by {receipt.cosigner}: receipt on {receipt.size} entries at {moment(receipt.time)}")
    for place, attachment in enumerate(whole.attachments, 1):
        say(f"attachment {place}: {attachment.size} bytes, {'held' if attachment.held else 'not held here'}")
    say()
    say(whole.note.rstrip("\n"))
    if whole.body is not None:
        import msgspec

        say()
        say(msgspec.json.format(msgspec.json.encode(whole.body), indent=2).decode())


@app.command(epilog=example("act attachment north/17 1 --out plan.pdf"))
def attachment(
    ctx: typer.Context,
    act: Act,
    place: Annotated[int, typer.Argument(metavar="PLACE", help="Which one, from 1.")] = 1,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to write it.")] = None,
) -> None:
    """Write an attachment to a file."""
    from comity.cli.show import say, write_file

    with session(ctx).office() as office:
        found = office.record.attachment(act=act, place=place)
    path = write_file(out or Path(Path(found.name).name), found.content)
    say(f"wrote {path}, {len(found.content)} bytes")


@app.command(epilog=example("act proof north/17 --out north-17.tlog-proof"))
def proof(
    ctx: typer.Context,
    act: Act,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to; else standard output.")] = None,
) -> None:
    """A tlog-proof of one act, with the receipts on its head."""
    import sys

    from comity.cli.show import say, write_file

    with session(ctx).office() as office:
        found = office.record.proof(act=act)
    if out is None:
        sys.stdout.write(found.decode())
    else:
        say(f"wrote {write_file(out, found)}; the entry it proves is in `comity act show {act}`")


@app.command(epilog=example("act confirm 17 --as cho"))
def confirm(
    ctx: typer.Context,
    act: Annotated[str, typer.Argument(metavar="ACT", help="The act that waits, by its number or reference.")],
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Confirm an act of your side that waits for its chief."""
    from comity.cli.filing import Signing, file

    file(ctx, Signing(by, at, wait=wait, json=json), lambda office, pen: office.delegate.confirm(act=act, pen=pen))
