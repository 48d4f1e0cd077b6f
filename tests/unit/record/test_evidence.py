"""Evidence proves what it says, alone; forged, incomplete or harmless evidence is refused."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

import msgspec
import pytest

from comity.errors import Malformed
from comity.record import accuse as accuse_module
from comity.record import entry as wire
from comity.record.accuse import Signed, accuse, accuse_of_fork, signed_run
from comity.record.evidence import Statement, check
from comity.record.exhibits import (
    MAX_EVIDENCE,
    BadAct,
    BadSeries,
    Evidence,
    Fork,
    Included,
    Received,
    Renumbered,
    decode,
    encode,
)
from comity.record.founding import Founding
from comity.record.head import Head, cosign, seal
from comity.record.keys import SecretKey
from comity.record.note import Note, assemble, sign
from comity.record.series import Fault, Finding, read_run
from tests.office import CHO, FOUNDING, HAN, KIM, RECEIPT, RI, SEAL, Log, act

CHARTER_TEXT = b"the charter of an office\n"
CHARTER = assemble(CHARTER_TEXT, [sign(CHARTER_TEXT, RI), sign(CHARTER_TEXT, CHO)])
OFFICE = sha256(CHARTER_TEXT).hexdigest()


def read_charter(raw: bytes) -> Founding:
    note = Note.parse(raw)
    if len(note.signed_by([RI.verifier, CHO.verifier])) != 2:
        raise Malformed("a charter that not all sides signed")
    return Founding(sha256(note.text).hexdigest(), FOUNDING.members)


def ours(no: int, signer: SecretKey = RI, **changes: object) -> bytes:
    return act(no, signer, **({"office": OFFICE} | changes))


def proven(evidence: Evidence) -> Statement:
    statement = check(encode(evidence), read_charter)
    assert decode(encode(evidence)) == evidence
    assert statement.does_not_prove
    return statement


def refused(evidence: Evidence, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        check(encode(evidence), read_charter)


GOOD = [ours(n, seen={"south": n}) for n in range(1, 12)]


def fork(older: Log, old: int, newer: Log, *, key: SecretKey = SEAL["north"]) -> Fork:
    notes = [assemble(h.text(), [seal(h, key)]) for h in (older.head(old), newer.head())]
    return accuse_of_fork(key.verifier, notes[0], notes[1], (older.head(old), newer.head()), newer.hashes())


@pytest.mark.parametrize("old", range(1, 12))
def test_a_fork_is_proven_at_every_size_and_no_history_is_called_one(old: int) -> None:
    other = Log([ours(1, kind="letter"), *GOOD[1:]])
    assert "are not one history" in proven(fork(Log(GOOD), old, other)).proves
    refused(fork(Log(GOOD), old, Log(GOOD)), "extends the older")


def test_a_first_head_of_nothing_with_a_root_is_a_fork() -> None:
    nothing = Head(SEAL["north"].verifier.name, 0, b"r" * 32)
    notes = [assemble(nothing.text(), [seal(nothing, SEAL["north"])]), Log(GOOD).signed()]
    lie = Fork(key=str(SEAL["north"].verifier), older=notes[0].decode(), newer=notes[1].decode())
    assert "0 and 11 entries" in proven(lie).proves
    refused(msgspec.structs.replace(lie, older=Log([]).signed().decode()), "extends the older")


def test_a_fork_by_a_cosigner() -> None:
    key = RECEIPT["south"]
    heads = [Log(GOOD).head(5), Log([ours(1, kind="letter"), *GOOD[1:]]).head(5)]
    notes = [assemble(head.text(), [cosign(head, key, at=9)]).decode() for head in heads]
    statement = proven(Fork(key=str(key.verifier), older=notes[0], newer=notes[1]))
    assert "cosigned two heads" in statement.proves
    assert statement.of == str(key.verifier)
    refused(Fork(key=str(key.verifier), older=notes[0], newer=notes[0]), "extends")
    refused(Fork(key=str(RECEIPT["north"].verifier), older=notes[0], newer=notes[1]), "without a signature")


def test_forged_forks_are_refused() -> None:
    true = fork(Log(GOOD), 5, Log([ours(1, kind="letter"), *GOOD[1:]]))
    change = msgspec.structs.replace
    refused(change(true, path=true.path[1:]), "too short|not a proof|not of the newer")
    refused(change(true, path=(b"x" * 32, *true.path[1:])), "not of the newer head")
    refused(change(true, older=true.newer, newer=true.older), "larger")
    refused(change(true, key=str(SEAL["south"].verifier)), "was due")
    refused(change(true, older=true.older.replace("\n5\n", "\n6\n")), "bad")
    south = Log(GOOD, "south").head(5)
    key = RECEIPT["south"]
    notes = [assemble(h.text(), [cosign(h, key, at=9)]).decode() for h in (south, Log(GOOD[1:]).head(5))]
    refused(Fork(key=str(key.verifier), older=notes[0], newer=notes[1]), "two series")


def test_two_acts_of_one_number() -> None:
    two = Renumbered(charter=CHARTER.decode(), side="north", acts=(ours(3), ours(3, kind="letter")))
    assert "two different acts as number 3" in proven(two).proves
    change = msgspec.structs.replace
    refused(change(two, acts=(ours(3), ours(4))), "two numbers")
    refused(change(two, acts=(ours(3), ours(3))), "one act")
    refused(change(two, acts=(ours(3), act(3))), "not of north")
    refused(change(two, acts=(ours(3), ours(3, CHO))), "not of north")
    refused(change(two, acts=(ours(3), ours(3, kind="letter").replace(b"10:30", b"10:31"))), "no good signature")
    refused(change(two, side="east"), "no side")
    refused(change(two, charter=CHARTER.decode().replace("office", "orifice")), "bad")
    by_han = change(two, acts=(ours(3), ours(3, HAN)))
    refused(by_han, "no good signature")
    grant = ours(2, key=str(HAN.verifier))
    assert proven(change(by_han, grants=(grant,))).of == f"north of office {OFFICE}"
    refused(change(by_han, grants=(ours(2, KIM, key=str(HAN.verifier)),)), "not by a chief")
    refused(change(by_han, grants=(ours(2, drop="kim"),)), "grants no key")
    refused(change(by_han, grants=(grant.replace(b"10:30", b"10:31"),)), "not by a chief")


KNOWN = 2


def signed(log: Log, at_hand: int, before: int = KNOWN) -> Signed:
    """The log as far as it came: `before` entries were known."""
    bridge = log.hashes().consistency(at_hand, len(log.raws))
    known = read_run(read_charter(CHARTER).series("north"), log.raws[:before], log.head(before)).after
    assert known.size == before

    def read(first: int, last: int) -> Sequence[bytes]:
        assert 1 <= first <= last <= before
        return log.raws[first - 1 : last]

    def read_tile(level: int, number: int) -> bytes:
        assert (number + 1) << 8 * (level + 1) <= before
        return log.tiles[level, number]

    return signed_run(
        CHARTER,
        known,
        log.raws[before:at_hand],
        log.signed(),
        bridge,
        entries=read,
        read_tile=read_tile,
    )


BAD = {
    Fault.MALFORMED: b"\xff no act\n",
    Fault.OFFICE: act(6, seen={"south": 5}),
    Fault.SIDE: ours(6, CHO, seen={"north": 5}),
    Fault.NUMBER: ours(7, seen={"south": 5}),
    Fault.SEEN: ours(6, seen={"south": 4}),
    Fault.SIGNATURE: ours(6, seen={"south": 5}).replace(b"10:30", b"10:31"),
    Fault.SIGNER: ours(6, HAN, seen={"south": 5}),
    Fault.GRANT: ours(6, KIM, seen={"south": 5}, key=str(HAN.verifier)),
}


@pytest.mark.parametrize("at_hand", [6, 8, 11])
@pytest.mark.parametrize("fault", list(BAD))
def test_what_a_member_refuses_it_can_prove(fault: Fault, at_hand: int) -> None:
    log = Log([*GOOD[:5], BAD[fault], *GOOD[6:]])
    source = signed(log, at_hand)
    series = read_charter(CHARTER).series("north")
    finding = read_run(series, log.raws[:at_hand], log.head(), source.bridge).finding
    assert finding is not None
    assert (finding.fault, finding.no) == (fault, 6)
    evidence = accuse(source, finding)
    assert evidence is not None
    statement = proven(evidence)
    assert "the seal of north committed to entry 6" in statement.proves
    assert fault is not Fault.SEEN or "it has seen south/4, entry 5 south/5" in statement.proves
    assert fault in statement.proves
    assert isinstance(evidence, BadSeries if fault in (Fault.SIGNER, Fault.GRANT) else BadAct)


def accused(fault: Fault) -> Evidence:
    """The evidence of a fault in entry 6 of 11."""
    evidence = accuse(signed(Log([*GOOD[:5], BAD[fault], *GOOD[6:]]), 8), Finding(fault, 6, ""))
    assert evidence is not None
    return evidence


def test_a_bad_signature_by_a_granted_key() -> None:
    forged = ours(3, HAN).replace(b"10:30", b"10:31")
    log = Log([ours(1, key=str(HAN.verifier)), ours(2), forged])
    evidence = accuse(signed(log, 3), Finding(Fault.SIGNATURE, 3, ""))
    assert isinstance(evidence, BadAct)
    assert len(evidence.grants) == 1
    assert "signature by han.north is bad" in proven(evidence).proves
    refused(msgspec.structs.replace(evidence, grants=()), "proves nothing")


@pytest.mark.parametrize("known", [0, 256, 300, 520])
def test_evidence_from_a_long_series(known: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accuse_module, "_RUN", 100)
    forged = ours(600, HAN, seen={"south": 600}).replace(b"10:30", b"10:31")
    granted = ours(200, key=str(HAN.verifier), seen={"south": 200})
    good = [ours(n, seen={"south": n}) for n in range(1, 701)]
    log = Log([*good[:199], granted, *good[200:599], forged, *good[600:]])
    source = signed(log, 650, known)
    for fault, what in ((Fault.SIGNATURE, "signature by han.north"), (Fault.SIGNER, "bad signature")):
        evidence = accuse(source, Finding(fault, 600, ""))
        assert evidence is not None
        assert what in proven(evidence).proves
    monkeypatch.setattr(accuse_module, "_ROOM", 10_000)
    assert accuse(source, Finding(Fault.SIGNER, 600, "")) is None
    assert accuse(source, Finding(Fault.ROOT, 600, "")) is None
    monkeypatch.setattr(accuse_module, "_ROOM", 100)
    assert accuse(source, Finding(Fault.NUMBER, 600, "")) is None


def bad_act(raw: bytes, **changes: object) -> BadAct:
    evidence = accuse(signed(Log([*GOOD[:5], raw, *GOOD[6:]]), 8), Finding(Fault.SEEN, 6, ""))
    assert isinstance(evidence, BadAct)
    return msgspec.structs.replace(evidence, **changes)


def test_forged_evidence_of_bad_acts_is_refused() -> None:
    refused(bad_act(GOOD[5]), "proves nothing")
    refused(bad_act(ours(6, seen={"south": 5})), "proves nothing")
    true = bad_act(BAD[Fault.SEEN])
    assert true.before is not None
    change = msgspec.structs.replace
    refused(change(true, before=None), "proves nothing")
    refused(change(true, before=true.act), "not earlier")
    refused(change(true, act=change(true.act, entry=BAD[Fault.NUMBER])), "does not commit|does not extend")
    refused(change(true, act=change(true.act, index=4)), "does not|not of")
    refused(change(true, act=change(true.act, bridge=())), "not a proof")
    refused(change(true, act=change(true.act, bridge=(b"x" * 32,) * len(true.act.bridge))), "does not")
    refused(change(true, head=Log(GOOD).signed().decode()), "does not")
    refused(change(true, side="south"), "was due")
    unsigned = (
        true.head.rsplit("\n\n", 1)[0] + "\n\n" + cosign(Log(GOOD).head(), RECEIPT["south"], at=9).line().decode()
    )
    refused(change(true, head=unsigned), "without the seal")


def test_a_good_series_or_one_that_the_head_does_not_sign_proves_nothing() -> None:
    log = Log(GOOD)
    evidence = BadSeries(
        charter=CHARTER.decode(), side="north", head=log.signed().decode(), entries=tuple(GOOD[:9]), bridge=()
    )
    refused(evidence, "not what the head")
    bridge = tuple(log.hashes().consistency(9, 11))
    refused(msgspec.structs.replace(evidence, bridge=bridge), "all entries are good")
    broken = (*GOOD[:8], GOOD[8].replace(b"10:30", b"10:31"))
    refused(msgspec.structs.replace(evidence, entries=broken, bridge=bridge), "not what the head")


def received(log: Log, no: int, *cosigners: SecretKey) -> Received:
    path = log.hashes().inclusion(no - 1, len(log.raws))
    included = Included(log.raws[no - 1], no - 1, len(log.raws), tuple(path))
    head = log.signed(None, *cosigners).decode()
    return Received(charter=CHARTER.decode(), side="north", cosigner="south", head=head, act=included)


def test_a_receipt_proves_what_its_signer_said_it_holds() -> None:
    log = Log([ours(1, to=("south",)), ours(2, to=()), ours(3)])
    first = proven(received(log, 1, RECEIPT["south"]))
    assert first.of.startswith("south")
    assert "holds entry north/1, and the body with digest" in first.proves
    assert "body" not in proven(received(log, 2, RECEIPT["south"])).proves
    refused(received(log, 1), "no receipt by south")
    refused(received(log, 1, RECEIPT["north"]), "no receipt by south")
    change = msgspec.structs.replace
    true = received(log, 1, RECEIPT["south"])
    refused(change(true, act=change(true.act, entry=ours(1))), "does not commit")
    refused(change(true, side="south", cosigner="south"), "no receipt")
    refused(change(true, cosigner="east"), "no side")
    refused(received(Log([act(1)]), 1, RECEIPT["south"]), "not of north")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[" * 5000,
        b'{"kind":"fork"}',
        b'{"kind":"other","format":"comity/evidence/v1"}',
        b'{"kind":"fork","format":"comity/evidence/v2","key":"","older":"","newer":""}',
        b'{"kind":"fork","format":"comity/evidence/v1","key":"","older":"","newer":"","more":1}',
        b'{"kind":"fork","format":"comity/evidence/v1","key":"","older":"","newer":"","path":["AA=="]}',
        b'{"kind":"fork","format":"comity/evidence/v1","key":"\xff","older":"","newer":""}',
        b" " * (MAX_EVIDENCE + 1),
    ],
)
def test_files_of_another_form_are_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        check(raw, read_charter)


def test_an_over_long_act_is_proven() -> None:
    raw = ours(6, seen={"south": 5}).replace(b"message", b"m" * wire.MAX_ENTRY)
    assert "malformed" in proven(bad_act(raw, before=None)).proves
    assert b64encode(raw) in encode(bad_act(raw))
