"""The courier pushes at once, rests when there is nothing to carry, retries with growing pauses, and heals."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random

import httpx2
import pytest
import uvicorn

from comity.link.pouch import MAX_POUCH
from comity.web import courier as module
from comity.web.courier import Courier
from comity.web.face import face
from tests.office_fixture import Party, found_homes, message, open_all


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[Party]]:
    parties = open_all(found_homes(tmp_path, ["south", "north"]))
    yield parties
    for party in parties:
        party.registry.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(party: Party, port: int) -> Iterator[None]:
    app = face({party.registry.office: party.registry})
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    assert soon(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def carrying(party: Party, to: str, port: int) -> Iterator[Courier]:
    courier = Courier(party.registry, to, [f"http://127.0.0.1:{port}"], chance=Random(1))
    party.registry.on_change = courier.wake
    courier.start()
    try:
        yield courier
    finally:
        courier.stop()
        courier.join()


def soon(true: Callable[[], bool], within_s: float = 10) -> bool:
    until = time.monotonic() + within_s
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()


def counting(courier: Courier, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When each exchange was begun."""
    begun: list[float] = []
    real = courier._exchange

    def exchange(client: httpx2.Client, url: str) -> None:
        begun.append(time.monotonic())
        real(client, url)

    monkeypatch.setattr(courier, "_exchange", exchange)
    return begun


def test_an_act_goes_at_once_in_one_exchange(two: list[Party], monkeypatch: pytest.MonkeyPatch) -> None:
    south, north = two
    port = free_port()
    with serving(north, port), carrying(south, "north", port) as courier:
        assert soon(lambda: courier.state.up)
        begun = counting(courier, monkeypatch)
        for no in range(1, 6):
            south.act(message("one"))
            assert south.registry.await_receipt(no, "north", 10)
        time.sleep(0.3)
        assert len(begun) == 5


def test_what_comes_in_an_answer_is_receipted_without_waiting(two: list[Party]) -> None:
    south, north = two
    port = free_port()
    north.act(message("Fetch me."))
    with serving(north, port), carrying(south, "north", port):
        assert soon(lambda: north.registry.shelf.receipted("north", "south") == 1)


def test_it_retries_with_growing_pauses_and_heals_by_itself(
    two: list[Party], monkeypatch: pytest.MonkeyPatch
) -> None:
    south, north = two
    port = free_port()
    monkeypatch.setattr(module, "FIRST_RETRY_S", 0.05)
    courier = Courier(south.registry, "north", [f"http://127.0.0.1:{port}"], chance=Random(1))
    south.registry.on_change = courier.wake
    tried = counting(courier, monkeypatch)
    courier.start()
    try:
        south.act(message("while the link is down"))
        assert soon(lambda: len(tried) >= 5)
        assert not courier.state.up
        assert courier.state.failures >= 4
        assert courier.state.trouble
        pauses = [b - a for a, b in pairwise(tried)]
        assert pauses[3] > 2 * pauses[0]
        with serving(north, port):
            assert south.registry.await_receipt(1, "north", 20)
            assert soon(lambda: courier.state.up)
            assert courier.state.failures == 0
    finally:
        courier.stop()
        courier.join()


def test_receipts_given_are_stored_once_it_is_quiet(two: list[Party], monkeypatch: pytest.MonkeyPatch) -> None:
    south, north = two
    monkeypatch.setattr(module, "QUIET_S", 0.05)
    port = free_port()
    north.act(message("one"))
    with serving(north, port), carrying(south, "north", port):
        stored = south.registry.ledger.archive
        assert soon(lambda: [r.size for r in stored.receipts("north")] == [1])


def test_the_face_refuses_what_is_no_pouch_and_what_is_too_long(two: list[Party]) -> None:
    _, north = two
    port = free_port()
    with serving(north, port), httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        wrong = client.post("/pouch", content=b"not a pouch")
        assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/problem+json")
        assert "begin with an address" in wrong.text
        elsewhere = client.post("/pouch", content=b"comity/pouch/v1 " + b"0" * 64 + b" north\nx")
        assert elsewhere.status_code == 409
        assert client.post("/pouch", content=bytes(MAX_POUCH + 1)).status_code == 400
        assert client.get("/health").json() == {"status": "up"}
        assert client.get("/pouch").status_code == 405
