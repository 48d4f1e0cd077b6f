"""What a member refuses of another side's series, with the number and the reason."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record.entry import Commitment, Entry
from comity.record.head import Head, open_head, seal
from comity.record.keys import KeyType, SecretKey
from comity.record.merkle import Hashes, Tree, leaf_hash
from comity.record.note import assemble, sign
from comity.record.series import Fault, Holder, Run, Series, read_run

OFFICE = "ab" * 32
SEAL = SecretKey.of("kaesong.example/north", KeyType.ED25519, b"\x01" * 32)
RI = SecretKey.of("ri.north", KeyType.ED25519, b"\x02" * 32)
KIM = SecretKey.of("kim.north", KeyType.ED25519, b"\x03" * 32)
TWIN = SecretKey.of("kim.north", KeyType.ED25519, b"\x02" * 32)
COSIGNER = SecretKey.of("han.north", KeyType.COSIGNATURE, b"\x04" * 32)
BODY = Commitment("cd" * 32, 99)


def series() -> Series:
    holders = {"ri": Holder(RI.verifier, chief=True), "kim": Holder(KIM.verifier)}
    return Series(OFFICE, "north", SEAL.verifier, holders)


def fields(no: int, **changes: object) -> Entry:
    entry = Entry(
        office=OFFICE,
        side="north",
        no=no,
        kind="message",
        at="2018-09-14T10:30:00+09:00",
        by="ri",
        seen={},
        body=BODY,
    )
    return msgspec.structs.replace(entry, **changes)


def act(no: int, signer: SecretKey = RI, **changes: object) -> bytes:
    text = wire.compose(fields(no, **changes))
    return wire.finish(text, sign(text, signer))


def head_over(*raws: bytes) -> Head:
    tree = Tree()
    tree.extend(leaf_hash(raw) for raw in raws)
    return Head(SEAL.verifier.name, tree.size, tree.root())


def read(*raws: bytes) -> Run:
    return read_run(series(), raws, head_over(*raws))


def test_a_good_run_is_taken_whole() -> None:
    run = read(act(1), act(2, KIM, by="kim", seen={"south": 1}), act(3, seen={"south": 4}))
    assert run.finding is None
    assert [a.entry.no for a in run.acts] == [1, 2, 3]
    assert run.after.size == 3
    assert run.after.seen == {"south": 4}


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        (act(2, KIM, seen={"south": 4}), Fault.SIGNER),
        (act(2).replace(b"10:30", b"10:31"), Fault.SIGNATURE),
        (act(3), Fault.NUMBER),
        (act(1), Fault.NUMBER),
        (act(2, seen={"south": 3}), Fault.SEEN),
        (act(2, seen={}), Fault.SEEN),
        (act(2, office="ff" * 32, seen={"south": 4}), Fault.OFFICE),
        (act(2, side="south", seen={"north": 4}), Fault.SIDE),
        (act(2, by="moon", seen={"south": 4}), Fault.SIGNER),
        (b"comity/act/v1\n{}\n\n", Fault.MALFORMED),
        (act(2, seen={"south": 4}) + b"x" * 65_536, Fault.MALFORMED),
        (act(2, KIM, by="kim", seen={"south": 4}, drop="ri"), Fault.GRANT),
        (act(2, seen={"south": 4}, drop="moon"), Fault.GRANT),
        (act(2, seen={"south": 4}, drop="ri"), Fault.GRANT),
        (act(2, seen={"south": 4}, key=str(TWIN.verifier)), Fault.GRANT),
        (act(2, seen={"south": 4}, key=str(SEAL.verifier)), Fault.GRANT),
        (act(2, seen={"south": 4}, key=str(COSIGNER.verifier)), Fault.GRANT),
    ],
)
def test_a_bad_act_is_refused_and_what_stood_before_it_is_kept(second: bytes, fault: Fault) -> None:
    first = act(1, seen={"south": 4})
    if fault is Fault.SIGNATURE:
        first = act(1)
    run = read(first, second, act(3, seen={"south": 4}))
    assert run.finding is not None
    assert (run.finding.fault, run.finding.no) == (fault, 2)
    assert [a.raw for a in run.acts] == [first]
    assert run.after.size == 1
    assert run.after.tree.root() == head_over(first).root


def test_an_altered_act_is_not_what_the_seal_signed() -> None:
    good = [act(1), act(2)]
    run = read_run(series(), [good[0], good[1].replace(b"10:30", b"10:31")], head_over(*good))
    assert run.finding is not None
    assert run.finding.fault is Fault.ROOT
    assert not run.acts


def test_a_run_that_ends_before_the_head_needs_the_path_to_it() -> None:
    raws = [act(n) for n in range(1, 8)]
    tree = Tree()
    tree.extend(leaf_hash(raw) for raw in raws)
    path = Hashes(tree, lambda level, number: b"").consistency(5, 7)
    assert read_run(series(), raws[:5], head_over(*raws), path).finding is None
    assert read_run(series(), raws[:5], head_over(*raws), path[1:]).finding is not None
    assert read_run(series(), raws[:5], head_over(*raws)).finding is not None
    assert read_run(series(), raws, head_over(*raws[:5])).finding is not None


def test_a_granted_key_signs_from_the_next_entry_on_and_a_dropped_one_no_more() -> None:
    han = SecretKey.of("han.north", KeyType.ED25519, b"\x04" * 32)
    granted = act(1, key=str(han.verifier))
    run = read(granted, act(2, han, by="han"), act(3, drop="han"), act(4, han, by="han"))
    assert run.finding is not None
    assert (run.finding.fault, run.finding.no) == (Fault.SIGNER, 4)
    early = read(act(1, han, by="han"), granted)
    assert early.finding is not None
    assert early.finding.fault is Fault.SIGNER


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b'"no":1', b'"no": 1'),
        lambda raw: raw.replace(b'"no":1', b'"no":01'),
        lambda raw: raw.replace(b'"no":1', b'"no":1,"no":1'),
        lambda raw: raw.replace(b'"no":1', b'"no":1,"colour":"red"'),
        lambda raw: raw.replace(b'"kind":"message"', b'"kind":"\\u006dessage"'),
        lambda raw: raw.replace(b'"by":"ri"', b'"by":"Ri"'),
        lambda raw: raw.replace(b'"seen":{}', b'"seen":{"South":1}'),
        lambda raw: raw.replace(b'"seen":{}', b'"seen":{"south":0}'),
        lambda raw: raw.replace(b'"seen":{}', b'"to":["South"],"seen":{}'),
        lambda raw: raw.replace(b'"size":99', b'"size":15'),
        lambda raw: raw.replace(b'"size":99', b'"size":4194305'),
        lambda raw: raw.replace(b"\xe2\x80\x94 ri", b"- ri"),
        lambda raw: raw.replace(b"\n\n", b"\n"),
        lambda raw: raw.replace(b"2018-09-14T10", b"2018-09-14 10"),
        lambda raw: raw + raw.split(b"\n\n")[1],
        lambda raw: raw[:-1],
        lambda raw: raw.replace(b"abab", b"ab\xe1b", 1),
        lambda raw: raw.replace(b"\n\n", b"\n\n\n"),
    ],
)
def test_an_entry_has_one_reading(change: Callable[[bytes], bytes]) -> None:
    raw = act(1)
    assert wire.parse(raw).raw == raw
    assert change(raw) != raw
    with pytest.raises(Malformed):
        wire.parse(change(raw))


def test_a_head_of_another_seal_or_series_is_refused() -> None:
    head = head_over(act(1))
    assert open_head(assemble(head.text(), [seal(head, SEAL)]), SEAL.verifier)[0] == head
    other = Head("kaesong.example/south", head.size, head.root)
    for text, key in [(head.text(), RI), (other.text(), SEAL)]:
        with pytest.raises(Malformed):
            open_head(assemble(text, [sign(text, key)]), SEAL.verifier)


def test_a_body_is_held_to_its_commitment() -> None:
    body = wire.enclose(b"s" * 16, b'{"text":"hello"}')
    commitment = wire.commit(body)
    assert wire.matches(commitment, body)
    assert not wire.matches(commitment, body + b" ")
    assert not wire.matches(commitment, wire.enclose(b"t" * 16, b'{"text":"hello"}'))
