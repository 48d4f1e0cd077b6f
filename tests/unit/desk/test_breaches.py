"""What another side does against the protocol is refused, stops its series, and is proven to everybody."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from comity.desk import breaches
from comity.desk.founding import read_founding
from comity.desk.lock import HeadLock
from comity.desk.registry import Environment
from comity.errors import Malformed
from comity.link.pouch import Enclosed, Pouch, Stretch, pack, unpack
from comity.record import entry as wire
from comity.record import envelope, evidence, exhibits
from comity.record.head import Head, seal
from comity.record.keys import KeyType, SecretKey
from comity.record.merkle import Tree, leaf_hash
from comity.record.note import assemble, sign
from tests.office_fixture import Party, found_homes, message, open_all, open_party

ENV = Environment(lambda: 1_536_888_600.0, os.urandom)


def series_of(party: Party, side: str) -> list[bytes]:
    return party.registry.archive.entries(side, 1, party.registry.shelf.size(side))


def sealed_pouch(author: Party, to: Party, raws: list[bytes], *, after: list[bytes] | None = None) -> bytes:
    """A pouch from `author` whose real seal signs `after` and then these entries."""
    before = after or []
    tree = Tree()
    tree.extend(map(leaf_hash, [*before, *raws]))
    head = Head(author.registry.shelf.own().seal.name, tree.size, tree.root())
    note = assemble(head.text(), [seal(head, author.registry._keys.seal)])
    bodies = author.registry.archive.enclosures(author.side, 1, 99)
    inside = [Enclosed(*body) for body in bodies]
    stretch = Stretch(author.side, len(before) + 1, raws, inside, note, [])
    pouch = Pouch(author.registry.office, author.side, to.side, {}, [stretch], [])
    return pack(pouch, envelope.recipient_key(to.folder.recipient()))


def resigned(party: Party, raw: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """An entry changed, and signed again by its author."""
    text = change(wire.parse(raw).text)
    return wire.finish(text, sign(text, party.chief))


@pytest.mark.parametrize(
    ("forge", "what"),
    [
        (lambda party, raw: raw.replace(b"10:30", b"10:31"), "bad signature"),
        (lambda party, raw: resigned(party, raw, lambda text: text.replace(b'"no":2', b'"no":3')), "wrong number"),
        (lambda party, raw: resigned(party, raw, lambda text: text.replace(b'"north":1', b'"north":0')), "malformed"),
        (lambda party, raw: resigned(party, raw, lambda text: text.replace(b'{"north":1}', b"{}")), "backdated"),
        (
            lambda party, raw: resigned(party, raw, lambda text: text.replace(b'"by":"chief"', b'"by":"moon"')),
            "signer",
        ),
        (lambda party, raw: raw + b" " * 70_000, "malformed"),
        (lambda party, raw: raw.replace(b'"office":"', b'"office":"f'), "other office"),
    ],
)
def test_a_bad_act_under_its_own_seal_is_refused_and_proven(
    tmp_path: Path, forge: Callable[[Party, bytes], bytes], what: str
) -> None:
    south, north = open_all(found_homes(tmp_path, ["south", "north"]))
    north.act(message("Hello."))
    north.send_to(south)
    for word in ("one", "two", "three"):
        south.act(message(word))
    good = series_of(south, "south")
    bad = forge(south, good[1])
    assert bad != good[1]
    taken = north.registry.take_in(sealed_pouch(south, north, [good[0], bad, good[2]]))
    assert series_of(north, "south") == good[:1]
    assert north.registry.shelf.stopped("south")
    assert what in taken.breaches[0]
    [breach] = breaches.kept(north.registry.archive)
    content = breaches.content_of(north.registry.archive, breach.id)
    assert content is not None
    if len(bad) < wire.MAX_ENTRY:
        statement = evidence.check(content, read_founding)
        assert statement.of == f"south of office {north.registry.office}"
        with pytest.raises(Malformed):
            evidence.check(content.replace(b'"side": "south"', b'"side": "north"'), read_founding)
    assert not north.registry.shelf.receipted("south", "north") > 1
    assert north.act(message("We go on.")).act == "north/2"
    for party in (south, north):
        party.registry.close()


def test_a_stopped_series_is_taken_no_more_even_after_a_restart(tmp_path: Path) -> None:
    folders = found_homes(tmp_path, ["south", "north"])
    south, north = open_all(folders)
    south.act(message("one"))
    good = series_of(south, "south")
    north.registry.take_in(sealed_pouch(south, north, [good[0].replace(b"10:30", b"10:31")]))
    north.registry.close()
    north = open_all(folders[1:])[0]
    south.send_to(north)
    assert not north.registry.shelf.size("south")
    for party in (south, north):
        party.registry.close()


def test_two_histories_are_found_when_the_others_compare_and_everybody_learns_of_it(tmp_path: Path) -> None:
    folders = found_homes(tmp_path, ["south", "north", "usa"])
    south, north, usa = open_all(folders)
    south.act(message("one"))
    south.send_to(north)
    south.send_to(usa)
    south.act(message("for the North"))
    south.send_to(north)
    south.registry.close()
    folders[0].archive_path.unlink()
    folders[0].lock_path.unlink()
    HeadLock.create(folders[0].lock_path).close()
    liar = open_party(folders[0], ENV)
    for word in ("other one", "other two", "other three"):
        liar.act(message(word))
    forked = sealed_pouch(liar, usa, series_of(liar, "south"))
    assert not usa.registry.take_in(forked).breaches, "a head alone that does not fit proves nothing"
    usa.registry.close()
    folders[2].archive_path.unlink()
    folders[2].lock_path.unlink()
    HeadLock.create(folders[2].lock_path).close()
    usa = open_party(folders[2], ENV)
    usa.registry.take_in(forked)
    assert usa.registry.shelf.size("south") == 3
    north.send_to(usa)
    north.send_to(usa)
    for party in (usa, north):
        assert party.registry.shelf.stopped("south")
        [breach] = breaches.kept(party.registry.archive)
        content = breaches.content_of(party.registry.archive, breach.id)
        assert content is not None
        assert evidence.check(content, read_founding).kind == "fork"
    for party in (liar, north, usa):
        party.registry.close()


def test_two_heads_of_one_size_are_a_fork(tmp_path: Path) -> None:
    south, north = open_all(found_homes(tmp_path, ["south", "north"]))
    south.act(message("one"))
    south.send_to(north)
    other = resigned(south, series_of(south, "south")[0], lambda text: text.replace(b"10:30", b"11:30"))
    taken = north.registry.take_in(sealed_pouch(south, north, [other]))
    assert "two histories" in taken.breaches[0]
    for party in (south, north):
        party.registry.close()


def harmless_evidence(south: Party) -> list[bytes]:
    """Files that prove something, but nothing that South's seal did."""
    namesake = SecretKey.of(south.registry.shelf.own().seal.name, KeyType.ED25519, b"\x09" * 32)
    heads = [Head(namesake.verifier.name, 1, root * 32) for root in (b"a", b"b")]
    notes = [assemble(head.text(), [seal(head, namesake)]).decode() for head in heads]
    fork = exhibits.Fork(key=str(namesake.verifier), older=notes[0], newer=notes[1])
    south.act(message("one"))
    act = series_of(south, "south")[0]
    again = resigned(south, act, lambda text: text.replace(b'"kind":"message"', b'"kind":"check"'))
    charter = south.registry.ledger.charter_note.decode()
    delegate = exhibits.Renumbered(charter=charter, side="south", acts=(act, again))
    files = [exhibits.encode(fork), exhibits.encode(delegate)]
    assert all(evidence.check(file, read_founding).proves for file in files)
    return files


