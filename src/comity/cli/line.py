"""`line`: messages, their acknowledgements, checks and answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from comity.cli.filing import Signing, file
from comity.cli.lines import print_lines, print_message, print_messages
from comity.cli.options import (
    After,
    As,
    AsJson,
    At,
    Beyond,
    Fact,
    Limit,
    Precedence,
    To,
    Wait,
    example,
    pairs,
    text_of,
)
from comity.cli.session import session

if TYPE_CHECKING:
    from comity.desk.noun import File

app = typer.Typer(no_args_is_help=True, help="Messages, the four acknowledgements, checks, answers.")
Line = Annotated[str, typer.Option(metavar="LINE", help="The line, by its name in the charter.")]
Message = Annotated[str, typer.Argument(metavar="MESSAGE", help="The message, such as north/17.")]
Note = Annotated[str, typer.Option(metavar="TEXT", help="A note.")]


@app.command(epilog=example("line status --checks 6"))
def status(
    ctx: typer.Context,
    checks: Annotated[int, typer.Option(min=1, max=400, help="How many past checks to show.")] = 14,
    as_of: Annotated[str | None, typer.Option(metavar="TIME", help="As it was then, in RFC 3339; else now.")] = None,
    json: AsJson = False,
) -> None:
    """The condition of each line, with its last checks."""
    from comity.cli.show import as_json

    with session(ctx).office() as office:
        lines = office.line.status(checks=checks, as_of=as_of)
    if json:
        as_json(lines)
    else:
        print_lines(lines)


@app.command(epilog=example("line messages --line liaison --limit 20"))
def messages(ctx: typer.Context, line: Line, after: After = None, limit: Limit = 50, json: AsJson = False) -> None:
    """The messages of a line, newest first."""
    from comity.cli.show import as_json

    with session(ctx).office() as office:
        found = office.line.messages(line=line, after=after, limit=limit)
    if json:
        as_json(found)
    else:
        print_messages(found)


@app.command(epilog=example("line show north/17"))
def show(ctx: typer.Context, message: Message, json: AsJson = False) -> None:
    """One message, with its four acknowledgements."""
    from comity.cli.show import as_json

    with session(ctx).office() as office:
        found = office.line.message(message=message)
    if json:
        as_json(found)
    else:
        print_message(found)


@app.command(epilog=example("line send --line liaison --subject 'Road works' --text @works.txt --attach plan.pdf"))
def send(
    ctx: typer.Context,
    line: Line,
    subject: Annotated[str, typer.Option(help="What it is about.")],
    text: Annotated[str, typer.Option(help="The text in your own language; @FILE reads it from a file.")],
    precedence: Annotated[Precedence, typer.Option(help="How urgent it is.")] = "ROUTINE",
    language: Annotated[str | None, typer.Option(help="Its language; else your side's own.")] = None,
    translation: Annotated[
        list[str] | None, typer.Option(metavar="LANGUAGE=TEXT", help="A courtesy translation, marked as such.")
    ] = None,
    attach: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="A file to go with it.")] = None,
    attention: Annotated[
        list[str] | None, typer.Option(metavar="SIDE/NAME", help="The delegate for whose attention it is.")
    ] = None,
    ref: Annotated[str | None, typer.Option(metavar="ACT", help="The act that it answers or refers to.")] = None,
    to: To = None,
    by: As = None,
    at: At = None,
    beyond: Beyond = False,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Send a message."""
    files = tuple(read_file(path) for path in attach or ())
    file(
        ctx,
        Signing(by, at, to, beyond, wait, json),
        lambda office, pen: office.line.send(
            line=line,
            subject=subject,
            text=text_of(text),
            precedence=precedence,
            language=language,
            translations=pairs(translation, "a translation"),
            attach=files,
            attention=tuple(attention or ()),
            ref=ref,
            pen=pen,
        ),
    )


def read_file(path: Path) -> File:
    """A file to attach.

    Raises: Malformed, if it cannot be read or is larger than an attachment may be.
    """
    from mimetypes import guess_type

    from comity.desk.noun import File
    from comity.errors import Malformed
    from comity.record.entry import MAX_ATTACHMENT

    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_ATTACHMENT + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(path)) from None
    if len(content) > MAX_ATTACHMENT:
        raise Malformed(f"an attachment of more than {MAX_ATTACHMENT} bytes", where=str(path))
    return File(path.name, guess_type(path.name)[0] or "application/octet-stream", content)


@app.command("log", epilog=example("line log north/17"))
def log(
    ctx: typer.Context, message: Message, by: As = None, at: At = None, wait: Wait = 0.0, json: AsJson = False
) -> None:
    """State that the watch logged a message."""
    file(ctx, Signing(by, at, wait=wait, json=json), lambda office, pen: office.line.log(message=message, pen=pen))


@app.command(epilog=example("line read north/17 --reader cho"))
def read(
    ctx: typer.Context,
    message: Message,
    reader: Annotated[
        str | None, typer.Option(metavar="NAME", help="The delegate who read it, where another signs.")
    ] = None,
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """State that its addressee read a message."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.line.read(message=message, reader=reader, pen=pen))


@app.command(epilog=example("line shown north/17 --principal 'President Moon Jae-in'"))
def shown(
    ctx: typer.Context,
    message: Message,
    principal: Annotated[str, typer.Option(metavar="TITLE", help="The principal to whom it was shown.")],
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """State that a message was shown to a principal."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.line.shown(message=message, to=principal, pen=pen))


@app.command(epilog=example("line query south/9 --asks read"))
def query(
    ctx: typer.Context,
    message: Message,
    asks: Annotated[Fact, typer.Option(help="The acknowledgement that you ask for.")],
    note: Note = "",
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Ask for the next acknowledgement of a message of yours."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.line.query(message=message, asks=asks, note=note, pen=pen))


@app.command(epilog=example("line check --line liaison --slot 2018-09-14T09:00 --as watch"))
def check(
    ctx: typer.Context,
    line: Line,
    slot: Annotated[
        str | None, typer.Option(metavar="DAYTIME", help="The scheduled check that this is, in the line's zone.")
    ] = None,
    note: Note = "",
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Call on a line, with the heads of all that this side holds."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.line.check(line=line, slot=slot, note=note, pen=pen))


@app.command(epilog=example("line answer north/17 --as watch"))
def answer(
    ctx: typer.Context,
    check: Annotated[str, typer.Argument(metavar="CHECK", help="The check, such as north/17.")],
    note: Note = "",
    by: As = None,
    at: At = None,
    wait: Wait = 0.0,
    json: AsJson = False,
) -> None:
    """Answer a check; the answer shows whether both sides' books agree."""
    signing = Signing(by, at, wait=wait, json=json)
    file(ctx, signing, lambda office, pen: office.line.answer(check=check, note=note, pen=pen))
