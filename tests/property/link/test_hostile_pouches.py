"""Whatever comes in a pouch, a node takes what is valid, refuses the rest, and goes on."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comity.desk.registry import Environment
from comity.errors import ComityError
from comity.link import pouch as form
from comity.link.pouch import Enclosed, Pouch, Receipting, Stretch, address, pack, unpack
from comity.record import envelope
from tests.office_fixture import Party, found_homes, in_memory, message, open_party

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@dataclass
class World:
    south: Party
    north: Party

    def take_in(self, raw: bytes) -> None:
        """Whatever it is, North survives it and keeps what it had."""
        before = self.north.registry.archive.entries("south", 1, 99)
        try:
            self.north.registry.take_in(raw)
        except ComityError:
            assert self.north.registry.archive.entries("south", 1, 99) == before
        assert self.north.registry.archive.entries("south", 1, 99)[: len(before)] == before

    def pack(self, pouch: Pouch) -> bytes:
        return pack(pouch, envelope.recipient_key(self.north.folder.recipient()))

    def genuine(self) -> Pouch:
        raw = self.south.registry.pouch_for("north", everything=True)
        return unpack(raw, self.north.registry._keys.pouch, office=self.north.registry.office, to="north")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root: Path = tmp_path_factory.mktemp("hostile")
    env = Environment(lambda: 1_536_888_600.0, os.urandom)
    south, north = (open_party(folder, env, in_memory) for folder in found_homes(root, ["south", "north"]))
    south.act(message("one"))
    south.act(message("two"))
    south.send_to(north)
    south.act(message("three"), attachments=(b"map",))
    yield World(south, north)
    north.registry.shelf._stopped.clear()
    south.send_to(north)
    assert north.registry.archive.entries("south", 1, 3) == south.registry.archive.entries("south", 1, 3)
    for party in (south, north):
        party.registry.close()


@given(raw=st.binary(max_size=400))
def test_arbitrary_bytes_have_no_address_or_are_bounded(raw: bytes) -> None:
    for start in (b"", b"comity/pouch/v1 ", b"comity/pouch/v1 " + b"a" * 64 + b" north\n"):
        with suppress(ComityError):
            assert address(start + raw)[2] <= len(start + raw)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300), framed=st.booleans())
def test_arbitrary_content_under_the_right_address(world: World, content: bytes, framed: bool) -> None:
    inside = zstd.compress(content) if framed else content
    office = world.north.registry.office
    sealed = envelope.enclose(inside, envelope.recipient_key(world.north.folder.recipient()))
    world.take_in(b"comity/pouch/v1 %s north\n" % office.encode() + sealed)


sides = st.sampled_from(["south", "north", "usa", ""])
sizes = st.integers(0, 6) | st.sampled_from([(1 << 53) - 1])
pieces = st.binary(max_size=60)


@settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_well_formed_pouches_with_anything_in_them(world: World, data: st.DataObject) -> None:
    real = world.genuine().stretches[0]
    entry = st.sampled_from(real.entries) | pieces
    stretch = st.builds(
        Stretch,
        sides,
        sizes,
        st.lists(entry, max_size=4),
        st.lists(
            st.sampled_from(real.enclosures) | st.builds(Enclosed, sizes, st.integers(0, 16), pieces), max_size=4
        ),
        st.just(real.head) | pieces,
        st.lists(st.binary(min_size=32, max_size=32) | pieces, max_size=3),
    )
    receipt = st.builds(Receipting, sides, sides, sizes, pieces)
    pouch = data.draw(
        st.builds(
            Pouch,
            st.just(world.north.registry.office),
            sides,
            st.just("north"),
            st.dictionaries(sides, sizes, max_size=3),
            st.lists(stretch, max_size=3),
            st.lists(receipt, max_size=3),
            st.lists(pieces, max_size=2),
            pieces,
        )
    )
    world.take_in(world.pack(pouch))


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spot=st.integers(0), bit=st.integers(0, 7))
def test_one_changed_bit_is_refused_whole(world: World, spot: int, bit: int) -> None:
    raw = world.south.registry.pouch_for("north", everything=True)
    at = spot % len(raw)
    changed = raw[:at] + bytes([raw[at] ^ 1 << bit]) + raw[at + 1 :]
    with pytest.raises(ComityError):
        unpack(changed, world.north.registry._keys.pouch, office=world.north.registry.office, to="north")


def test_a_bomb_is_refused_by_the_size_that_it_states_or_does_not_state(world: World) -> None:
    recipient = envelope.recipient_key(world.north.folder.recipient())
    start = b"comity/pouch/v1 %s north\n" % world.north.registry.office.encode()
    compressor = zstd.ZstdCompressor()
    unstated = compressor.compress(bytes(1 << 20)) + compressor.flush()
    for frame in (zstd.compress(bytes(form.MAX_PLAIN + 1)), unstated, zstd.compress(b"x") + b"more"):
        with pytest.raises(ComityError):
            unpack(start + envelope.enclose(frame, recipient), world.north.registry._keys.pouch,
                   office=world.north.registry.office, to="north")  # fmt: skip
    with pytest.raises(ComityError, match="at most"):
        address(start + bytes(form.MAX_POUCH))


def test_a_list_that_is_too_long_is_refused_before_it_is_read(world: World) -> None:
    office = world.north.registry.office
    huge = b"\xdd" + (1 << 31).to_bytes(4, "big")
    shell = msgspec.msgpack.encode([office, "south", "north", {}])
    content = bytes([shell[0] + 2]) + shell[1:] + huge + b"\x90"
    sealed = envelope.enclose(zstd.compress(content), envelope.recipient_key(world.north.folder.recipient()))
    with pytest.raises(ComityError):
        world.north.registry.take_in(b"comity/pouch/v1 %s north\n" % office.encode() + sealed)
