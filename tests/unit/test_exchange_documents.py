"""The exchange is documented as it is: transcripts, options and fields."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from comity.cli.exchange import app

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guide" / "exchange.md").read_text(encoding="utf-8")
SPEC = (ROOT / "docs" / "spec" / "exchange.md").read_text(encoding="utf-8")
WRITTEN_ELSEWHERE = ("exchange-algorithms.md", "exchange-results.md")
TRANSCRIPTS = re.findall(r"```console\n(\$ comity exchange .*?)```", GUIDE, re.S)


@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda t: t.splitlines()[0])
def test_a_transcript_of_the_guide_is_what_is_printed(
    transcript: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command, *printed = transcript.splitlines()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    plan = CliRunner().invoke(app, ["plan", "examples/exchange/strike.toml", "-o", "plan.json"])
    assert plan.exit_code == 0
    told = CliRunner().invoke(app, command.removeprefix("$ comity exchange ").split())
    assert told.exit_code == 0
    assert not printed or told.stdout.splitlines() == printed


@pytest.mark.parametrize("name", ["check", "plan", "explain", "draw", "verify", "replan", "bench"])
def test_every_command_and_option_is_in_the_guide(name: str) -> None:
    assert re.search(rf"comity exchange {name}\b", GUIDE)
    told = CliRunner(env={"COLUMNS": "200", "TERMINAL_WIDTH": "200"}).invoke(app, [name, "--help"])
    options = set(re.findall(r"--[a-z-]+", told.stdout)) - {"--help"}
    assert options
    for option in options:
        assert re.search(rf"`[^`]*{option}\b", GUIDE), option


def test_every_field_of_a_check_is_in_the_specification() -> None:
    case = ROOT / "tests" / "vectors" / "exchange" / "d01-you-first.json"
    found = json.loads(CliRunner().invoke(app, ["check", str(case), "--json"]).stdout)
    for field in found:
        assert f"`{field}`" in SPEC
    assert set(found["together"]) - {"possible"} <= set(found)


def test_every_key_of_the_file_is_in_the_specification() -> None:
    reading = (ROOT / "src" / "comity" / "exchange" / "reading.py").read_text(encoding="utf-8")
    keys = [
        key for known in re.findall(r"^_[A-Z]+ = \(([^)]*)\)", reading, re.M) for key in re.findall(r'"(\w+)"', known)
    ]
    assert len(keys) > 30
    for key in keys:
        assert re.search(rf"[`.\[]{key}\b", SPEC), key


def test_no_link_of_these_documents_is_broken() -> None:
    for document in (ROOT / "docs").rglob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            target = document.parent / link
            assert target.exists() or target.name in WRITTEN_ELSEWHERE, f"{document}: {link}"
