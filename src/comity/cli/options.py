"""Options that many commands share, so that one word means one thing everywhere."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

import typer

from comity.errors import Malformed

T = TypeVar("T")

As = Annotated[str | None, typer.Option("--as", metavar="NAME", help="The delegate who signs, or `watch`.")]
At = Annotated[str | None, typer.Option(metavar="TIME", help="The time to give, in RFC 3339; else now.")]
To = Annotated[
    list[str] | None, typer.Option(metavar="SIDE", help="A side that may read it; repeat for more. Else all.")
]
Beyond = Annotated[
    bool, typer.Option("--beyond", help="File it even beyond the signer's powers: it waits for the chief.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Wait = Annotated[float, typer.Option(metavar="SECONDS", help="Wait so long for the receipts of the sides it is for.")]
After = Annotated[str | None, typer.Option(metavar="CURSOR", help="Go on after this place of an earlier list.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]
Precedence = Literal["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"]
Fact = Literal["logged", "read", "shown"]
Level = Literal["summit", "high", "working", "co-heads"]


def example(line: str) -> str:
    """The epilog of a command."""
    return f"\b\nExample:\n  comity {line}"


def pairs(given: list[str] | None, what: str) -> dict[str, str]:
    """`KEY=VALUE` as often as given; a value of `@FILE` is the text of the file.

    Raises: Malformed.
    """
    found: dict[str, str] = {}
    for pair in given or ():
        key, equals, value = pair.partition("=")
        if not equals or not key or key in found:
            raise Malformed(f"{pair[:60]!r} is not {what}", where="command line", hint="each once, as KEY=VALUE")
        found[key] = text_of(value)
    return found


def text_of(value: str) -> str:
    """A text as given, or `@FILE`: what the file says; `@-` is standard input.

    Raises: Malformed, for a file that is not there, not UTF-8, or longer than a text may be.
    """
    if not value.startswith("@"):
        return value
    import sys
    from pathlib import Path

    limit = 1 << 20
    try:
        if value == "@-":
            raw = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(value[1:]).open("rb") as file:
                raw = file.read(limit + 1)
        if len(raw) > limit:
            raise Malformed(f"a text of more than {limit} bytes", where=value, hint="attach it as a file")
        return raw.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise Malformed(f"cannot be read as text: {error}", where=value) from None
