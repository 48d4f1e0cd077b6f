"""`kill -9` at any moment: nothing accepted is lost or numbered twice, and both sides end with one record."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

import pytest
import uvicorn

from comity.desk.home import OfficeFolder
from comity.desk.opening import environment
from comity.web.courier import Courier
from comity.web.face import face
from tests.office_fixture import found_homes, message, open_all, open_party

SIDES = ("south", "north")
FORK = mp.get_context("fork")


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def node(folder: OfficeFolder, port: int, other: str, other_port: int, said: Connection) -> None:
    """A node with four writers; it says which acts were accepted."""
    party = open_party(folder, environment())
    registry = party.registry
    courier = Courier(registry, other, [f"http://127.0.0.1:{other_port}"], chance=SystemRandom())
    registry.on_change = courier.wake
    courier.start()
    saying = threading.Lock()

    def write(name: int) -> None:
        for n in range(100_000):
            words = f"writer {name}, message {n} of process {os.getpid()}"
            done = party.act(message(words))
            with saying:
                said.send((done.act, words))

    for name in range(4):
        threading.Thread(target=write, args=(name,), daemon=True).start()
    app = face({registry.office: registry})
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", access_log=False)


def drain(heard: Connection, accepted: list[tuple[str, str]]) -> None:
    with suppress(EOFError, OSError):
        while heard.poll():
            accepted.append(heard.recv())


def start(target: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    heard, said = FORK.Pipe(duplex=False)
    process = FORK.Process(target=target, args=(*arguments, said), daemon=True)
    process.start()
    said.close()
    return process, heard


def kill_again_and_again(root: Path, rounds: int, seed: int) -> None:
    chance = Random(seed)
    folders = dict(zip(SIDES, found_homes(root, SIDES), strict=True))
    ports = dict(zip(SIDES, free_ports(2), strict=True))
    accepted: dict[str, list[tuple[str, str]]] = {side: [] for side in SIDES}
    for _ in range(rounds):
        running = {}
        for side, other in (SIDES, SIDES[::-1]):
            running[side] = start(node, folders[side], ports[side], other, ports[other])
        time.sleep(chance.uniform(0.05, 0.6))
        for side in chance.sample(SIDES, 2):
            process, heard = running[side]
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            drain(heard, accepted[side])
            heard.close()
            time.sleep(chance.uniform(0, 0.05))
    parties = open_all(list(folders.values()))
    south, north = parties
    for party in parties:
        bodies = party.registry.archive.bodies(party.side, 1, party.registry.shelf.size(party.side))
        for ref, words in accepted[party.side]:
            assert words.encode() in bodies[int(ref.partition("/")[2])], "lost, or its number was given to another"
        assert not party.registry.shelf.recovering
    for _ in range(3):
        south.send_to(north)
        north.send_to(south)
    records = []
    for party in parties:
        sizes = party.registry.shelf.holdings()
        records.append({side: party.registry.archive.entries(side, 1, size) for side, size in sizes.items()})
    assert records[0] == records[1]
    assert sum(map(len, records[0].values())) >= sum(map(len, accepted.values())) > 0
    states = [list(party.registry.archive.state.scan(b"")) for party in parties]
    assert states[0] == states[1]
    for party in parties:
        party.registry.close()


def test_a_dozen_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, rounds=12, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_kills(tmp_path: Path, seed: int) -> None:
    kill_again_and_again(tmp_path, rounds=60, seed=seed)
