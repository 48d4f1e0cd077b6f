"""Policies: what a file may say, and what suffices."""

import pytest

from comity.errors import Malformed
from comity.record.head import Head, cosign, seal
from comity.record.keys import KeyType, SecretKey
from comity.record.note import Note, Signature, assemble
from comity.record.policy import Policy

LOG = SecretKey.of("kaesong.example/north", KeyType.ED25519, b"\x00" * 32)
W = [SecretKey.of(f"w{n}.example", KeyType.COSIGNATURE, bytes([n]) * 32) for n in range(1, 6)]
PQ = SecretKey.of("pq.example", KeyType.MLDSA44, b"\x09" * 32)
HEAD = Head(LOG.verifier.name, 3, b"r" * 32)
WITNESSES = "".join(f"witness w{n} {key.verifier}\n" for n, key in enumerate(W, 1))
TWO_LEVELS = f"""# two of three, and one of two
log {LOG.verifier} https://kaesong.example/north
{WITNESSES} \t
group X 2 w1 w2 w3
\tgroup  Y any w4 w5
group X-and-Y all X Y
quorum X-and-Y
"""


def policy(text: str) -> Policy:
    return Policy.parse(text.encode())


def signed(*lines: Signature) -> Note:
    return Note.parse(assemble(HEAD.text(), [seal(HEAD, LOG), *lines]))


@pytest.mark.parametrize(
    ("cosigners", "enough"),
    [
        ((1, 2, 4), True),
        ((1, 3, 5), True),
        ((1, 2, 3), False),
        ((1, 4, 5), False),
        ((), False),
        ((1, 2, 3, 4, 5), True),
    ],
)
def test_a_quorum_of_two_levels(cosigners: tuple[int, ...], enough: bool) -> None:
    verdict = policy(TWO_LEVELS).judge(HEAD, signed(*(cosign(HEAD, W[n - 1], at=9) for n in cosigners)))
    assert set(verdict.receipts) == {f"w{n}" for n in cosigners}
    assert verdict.satisfied is enough


def test_lines_of_unknown_keys_are_ignored_and_bad_ones_of_known_keys_refused() -> None:
    one = policy(f"witness w1 {W[0].verifier}\nquorum w1\n")
    good = cosign(HEAD, W[0], at=9)
    assert one.judge(HEAD, signed(cosign(HEAD, W[1], at=9), good)).satisfied
    assert not one.judge(HEAD, signed(Signature("w1.example", b"abcd", good.payload))).receipts
    with pytest.raises(Malformed, match=r"w1\.example.*bad"):
        one.judge(HEAD, signed(Signature(good.name, good.key_id, good.payload[:-1] + b"x")))
    with pytest.raises(Malformed, match=r"w1\.example.*bad"):
        one.judge(HEAD, signed(good, cosign(Head(HEAD.origin, 4, HEAD.root), W[0], at=9)))


def test_the_latest_of_one_witness_counts_once() -> None:
    both = policy(f"{WITNESSES}group g 2 w1 w2\nquorum g\n")
    verdict = both.judge(HEAD, signed(cosign(HEAD, W[0], at=7), cosign(HEAD, W[0], at=9), cosign(HEAD, W[0], at=8)))
    assert verdict.receipts["w1"].time == 9
    assert not verdict.satisfied


def test_where_peers_are_reached_is_read() -> None:
    read = policy(f"log {LOG.verifier} https://log.example\nwitness w {W[0].verifier} https://w.example\nquorum w\n")
    assert read.logs[0].url == "https://log.example"
    assert read.witnesses["w"].url == "https://w.example"


def test_an_ml_dsa_witness_and_no_witness_at_all() -> None:
    assert policy(f"witness w {PQ.verifier}\nquorum w\n").judge(HEAD, signed(cosign(HEAD, PQ, at=9))).satisfied
    assert policy("quorum none\n").judge(HEAD, signed()).satisfied


SEAL_AS_WITNESS = SecretKey.of("w9.example", KeyType.COSIGNATURE, b"\x00" * 32).verifier


REFUSED = [
    ("", "newline"),
    ("# nothing\n", "no quorum"),
    ("quorum none", "newline"),
    ("quorum none\r\n", "control"),
    ("quorum none\nquorum none\n", "second quorum"),
    ("quorum w1\n" + WITNESSES, "not defined above"),
    ("group g any g\nquorum g\n", "not defined above"),
    (f"{WITNESSES}group none any w1\nquorum none\n", "defined already"),
    (f"{WITNESSES}group w1 any w2\nquorum w1\n", "defined already"),
    (f"{WITNESSES}group g any none\nquorum g\n", "not defined above"),
    (f"{WITNESSES}group g any w1 w1\nquorum g\n", "in a group already"),
    (f"{WITNESSES}group g any w1\ngroup h any w1\nquorum g\n", "in a group already"),
    (f"{WITNESSES}group g 3 w1 w2\nquorum g\n", "never cosign"),
    (f"{WITNESSES}group g 0 w1 w2\nquorum g\n", "not all, any or a number"),
    (f"{WITNESSES}group g 01 w1 w2\nquorum g\n", "not all, any or a number"),
    (f"{WITNESSES}group g any\nquorum g\n", "not a line"),
    (f"witness w1 {W[0].verifier} url more\nquorum w1\n", "not a line"),
    (f"{WITNESSES}witness again {W[0].verifier}\nquorum none\n", "one key, one role"),
    (f"log {LOG.verifier}\nwitness w9 {SEAL_AS_WITNESS}\nquorum none\n", "one key, one role"),
    (f"log {W[0].verifier}\nquorum none\n", "cannot serve"),
    (f"witness w {LOG.verifier}\nquorum none\n", "cannot serve"),
    ("witness w example+00000000+AQ==\nquorum none\n", "does not know"),
    ("observer w\nquorum none\n", "not a line"),
    ("#" * 600_000 + "\nquorum none\n", "at most"),
    (
        "".join(f"group g{n} any g{n - 1}\n" if n else WITNESSES + "group g0 any w1\n" for n in range(129)),
        "more than",
    ),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_a_file_may_not_say(text: str, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        policy(text)


def test_names_are_opaque_bytes() -> None:
    raw = b"witness \xff %s\nwitness \xe2\x84\xaa %s\nwitness K %s\ngroup \xfe all \xff K\nquorum \xfe\n"
    read = Policy.parse(raw % tuple(str(key.verifier).encode() for key in W[:3]))
    assert len(read.witnesses) == 3
    with pytest.raises(Malformed, match="cannot name a key"):
        Policy.parse(b"witness w \xff+00000000+AQEB\nquorum none\n")
