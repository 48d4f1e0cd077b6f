"""Files and errors of the exchange commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from comity.errors import ComityError, Malformed, Refused

if TYPE_CHECKING:
    from comity.exchange.model import Problem


@contextmanager
def answering(*, as_json: bool) -> Iterator[None]:
    """Errors as messages with their exit code, and as JSON where that was asked for."""
    try:
        yield
    except ComityError as error:
        reasons = error.objections if isinstance(error, Refused) else ()
        if as_json:
            told = [{"what": r.what, "where": r.see, "hint": r.hint} for r in reasons]
            show_json({"error": type(error).__name__.lower(), "objections": told or [{"what": error.message}]})
        else:
            for reason in reasons:
                place = f"{reason.see}: " if reason.see else ""
                typer.echo(f"{typer.style('error', fg='red')}: {place}{reason.what}", err=True)
                if reason.hint:
                    typer.echo(f"  next: {reason.hint}", err=True)
            if not reasons:
                typer.echo(f"{typer.style('error', fg='red')}: {error}", err=True)
        raise typer.Exit(error.exit_code) from None


def content_of(path: Path) -> bytes:
    """The bytes of a file, or of standard input for `-`, but never more than an exchange may have."""
    from comity.exchange.file import LARGEST_JSON_BYTES

    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(LARGEST_JSON_BYTES + 1)
        with path.open("rb") as stream:
            return stream.read(LARGEST_JSON_BYTES + 1)
    except (FileNotFoundError, IsADirectoryError):
        raise typer.BadParameter(f"there is no file {str(path)!r}") from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise Malformed(what, where=str(path), hint="check its rights") from None


def load(path: Path) -> Problem:
    """The exchange in a file."""
    from comity.exchange.file import read

    return read(content_of(path), name="standard input" if str(path) == "-" else str(path))


def save(path: Path, text: str) -> None:
    """Write a file, as UTF-8."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}", hint="choose another place") from None


def show_json(value: object) -> None:
    """Print JSON; exact decimals stay exact."""
    import msgspec

    typer.echo(msgspec.json.format(msgspec.json.Encoder(decimal_format="number").encode(value), indent=1).decode())
