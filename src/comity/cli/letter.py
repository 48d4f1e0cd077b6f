"""`letter`: from one principal to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.filing import Signing, file
from comity.cli.options import After, As, AsJson, At, Beyond, Level, Limit, To, Wait, example, pairs, text_of
from comity.cli.session import session

if TYPE_CHECKING:
    from comity.office.acts import Proposal

app = typer.Typer(no_args_is_help=True, help="Letters from one principal to another.")


@app.command("list", epilog=example("letter list"))
def list_letters(ctx: typer.Context, after: After = None, limit: Limit = 50, json: AsJson = False) -> None:
    """The letters that this side may read, newest first."""
    from comity.cli.show import as_json, more, table

    with session(ctx).office() as office:
        found = office.letter.list(after=after, limit=limit)
    if json:
        as_json(found)
        return
    rows = [
        [
            n.ref,
            n.by,
            ", ".join(n.to),
            n.addressee,
            n.at,
            f"proposes a {n.proposes.level} meeting" if n.proposes else "",
        ]
        for n in found.entries
    ]
    table(["letter", "by", "to", "addressee", "at", ""], rows)
    more(found.more)


@app.command(epilog=example("letter show north/17"))
def show(
    ctx: typer.Context,
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="The letter, such as north/17.")],
    json: AsJson = False,
) -> None:
    """One letter."""
    from comity.cli.show import as_json, say, written

    with session(ctx).office() as office:
        found = office.letter.show(letter=letter)
    if json:
        as_json(found)
        return
    body = found.body
    assert body is not None
    say(f"{found.ref}  by {found.by} at {found.at}, to {found.addressee} ({', '.join(found.to)})")
    if body.proposes is not None:
        meeting = body.proposes
        words = [meeting.level, *(word for word in (meeting.place, meeting.when, meeting.agenda) if word)]
        say(f"proposes a meeting, which binds nobody: {'; '.join(words)}")
    written(body.language, body.text, body.translations)


@app.command(
    epilog=example("letter send --addressee 'President Trump' --text @letter.txt --propose summit --place Hanoi")
)
def send(
    ctx: typer.Context,
    addressee: Annotated[str, typer.Option(help="The person to whom it is written.")],
    text: Annotated[str, typer.Option(help="The text in your own language; @FILE reads it from a file.")],
    language: Annotated[str | None, typer.Option(help="Its language; else your side's own.")] = None,
    translation: Annotated[
        list[str] | None, typer.Option(metavar="LANGUAGE=TEXT", help="A courtesy translation, marked as such.")
    ] = None,
    propose: Annotated[Level | None, typer.Option(help="Propose a meeting of this level; it binds nobody.")] = None,
    place: Annotated[str, typer.Option(help="Where to meet.")] = "",
    when: Annotated[str, typer.Option(help="When to meet.")] = "",
    agenda: Annotated[str, typer.Option(help="What to talk about.")] = "",
    ref: Annotated[str | None, typer.Option(metavar="ACT", help="The act that it answers or refers to.")] = None,
    to: To = None,
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Send a letter; it may propose a meeting."""
    file(
        ctx,
        Signing(by, at, to, beyond, wait, json),
        lambda office, pen: office.letter.send(
            addressee=addressee,
            text=text_of(text),
            language=language,
            translations=pairs(translation, "a translation"),
            proposes=_proposal(propose, place, when, agenda),
            ref=ref,
            pen=pen,
        ),
    )


def _proposal(level: Level | None, place: str, when: str, agenda: str) -> Proposal | None:
    from comity.errors import Refused
    from comity.office.acts import Proposal

    if level is None and (place or when or agenda):
        raise Refused("a place, a time or an agenda, but no meeting proposed", hint="say its level with --propose")
    return None if level is None else Proposal(level, place, when, agenda)
