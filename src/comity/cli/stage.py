"""The stage of the demo: a home and a node process for each side, and the link between them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from comity.cli.story import Cast, Story
from comity.desk import ceremony
from comity.desk.cards import ALL_POWERS, Person, make_card
from comity.desk.home import Home, OfficeFolder
from comity.desk.keychain import no_passphrase
from comity.desk.office import Office
from comity.desk.pouches import Opened
from comity.desk.record import RecordStatus
from comity.desk.remote import RemoteOffice, node_of
from comity.desk.verification import Verified
from comity.errors import Unavailable
from comity.office.acts import Powers

START_S = 30.0
SETTLE_S = 20.0


class Stage:
    """Two or more sides at work on this machine."""

    def __init__(self, root: Path, story: Story) -> None:
        self.root, self.story = root, story
        self.sides = [cast.side for cast in story.side]
        self.linked = False
        self._nodes: dict[str, subprocess.Popen[str]] = {}
        self._urls: dict[str, str] = {}
        self._logs: list[IO[str]] = []
        self._carried = 0

    def home(self, side: str) -> Path:
        """The folder of a side."""
        return self.root / side

    def found(self) -> dict[str, ceremony.Founded]:
        """Make homes and cards, draft the charter, have each side sign; each side's own reading of it."""
        folders = {cast.side: self._card(cast) for cast in self.story.side}
        cards = [folder.card_path for folder in folders.values()]
        first, charter = self.sides[0], self.root / "charter"
        chiefs = {cast.side: next(d.name for d in cast.delegate if d.chief) for cast in self.story.side}
        drafted = ceremony.draft_with(
            folders[first], cards, self.story.terms, chiefs[first], no_passphrase, founded=self.story.founded
        )
        ceremony.write_charter_file(charter, drafted.note)
        for side in (*self.sides[1:], *self.sides):
            joined = ceremony.join(folders[side], charter, chiefs[side], no_passphrase)
            ceremony.write_charter_file(charter, joined.note)
        return {side: ceremony.account(ceremony.read(folder.charter_path)) for side, folder in folders.items()}

    def _card(self, cast: Cast) -> OfficeFolder:
        home = Home(self.home(cast.side))
        home.make(cast.side, cast.title, cast.language)
        people = [
            Person(d.name, d.title, d.chief, ALL_POWERS if d.chief else Powers(d.negotiate, d.initial, d.sign))
            for d in cast.delegate
        ]
        return make_card(home, self.story.office, people, chance=os.urandom)

    def open(self) -> dict[str, str]:
        """Start a node for each side and link them; where each is reached.

        Raises: Unavailable, if one does not start.
        """
        for side in self.sides:
            log = (self.root / f"{side}.log").open("w", encoding="utf-8")
            self._logs.append(log)
            command = [sys.executable, "-m", "comity", "--home", str(self.home(side)), "serve", "--port", "0"]
            self._nodes[side] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        for side, node in self._nodes.items():
            self._urls[side] = _ready_line(node, side).rpartition(" ")[2]
        self.join()
        return dict(self._urls)

    def desk(self, side: str) -> Office:
        """The desk of a side, through its node."""
        node = node_of(self.home(side))
        if node is None:
            raise Unavailable(f"the node of {side} does not run", hint=f"see {self.root / f'{side}.log'}")
        return RemoteOffice(node, self.story.office)

    def others(self, side: str) -> list[str]:
        """The other sides."""
        return [other for other in self.sides if other != side]

    def cut(self) -> None:
        """Cut every link."""
        for side in self.sides:
            for other in self.others(side):
                self.desk(side).link.cut(side=other)
        self.linked = False

    def join(self) -> None:
        """Link every side with every other, and wait until all hold the same."""
        for side in self.sides:
            for other in self.others(side):
                self.desk(side).link.set(side=other, urls=(self._urls[other],))
        self.linked = True
        self.settle()

    def settle(self) -> dict[str, RecordStatus]:
        """Wait until all sides hold the same, receipted by all.

        Raises: Unavailable, if they do not in time.
        """
        until = time.monotonic() + SETTLE_S
        while True:
            found = {side: self.desk(side).record.status() for side in self.sides}
            if _settled(list(found.values())):
                return found
            if time.monotonic() > until:
                raise Unavailable("the sides do not come to hold the same", hint=f"see the logs in {self.root}")
            time.sleep(0.05)

    def carry(self, side: str, to: str) -> tuple[Path, int, Opened]:
        """Carry a pouch as a file: where it lies, its size, and what came of it."""
        self._carried += 1
        path = self.root / "carried" / f"{self._carried}-{side}-to-{to}.pouch"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(self.desk(side).pouch.pack(to=to))
        raw = path.read_bytes()
        return path, len(raw), self.desk(to).pouch.open(pouch=raw)

    def close(self) -> None:
        """End the nodes."""
        for node in self._nodes.values():
            node.terminate()
        for node in self._nodes.values():
            try:
                node.wait(timeout=10)
            except subprocess.TimeoutExpired:
                node.kill()
                node.wait()
            if node.stdout is not None:
                node.stdout.close()
        for log in self._logs:
            log.close()
        self._nodes, self._logs = {}, []

    def verify(self) -> dict[str, Verified]:
        """Run `comity verify` on every copy, each in a process of its own."""
        running = {
            side: subprocess.Popen(
                [sys.executable, "-m", "comity", "--home", str(self.home(side)), "verify", "--json"],
                stdout=subprocess.PIPE,
                text=True,
            )
            for side in self.sides
        }
        found = {}
        for side, process in running.items():
            said, _ = process.communicate(timeout=60)
            found[side] = msgspec.json.decode(said, type=Verified)
        return found


def _settled(found: Sequence[RecordStatus]) -> bool:
    """Whether all copies are the same and every series is receipted in full by every other side."""
    first = found[0]
    for status in found:
        for series, same in zip(status.series, first.series, strict=True):
            others = [it.side for it in first.series if it.side != series.side]
            if (series.held, series.root) != (same.held, same.root) or series.head != series.held:
                return False
            if series.held and any(series.receipts.get(other, 0) != series.held for other in others):
                return False
    return True


def _ready_line(node: subprocess.Popen[str], side: str) -> str:
    """What a node says once others can reach it.

    Raises: Unavailable, if it ends or says nothing in time.
    """
    assert node.stdout is not None
    said: list[str] = []
    stdout = node.stdout
    waiting = threading.Thread(target=lambda: said.append(stdout.readline()), daemon=True)
    waiting.start()
    waiting.join(START_S)
    if not said or not said[0].startswith("serving "):
        raise Unavailable(f"the node of {side} did not start", hint="see its log beside the homes")
    return said[0].strip()
