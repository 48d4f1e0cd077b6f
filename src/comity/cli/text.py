"""`text`: joint texts, from tabling to force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.filing import Signing, file
from comity.cli.options import After, As, AsJson, At, Beyond, Limit, Wait, example, pairs
from comity.cli.session import session

if TYPE_CHECKING:
    from comity.desk.sheets.texts import TextSheet

app = typer.Typer(no_args_is_help=True, help="Joint texts: tabled, adopted, declined, withdrawn.")
Text = Annotated[str, typer.Argument(metavar="TEXT", help="The text, by the act that tabled it: north/17.")]
Digest = Annotated[
    str | None, typer.Option(metavar="SHA256", help="The wording meant; else the one that is held here.")
]
Reason = Annotated[str, typer.Option(metavar="TEXT", help="The reason to give.")]


@app.command("list", epilog=example("text list --json"))
def list_texts(ctx: typer.Context, after: After = None, limit: Limit = 50, json: AsJson = False) -> None:
    """All texts, newest first, with how each stands and what it needs."""
    from comity.cli.show import as_json, more, table

    with session(ctx).office() as office:
        found = office.text.list(after=after, limit=limit)
    if json:
        as_json(found)
        return
    rows = [[t.ref, t.kind, t.title, t.standing, "; ".join(t.needs)] for t in found.entries]
    table(["text", "kind", "title", "standing", "still needed"], rows)
    more(found.more)


@app.command(epilog=example("text show north/17"))
def show(ctx: typer.Context, text: Text, json: AsJson = False) -> None:
    """One text: its wording in all languages, and what each side did."""
    from comity.cli.show import as_json

    with session(ctx).office() as office:
        found = office.text.show(text=text)
    if json:
        as_json(found)
    else:
        print_text(found)


def print_text(text: TextSheet) -> None:
    """Print a text for a person."""
    from comity.cli.show import say, table

    say(f"{text.ref}  {text.title} ({text.kind})")
    say(f"standing: {text.standing}{'' if text.settled else ', and that can still change'}")
    for needed in text.needs:
        say(f"  needed: {needed}")
    for name, ref in (("answers", text.answers), ("replaces", text.replaces)):
        if ref:
            say(f"{name}: {ref}")
    rows = [
        [side, s.initialled or "-", s.adopted or s.referred or "-", f"{s.how} {s.lapsed}" if s.lapsed else "-"]
        for side, s in text.sides.items()
    ]
    table(["side", "initialled", "adopted", "lapsed"], rows)
    say(f"wording: {text.wording}")
    for language, wording in text.texts.items():
        say()
        say(f"[{language}]{' prevails' if language == text.prevails else ''}")
        say(wording)
    for side, stance in text.sides.items():
        for language, declaration in stance.declaration.items():
            say()
            say(f"{side} declares [{language}]")
            say(declaration)


@app.command(
    epilog=example("text table --kind meeting --title 'Summit in Pyongyang' --text en=@en.txt --text ko=@ko.txt")
)
def table(
    ctx: typer.Context,
    kind: Annotated[str, typer.Option(help="What it is: agreement, meeting, communique, definition …")],
    title: Annotated[str, typer.Option(help="Its title.")],
    text: Annotated[
        list[str], typer.Option(metavar="LANGUAGE=TEXT", help="Its wording in a language; @FILE reads a file.")
    ],
    prevails: Annotated[str | None, typer.Option(metavar="LANGUAGE", help="The language that prevails.")] = None,
    required: Annotated[
        list[str] | None, typer.Option(metavar="SIDE", help="A side that must adopt it; else all.")
    ] = None,
    answers: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The text to which it is the counter-text.")
    ] = None,
    replaces: Annotated[str | None, typer.Option(metavar="TEXT", help="The text in force that it replaces.")] = None,
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Table a text."""
    file(
        ctx,
        Signing(by, at, None, beyond, wait, json),
        lambda office, pen: office.text.table(
            kind=kind,
            title=title,
            texts=pairs(text, "a wording"),
            prevails=prevails,
            required=tuple(required) if required else None,
            answers=answers,
            replaces=replaces,
            pen=pen,
        ),
    )


@app.command(epilog=example("text initial north/17 --as kim"))
def initial(
    ctx: typer.Context,
    text: Text,
    digest: Digest = None,
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Initial a text: its wording is fixed, and binds nobody yet."""
    signing = Signing(by, at, None, beyond, wait, json)
    file(ctx, signing, lambda office, pen: office.text.initial(text=text, digest=digest, pen=pen))


@app.command(epilog=example("text adopt north/17 --as cho"))
def adopt(
    ctx: typer.Context,
    text: Text,
    digest: Digest = None,
    ad_referendum: Annotated[
        bool, typer.Option("--ad-referendum", help="It binds only when your side confirms it.")
    ] = False,
    declaration: Annotated[
        list[str] | None,
        typer.Option(metavar="LANGUAGE=TEXT", help="An interpretative declaration; it changes no one's obligations."),
    ] = None,
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Adopt exactly the wording that is held here."""
    file(
        ctx,
        Signing(by, at, None, beyond, wait, json),
        lambda office, pen: office.text.adopt(
            text=text,
            digest=digest,
            ad_referendum=ad_referendum,
            declaration=pairs(declaration, "a declaration"),
            pen=pen,
        ),
    )


@app.command(epilog=example("text decline north/17 --reason 'It names no date.'"))
def decline(
    ctx: typer.Context,
    text: Text,
    reason: Reason = "",
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Decline a text."""
    signing = Signing(by, at, None, beyond, wait, json)
    file(ctx, signing, lambda office, pen: office.text.decline(text=text, reason=reason, pen=pen))


@app.command(epilog=example("text withdraw south/9 --reason 'Overtaken by events.'"))
def withdraw(
    ctx: typer.Context,
    text: Text,
    reason: Reason = "",
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Withdraw a text; an adoption by someone who had not seen this still stands."""
    signing = Signing(by, at, None, beyond, wait, json)
    file(ctx, signing, lambda office, pen: office.text.withdraw(text=text, reason=reason, pen=pen))