def test_false_evidence_changes_nothing(tmp_path: Path) -> None:
    south, north = open_all(found_homes(tmp_path, ["south", "north"]))
    raw = unpack(
        south.registry.pouch_for("north"), north.registry._keys.pouch, office=north.registry.office, to="north"
    )
    false = [b"{}", b'{"format":"comity/evidence/v1","kind":"fork"}', *harmless_evidence(south)]
    told = Pouch(raw.office, "south", "north", {}, [], [], false)
    taken = north.registry.take_in(pack(told, envelope.recipient_key(north.folder.recipient())))
    assert not taken.breaches
    assert not breaches.kept(north.registry.archive)
    for party in (south, north):
        party.registry.close()


def test_a_receipt_for_what_was_never_stored_or_by_another_key_is_not_taken(tmp_path: Path) -> None:
    from comity.link.pouch import Receipting
    from comity.record.head import cosign

    south, north = open_all(found_homes(tmp_path, ["south", "north"]))
    south.act(message("one"))
    root = south.registry.root_at("south", 1)
    name = south.registry.shelf.own().seal.name
    real = north.registry._keys.receipt
    thief = SecretKey.of(real.verifier.name, KeyType.COSIGNATURE, b"\x09" * 32)
    lines = [
        cosign(Head(name, 1, b"\x00" * 32), real, at=5).line(),
        cosign(Head(name, 1, root), thief, at=5).line(),
        sign(Head(name, 1, root).text(), north.registry._keys.seal).line(),
    ]
    receipts = [Receipting("south", "north", 1, line) for line in lines]
    receipts.append(Receipting("south", "north", 9, cosign(Head(name, 9, root), real, at=5).line()))
    pouch = Pouch(south.registry.office, "north", "south", {}, [], receipts)
    taken = south.registry.take_in(pack(pouch, envelope.recipient_key(south.folder.recipient())))
    assert len(taken.passed) == 4
    assert not south.registry.shelf.receipted("south", "north")
    assert south.act(message("two")).act == "south/2"
    for party in (south, north):
        party.registry.close()


def test_an_act_that_claims_to_have_seen_what_is_not_there_is_not_taken(tmp_path: Path) -> None:
    south, north = open_all(found_homes(tmp_path, ["south", "north"]))
    north.act(message("Hello."))
    north.send_to(south)
    for word in ("one", "two"):
        south.act(message(word))
    good = series_of(south, "south")
    ahead = resigned(south, good[1], lambda text: text.replace(b'"north":1', b'"north":9'))
    taken = north.registry.take_in(sealed_pouch(south, north, [good[0], ahead]))
    assert "claims to have seen north/9" in taken.passed[0]
    assert series_of(north, "south") == good[:1]
    assert not north.registry.shelf.receipted("south", "north") > 1
    for party in (south, north):
        party.registry.close()
