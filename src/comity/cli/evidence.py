"""`evidence`: files that show a breach, which anyone can check alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.cli.options import AsJson, example
from comity.cli.session import session

app = typer.Typer(no_args_is_help=True, help="Evidence of a breach, which anyone can check alone.")


@app.command("list", epilog=example("evidence list"))
def list_breaches(ctx: typer.Context, json: AsJson = False) -> None:
    """The breaches that this node knows of."""
    from comity.cli.show import as_json, table

    with session(ctx).office() as office:
        found = office.record.breaches()
    if json:
        as_json(found)
    else:
        table(["breach", "by", "kept", "what"], [[b.id, b.side, b.proof, b.what] for b in found])


@app.command(epilog=example("evidence export 1f2e3d4c5b6a7988 fork-of-north.evidence"))
def export(
    ctx: typer.Context,
    breach: Annotated[str, typer.Argument(metavar="BREACH", help="The breach, as the list names it.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write what is kept of it.")],
) -> None:
    """Write what is kept of a breach to a file."""
    from comity.cli.show import say, write_file

    with session(ctx).office() as office:
        content = office.record.evidence(breach=breach)
    say(f"wrote {write_file(file, content)}, {len(content)} bytes; check it with `comity evidence check {file}`")


@app.command(epilog=example("evidence check fork-of-north.evidence"))
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The evidence.")],
    json: AsJson = False,
) -> None:
    """Check evidence from its bytes alone; no home is needed."""
    from comity.cli.show import as_json, say
    from comity.desk.founding import read_founding
    from comity.errors import Malformed
    from comity.record.evidence import check as check_evidence
    from comity.record.exhibits import MAX_EVIDENCE

    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_EVIDENCE + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(file)) from None
    found = check_evidence(raw, read_founding)
    if json:
        as_json(found)
        return
    say(f"{found.kind}, of {found.of}")
    say(f"it proves that {found.proves}")
    say(f"it does not prove {found.does_not_prove}")
