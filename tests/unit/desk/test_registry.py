"""Two sides, and three, hold the same record with each other's receipts, whatever happens on the way."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from comity.desk.belief import WORTH
from comity.desk.lock import HeadLock
from comity.desk.recovery import recover_by_exchange, recover_from_file
from comity.desk.registry import Environment
from comity.errors import Malformed, Outdated, Refused, Unavailable
from comity.link.pouch import Pouch, Stretch, pack, unpack
from comity.office.acts import Adopt, Table
from comity.record import envelope
from comity.record.head import Head, seal
from comity.record.merkle import Tree, leaf_hash
from comity.record.note import Note, assemble
from tests.office_fixture import Party, found_homes, message, open_all, open_party

ENV = Environment(lambda: 1_536_888_600.0, lambda size: b"\x07" * size)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[Party]]:
    parties = open_all(found_homes(tmp_path, ["south", "north"]))
    yield parties
    for party in parties:
        party.registry.close()


def record_of(party: Party) -> dict[str, list[bytes]]:
    archive = party.registry.archive
    return {side: archive.entries(side, 1, size) for side, size in party.registry.shelf.holdings().items()}


def state_of(party: Party) -> list[tuple[bytes, bytes]]:
    return list(party.registry.archive.state.scan(b""))


def test_both_hold_the_same_record_with_the_others_receipts(two: list[Party]) -> None:
    south, north = two
    south.act(message("We have opened the office."))
    north.act(message("So have we."))
    south.act(message("Good."))
    south.send_to(north)
    north.send_to(south)
    assert record_of(south) == record_of(north)
    assert len(record_of(south)["south"]) == 2
    assert south.registry.shelf.receipted("south", "north") == 2
    assert north.registry.shelf.receipted("north", "south") == 1
    assert state_of(south) == state_of(north)


def test_an_act_is_read_by_the_other_side_with_its_attachments(two: list[Party]) -> None:
    south, north = two
    south.act(message("See the map."), attachments=(b"a map",))
    south.send_to(north)
    assert [e.content[16:] for e in north.registry.archive.enclosures("south", 1, 1)][1] == b"a map"


def test_bodies_go_only_to_those_they_are_for(tmp_path: Path) -> None:
    south, north, usa = parties = open_all(found_homes(tmp_path, ["south", "north", "usa"]))
    south.act(message("For the North alone."), to=("north",))
    south.act(message("For all."))
    for party in (north, usa):
        south.send_to(party)
    north.send_to(usa)
    assert record_of(usa)["south"] == record_of(south)["south"]
    assert list(usa.registry.archive.bodies("south", 1, 2)) == [2]
    assert list(north.registry.archive.bodies("south", 1, 2)) == [1, 2]
    for party in parties:
        party.registry.close()


def test_a_third_side_passes_entries_on_and_waits_for_what_their_author_had_seen(tmp_path: Path) -> None:
    south, north, usa = parties = open_all(found_homes(tmp_path, ["south", "north", "usa"]))
    south.act(message("First."))
    south.send_to(north)
    north.act(message("I have seen it."))
    pouch = unpack(
        north.registry.pouch_for("usa", everything=True),
        usa.registry._keys.pouch,
        office=usa.registry.office,
        to="usa",
    )
    alone = Pouch(pouch.office, "north", "usa", {}, [s for s in pouch.stretches if s.side == "north"], [])
    recipient = envelope.recipient_key(usa.folder.recipient())
    usa.registry.take_in(pack(alone, recipient))
    assert usa.registry.shelf.size("north") == 1
    assert usa.registry.ledger.folded["north"] == 0
    usa.registry.take_in(pack(pouch, recipient))
    assert usa.registry.ledger.folded == {"south": 1, "north": 1, "usa": 0}
    assert state_of(usa) == state_of(north)
    for party in parties:
        party.registry.close()


def test_a_lost_repeated_reordered_or_stale_pouch_does_no_harm(two: list[Party]) -> None:
    south, north = two
    pouches = []
    for word in ("one", "two", "three"):
        south.act(message(word))
        pouches.append(south.registry.pouch_for("north"))
    for raw in (pouches[2], pouches[0], pouches[1], pouches[2]):
        north.registry.take_in(raw)
    assert record_of(north)["south"] == record_of(south)["south"]


def test_a_pouch_for_someone_else_is_refused(two: list[Party]) -> None:
    south, north = two
    south.act(message("Hello."))
    raw = south.registry.pouch_for("north")
    for damaged in (
        raw.replace(b" north\n", b" south\n", 1),
        raw[:-1],
        raw[:-20] + bytes(20),
        b"",
        b"GET / HTTP/1.1",
    ):
        with pytest.raises((Malformed, Refused)):
            north.registry.take_in(damaged)
    with pytest.raises(Malformed, match="not for south"):
        south.registry.take_in(raw)
    assert not north.registry.shelf.size("south")


def forged(south: Party, north: Party, raws: list[bytes]) -> bytes:
    """A pouch in which South's real seal signs these entries."""
    tree = Tree()
    tree.extend(map(leaf_hash, raws))
    series = south.registry.shelf.own()
    head = Head(series.seal.name, tree.size, tree.root())
    note = assemble(head.text(), [seal(head, south.registry._keys.seal)])
    real = unpack(
        south.registry.pouch_for("north", everything=True), north.registry._keys.pouch,
        office=north.registry.office, to="north",
    )  # fmt: skip
    inside = real.stretches[0].enclosures
    stretch = Stretch("south", 1, raws, inside, note, [])
    return pack(
        Pouch(real.office, "south", "north", {}, [stretch], []), envelope.recipient_key(north.folder.recipient())
    )


