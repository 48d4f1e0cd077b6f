"""What the guides say is what happens: every command and every line of Python in them is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from comity.desk.office import CALLS
from tests.transcript import play

ROOT = Path(__file__).parent.parent.parent
GUIDES = ROOT / "docs" / "guide"


@pytest.mark.parametrize(("page", "commands"), [("README.md", 4), ("docs/guide/start.md", 20)])
def test_a_page_prints_what_it_shows(page: str, commands: int, tmp_path: Path) -> None:
    assert play(ROOT / page, tmp_path) >= commands


def test_the_python_guide_runs_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (GUIDES / "python.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        exec(compile(block, "python.md", "exec"), names)


def test_the_python_guide_names_every_call_of_every_noun() -> None:
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", (GUIDES / "python.md").read_text(encoding="utf-8"), re.MULTILINE)
    told = {f"{noun}.{verb}" for noun, cells in rows for verb in re.findall(r"`(\w+)`", cells)}
    assert told == set(CALLS)
