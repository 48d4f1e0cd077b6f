"""A small world from one integer: three sides, a post that loses, repeats, reorders and spoils, restarts, and a liar.

Whatever happens, honest sides end with the same record and state of each other, and a side that shows two histories
is found out as soon as those to whom it showed them speak to each other.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from comity.archive.memory import MemoryArchive
from comity.archive.port import Archive
from comity.desk import breaches
from comity.desk.founding import read_founding
from comity.desk.home import OfficeFolder
from comity.desk.lock import HeadLock
from comity.desk.registry import Environment
from comity.errors import ComityError
from comity.office.acts import Adopt, Body, Decline, Statement, Table, Withdraw, wording
from comity.record import evidence
from comity.record.digest import hex_digest
from tests.office_fixture import Party, found_homes, message, open_party

SIDES = ("south", "north", "usa")


def text(title: str) -> Table:
    draft = Table(kind="agreement", title=title, texts={"en": title}, wording="0" * 64)
    return Table(kind="agreement", title=title, texts={"en": title}, wording=hex_digest(wording(draft)))


@dataclass
class World:
    """Everything, from one integer."""

    root: Path
    seed: int
    chance: Random = field(init=False)
    parties: dict[str, Party] = field(default_factory=dict)
    archives: dict[str, Archive] = field(default_factory=dict)
    folders: dict[str, OfficeFolder] = field(default_factory=dict)
    post: list[tuple[str, bytes]] = field(default_factory=list)
    tabled: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        for folder, side in zip(found_homes(self.root, SIDES, seed=self.seed), SIDES, strict=True):
            self.folders[side], self.archives[side] = folder, MemoryArchive()
            self.open(side)

    def open(self, side: str) -> None:
        env = Environment(lambda: 1_536_888_600.0, self.chance.randbytes)
        self.parties[side] = open_party(self.folders[side], env, lambda _: self.archives[side])

    def something_to_say(self, side: str) -> Body:
        pick = self.chance.random()
        if pick < 0.5 or not self.tabled:
            if pick < 0.2:
                return text(f"Text {self.chance.randrange(1000)}")
            return message(f"Message {self.chance.randrange(1000)}")
        ref, digest = self.chance.choice(self.tabled)
        if pick < 0.8:
            return Adopt(text=ref, wording=digest)
        if pick < 0.87:
            return Decline(text=ref)
        if pick < 0.94:
            return Withdraw(text=ref)
        return Statement(title="We note", language="en", text="that it is so", public=True)

    def act(self) -> None:
        side = self.chance.choice(SIDES)
        body = self.something_to_say(side)
        try:
            done = self.parties[side].act(body)
        except ComityError:
            return
        if isinstance(body, Table):
            self.tabled.append((done.act, body.wording))

    def send(self) -> None:
        sender, to = self.chance.sample(SIDES, 2)
        self.post.append((to, self.parties[sender].registry.pouch_for(to)))

    def deliver(self) -> None:
        if not self.post:
            return
        at = self.chance.randrange(len(self.post))
        to, raw = self.post[at] if self.chance.random() < 0.2 else self.post.pop(at)
        fate = self.chance.random()
        if fate < 0.15:
            return
        if fate < 0.25:
            spot = self.chance.randrange(len(raw))
            raw = raw[:spot] + bytes([raw[spot] ^ 1 << self.chance.randrange(8)]) + raw[spot + 1 :]
        elif fate < 0.3:
            raw = raw[: self.chance.randrange(len(raw))]
        try:
            self.parties[to].registry.take_in(raw)
        except ComityError:
            assert fate < 0.3, "an unspoiled pouch was refused"

    def restart(self) -> None:
        side = self.chance.choice(SIDES)
        self.parties[side].registry.close()
        self.open(side)

    def live(self, steps: int) -> None:
        deeds = [self.act] * 8 + [self.send] * 6 + [self.deliver] * 8 + [self.restart]
        for _ in range(steps):
            self.chance.choice(deeds)()

    def speak(self, *sides: str) -> None:
        """These sides exchange until nobody lacks anything."""
        for _ in range(4):
            for a in sides:
                for b in sides:
                    if a != b:
                        self.parties[a].send_to(self.parties[b])

    def close(self) -> None:
        for party in self.parties.values():
            party.registry.close()


def record_of(party: Party, side: str) -> list[bytes]:
    return party.registry.archive.entries(side, 1, party.registry.shelf.size(side))


@pytest.mark.parametrize("seed", range(6))
def test_honest_sides_end_with_one_record_and_one_state(tmp_path: Path, seed: int) -> None:
    live_and_compare(tmp_path, seed, 150)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 300))
def test_many_worlds(tmp_path: Path, seed: int) -> None:
    live_and_compare(tmp_path, seed, 400)


def live_and_compare(root: Path, seed: int, steps: int) -> None:
    world = World(root, seed)
    world.live(steps)
    world.speak(*SIDES)
    south, north, usa = (world.parties[side] for side in SIDES)
    for side in SIDES:
        assert record_of(south, side) == record_of(north, side) == record_of(usa, side)
        others = [other for other in SIDES if other != side]
        size = world.parties[side].registry.shelf.size(side)
        assert all(world.parties[side].registry.shelf.receipted(side, other) == size for other in others) or not size
    states = [list(party.registry.archive.state.scan(b"")) for party in (south, north, usa)]
    assert states[0] == states[1] == states[2]
    assert sum(world.parties[side].registry.shelf.size(side) for side in SIDES) > 10
    world.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_liar_is_found_out(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path, seed)
    world.live(60)
    world.speak(*SIDES)
    liar = world.parties["usa"]
    twin_archive = deepcopy(world.archives["usa"])
    twin_folder = world.folders["usa"]
    twin_folder.lock_path.rename(twin_folder.lock_path.with_suffix(".first"))
    HeadLock.create(twin_folder.lock_path).close()
    twin = open_party(twin_folder, Environment(lambda: 1.0, world.chance.randbytes), lambda _: twin_archive)
    for n in range(world.chance.randrange(1, 4)):
        liar.act(message(f"for the South {n}"))
    for n in range(world.chance.randrange(1, 4)):
        twin.act(message(f"for the North {n}"))
    liar.send_to(world.parties["south"])
    twin.send_to(world.parties["north"])
    world.speak("south", "north")
    for side in ("south", "north"):
        registry = world.parties[side].registry
        assert registry.shelf.stopped("usa")
        content = breaches.content_of(registry.archive, breaches.kept(registry.archive)[0].id)
        assert content is not None
        assert evidence.check(content, read_founding).kind == "fork"
    world.parties["south"].act(message("We go on."))
    world.speak("south", "north")
    assert record_of(world.parties["north"], "south") == record_of(world.parties["south"], "south")
    twin.registry.close()
    world.close()