def test_the_valid_beginning_of_a_bad_pouch_is_kept(two: list[Party]) -> None:
    south, north = two
    for word in ("one", "two", "three"):
        south.act(message(word))
    good = record_of(south)["south"]
    raws = [good[0], good[1].replace(b"10:30", b"10:31"), good[2]]
    taken = north.registry.take_in(forged(south, north, raws))
    assert record_of(north)["south"] == good[:1]
    assert taken.breaches
    assert not north.registry.shelf.receipted("south", "north")


def test_a_body_that_was_swapped_is_not_taken_and_the_next_pouch_heals_it(two: list[Party]) -> None:
    south, north = two
    south.act(message("one"))
    south.act(message("two"))
    key = north.registry._keys.pouch
    real = unpack(south.registry.pouch_for("north"), key, office=north.registry.office, to="north")
    stretch = real.stretches[0]
    swapped = [stretch.enclosures[0], type(stretch.enclosures[1])(2, 0, b"x" * 40)]
    bad = Stretch("south", 1, stretch.entries, swapped, stretch.head, [])
    pouch = Pouch(real.office, "south", "north", {}, [bad], [])
    taken = north.registry.take_in(pack(pouch, envelope.recipient_key(north.folder.recipient())))
    assert "commits to" in taken.passed[0]
    assert north.registry.shelf.size("south") == 1
    south.send_to(north)
    assert record_of(north)["south"] == record_of(south)["south"]


def test_acts_that_arrive_together_share_one_head(two: list[Party]) -> None:
    south, _ = two
    turn = south.registry.ledger.lock._slot.turn
    hold, busy = threading.Event(), threading.Event()

    def be_busy() -> None:
        busy.set()
        hold.wait()

    first = threading.Thread(target=lambda: south.registry._do(be_busy))
    first.start()
    assert busy.wait(10)
    futures = [south.registry.file(south.draft(message(str(n)))) for n in range(40)]
    assert not any(future.done() for future in futures)
    hold.set()
    first.join()
    assert sorted(int(f.result(10).act.partition("/")[2]) for f in futures) == list(range(1, 41))
    assert south.registry.ledger.lock._slot.turn == turn + 1


def test_a_lone_caller_waits_for_no_other_thread(two: list[Party]) -> None:
    south, _ = two
    assert south.registry.file(south.draft(message("one"))).done()


