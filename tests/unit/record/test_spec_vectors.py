"""What docs/spec says is taken and refused: the vectors that hold for every implementation."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record import proof as proofs
from comity.record.evidence import check
from comity.record.founding import Founding, Member
from comity.record.head import Head, open_head, receipt_by
from comity.record.keys import SecretKey, VerifierKey
from comity.record.note import Note, Signature, assemble, sign, verify_line
from comity.record.policy import Policy
from comity.record.series import Holder, Series, read_run
from comity.record.tiles import TilePath, decode_bundle, encode_bundle, tiles_at
from comity.record.webauthn import Assertion, Passkey, faults
from tests import second_reader, second_verifier
from tests.vectors import load
from tests.vectors.record import generate

SERIES, ENTRIES, HEADS, WEBAUTHN, TILES, POLICY, PROOF, EVIDENCE = (
    load(f"record/{maker.__name__}.json") for maker in generate.MAKERS
)


def founding(keys: Any) -> Founding:
    members = {}
    for side, secret in keys["sides"].items():
        held = keys["holders_at_founding"][side]
        holders = {who: Holder(VerifierKey.parse(h["vkey"]), h["chief"]) for who, h in held.items()}
        seal, receipt = (SecretKey.parse(secret[role]).verifier for role in ("seal", "receipt"))
        members[side] = Member(seal, receipt, holders)
    return Founding(keys["office"], members)


def test_the_files_are_what_the_script_makes() -> None:
    for name, content in generate.made():
        assert (generate.HERE / name).read_text() == content, name


@pytest.mark.parametrize("case", SERIES["runs"], ids=lambda case: case["name"])
def test_runs(case: Any) -> None:
    series: Series = founding(SERIES["keys"]).series(SERIES["side"])
    head, _ = open_head(case["head"].encode(), series.seal)
    run = read_run(series, [entry.encode() for entry in case["entries"]], head)
    verdict = run.finding and {"fault": run.finding.fault, "no": run.finding.no}
    assert verdict == case["refused"]


@pytest.mark.parametrize("case", SERIES["runs"], ids=lambda case: case["name"])
def test_a_second_reader_finds_the_same(case: Any) -> None:
    held = SERIES["keys"]["holders_at_founding"][SERIES["side"]]
    holders = {who: (h["vkey"], h["chief"]) for who, h in held.items()}
    raws = [entry.encode() for entry in case["entries"]]
    seal = str(founding(SERIES["keys"]).members["north"].seal)
    if second_verifier.checkpoint(case["head"].encode(), seal)[1] != second_verifier.naive_root(raws):
        assert case["refused"]["fault"] == "not what the seal signed"
        return
    fault = second_reader.first_fault(raws, SERIES["keys"]["office"], SERIES["side"], holders)
    assert (fault and {"fault": fault[0], "no": fault[1]}) == case["refused"]


@pytest.mark.parametrize("case", ENTRIES["refused"], ids=lambda case: case["why"])
def test_what_is_no_entry(case: Any) -> None:
    assert wire.parse(ENTRIES["accepted"].encode()).entry.no == 1
    with pytest.raises(Malformed):
        wire.parse(b64decode(case["entry_base64"]))
    assert second_reader.act(ENTRIES["accepted"].encode())[0]["no"] == 1
    with pytest.raises(second_reader.Bad):
        second_reader.act(b64decode(case["entry_base64"]))


def test_heads_and_receipts() -> None:
    seal, receipt = VerifierKey.parse(HEADS["seal"]), VerifierKey.parse(HEADS["receipt"])
    head, note = open_head(HEADS["head"].encode(), seal)
    line = Signature.parse(HEADS["receipt_line"].encode())
    assert note.find(receipt) == line
    assert receipt_by(head, line, receipt).time == HEADS["receipt_time"]
    assert second_verifier.cosignature(HEADS["head"].encode(), HEADS["receipt"]) == HEADS["receipt_time"]
    once = load("record/ml_dsa.json")
    of_pq = Signature.parse(once["receipt_line"].encode())
    assert receipt_by(Head.parse(once["head_text"].encode()), of_pq, VerifierKey.parse(HEADS["receipt_ml_dsa"]))


@pytest.mark.parametrize("case", HEADS["refused_heads"], ids=lambda case: case["why"])
def test_what_is_no_head(case: Any) -> None:
    with pytest.raises(Malformed):
        open_head(case["head"].encode(), VerifierKey.parse(HEADS["seal"]))


@pytest.mark.parametrize("case", HEADS["refused_receipt_lines"], ids=lambda case: case["why"])
def test_what_is_no_receipt(case: Any) -> None:
    head = Head.parse(Note.parse(HEADS["head"].encode()).text)
    with pytest.raises(Malformed):
        receipt_by(head, Signature.parse(case["line"].encode()), VerifierKey.parse(HEADS["receipt"]))


@pytest.mark.parametrize("case", WEBAUTHN["accepted"] + WEBAUTHN["refused"], ids=lambda c: c.get("name") or c["why"])
def test_passkeys(case: Any) -> None:
    key = VerifierKey.parse(WEBAUTHN["passkeys"][case["passkey"]]["vkey"])
    payload, text = b64decode(case["payload_base64"]), WEBAUTHN["text"].encode()
    assert verify_line(text, Signature(key.name, key.id, payload), key) is ("name" in case)
    if case.get("why", "a byte too many") != "a byte too many":
        (fault,) = faults(Passkey.parse(key.public), text, Assertion.parse(payload))
        assert case["why"] in fault


def test_tiles() -> None:
    assert [str(TilePath.parse(path)) for path in TILES["paths"]] == TILES["paths"]
    for path in TILES["refused_paths"]:
        with pytest.raises(Malformed):
            TilePath.parse(path)
    assert {size: [str(t) for t in tiles_at(int(size))] for size in TILES["tiles_at"]} == TILES["tiles_at"]
    entries, raw = [e.encode() for e in TILES["bundle"]["entries"]], b64decode(TILES["bundle"]["bundle_base64"])
    assert encode_bundle(entries) == raw
    assert decode_bundle(raw, len(entries)) == entries


def test_policies() -> None:
    policy = Policy.parse(POLICY["policy"].encode())
    for case in POLICY["satisfied"]:
        assert policy.satisfied(case["cosigners"]) is case["satisfied"]
    for case in POLICY["refused"]:
        with pytest.raises(Malformed):
            Policy.parse(case["policy"].encode())


def test_proofs() -> None:
    seal, policy, entry = (
        VerifierKey.parse(PROOF["seal"]),
        Policy.parse(PROOF["policy"].encode()),
        PROOF["entry"].encode(),
    )
    for text in PROOF["accepted"]:
        assert set(proofs.verify(proofs.Proof.parse(text.encode()), entry, seal, policy).receipts) == {"south"}
        second_verifier.tlog_proof(text.encode(), entry, PROOF["seal"], [HEADS["receipt"]])
    for case in PROOF["refused"]:
        with pytest.raises(Malformed):
            proofs.verify(proofs.Proof.parse(case["proof"].encode()), entry, seal, policy)


def read_charter(raw: bytes) -> Founding:
    note = Note.parse(raw)
    assert len(note.signed_by(map(VerifierKey.parse, EVIDENCE["charter_signers"]))) == 2
    return founding(EVIDENCE["keys"])


@pytest.mark.parametrize("case", EVIDENCE["proven"], ids=lambda case: case["name"])
def test_evidence_that_proves(case: Any) -> None:
    assert check(case["file"].encode(), read_charter).proves


@pytest.mark.parametrize("case", EVIDENCE["refused"], ids=lambda case: case["why"])
def test_evidence_that_proves_nothing(case: Any) -> None:
    with pytest.raises(Malformed, match="nothing"):
        check(case["file"].encode(), read_charter)


def test_signers_make_the_same_bytes() -> None:
    """Entries are signed deterministically, so a signer with the keys must arrive at these bytes."""
    keys = {k.verifier.name: k for k in map(SecretKey.parse, SERIES["keys"]["delegates"].values())}
    act = wire.parse(ENTRIES["accepted"].encode())
    again = assemble(act.text, [sign(act.text, keys[act.signer])])
    assert again.decode() == ENTRIES["accepted"]
