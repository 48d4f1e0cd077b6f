"""A node: the only place that wires things together. One process serves all founded offices of one home."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom
from types import FrameType

import msgspec
import uvicorn
from starlette.applications import Starlette

from comity.desk.home import Home, Tenancy
from comity.desk.keychain import AskPassphrase
from comity.desk.office import LocalOffice
from comity.desk.opening import collect_rarely, environment, open_office, other_cores
from comity.desk.remote import NodeFile
from comity.errors import Unavailable
from comity.web.control import control
from comity.web.courier import Courier
from comity.web.face import face


class Node:
    """A home at work."""

    def __init__(self, home: Home, ask: AskPassphrase) -> None:
        """Open every founded office of the home.

        Raises: Unavailable, if another process works in it, or nothing is founded.
        """
        collect_rarely()
        self._home, self._env = home, environment(other_cores)
        self._tenancy = Tenancy(home.folder)
        self.offices: dict[str, LocalOffice] = {}
        self._couriers: list[Courier] = []
        try:
            for name in home.offices():
                folder = home.office(name)
                if folder.founded:
                    self.offices[name] = open_office(folder, ask, self._env)
            if not self.offices:
                raise Unavailable(f"no office in {home.folder} is founded", hint="see `comity found --help`")
        except BaseException:
            self.close()
            raise
        for office in self.offices.values():
            self._send_couriers(office)

    def _send_couriers(self, office: LocalOffice) -> None:
        registry = office.bench.registry
        mine = []
        for party in registry.charter.sides:
            if party.side != registry.side:
                urls = office.bench.urls_of(party.side)
                mine.append(Courier(registry, party.side, urls, chance=SystemRandom()))
        self._couriers += mine

        def wake() -> None:
            for courier in mine:
                courier.wake()

        def relink() -> None:
            for courier in mine:
                courier.reach(office.bench.urls_of(courier.to))

        registry.on_change = wake
        office.bench.relink = relink
        office.bench.links = lambda: [courier.state for courier in mine]

    def serve(self, host: str, port: int, *, ready: Callable[[str], None]) -> None:
        """Serve until interrupted. `ready` is told the address once others can reach it."""
        public = _listen(host, port)
        inner = _listen("127.0.0.1", 0)
        token = secrets.token_urlsafe(32)
        url = f"http://{host}:{public.getsockname()[1]}"
        registries = {o.bench.registry.office: o.bench.registry for o in self.offices.values()}
        server = _Server(face(registries), lambda: ready(url))
        side_door = _Server(control(self.offices, token, server.end), lambda: None)
        inside = threading.Thread(target=side_door.run, kwargs={"sockets": [inner]}, name="control", daemon=True)
        node_file = self._home.folder / "node.json"
        _write_private(node_file, msgspec.json.encode(NodeFile(os.getpid(), url, inner.getsockname()[1], token)))
        try:
            inside.start()
            for courier in self._couriers:
                courier.start()
            server.run(sockets=[public])
        finally:
            node_file.unlink(missing_ok=True)
            side_door.end()
            inside.join(timeout=5)
            self.close()

    def close(self) -> None:
        """Let the couriers and registries finish."""
        for courier in self._couriers:
            courier.stop()
        for courier in self._couriers:
            if courier.is_alive():
                courier.join(timeout=10)
        for office in self.offices.values():
            office.bench.registry.close()
        self._tenancy.release()


class _Server(uvicorn.Server):
    """A server that says when it is ready, and can be ended from another thread."""

    def __init__(self, app: Starlette, ready: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=3,
            lifespan="off",
        )
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then say so."""
        await super().startup(sockets=sockets)
        self._ready()

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        """End as one should at a signal, and do not raise it again: there is still something to close."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    def end(self) -> None:
        """Stop serving."""
        self.should_exit = True


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.socket(family)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as error:
        raise Unavailable(f"cannot listen on {host}:{port}: {error.strerror}", hint="choose another --port") from None
    return listening


def _write_private(path: Path, content: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.rename(path)