def test_many_writers_and_a_reader_of_pouches_leave_no_gap(two: list[Party]) -> None:
    south, north = two

    def write(name: int) -> None:
        for n in range(10):
            south.act(message(f"{name} {n}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        south.send_to(north)
    south.send_to(north)
    assert len(record_of(north)["south"]) == 80
    assert record_of(north) == record_of(south)


def test_a_refused_act_in_a_group_leaves_the_others(two: list[Party]) -> None:
    south, _ = two
    futures = south.registry.file_all(
        [south.draft(message("x", line="no-such-line" if n == 1 else "liaison")) for n in range(3)]
    )
    assert [f.result().act for f in (futures[0], futures[2])] == ["south/1", "south/2"]
    with pytest.raises(Refused):
        futures[1].result()


def test_joint_text_comes_into_force_on_both_sides(two: list[Party]) -> None:
    south, north = two
    from comity.office.acts import wording
    from comity.record.digest import hex_digest

    draft = Table(kind="agreement", title="Office", texts={"en": "There is an office."}, wording="0" * 64)
    digest = hex_digest(wording(draft))
    south.act(Table(kind="agreement", title="Office", texts={"en": "There is an office."}, wording=digest))
    south.act(Adopt(text="south/1", wording=digest))
    south.send_to(north)
    north.act(Adopt(text="south/1", wording=digest))
    north.send_to(south)
    assert state_of(south) == state_of(north)


def test_an_archive_restored_from_an_old_copy_is_read_only_until_the_other_side_has_brought_it_up(
    tmp_path: Path,
) -> None:
    folders = found_homes(tmp_path, ["south", "north"])
    south, north = open_all(folders)
    south.act(message("one"))
    south.registry.close()
    backup = tmp_path / "backup"
    shutil.copy(folders[0].archive_path, backup)
    south = open_all(folders[:1])[0]
    south.act(message("two"))
    south.send_to(north)
    south.registry.close()
    shutil.copy(backup, folders[0].archive_path)
    south = open_all(folders[:1])[0]
    with pytest.raises(Unavailable, match="read-only"):
        south.act(message("another two"))
    south.send_to(north)
    assert south.act(message("three")).act == "south/3"
    south.send_to(north)
    assert record_of(south) == record_of(north)
    for party in (south, north):
        party.registry.close()


@pytest.mark.parametrize("lost", ["archive", "archive and lock", "all but keys"])
def test_a_side_that_lost_its_machine_recovers_from_the_others_copy(tmp_path: Path, lost: str) -> None:
    folders = found_homes(tmp_path, ["south", "north"])
    south, north = open_all(folders)
    for word in ("one", "two"):
        south.act(message(word))
        north.act(message(word))
        south.send_to(north)
    before = record_of(south), state_of(south)
    south.registry.close()
    gone = [folders[0].archive_path]
    if lost != "archive":
        gone.append(folders[0].lock_path)
    if lost == "all but keys":
        gone.append(folders[0].charter_path)
    for path in gone:
        path.unlink()
    pouch = tmp_path / "everything.pouch"
    pouch.write_bytes(north.registry.pouch_for("south", everything=True))
    if lost == "archive":
        done = recover_by_exchange(folders[0], "north", north.registry.answer, lambda what: "", ENV)
    else:
        done = recover_from_file(folders[0], pouch, lambda what: "", ENV)
    assert done.holdings == {"south": 2, "north": 2}
    assert not done.awaited
    south = open_all(folders[:1])[0]
    assert (record_of(south), state_of(south)) == before
    assert south.act(message("three")).act == "south/3"
    for party in (south, north):
        party.registry.close()


def test_with_three_sides_a_recovery_awaits_every_copy(tmp_path: Path) -> None:
    folders = found_homes(tmp_path, ["south", "north", "usa"])
    south, north, usa = open_all(folders)
    south.act(message("one"))
    south.send_to(north)
    south.act(message("two"))
    south.send_to(usa)
    south.registry.close()
    folders[0].archive_path.unlink()
    folders[0].lock_path.unlink()
    first = recover_by_exchange(folders[0], "north", north.registry.answer, lambda what: "", ENV)
    assert (first.holdings["south"], first.awaited) == (1, ("usa",))
    south = open_all(folders[:1])[0]
    with pytest.raises(Unavailable):
        south.act(message("another two"))
    south.registry.close()
    second = recover_by_exchange(folders[0], "usa", usa.registry.answer, lambda what: "", ENV)
    assert (second.holdings["south"], second.awaited) == (2, ())
    for party in (north, usa):
        party.registry.close()


def test_the_lock_is_advanced_by_compare_and_swap(tmp_path: Path) -> None:
    first = HeadLock.create(tmp_path / "lock")
    second = HeadLock(tmp_path / "lock")
    first.advance({"south": b"head one"})
    with pytest.raises(Outdated):
        second.advance({"south": b"head two"})
    assert HeadLock(tmp_path / "lock").heads == {"south": b"head one"}


def test_a_torn_write_of_the_lock_leaves_the_head_before(tmp_path: Path) -> None:
    lock = HeadLock.create(tmp_path / "lock")
    lock.advance({"south": b"one"})
    lock.advance({"south": b"two"})
    with (tmp_path / "lock").open("r+b") as file:
        file.seek(20)
        file.write(b"torn")
    assert HeadLock(tmp_path / "lock").heads == {"south": b"one"}
    (tmp_path / "lock").write_bytes(b"nothing")
    with pytest.raises(Unavailable):
        HeadLock(tmp_path / "lock")


def test_the_heads_in_the_archive_are_sealed_notes(two: list[Party]) -> None:
    south, _ = two
    south.act(message("one"))
    note = Note.parse(south.registry.archive.filed("south").head)
    assert note.signed_by([south.registry.shelf.own().seal])


def test_a_bad_signature_deep_in_a_bulk_pouch_is_found_although_it_was_believed_for_a_while(tmp_path: Path) -> None:
    folders = found_homes(tmp_path, ["south", "north"])
    south = open_all(folders[:1])[0]
    with ThreadPoolExecutor(2) as pool:
        north = open_party(folders[1], Environment(ENV.now, ENV.chance, lambda: pool))
        count = WORTH + 500
        for future in south.registry.file_all([south.draft(message(str(n))) for n in range(count)]):
            future.result()
        raws = record_of(south)["south"]
        raws[WORTH] = raws[WORTH].replace(b"10:30", b"10:31")
        taken = north.registry.take_in(forged(south, north, raws))
        assert taken.breaches
        assert record_of(north)["south"] == raws[:WORTH]
        assert north.registry.ledger.folded["south"] == WORTH
        for party in (south, north):
            party.registry.close()


def test_a_receipt_for_what_came_in_an_answer_is_owed_until_it_is_sent(two: list[Party]) -> None:
    south, north = two
    south.send_to(north)
    north.send_to(south)
    assert not south.registry.owes("north")
    north.act(message("Waiting to be fetched."))
    south.send_to(north)
    assert south.registry.owes("north")
    south.send_to(north)
    assert not south.registry.owes("north")
    assert north.registry.shelf.receipted("north", "south") == 1
