"""`evidence`: files that show a breach, which anyone can check alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from comity.cli.options import AsJson, example

app = typer.Typer(no_args_is_help=True, help="Evidence of a breach, which anyone can check alone.")


@app.command(epilog=example("evidence check fork-of-north.evidence"))
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The evidence.")],
    json: AsJson = False,
) -> None:
    """Check evidence from its bytes alone; no home is needed."""
    from comity.cli.show import as_json, say
    from comity.desk.copies import founding_from
    from comity.errors import Malformed
    from comity.record.evidence import check as check_evidence
    from comity.record.exhibits import MAX_EVIDENCE

    try:
        with file.open("rb") as opened:
            raw = opened.read(MAX_EVIDENCE + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(file)) from None
    found = check_evidence(raw, founding_from)
    if json:
        as_json(found)
        return
    say(f"{found.kind}, of {found.of}")
    say(f"it proves that {found.proves}")
    say(f"it does not prove {found.does_not_prove}")
