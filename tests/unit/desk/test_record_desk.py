"""What the record's desk hands out can be checked by others, and what it is asked is bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from comity.desk.keychain import no_passphrase, open_keychain
from comity.desk.noun import Bench
from comity.desk.office import CALLS, LocalOffice
from comity.desk.registry import Environment
from comity.desk.sheets.listing import read_cursor
from comity.errors import Malformed, Refused
from tests import second_verifier
from tests.office_fixture import Party, found_homes, open_all


@pytest.fixture
def parties(tmp_path: Path) -> list[Party]:
    return open_all(found_homes(tmp_path, ["south", "north"]))


def desk(party: Party) -> LocalOffice:
    env = Environment(lambda: 1_536_888_600.0, bytes)
    return LocalOffice(Bench(party.registry, party.folder, open_keychain(party.folder.keys, no_passphrase), env))


def exchange(one: Party, other: Party) -> None:
    for source, target in ((one, other), (other, one), (one, other)):
        target.registry.take_in(source.registry.pouch_for(target.side))


def test_a_proof_verifies_elsewhere_also_while_the_newest_head_is_not_receipted(parties: list[Party]) -> None:
    south, north = parties
    ours, theirs = desk(south), desk(north)
    for n in range(5):
        ours.statement.make(title=f"No. {n}", text="Word")
    exchange(south, north)
    ours.statement.make(title="No. 5", text="Word")
    keys = {side.side: side for side in south.registry.charter.sides}
    entry = south.registry.archive.entries("south", 3, 3)[0]
    for office in (ours, theirs):
        proof = office.record.proof(act="south/3")
        second_verifier.tlog_proof(proof, entry, keys["south"].seal, [keys["north"].receipt])
    with pytest.raises(Refused, match="not held"):
        theirs.record.proof(act="south/6")
    for party in parties:
        party.registry.close()


@pytest.mark.parametrize("cursor", ["", "north", "north:", ":3", "north:-1", "north:1,", "north:" + "9" * 16, "a:٣"])
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(Malformed, match="no place in a list"):
        read_cursor(cursor)


def test_pages_follow_each_other_without_a_gap(parties: list[Party]) -> None:
    south, north = parties
    ours, theirs = desk(south), desk(north)
    for n in range(7):
        ours.statement.make(title=f"No. {n}", text="Word")
        exchange(south, north)
        theirs.statement.make(title=f"No. {n}", text="Word")
        exchange(south, north)
    whole = [act.ref for act in ours.record.acts(limit=100).entries]
    paged, after = [], None
    while True:
        page = ours.record.acts(after=after, limit=3)
        paged += [act.ref for act in page.entries]
        if (after := page.more) is None:
            break
    assert paged == whole
    assert len(whole) == 14
    for party in parties:
        party.registry.close()


def test_only_other_sides_are_linked_and_only_at_addresses(parties: list[Party]) -> None:
    ours = desk(parties[0])
    with pytest.raises(Refused, match="no other side"):
        ours.link.set(side="south", urls=("http://127.0.0.1:1",))
    for url in ("ftp://a", "http://", "http://a:99999", "http://a:b", "north"):
        with pytest.raises(Malformed, match="not an address"):
            ours.link.set(side="north", urls=(url,))
    with pytest.raises(Refused, match="0 addresses"):
        ours.link.set(side="north", urls=())
    assert ours.link.set(side="north", urls=("http://[::1]:8740",)).url == "http://[::1]:8740"
    assert ours.link.cut(side="north").trouble == "cut"
    assert ours.link.restore(side="north").url == ""
    for party in parties:
        party.registry.close()


def test_every_call_says_what_it_does() -> None:
    assert all(call.summary.endswith(".") for call in CALLS.values())
