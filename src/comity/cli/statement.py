"""`statement`: what one side says, publicly or to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.filing import Signing, file
from comity.cli.options import After, As, AsJson, At, Beyond, Limit, To, Wait, example, pairs, text_of
from comity.cli.session import session

if TYPE_CHECKING:
    from comity.office.acts import Source

app = typer.Typer(no_args_is_help=True, help="What one side states, or a third party with its source.")


@app.command("list", epilog=example("statement list --public"))
def list_statements(
    ctx: typer.Context,
    public: Annotated[bool, typer.Option("--public", help="Only what may be published.")] = False,
    after: After = None,
    limit: Limit = 50,
    json: AsJson = False,
) -> None:
    """Statements, newest first."""
    from comity.cli.show import as_json, more, table

    with session(ctx).office() as office:
        found = office.statement.list(public=public, after=after, limit=limit)
    if json:
        as_json(found)
        return
    rows = [
        [s.ref, s.by, s.at, s.title, "public" if s.public else "", f"says {s.source.who}" if s.source else ""]
        for s in found.entries
    ]
    table(["statement", "by", "at", "title", "", ""], rows)
    more(found.more)


@app.command(epilog=example("statement show south/1"))
def show(
    ctx: typer.Context,
    statement: Annotated[str, typer.Argument(metavar="STATEMENT", help="The statement, such as south/1.")],
    json: AsJson = False,
) -> None:
    """One statement."""
    from comity.cli.show import as_json, say, written

    with session(ctx).office() as office:
        found = office.statement.show(statement=statement)
    if json:
        as_json(found)
        return
    body = found.body
    assert body is not None
    say(f"{found.ref}  {found.title}, by {found.by} at {found.at}{', public' if found.public else ''}")
    if found.source is not None:
        say(f"reported of {found.source.who}: {found.source.where}, {found.source.on}")
    written(body.language, body.text, body.translations)


@app.command(epilog=example("statement make --title 'Opening address' --text @address.txt --public --as cho"))
def make(
    ctx: typer.Context,
    title: Annotated[str, typer.Option(help="What it is about.")],
    text: Annotated[str, typer.Option(help="The text in your own language; @FILE reads it from a file.")],
    public: Annotated[bool, typer.Option("--public", help="It may be published.")] = False,
    language: Annotated[str | None, typer.Option(help="Its language; else your side's own.")] = None,
    translation: Annotated[
        list[str] | None, typer.Option(metavar="LANGUAGE=TEXT", help="A courtesy translation, marked as such.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar="WHO|WHERE|DAY", help="A third party's statement: who, where, and the day.")
    ] = None,
    concerns: Annotated[list[str] | None, typer.Option(metavar="ACT", help="An act that it concerns.")] = None,
    to: To = None,
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """State something, in this side's name alone."""
    file(
        ctx,
        Signing(by, at, to, beyond, wait, json),
        lambda office, pen: office.statement.make(
            title=title,
            text=text_of(text),
            public=public,
            language=language,
            translations=pairs(translation, "a translation"),
            source=_source(source),
            concerns=tuple(concerns or ()),
            pen=pen,
        ),
    )


def _source(given: str | None) -> Source | None:
    from comity.errors import Malformed
    from comity.office.acts import Source

    if given is None:
        return None
    parts = [part.strip() for part in given.split("|")]
    if len(parts) != 3:
        raise Malformed(f"{given[:80]!r} is not a source", where="--source", hint="write 'WHO|WHERE|YYYY-MM-DD'")
    return Source(*parts)
