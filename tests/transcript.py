"""Documentation that is run: the `console` blocks of a page, command by command, and what they print.

    $ comity status             a command, run by bash in a folder of the page's own
    what it prints              `…` stands for anything within a line, a line of `…` alone for any lines
    [exit 1]                    the code it exits with, where that is not 0

A line `$ … &` starts a process that runs until the page ends. A `toml` block whose first line is `# NAME` is written
to that file. A fingerprint in the page stands for the one that was printed in its place.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from comity.__main__ import serve
from comity.cli.app import run

_BLOCK = re.compile(r"^```(console|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FINGERPRINT = re.compile(r"\b\d{5}(?: \d{5}){3}\b")


@dataclass
class Command:
    """A command of a page and what it should print."""

    line: str
    expected: list[str] = field(default_factory=list)
    exit_code: int = 0


@dataclass
class Page:
    """A page at work: its folder, its environment, what runs beside it."""

    folder: Path
    environment: dict[str, str]
    beside: list[subprocess.Popen[str]] = field(default_factory=list)
    fingerprints: dict[str, str] = field(default_factory=dict)


def play(page_file: Path, folder: Path) -> int:
    """Run a page in a folder and check all that it says; how many commands it has."""
    page = Page(folder, {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"})
    count = 0
    try:
        for kind, block in _BLOCK.findall(page_file.read_text(encoding="utf-8")):
            if kind == "toml":
                name = block.partition("\n")[0].removeprefix("# ")
                (folder / name).write_text(block, encoding="utf-8")
                continue
            for command in _commands(block):
                _check(page, command)
                count += 1
    finally:
        for process in page.beside:
            process.terminate()
            process.communicate(timeout=20)
    return count


def _commands(block: str) -> Iterator[Command]:
    command: Command | None = None
    for line in block.splitlines():
        if line.startswith("$ "):
            if command is not None:
                yield command
            command = Command(line[2:])
        elif command is not None and command.line.endswith("\\"):
            command.line = command.line[:-1] + line.strip()
        elif command is not None and (code := re.fullmatch(r"\[exit (\d+)\]", line)):
            command.exit_code = int(code[1])
        elif command is not None:
            command.expected.append(line)
    if command is not None:
        yield command


def _check(page: Page, command: Command) -> None:
    line = command.line
    for told, heard in page.fingerprints.items():
        line = line.replace(told, heard)
    if line.startswith("export "):
        name, _, value = line.removeprefix("export ").partition("=")
        page.environment[name] = value
        return
    if line.endswith(" &"):
        printed, code = _start(page, line.removesuffix(" &")), 0
    else:
        printed, code = _run(page, line)
    for expected in command.expected:
        page.fingerprints |= _heard(expected, printed, page.fingerprints)
    wanted = "\n".join(command.expected)
    for told, heard in page.fingerprints.items():
        wanted = wanted.replace(told, heard)
    told = f"$ {line}\nshould print\n{wanted}\nbut printed\n{printed}"
    assert _pattern(wanted).fullmatch(printed.rstrip() + "\n"), told
    assert code == command.exit_code, f"$ {line}\nexited with {code}, not {command.exit_code}:\n{printed}"


def _heard(expected: str, printed: str, known: dict[str, str]) -> dict[str, str]:
    """Fingerprint groups that stand alone on their line, in the order in which they were printed."""
    told = [group for group in _FINGERPRINT.findall(expected) if group not in known]
    heard = [group for group in _FINGERPRINT.findall(printed) if group not in known.values()]
    return dict(zip(told, heard, strict=False))


def _pattern(expected: str) -> re.Pattern[str]:
    lines = []
    for line in expected.rstrip().split("\n"):
        if line == "…":
            lines.append("(?:[^\n]*\n)*?")
        else:
            lines.append("[^\n]*?".join(map(re.escape, line.rstrip().split("…"))) + " *\n")
    return re.compile("".join(lines))


def _start(page: Page, line: str) -> str:
    """Start a process and wait for its first line."""
    words = shlex.split(line)
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=page.folder,
        env=page.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    page.beside.append(process)
    assert process.stdout is not None
    return process.stdout.readline()


def _run(page: Page, line: str) -> tuple[str, int]:
    """A command of comity runs in this process, anything else in bash."""
    words = shlex.split(line)
    if words[0] == "comity" and not {"|", ">", "<"} & set(words):
        return run_here(words[1:], page.folder, page.environment)
    done = subprocess.run(
        ["bash", "-c", line],
        check=False,
        cwd=page.folder,
        env=page.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout + done.stderr, done.returncode


def run_here(words: list[str], folder: Path, environment: dict[str, str] | None = None) -> tuple[str, int]:
    """Run the command line in this process; what it prints to both streams, and its exit code."""
    printed, code = io.StringIO(), 0
    stage = _standing_in(folder, environment or dict(os.environ), ["comity", *words])
    with stage, redirect_stdout(printed), redirect_stderr(printed):
        try:
            run(serve)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return printed.getvalue(), code


@contextmanager
def _standing_in(folder: Path, environment: dict[str, str], words: list[str]) -> Iterator[None]:
    """This process as if it had been started there, so."""
    before = Path.cwd(), dict(os.environ), sys.argv, sys.stdin
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv, sys.stdin = words, io.StringIO()
    try:
        yield
    finally:
        os.chdir(before[0])
        os.environ.clear()
        os.environ.update(before[1])
        sys.argv, sys.stdin = before[2], before[3]
