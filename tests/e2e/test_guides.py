"""What the guides say is what happens: every command of theirs is run, and prints what they show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.transcript import play

GUIDES = Path(__file__).parent.parent.parent / "docs" / "guide"


@pytest.mark.parametrize("page", ["start.md"])
def test_a_guide_prints_what_it_shows(page: str, tmp_path: Path) -> None:
    where = GUIDES if page == "start.md" else Path(__file__).parent
    assert play(where / page, tmp_path) > 5
