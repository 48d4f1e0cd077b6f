"""Undocumented means unbuilt: every command has help, an example, and its entry in the manual."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.manual import MANUAL, MARK, commands, reference

LEAVES = [(path, command) for path, command in commands() if not getattr(command, "commands", {})]


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_every_command_has_help_an_example_and_an_entry(path: tuple[str, ...], command: Any) -> None:
    assert command.help
    example = command.epilog.rpartition("Example:")[2].strip()
    words = shlex.split(example)
    at = 0
    for word in path:
        at = words.index(word, at)
    assert f"# `{' '.join(path)}`\n" in MANUAL.read_text(encoding="utf-8")
    for parameter in command.params:
        assert parameter.name == "help" or parameter.help, f"{' '.join(path)} does not say what {parameter.name} is"
        for flag in parameter.opts:
            if flag.startswith("--") and flag in words:
                assert flag in example


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_an_example_uses_only_what_its_command_has(path: tuple[str, ...], command: Any) -> None:
    known = {flag for parameter in command.params for flag in parameter.opts} | {"--home"}
    used = {word for word in shlex.split(command.epilog.rpartition("Example:")[2]) if word.startswith("--")}
    assert used <= known


def test_the_manual_is_made_from_the_commands() -> None:
    assert MANUAL.read_text(encoding="utf-8").partition(MARK)[2].strip() == reference().strip(), (
        "run `python -m tests.manual`"
    )


def test_what_needs_no_office_loads_no_server_solver_or_database() -> None:
    code = (
        "import sys; from comity.cli.app import app; from typer.main import get_command; get_command(app);"
        "print([m for m in ('uvicorn','ortools','starlette','sqlite3','nacl','rich','httpx2','comity.desk') "
        "if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("typed", "offered"), [("comity te", "text"), ("comity line ", "messages")])
def test_the_shell_completes_commands(typed: str, offered: str) -> None:
    environment = {**os.environ, "_COMITY_COMPLETE": "complete_bash", "COMP_WORDS": typed}
    environment["COMP_CWORD"] = str(len(typed.split(" ")) - 1)
    command = Path(sys.executable).with_name("comity")
    told = subprocess.run([command], env=environment, capture_output=True, text=True, check=False)
    assert offered in told.stdout.split()
