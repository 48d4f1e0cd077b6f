"""Printing: tables and plain lines for people, JSON for programs; colour only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comity.errors import Breach, ComityError, Malformed, Outdated, Refused, Unavailable

if TYPE_CHECKING:
    from rich.console import Console

    from comity.desk.filing import Done

_TITLES: dict[type[ComityError], str] = {
    Malformed: "malformed",
    Refused: "refused",
    Outdated: "outdated",
    Breach: "breach",
    Unavailable: "unavailable",
}


def console(*, err: bool = False) -> Console:
    """The terminal, or whatever stands in for it."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else 118
    return Console(stderr=err, highlight=False, soft_wrap=not stream.isatty(), width=width)


def as_json(value: Any) -> None:
    """Print a value as JSON."""
    import msgspec

    raw = msgspec.json.encode(value)
    sys.stdout.write((msgspec.json.format(raw, indent=2) if sys.stdout.isatty() else raw).decode() + "\n")


def say(text: str = "") -> None:
    """Print a line as it is."""
    sys.stdout.write(text + "\n")


def note(text: str) -> None:
    """Print a line beside the answer."""
    sys.stderr.write(text + "\n")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their columns; wrapped to the terminal, whole when piped."""
    if not sys.stdout.isatty():
        widths = [max(map(_width, column)) for column in zip(columns, *rows, strict=True)]
        for row in (columns, *rows):
            cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
            say("  ".join(cells).rstrip())
        return
    from rich.table import Table
    from rich.text import Text

    drawn = Table(*columns, box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for row in rows:
        drawn.add_row(*map(Text, row))
    console().print(drawn)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def failure(error: ComityError) -> None:
    """Say what went wrong and what to do next: one line an objection, one a hint."""
    paint = console(err=True)
    title = next(name for kind, name in _TITLES.items() if isinstance(error, kind))

    def line(head: str, text: str, style: str) -> None:
        from rich.text import Text

        paint.print(Text.assemble((f"{head}  ", style), text))

    if isinstance(error, Refused):
        for objection in error.objections:
            where = f" (see {objection.see})" if objection.see else ""
            rule = "" if objection.rule in ("input", "format") else f" {objection.rule}"
            line(title + rule, objection.what + where, "bold red")
            if objection.hint:
                line("  hint", objection.hint, "cyan")
        return
    line(title, error.message, "bold red")
    if error.hint:
        line("  next", error.hint, "cyan")


def filed(done: Done, held: dict[str, bool] | None = None) -> None:
    """Say that an act was filed."""
    words = {"stands": "filed", "pending": "filed; it waits for the chief's confirmation"}
    say(f"{done.act}  {words.get(done.effect, done.effect)}")
    for side, is_held in (held or {}).items():
        say(f"  {'held by' if is_held else 'no receipt yet from'} {side}")


def write_file(path: Path, content: bytes) -> Path:
    """Write a file whole, or leave what was there; where it was written.

    Raises: Unavailable.
    """
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    except OSError as error:
        raise Unavailable(f"{path} cannot be written: {error.strerror}", hint="name another file") from None
    return path


def more(cursor: str | None) -> None:
    """Say where a list goes on."""
    if cursor is not None:
        note(f"more: --after {cursor}")


def written(language: str, text: str, translations: Mapping[str, str]) -> None:
    """Print what somebody wrote, with its courtesy translations marked as such."""
    say()
    say(f"[{language}]")
    say(text)
    for other, translated in translations.items():
        say()
        say(f"[{other}] courtesy translation, not authentic")
        say(translated)


def moment(unix_s: float) -> str:
    """A Unix time for people, on this machine's clock."""
    return datetime.fromtimestamp(unix_s, UTC).astimezone().isoformat(sep=" ", timespec="seconds") if unix_s else "-"


def _silent(_done: float, _total: float) -> None:
    pass


@contextmanager
def progress(what: str) -> Iterator[Any]:
    """A bar that shows itself when there is a terminal to show it on; yields `update(done, total)`."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TimeRemainingColumn(),
        console=console(err=True),
        transient=True,
    )
    with bar:
        task = bar.add_task(what, total=1)
        yield lambda done, total: bar.update(task, completed=done, total=max(total, 1))
