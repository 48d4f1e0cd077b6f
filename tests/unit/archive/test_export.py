"""Exported tiles are what tlog-tiles readers expect, at every size, and grow without changing what is full."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.archive.export import TileWriter, export_series, files_of
from comity.archive.static import StaticSeries
from comity.errors import Refused, Unavailable
from comity.record.merkle import Tree, leaf_hash
from comity.record.tiles import tiles_at
from tests import second_verifier
from tests.office_fixture import Party, found_homes, message, open_all


@pytest.fixture
def party(tmp_path: Path) -> Party:
    party, other = open_all(found_homes(tmp_path, ["south", "north"]))
    other.registry.close()
    return party


def seal_of(party: Party) -> str:
    return next(side.seal for side in party.registry.charter.sides if side.side == party.side)


def grow(party: Party, to: int) -> None:
    held = party.registry.shelf.size(party.side)
    for done in [party.registry.file(party.draft(message(str(n)))) for n in range(held, to)]:
        done.result()


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_another_verifier_reads_what_is_exported_as_it_grows(party: Party, tmp_path: Path) -> None:
    out, before = tmp_path / "out", dict[str, bytes]()
    for size in (1, 2, 255, 256, 257, 515):
        grow(party, size)
        assert export_series(party.registry.archive, party.side, seal_of(party), out) == size
        now = files(out)
        assert (out / "vkey").read_text() == seal_of(party) + "\n"
        due = {"checkpoint", *map(str, tiles_at(size))}
        published = {name: raw for name, raw in now.items() if name in due}
        entries = party.registry.archive.entries(party.side, 1, size)
        assert second_verifier.tiled_log(published, seal_of(party)) == entries
        assert all(".p/" in name for name in now.keys() - due - {"vkey"}), "what is left over is partial and older"
        full = {name: raw for name, raw in before.items() if name.startswith("tile/")}
        assert full.items() <= now.items()
        assert list(StaticSeries(out).damaged()) == []
        before = now
    party.registry.close()


def test_tiles_of_another_log_are_not_written_over(party: Party, tmp_path: Path) -> None:
    grow(party, 1)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "vkey").write_text("another.example/log+00000000+AAAA\n")
    with pytest.raises(Refused, match="another log"):
        export_series(party.registry.archive, party.side, seal_of(party), tmp_path / "out")
    party.registry.close()


def test_a_series_of_nothing_writes_nothing(party: Party, tmp_path: Path) -> None:
    assert export_series(party.registry.archive, "north", "", tmp_path / "out") == 0
    assert not (tmp_path / "out").exists()
    party.registry.close()


@pytest.mark.parametrize("size", [0, 1, 3, 256, 300, 511, 512, 256 * 256 + 5])
def test_the_root_is_the_trees_and_the_files_are_those_due(size: int) -> None:
    entries = [n.to_bytes(4, "big") for n in range(size)]
    writer, tree = TileWriter(), Tree()
    tree.extend(map(leaf_hash, entries))
    for at in range(0, size, 256):
        for _ in writer.take(entries[at : at + 256]):
            pass
    assert writer.root() == tree.root()
    bundles = (entries[at : at + 256] for at in range(0, size, 256))
    assert sorted(str(path) for path, _ in files_of(bundles)) == sorted(map(str, tiles_at(size)))


def test_a_folder_that_is_no_export_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="folder of tiles"):
        StaticSeries(tmp_path)
