"""An archive in one SQLite file: write-ahead log, every commit on stable storage before it returns.

A row's id packs the series and the number (`series << 48 | no`), so that entries and bodies lie in order of number
and need no second index.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from comity.archive.migrations import migrate
from comity.archive.port import Batch, Enclosure, Filed, Receipted
from comity.errors import Outdated, Unavailable

_SERIES_SHIFT = 48
_PLACES = 5
_WRITER_CACHE_KIB = 65_536
_READER_CACHE_KIB = 4_096
_SCAN = "SELECT key, value FROM kept WHERE key >= ? AND key < ? ORDER BY key"
_SCAN_BACK = "SELECT key, value FROM kept WHERE key >= ? AND key < ? ORDER BY key DESC"


class Room:
    """Keys and values in byte order: one room of the table that keeps them, named by the first byte of its keys."""

    def __init__(self, archive: SqliteArchive, name: bytes) -> None:
        self._archive, self._name = archive, name

    def get(self, key: bytes) -> bytes | None:
        """The value of `key`."""
        row = self._archive.row("SELECT value FROM kept WHERE key = ?", (self._name + key,))
        return None if row is None else row[0]

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        """Keys and values under `prefix` in order, strictly beyond `after`."""
        low = self._name + prefix
        stem = low.rstrip(b"\xff")
        high = stem[:-1] + bytes([stem[-1] + 1])
        if after is not None and reverse:
            high = min(high, self._name + after)
        elif after is not None:
            low = max(low, self._name + after + b"\x00")
        sql = _SCAN_BACK if reverse else _SCAN
        for key, value in self._archive.rows(sql, (low, high)):
            yield key[1:], value

    def write(self, writer: sqlite3.Connection, changes: dict[bytes, bytes | None]) -> None:
        """Write changes inside the writer's transaction."""
        name = self._name
        kept = [(name + k, v) for k, v in changes.items() if v is not None]
        gone = [(name + k,) for k, v in changes.items() if v is None]
        _put(writer, "INSERT INTO kept VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", kept)
        _put(writer, "DELETE FROM kept WHERE key = ?", gone)


def _put(writer: sqlite3.Connection, sql: str, rows: Sequence[Any]) -> None:
    if rows:
        writer.executemany(sql, rows)


