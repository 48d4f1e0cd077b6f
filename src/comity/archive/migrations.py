"""The numbered migrations of the SQLite archive: each runs once, in order, in a transaction of its own."""

from __future__ import annotations

import sqlite3

from comity.errors import Unavailable

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        "CREATE TABLE series (id INTEGER PRIMARY KEY, side TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,"
        " head BLOB NOT NULL, known BLOB NOT NULL) STRICT",
        "CREATE TABLE entry (id INTEGER PRIMARY KEY, raw BLOB NOT NULL) STRICT",
        "CREATE TABLE body (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT",
        "CREATE TABLE attachment (id INTEGER PRIMARY KEY, content BLOB NOT NULL) STRICT",
        "CREATE TABLE tile (series INTEGER NOT NULL, level INTEGER NOT NULL, number INTEGER NOT NULL,"
        " hashes BLOB NOT NULL, PRIMARY KEY (series, level, number)) STRICT",
        "CREATE TABLE receipt (series INTEGER NOT NULL, cosigner TEXT NOT NULL, size INTEGER NOT NULL,"
        " time INTEGER NOT NULL, line BLOB NOT NULL, PRIMARY KEY (series, cosigner, size)) STRICT, WITHOUT ROWID",
        "CREATE TABLE kept (key BLOB PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
    ),
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date.

    Raises: Unavailable, when a newer comity wrote the file.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        raise Unavailable(
            f"the archive is of version {version}; this comity knows {len(MIGRATIONS)}", hint="install a newer comity"
        )
    for number, statements in enumerate(MIGRATIONS[version:], version + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
