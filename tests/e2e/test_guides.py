"""What the guides say is what happens: every command of theirs is run, and prints what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcript import play

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("page", "commands"), [("README.md", 4), ("docs/guide/start.md", 6)])
def test_a_page_prints_what_it_shows(page: str, commands: int, tmp_path: Path) -> None:
    assert play(ROOT / page, tmp_path) >= commands
