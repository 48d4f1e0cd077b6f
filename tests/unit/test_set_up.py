"""What a bare machine relies on."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_lock_file_names_no_host() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_every_locked_package_has_a_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pinned = [i for i, line in enumerate(lines) if "==" in line]
    assert pinned
    assert all("--hash=sha256:" in lines[i + 1] for i in pinned)
