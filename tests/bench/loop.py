"""Acts between two real nodes over HTTP on loopback, on SQLite with full durability.

closed loop   one act at a time, from A's call until A durably holds B's receipt; beside it the bare floor, measured
              in the same run in turns
concurrent    64 writers in A's process
catch-up      B was away while A filed acts; B takes them in pouch by pouch
"""

from __future__ import annotations

import multiprocessing as mp
import resource
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import SystemRandom
from typing import Any

import uvicorn

from comity.desk.home import OfficeFolder
from comity.desk.lock import HeadLock
from comity.desk.opening import collect_rarely, environment, other_cores
from comity.record import ed25519
from comity.web.courier import Courier
from comity.web.face import face
from tests.bench.floor import FloorWriter
from tests.bench.floor import serve as serve_floor
from tests.bench.measure import median_of, save, show
from tests.office_fixture import Party, found_homes, message, open_party

WORDS = "The delegation will arrive at the office at nine and asks for the road to be open. " * 2


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int) -> None:
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(port)


def _serve_party(folder: OfficeFolder, port: int) -> None:
    collect_rarely()
    party = open_party(folder, environment())
    app = face({party.registry.office: party.registry})
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
    party.registry.close()


@contextmanager
def other_process(target: Callable[[Any, int], None], folder: Any, port: int) -> Iterator[None]:
    """Run something else beside this for a while."""
    process = mp.get_context("spawn").Process(target=target, args=(folder, port), daemon=True)
    process.start()
    _await_port(port)
    try:
        yield
    finally:
        process.terminate()
        process.join()


@contextmanager
def two_nodes(root: Path) -> Iterator[tuple[Party, Courier]]:
    """South in this process with its courier, North in another."""
    south, north = found_homes(root, ["south", "north"])
    port = _free_port()
    collect_rarely()
    with other_process(_serve_party, north, port):
        party = open_party(south, environment())
        courier = Courier(party.registry, "north", [f"http://127.0.0.1:{port}"], chance=SystemRandom())
        party.registry.on_change = courier.wake
        courier.start()
        try:
            yield party, courier
        finally:
            courier.stop()
            courier.join()
            party.registry.close()


def closed_loop(root: Path, seconds: float = 2.0, turns: int = 9) -> dict[str, object]:
    """Acts a second, one at a time, and the floor, in turns."""
    port = _free_port()
    with two_nodes(root / "loop") as (south, _), other_process(serve_floor, root / "floor-b", port):
        floor = FloorWriter(root / "floor-a", f"http://127.0.0.1:{port}/")

        def one() -> None:
            no = int(south.act(message(WORDS)).act.partition("/")[2])
            assert south.registry.await_receipt(no, "north", 30)

        def rate(turn: Callable[[], None]) -> float:
            started, count = time.perf_counter(), 0
            while time.perf_counter() - started < seconds:
                turn()
                count += 1
            return count / (time.perf_counter() - started)

        rate(one)
        rate(floor.act)
        pairs = [(rate(one), rate(floor.act)) for _ in range(turns)]
    ours, floors = sorted(p[0] for p in pairs), sorted(p[1] for p in pairs)
    ratio = sorted(a / b for a, b in pairs)[turns // 2]
    return {"acts_per_s": ours[turns // 2], "floor_per_s": floors[turns // 2], "ratio": ratio, "pairs": pairs}


def concurrent(root: Path, writers: int = 64, seconds: float = 4.0, turns: int = 3) -> dict[str, object]:
    """Acts a second with receipts, from many writers at once."""
    with two_nodes(root / "concurrent") as (south, _):

        def rate() -> float:
            stop = time.perf_counter() + seconds
            last = [0] * writers

            def write(at: int) -> None:
                while time.perf_counter() < stop:
                    last[at] = int(south.act(message(WORDS)).act.partition("/")[2])

            first = south.registry.shelf.size("south")
            started = time.perf_counter()
            threads = [threading.Thread(target=write, args=(at,)) for at in range(writers)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert south.registry.await_receipt(max(last), "north", 60)
            return (max(last) - first) / (time.perf_counter() - started)

        middle, runs = median_of(turns, rate)
    return {"writers": writers, "acts_per_s": middle, "runs": runs}


def catch_up(root: Path, acts: int = 100_000, turns: int = 3) -> dict[str, object]:
    """Acts a second that B takes in after an absence, against one core's verification rate; and B's memory."""
    folders = found_homes(root / "catch-up", ["south", "north"])
    south = open_party(folders[0], environment())
    for first in range(0, acts, 5000):
        for future in south.registry.file_all([south.draft(message(WORDS)) for _ in range(min(5000, acts - first))]):
            future.result()
    pair = []
    for _ in range(turns):
        for name in ("record.sqlite", "record.sqlite-wal", "record.sqlite-shm", "head.lock"):
            (folders[1].folder / name).unlink(missing_ok=True)
        verification = verification_rate()
        south.registry._have.clear()
        HeadLock.create(folders[1].lock_path).close()
        north = open_party(folders[1], environment(other_cores))
        started = time.perf_counter()
        while north.registry.shelf.size("south") < acts:
            south.send_to(north)
        pair.append((acts / (time.perf_counter() - started), verification))
        north.registry.close()
    south.registry.close()
    middle = sorted(pair, key=lambda p: p[0] / p[1])[turns // 2]
    return {
        "acts": acts,
        "acts_per_s": middle[0],
        "one_core_verifications_per_s": middle[1],
        "ratio": middle[0] / middle[1],
        "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "runs": pair,
    }


def verification_rate(count: int = 4000) -> float:
    """Ed25519 verifications a second on one core, of messages as long as an act."""
    secret, text = ed25519.secret_key(b"\x02" * 32), b"t" * 400
    public, signature = secret[32:], ed25519.sign(secret, text)
    started = time.perf_counter()
    for _ in range(count):
        ed25519.verify(public, signature, text)
    return count / (time.perf_counter() - started)


def main(only: str = "") -> None:
    """Measure, print and save."""
    root = Path(tempfile.mkdtemp(prefix="comity-bench-"))
    try:
        if only in ("", "loop"):
            loop = closed_loop(root)
            show([("closed loop", f"{loop['acts_per_s']:.0f} acts/s", f"{loop['ratio']:.2f} of the floor (≥ 0.50)")])
            save("loop", loop)
        if only in ("", "concurrent"):
            many = concurrent(root)
            show([("64 writers", f"{many['acts_per_s']:.0f} acts/s", "(≥ 2500)")])
            save("concurrent", many)
        if only in ("", "catch-up"):
            bulk = catch_up(root)
            figure = f"{bulk['ratio']:.2f} of one core's verifications (≥ 0.70), {bulk['peak_rss_mib']:.0f} MiB"
            show([("catch-up", f"{bulk['acts_per_s']:.0f} acts/s", figure)])
            save("catch-up", bulk)
    finally:
        shutil.rmtree(root, ignore_errors=True)
