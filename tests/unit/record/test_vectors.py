"""The record reads and writes what others published."""

from base64 import b64decode, b64encode

import pytest

from comity.errors import Malformed
from comity.record.head import Head, cosign, open_head, receipt_by, seal
from comity.record.keys import KeyType, SecretKey, VerifierKey
from comity.record.merkle import Tree, leaf_hash
from comity.record.note import Note, Signature, assemble
from tests.vectors import load

MERKLE = load("merkle.json")
NOTES = load("notes.json")


def test_rfc6962_reference_roots() -> None:
    tree = Tree()
    roots = [tree.root().hex()]
    for leaf in MERKLE["rfc6962"]["leaves_hex"]:
        tree.append(leaf_hash(bytes.fromhex(leaf)))
        roots.append(tree.root().hex())
    assert roots == MERKLE["rfc6962"]["roots_hex"]


def test_entry_n_roots() -> None:
    wanted = {int(size): root for size, root in MERKLE["entry_n"]["roots_base64"].items()}
    tree, found = Tree(), {}
    for n in range(max(wanted)):
        tree.append(leaf_hash(b"entry %d" % n))
        if tree.size in wanted:
            found[tree.size] = b64encode(tree.root()).decode()
    assert found == wanted


def test_signed_note() -> None:
    example = NOTES["note"]
    key = VerifierKey.parse(example["vkey"])
    raw = b64decode(example["signature_base64"])
    note = Note.parse(assemble(example["text"].encode(), [Signature(key.name, raw[:4], raw[4:])]))
    assert note.signed_by([key]) == [key]
    assert str(key) == example["vkey"]


def test_checkpoint_is_sealed_byte_for_byte() -> None:
    example = NOTES["checkpoint"]
    key = SecretKey.parse(example["skey"])
    head, note = open_head(example["note"].encode(), VerifierKey.parse(example["vkey"]))
    assert head.size == 3
    assert str(key.verifier) == example["vkey"]
    assert key.text() == example["skey"]
    assert assemble(head.text(), [seal(head, key)]) == note.bytes() == example["note"].encode()


def test_cosignature_is_made_byte_for_byte() -> None:
    example = NOTES["cosignature_v1"][0]
    head = Head.parse(Note.parse(NOTES["checkpoint"]["note"].encode()).text)
    key = SecretKey.of("witness.example/w", KeyType.COSIGNATURE, bytes.fromhex(example["seed_hex"]))
    assert str(key.verifier) == example["vkey"]
    assert cosign(head, key, at=example["time"]).line().decode() == example["line"]


def test_cosignature_by_a_mirror_that_is_not_ours() -> None:
    example = NOTES["cosignature_v1"][1]
    note = Note.parse(example["note"].encode())
    key = VerifierKey.parse(example["vkey"])
    line = note.find(key)
    assert line is not None
    assert receipt_by(Head.parse(note.text), line, key).time > 1_700_000_000
    with pytest.raises(Malformed):
        receipt_by(Head("rome2026h1.example.org", 301, Head.parse(note.text).root), line, key)
