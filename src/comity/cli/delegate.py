"""`delegate`: who may speak for a side, and on what."""

from __future__ import annotations

from typing import Annotated

import typer

from comity.cli.filing import Signing, file
from comity.cli.options import As, AsJson, At, Wait, example
from comity.cli.session import session

app = typer.Typer(no_args_is_help=True, help="Delegates, their powers, and what waits for a chief.")
Kinds = Annotated[list[str] | None, typer.Option(metavar="KIND", help="A kind of text or act; `*` is every kind.")]


@app.command("list", epilog=example("delegate list --side north"))
def list_delegates(
    ctx: typer.Context,
    side: Annotated[str | None, typer.Option(metavar="SIDE", help="Of this side alone.")] = None,
    json: AsJson = False,
) -> None:
    """The delegates, their powers, and the acts that wait for a chief."""
    from comity.cli.founding import in_words
    from comity.cli.show import as_json, say, table

    with session(ctx).office() as office:
        found = office.delegate.list(side=side)
    if json:
        as_json(found)
        return
    rows = []
    for it in found.delegates:
        powers = "ended" if it.ended else "chief delegate" if it.chief else in_words(it.powers)
        rows.append([f"{it.side}/{it.name}", it.title, powers, it.since, "short notice" if it.short_notice else ""])
    table(["delegate", "title", "powers", "since", ""], rows)
    for waiting in found.pending:
        say()
        say(f"{waiting.ref}  {waiting.kind} by {waiting.by} waits for its chief")
        for objection in waiting.objections:
            say(f"  {objection}")


@app.command(epilog=example("delegate appoint kim --title 'Kim, deputy' --negotiate '*' --sign meeting"))
def appoint(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The delegate's name within the side.")],
    title: Annotated[str, typer.Option(help="What the delegate is called.")],
    chief: Annotated[bool, typer.Option("--chief", help="Appoint a chief delegate.")] = False,
    negotiate: Kinds = None,
    initial: Kinds = None,
    sign: Kinds = None,
    key: Annotated[
        str | None, typer.Option(metavar="KEY", help="The verifier key that `comity key` printed; else one is made.")
    ] = None,
    begins: Annotated[str | None, typer.Option(metavar="DAY", help="The day on which it begins.")] = None,
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Appoint a delegate, or change one's powers; without any named, every power."""
    from comity.desk.cards import ALL_POWERS
    from comity.office.acts import Powers

    given = Powers(tuple(negotiate or ()), tuple(initial or ()), tuple(sign or ()))
    powers = given if given != Powers() else ALL_POWERS
    file(
        ctx,
        Signing(by, at, wait=wait, json=json),
        lambda office, pen: office.delegate.appoint(
            name=name, title=title, chief=chief, powers=powers, key=key, begins=begins, pen=pen
        ),
    )


@app.command(epilog=example("delegate revoke kim --reason 'Recalled.'"))
def revoke(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The delegate's name within the side.")],
    reason: Annotated[str, typer.Option(help="The reason to give.")] = "",
    ends: Annotated[str | None, typer.Option(metavar="DAY", help="The day on which the powers end.")] = None,
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """End a delegate's powers."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.delegate.revoke(name=name, reason=reason, ends=ends, pen=pen))


@app.command(epilog=example("delegate confirm 17 --as cho"))
def confirm(
    ctx: typer.Context,
    act: Annotated[str, typer.Argument(metavar="ACT", help="The act that waits, by its number or reference.")],
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Confirm an act beyond its signer's powers, or an adoption ad referendum."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.delegate.confirm(act=act, pen=pen))