class SqliteArchive:
    """One office in one file. One thread at a time commits, reading through the same connection; any others read."""

    def __init__(self, path: Path) -> None:
        """Open or make the file, and bring its tables up to date.

        Raises: Unavailable, when the file cannot be used or is of a newer comity.
        """
        self._path = path
        self._reading = threading.local()
        self._connections: list[sqlite3.Connection] = []
        try:
            self._writer = self._connect(_WRITER_CACHE_KIB)
            migrate(self._writer)
        except sqlite3.Error as error:
            raise Unavailable(f"the archive {path} cannot be opened: {error}", hint="is the disk full?") from error
        self._ids = {side: number for number, side in self._writer.execute("SELECT id, side FROM series")}
        self.state = Room(self, b"s")
        self.local = Room(self, b"l")

    def _connect(self, cache_kib: int) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=256, timeout=30
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        self._connections.append(connection)
        return connection

    def _reader(self) -> sqlite3.Connection:
        if getattr(self._reading, "writes", False):
            return self._writer
        reader: sqlite3.Connection | None = getattr(self._reading, "connection", None)
        if reader is None:
            reader = self._reading.connection = self._connect(_READER_CACHE_KIB)
        return reader

    @contextmanager
    def writing(self) -> Iterator[None]:
        """While it lasts, the calling thread reads through the writer, whose cache every commit keeps warm."""
        self._reading.writes = True
        try:
            yield
        finally:
            self._reading.writes = False

    def row(self, sql: str, values: Sequence[Any]) -> Any:
        """The first row of a query, or None."""
        return self._reader().execute(sql, values).fetchone()

    def rows(self, sql: str, values: Sequence[Any]) -> Iterator[Any]:
        """The rows of a query, as they are read."""
        return iter(self._reader().execute(sql, values))

    def commit(self, batch: Batch) -> None:
        """Write all of `batch` to stable storage, or nothing."""
        writer = self._writer
        try:
            writer.execute("BEGIN IMMEDIATE")
            try:
                self._write(writer, batch)
                writer.execute("COMMIT")
            except BaseException:
                if writer.in_transaction:
                    writer.execute("ROLLBACK")
                self._ids = {side: number for number, side in writer.execute("SELECT id, side FROM series")}
                raise
        except sqlite3.Error as error:
            message = f"the archive {self._path} took nothing: {error}"
            raise Unavailable(message, hint="check disk space and permissions, then retry") from error

    def _write(self, writer: sqlite3.Connection, batch: Batch) -> None:
        for side, advance in batch.series.items():
            base = self._base(side)
            number, first = base >> _SERIES_SHIFT, base + advance.old + 1
            grown = writer.execute(
                "UPDATE series SET size = ?, known = ?, head = coalesce(?, head) WHERE id = ? AND size = ?",
                (advance.old + len(advance.entries), advance.known, advance.head, number, advance.old),
            )
            if not grown.rowcount:
                raise Outdated(f"the series of {side} is not at {advance.old}", hint="read again, then retry")
            bodies = [(base + e.no, e.content) for e in advance.enclosures if not e.place]
            attachments = [((base + e.no) << _PLACES | e.place, e.content) for e in advance.enclosures if e.place]
            _put(writer, "INSERT INTO entry VALUES (?, ?)", list(enumerate(advance.entries, first)))
            _put(writer, "INSERT INTO body VALUES (?, ?)", bodies)
            _put(writer, "INSERT INTO attachment VALUES (?, ?)", attachments)
            _put(writer, "INSERT OR REPLACE INTO tile VALUES (?, ?, ?, ?)", [(number, *t) for t in advance.tiles])
        receipts = [(self._base(side) >> _SERIES_SHIFT, *receipt) for side, receipt in batch.receipts]
        _put(writer, "INSERT OR IGNORE INTO receipt VALUES (?, ?, ?, ?, ?)", receipts)
        self.state.write(writer, batch.state)
        self.local.write(writer, batch.local)

    def _base(self, side: str) -> int:
        number = self._ids.get(side)
        if number is None:
            number = len(self._ids)
            self._writer.execute("INSERT INTO series VALUES (?, ?, 0, x'', x'')", (number, side))
            self._ids[side] = number
        return number << _SERIES_SHIFT

    def _range(self, side: str, first: int, last: int) -> tuple[int, int]:
        base = self._ids.get(side, -1) << _SERIES_SHIFT
        return base + first, base + last

    def filed(self, side: str) -> Filed:
        """How far the series of `side` is held."""
        row = self.row("SELECT size, head, known FROM series WHERE side = ?", (side,))
        return Filed(0, b"", b"") if row is None else Filed(*row)

    def entries(self, side: str, first: int, last: int) -> list[bytes]:
        """The entries numbered `first` to `last`."""
        low, high = self._range(side, first, last)
        return [raw for (raw,) in self.rows("SELECT raw FROM entry WHERE id BETWEEN ? AND ?", (low, high))]

    def enclosures(self, side: str, first: int, last: int) -> list[Enclosure]:
        """What is held of the bodies and attachments of these entries."""
        low, high = self._range(side, first, last)
        found = [Enclosure(no, 0, content) for no, content in self.bodies(side, first, last).items()]
        sql = "SELECT id, content FROM attachment WHERE id >= ? AND id < ?"
        for row_id, content in self.rows(sql, (low << _PLACES, (high + 1) << _PLACES)):
            found.append(Enclosure((row_id >> _PLACES) - low + first, row_id & ((1 << _PLACES) - 1), content))
        return sorted(found)

    def bodies(self, side: str, first: int, last: int) -> dict[int, bytes]:
        """What is held of the bodies of these entries."""
        low, high = self._range(side, first, last)
        sql = "SELECT id, content FROM body WHERE id BETWEEN ? AND ?"
        return {row_id - low + first: content for row_id, content in self.rows(sql, (low, high))}

    def tile(self, side: str, level: int, number: int) -> bytes:
        """The hashes of a tile."""
        sql = "SELECT hashes FROM tile WHERE series = ? AND level = ? AND number = ?"
        row = self.row(sql, (self._ids.get(side, -1), level, number))
        return b"" if row is None else bytes(row[0])

    def receipts(self, side: str) -> list[Receipted]:
        """The newest receipt by each cosigner."""
        sql = (
            "SELECT cosigner, max(size), time, line FROM receipt WHERE series = ? GROUP BY cosigner ORDER BY cosigner"
        )
        return [Receipted(*row) for row in self.rows(sql, (self._ids.get(side, -1),))]

    def receipt_covering(self, side: str, cosigner: str, no: int) -> Receipted | None:
        """The first receipt by `cosigner` that covers entry `no`."""
        sql = (
            "SELECT cosigner, size, time, line FROM receipt"
            " WHERE series = ? AND cosigner = ? AND size >= ? ORDER BY size LIMIT 1"
        )
        row = self.row(sql, (self._ids.get(side, -1), cosigner, no))
        return None if row is None else Receipted(*row)

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        for connection in self._connections:
            connection.close()
        self._connections.clear()
