"""Proofs of one act, alone."""

from base64 import b64encode
from collections.abc import Callable

import pytest

from comity.errors import Malformed
from comity.record.head import Head, cosign, seal
from comity.record.keys import KeyType, SecretKey
from comity.record.merkle import Hashes, Tree, leaf_hash
from comity.record.note import assemble
from comity.record.policy import Policy
from comity.record.proof import Proof, verify
from tests import second_verifier

SEAL = SecretKey.of("kaesong.example/north", KeyType.ED25519, b"\x01" * 32)
SOUTH = SecretKey.of("kaesong.example/south/receipts", KeyType.COSIGNATURE, b"\x02" * 32)
OTHER = SecretKey.of("kaesong.example/north", KeyType.ED25519, b"\x03" * 32)
POLICY = Policy.parse(f"witness south {SOUTH.verifier}\nquorum south\n".encode())
ENTRIES = [b"act %d" % n for n in range(11)]


def tree() -> Tree:
    grown = Tree()
    grown.extend(leaf_hash(entry) for entry in ENTRIES)
    return grown


def proof(index: int, *, cosigned: bool = True, extra: bytes | None = None) -> Proof:
    grown = tree()
    head = Head(SEAL.verifier.name, grown.size, grown.root())
    lines = [seal(head, SEAL)] + [cosign(head, SOUTH, at=1_536_890_000)] * cosigned
    path = Hashes(grown, lambda level, number: b"").inclusion(index, grown.size)
    return Proof(index, tuple(path), assemble(head.text(), lines), extra)


@pytest.mark.parametrize("extra", [None, b"", b"\x00more"])
def test_a_proof_verifies_here_and_by_a_second_verifier(extra: bytes | None) -> None:
    for index, entry in enumerate(ENTRIES):
        raw = proof(index, extra=extra).bytes()
        read = Proof.parse(raw)
        assert read.bytes() == raw
        assert read.extra == extra
        assert verify(read, entry, SEAL.verifier, POLICY).receipts["south"].time == 1_536_890_000
        second_verifier.tlog_proof(raw, entry, str(SEAL.verifier), [str(SOUTH.verifier)])


def test_a_proof_of_the_only_entry_has_no_path() -> None:
    head = Head(SEAL.verifier.name, 1, leaf_hash(b"only"))
    raw = Proof(0, (), assemble(head.text(), [seal(head, SEAL)])).bytes()
    assert verify(Proof.parse(raw), b"only", SEAL.verifier, Policy.parse(b"quorum none\n")).head == head


@pytest.mark.parametrize(
    ("index", "entry", "key", "policy", "why"),
    [
        (3, b"act 4", SEAL, POLICY, "does not commit"),
        (4, b"act 3", SEAL, POLICY, "does not commit"),
        (3, b"act 3", OTHER, POLICY, "without the seal"),
        (3, b"act 3", SOUTH, POLICY, "was due"),
        (3, b"act 3", SEAL, Policy.parse(f"log {OTHER.verifier}\nquorum none\n".encode()), "does not know the log"),
    ],
)
def test_what_does_not_hold_is_named(index: int, entry: bytes, key: SecretKey, policy: Policy, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        verify(proof(index), entry, key.verifier, policy)


def test_too_few_cosigners_are_named() -> None:
    with pytest.raises(Malformed, match="cosigned by nobody"):
        verify(proof(3, cosigned=False), b"act 3", SEAL.verifier, POLICY)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"@v1", b"@v2"),
        lambda raw: raw.replace(b"index 3", b"index 03"),
        lambda raw: raw.replace(b"index 3", b"index -3"),
        lambda raw: raw.replace(b"index 3\n", b"index 3\nextra AA==\n"),
        lambda raw: raw.replace(b"index 3\n", b"extra A\nindex 3\n"),
        lambda raw: raw.replace(b"index 3\n", b"extra AB==\nindex 3\n"),
        lambda raw: raw.replace(b"index 3\n", b"index 3\n" + b64encode(bytes(31)) + b"\n"),
        lambda raw: raw.replace(b"index 3\n", b"index 3\n" + (b64encode(bytes(32)) + b"\n") * 60),
        lambda raw: raw.replace(b"\n\n", b"\n", 1),
        lambda raw: raw.replace(b"\n\n", b"\n\n\n", 1),
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: raw + b"A" * 200_000,
    ],
)
def test_files_of_another_form_are_refused(change: Callable[[bytes], bytes]) -> None:
    raw = proof(3).bytes()
    assert change(raw) != raw
    with pytest.raises(Malformed):
        Proof.parse(change(raw))
