"""What all commands that file an act have in common: the pen, the act, and word of its receipts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from comity.cli.session import session

if TYPE_CHECKING:
    from comity.desk.filing import Done
    from comity.desk.noun import Pen
    from comity.desk.office import Office


@dataclass(frozen=True, slots=True)
class Signing:
    """How the command line said that an act is to be signed."""

    by: str | None = None
    at: str | None = None
    to: list[str] | None = None
    beyond: bool = False
    wait: float = 0.0
    json: bool = False


def file(ctx: typer.Context, signing: Signing, act: Callable[[Office, Pen], Done]) -> None:
    """File an act, wait for its receipts if asked to, and say what came of it."""
    from comity.cli import show

    here = session(ctx)
    pen = here.pen(signing.by, signing.at, signing.to, beyond=signing.beyond)
    with here.office() as office:
        done = act(office, pen)
        held = office.record.await_receipts(act=done.act, wait_s=signing.wait) if signing.wait else {}
    if signing.json:
        show.as_json({"act": done.act, "effect": done.effect, "held": held})
    else:
        show.filed(done, held)
