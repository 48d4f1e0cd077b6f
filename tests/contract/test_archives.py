"""One suite for every archive."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.archive.memory import MemoryArchive
from comity.archive.migrations import MIGRATIONS
from comity.archive.port import Advance, Archive, Batch, Enclosure, Receipted
from comity.archive.sqlite import SqliteArchive
from comity.errors import Outdated, Unavailable
from comity.record.merkle import Tile


@pytest.fixture(params=["memory", "sqlite"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    made: Archive = MemoryArchive() if request.param == "memory" else SqliteArchive(tmp_path / "record.sqlite")
    yield made
    made.close()


def advance(old: int, *entries: bytes, head: bytes | None = None) -> Advance:
    enclosures = [Enclosure(old + i, 0, b"body of " + raw) for i, raw in enumerate(entries, 1)]
    tiles = [Tile(0, old, b"t" * 32)]
    return Advance(old, entries, enclosures, tiles, b"known %d" % (old + len(entries)), head)


def test_an_empty_archive_knows_nothing(archive: Archive) -> None:
    assert archive.filed("north") == (0, b"", b"")
    assert archive.entries("north", 1, 10) == []
    assert archive.receipts("north") == []
    assert archive.tile("north", 0, 0) == b""
    assert archive.receipt_covering("north", "south", 1) is None


def test_a_series_grows_and_reads_back(archive: Archive) -> None:
    archive.commit(Batch(series={"north": advance(0, b"one", b"two", head=b"h2"), "south": advance(0, b"eins")}))
    archive.commit(Batch(series={"north": advance(2, b"three")}))
    assert archive.filed("north") == (3, b"h2", b"known 3")
    assert archive.filed("south") == (1, b"", b"known 1")
    assert archive.entries("north", 2, 3) == [b"two", b"three"]
    assert archive.entries("south", 1, 9) == [b"eins"]
    assert archive.bodies("north", 1, 2) == {1: b"body of one", 2: b"body of two"}
    assert archive.tile("north", 0, 2) == b"t" * 32


def test_attachments_lie_beside_their_entry(archive: Archive) -> None:
    grown = advance(0, b"one", b"two")
    grown.enclosures = [
        Enclosure(1, 2, b"map"),
        Enclosure(1, 0, b"body"),
        Enclosure(1, 1, b"list"),
        Enclosure(2, 1, b"x"),
    ]
    archive.commit(Batch(series={"north": grown}))
    assert archive.enclosures("north", 1, 1) == [(1, 0, b"body"), (1, 1, b"list"), (1, 2, b"map")]
    assert archive.enclosures("north", 2, 2) == [(2, 1, b"x")]


def test_outdated_changes_nothing(archive: Archive) -> None:
    archive.commit(Batch(series={"north": advance(0, b"one")}))
    late = Batch(series={"south": advance(0, b"eins"), "north": advance(0, b"uno")}, state={b"k": b"v"})
    with pytest.raises(Outdated):
        archive.commit(late)
    assert archive.filed("south").size == 0
    assert archive.state.get(b"k") is None
    archive.commit(Batch(series={"south": advance(0, b"eins")}))
    assert archive.entries("south", 1, 1) == [b"eins"]


def test_the_newest_receipt_counts_and_the_first_that_covers_is_found(archive: Archive) -> None:
    first, second = Receipted("south", 3, 100, b"a"), Receipted("south", 9, 200, b"b")
    archive.commit(Batch(receipts=[("north", second), ("north", first), ("north", Receipted("usa", 5, 150, b"c"))]))
    archive.commit(Batch(receipts=[("north", Receipted("south", 3, 999, b"again"))]))
    assert archive.receipts("north") == [second, ("usa", 5, 150, b"c")]
    assert archive.receipt_covering("north", "south", 3) == first
    assert archive.receipt_covering("north", "south", 4) == second
    assert archive.receipt_covering("north", "south", 10) is None


def test_state_and_local_are_apart(archive: Archive) -> None:
    archive.commit(Batch(state={b"k": b"state"}, local={b"k": b"local"}))
    assert (archive.state.get(b"k"), archive.local.get(b"k")) == (b"state", b"local")
    archive.commit(Batch(state={b"k": None}))
    assert (archive.state.get(b"k"), archive.local.get(b"k")) == (None, b"local")


@given(
    keys=st.dictionaries(st.binary(min_size=1, max_size=4), st.binary(max_size=3), max_size=20),
    prefix=st.binary(max_size=2),
    after=st.none() | st.binary(max_size=4),
    reverse=st.booleans(),
)
def test_every_archive_scans_alike(
    keys: dict[bytes, bytes],
    prefix: bytes,
    after: bytes | None,
    reverse: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    found = []
    path = tmp_path_factory.mktemp("scan") / "record.sqlite"
    for archive in (MemoryArchive(), SqliteArchive(path)):
        archive.commit(Batch(state=dict(keys), local={b"other": b"room"}))
        found.append(list(archive.state.scan(prefix, after=after, reverse=reverse)))
        archive.close()
    wanted = sorted((k, v) for k, v in keys.items() if k.startswith(prefix))
    if after is not None:
        wanted = [(k, v) for k, v in wanted if (k < after if reverse else k > after)]
    assert found[0] == found[1] == (wanted[::-1] if reverse else wanted)


def test_sqlite_survives_reopening(tmp_path: Path) -> None:
    archive = SqliteArchive(tmp_path / "r")
    archive.commit(Batch(series={"north": advance(0, b"one", head=b"h")}, state={b"k": b"v"}))
    archive.close()
    again = SqliteArchive(tmp_path / "r")
    assert again.filed("north") == (1, b"h", b"known 1")
    assert again.state.get(b"k") == b"v"
    again.commit(Batch(series={"north": advance(1, b"two"), "south": advance(0, b"eins")}))
    assert again.entries("north", 1, 5) == [b"one", b"two"]
    again.close()


def test_sqlite_refuses_the_file_of_a_newer_comity(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "r") as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(Unavailable, match="newer"):
        SqliteArchive(tmp_path / "r")


def test_sqlite_keeps_every_commit_on_stable_storage(tmp_path: Path) -> None:
    archive = SqliteArchive(tmp_path / "r")
    archive.commit(Batch(state={b"k": b"v"}))
    assert archive.row("PRAGMA journal_mode", ()) == ("wal",)
    assert archive.row("PRAGMA synchronous", ()) == (2,)
    archive.close()
