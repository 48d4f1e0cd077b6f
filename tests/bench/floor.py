"""The bare floor of a closed loop: the same commits, signatures and HTTP round trip, and nothing else.

A signs an act and a head, commits both and syncs a lock; B verifies both, commits, syncs a lock, cosigns; A verifies
the cosignature and commits it. No numbering, no tree, no rules, no addressing, no encryption.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from comity.record import ed25519

SEED = b"\x01" * 32
SECRET, PUBLIC = ed25519.secret_key(SEED), ed25519.public_key(SEED)
ENTRY = b"e" * 400
BODY = b"b" * 200
HEAD = b"kaesong.example/south\n1000\n" + b"r" * 44 + b"\n"


class Store:
    """A commit on stable storage, and a synced lock."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.database = sqlite3.connect(folder / "floor.sqlite", isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = WAL")
        self.database.execute("PRAGMA synchronous = FULL")
        self.database.execute("CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, raw BLOB)")
        self.lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)

    def commit(self, *rows: bytes) -> None:
        """Rows in one transaction."""
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany("INSERT INTO kept (raw) VALUES (?)", [(row,) for row in rows])
        self.database.execute("COMMIT")

    def sync(self) -> None:
        """The lock."""
        os.pwrite(self.lock, HEAD, 0)
        os.fdatasync(self.lock)


class FloorWriter:
    """A: one act at a time, until the cosignature is stored."""

    def __init__(self, folder: Path, url: str) -> None:
        self.store = Store(folder)
        self.client = httpx2.Client(trust_env=False)
        self.url = url

    def act(self) -> None:
        """One turn of the loop."""
        act, head = ed25519.sign(SECRET, ENTRY), ed25519.sign(SECRET, HEAD)
        self.store.commit(ENTRY + act, BODY, HEAD + head)
        self.store.sync()
        answer = self.client.post(self.url, content=act + head + ENTRY + BODY + HEAD).content
        assert ed25519.verify(PUBLIC, answer, HEAD)
        self.store.commit(answer)


def serve(folder: Path, port: int) -> None:
    """B."""
    store = Store(folder)

    async def pouch(request: Request) -> Response:
        raw = await request.body()
        assert ed25519.verify(PUBLIC, raw[:64], ENTRY)
        assert ed25519.verify(PUBLIC, raw[64:128], HEAD)
        store.commit(raw[128:528] + raw[:64], raw[528:728], raw[728:] + raw[64:128])
        store.sync()
        return Response(ed25519.sign(SECRET, HEAD))

    app = Starlette(routes=[Route("/", pouch, methods=["POST"])])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
