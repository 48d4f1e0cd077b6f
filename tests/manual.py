"""The reference part of docs/guide/cli.md, made from the commands: `python -m tests.manual` rewrites it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from typer.main import get_command

from comity.cli.app import app

MANUAL = Path(__file__).parent.parent / "docs" / "guide" / "cli.md"
MARK = "<!-- From here on this page is made by `python -m tests.manual`; a test holds it to the commands. -->"


def commands(command: Any = None, path: tuple[str, ...] = ("comity",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command and group, by its words."""
    command = command or get_command(app)
    yield path, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from commands(sub, (*path, name))


def reference() -> str:
    """The reference, in Markdown."""
    return "\n".join(line for path, command in commands() if len(path) > 1 for line in _entry(path, command)) + "\n"


def _entry(path: tuple[str, ...], command: Any) -> Iterator[str]:
    words = " ".join(path)
    yield f"{'#' * len(path)} `{words}`"
    yield ""
    yield re.sub(r"\s*\n\s*", " ", command.help or "").strip()
    yield ""
    example = (command.epilog or "").rpartition("Example:")[2].strip()
    if example:
        yield f"    {example}"
        yield ""
    rows = [row for parameter in command.params if (row := _row(parameter))]
    if rows:
        yield "| | |"
        yield "|---|---|"
        yield from rows
        yield ""


def _row(parameter: Any) -> str:
    if parameter.name == "help" or not getattr(parameter, "help", None):
        return ""
    told = parameter.help
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
    else:
        metavar = "" if parameter.is_flag else f" {parameter.metavar or _kind(parameter)}"
        name = ", ".join(parameter.opts) + metavar
        told += " Required." if parameter.required else _default(parameter)
        told += " May be given more than once." if parameter.multiple else ""
    cells = [cell.replace("|", "\\|") for cell in (f"`{name}`", told)]
    return f"| {cells[0]} | {cells[1]} |"


def _kind(parameter: Any) -> str:
    kind = parameter.type_descriptor.annotation
    choices = get_args(kind)
    return "|".join(choices) if choices else kind.__name__.upper()


def _default(parameter: Any) -> str:
    value = parameter.default
    return "" if value in (None, False, "", 0.0) or parameter.is_flag else f" Default: {value}."


def main() -> None:
    """Rewrite the reference part of the page."""
    before = MANUAL.read_text(encoding="utf-8").partition(MARK)[0]
    MANUAL.write_text(f"{before}{MARK}\n\n{reference()}", encoding="utf-8")


if __name__ == "__main__":
    main()
