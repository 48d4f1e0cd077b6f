"""Every reader takes any bytes: it gives back what it read, byte for byte, or raises Malformed and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record.entry import Entry
from comity.record.evidence import check
from comity.record.exhibits import decode, encode
from comity.record.head import Head, cosign, open_head, receipt_by
from comity.record.keys import KeyType, SecretKey, VerifierKey
from comity.record.note import Note, Signature, assemble, sign
from comity.record.policy import Policy
from comity.record.proof import Proof
from comity.record.series import Series, check_acts, verify_in_turn
from comity.record.tiles import TilePath, decode_bundle, encode_bundle
from comity.record.webauthn import Assertion, Passkey, faults
from tests import second_reader
from tests.authenticator import Authenticator
from tests.office import CHO, FOUNDING, HAN, OFFICE, RECEIPT, RI, SEAL, Log, act
from tests.unit.record import test_evidence, test_policy, test_proof

LOG = Log([act(n, attachments=(wire.commit(b"s" * 20),)) for n in range(1, 6)])
DEVICE = Authenticator("ES256")
PQ = SecretKey.of("pq.example", KeyType.MLDSA44, bytes(32))
PASSKEY = VerifierKey.of("ri.north", KeyType.NAMED, DEVICE.passkey.public())
NORTH: Series = FOUNDING.series("north")


def text(read: Callable[[str], object]) -> Callable[[bytes], bytes]:
    """A reader of text as a reader of bytes."""

    def run(raw: bytes) -> bytes:
        return str(read(raw.decode("utf-8", "surrogateescape"))).encode("utf-8", "surrogateescape")

    return run


def head(raw: bytes) -> bytes:
    found, note = open_head(raw, SEAL["north"].verifier)
    for line in note.signatures:
        if line.by(RECEIPT["south"].verifier):
            receipt_by(found, line, RECEIPT["south"].verifier)
    return note.bytes()


def assertion(raw: bytes) -> bytes:
    made = Assertion.parse(raw)
    faults(DEVICE.passkey, b"text\n", made)
    return made.payload()


def entry(raw: bytes) -> bytes:
    act = wire.parse(raw)
    note = Note.parse(raw)
    assert (note.text, len(note.signatures)) == (act.text, 1)
    assert note.signatures[0] == Signature(act.signer, act.key_id, act.payload)
    assert second_reader.act(raw)[0]["no"] == act.entry.no
    assert wire.may_grant(raw) or act.entry.key is act.entry.drop is None
    return wire.finish(wire.compose(act.entry), note.signatures[0])


def series(raw: bytes) -> bytes:
    check_acts(NORTH, [raw], verify_in_turn)
    return raw


def unread(reader: Callable[[bytes], object]) -> Callable[[bytes], bytes]:
    """A reader whose form is not the only one, so what it read is not written back."""

    def run(raw: bytes) -> bytes:
        reader(raw)
        return raw

    return run


READERS: dict[str, tuple[Callable[[bytes], bytes], bytes]] = {
    "note": (lambda raw: Note.parse(raw).bytes(), LOG.signed(None, RECEIPT["south"])),
    "line": (lambda raw: Signature.parse(raw).line(), sign(b"text\n", RI).line()),
    "head": (head, LOG.signed(None, RECEIPT["south"])),
    "head text": (lambda raw: Head.parse(raw).text(), LOG.head().text()),
    "verifier key": (text(VerifierKey.parse), str(RI.verifier).encode()),
    "passkey": (
        text(VerifierKey.parse),
        str(VerifierKey.of("ri.north", KeyType.NAMED, DEVICE.passkey.public())).encode(),
    ),
    "ml-dsa key": (text(VerifierKey.parse), str(PQ.verifier).encode()),
    "secret key": (text(lambda raw: SecretKey.parse(raw).text()), RI.text().encode()),
    "passkey bytes": (lambda raw: Passkey.parse(raw).public(), DEVICE.passkey.public()),
    "assertion": (assertion, DEVICE.sign(b"text\n").payload()),
    "entry": (entry, act(7, to=("south",), seen={"south": 9}, key=str(HAN.verifier), chief=True, drop="kim")),
    "series": (series, act(1, key=str(HAN.verifier))),
    "proof": (lambda raw: Proof.parse(raw).bytes(), test_proof.proof(3, extra=b"more").bytes()),
    "policy": (unread(Policy.parse), test_policy.TWO_LEVELS.encode()),
    "tile path": (text(TilePath.parse), b"tile/3/x001/x234/067.p/12"),
    "bundle": (lambda raw: encode_bundle(decode_bundle(raw, 5)), encode_bundle(LOG.raws)),
    "evidence": (
        unread(lambda raw: check(raw, test_evidence.read_charter)),
        encode(test_evidence.received(Log([test_evidence.ours(1)]), 1, RECEIPT["south"])),
    ),
}


TELLING = [b"\n", b"\n\n", b" ", b"=", b"\0", b"\xff", "—".encode(), b"9" * 30, b'"', b"{[", b"\r", b"/"]


@st.composite
def mutated(draw: st.DrawFn, seed: bytes) -> bytes:
    """`seed` after a few cuts, repeats, replacements and flips."""
    raw = seed
    for _ in range(draw(st.integers(1, 3))):
        low = draw(st.integers(0, len(raw)))
        high = draw(st.integers(low, min(len(raw), low + 40)))
        put = draw(
            st.one_of(
                st.just(b""),
                st.just(raw[low:high] * 2),
                st.binary(max_size=8),
                st.sampled_from(
                    [b"\n", b"\n\n", b" ", b"=", b"\0", b"\xff", "—".encode(), b"9" * 30, b'"', b"{[", b"\r"]
                ),
            )
        )
        raw = raw[:low] + put + raw[high:]
    return raw


@pytest.mark.parametrize("name", list(READERS))
@given(data=st.data())
def test_any_bytes_are_read_back_or_malformed(name: str, data: st.DataObject) -> None:
    reader, seed = READERS[name]
    raw = data.draw(st.one_of(mutated(seed), mutated(seed), st.binary(max_size=200)))
    try:
        read = reader(raw)
    except Malformed as error:
        read, raw = str(error).encode(), str(error).encode()
    assert read == raw


@given(mutated(READERS["entry"][1]))
def test_a_second_reader_takes_the_same_entries(raw: bytes) -> None:
    verdicts = []
    for reader, refusal in ((wire.parse, Malformed), (second_reader.act, second_reader.Bad)):
        try:
            reader(raw)
        except refusal:
            verdicts.append(False)
        else:
            verdicts.append(True)
    assert verdicts[0] == verdicts[1]


@pytest.mark.parametrize("name", list(READERS))
def test_the_seed_is_taken(name: str) -> None:
    reader, seed = READERS[name]
    assert reader(seed) == seed


names = st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True)
commitments = st.builds(
    wire.Commitment, sha256=st.from_regex(r"[0-9a-f]{64}", fullmatch=True), size=st.integers(16, wire.MAX_BODY)
)
entries = st.builds(
    Entry,
    office=st.just(OFFICE),
    side=st.just("north"),
    no=st.integers(1, (1 << 53) - 1),
    kind=st.from_regex(r"[a-z][a-z_]{0,31}", fullmatch=True),
    at=st.datetimes().map(lambda moment: moment.isoformat(timespec="microseconds") + "Z"),
    by=names,
    to=st.none() | st.sets(names, max_size=4).map(lambda sides: tuple(sorted(sides))),
    seen=st.dictionaries(names.filter(lambda n: n != "north"), st.integers(1, (1 << 53) - 1), max_size=4),
    body=commitments,
    attachments=st.lists(commitments, max_size=3).map(tuple),
    key=st.none() | st.just(str(HAN.verifier)),
    chief=st.booleans(),
    drop=st.none() | names,
)


@given(entries)
def test_an_entry_is_read_as_it_was_composed(made: Entry) -> None:
    raw = wire.finish(wire.compose(made), sign(wire.compose(made), RI))
    assert wire.parse(raw).entry == made
    assert entry(raw) == raw


@given(st.text(max_size=60), st.binary(min_size=5, max_size=100), st.text(max_size=12))
def test_a_note_is_read_as_it_was_assembled(body: str, payload: bytes, name: str) -> None:
    assume(not any(c < " " and c != "\n" for c in body))
    line = Signature(name, payload[:4], payload[4:])
    raw = assemble(body.encode() + b"\n", [line, line])
    try:
        VerifierKey.of(name, KeyType.ED25519, bytes(32))
    except Malformed:
        assume(False)
    note = Note.parse(raw)
    assert (note.text, note.signatures) == (body.encode() + b"\n", (line, line))


@given(
    st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.integers(1, 2**63 - 1), st.integers(0, 10**6)
)
def test_cosignatures_hold_for_one_head_one_time_one_key(size: int, root: bytes, at: int, bit: int) -> None:
    made = Head("kaesong.example/north", size, root)
    key = RECEIPT["south"]
    line = cosign(made, key, at=at)
    assert receipt_by(made, Signature.parse(line.line()), key.verifier).time == at
    at_byte = bit // 8 % len(line.payload)
    payload = line.payload[:at_byte] + bytes([line.payload[at_byte] ^ 1 << bit % 8]) + line.payload[at_byte + 1 :]
    for head, wrong, by in (
        (made, Signature(line.name, line.key_id, payload), key),
        (Head("kaesong.example/south", size, root), line, key),
        (Head(made.origin, size ^ 1, root), line, key),
        (made, line, CHO),
    ):
        with pytest.raises(Malformed):
            receipt_by(head, wrong, by.verifier)


def test_evidence_is_written_as_it_is_read() -> None:
    seed = READERS["evidence"][1]
    assert encode(decode(seed)) == seed
