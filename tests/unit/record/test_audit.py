"""The auditor finds everything that is wrong, says where, and never calls a corrupt copy good."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest

from comity.errors import Malformed
from comity.record.audit import MAX_DEFECTS, Held, SeriesReport, audit_office, audit_series
from comity.record.block import SIZE
from comity.record.founding import Founding
from comity.record.head import Head, cosign
from comity.record.keys import KeyType, SecretKey
from comity.record.note import assemble, sign
from comity.record.series import Fault, Holder
from tests.office import BODY, CHO, FOUNDING, HAN, KIM, RECEIPT, RI, SEAL, InTurn, Log, act, commitment

LONG = Log(
    [act(n, KIM if n % 3 else RI, seen={"south": n}) for n in range(1, SIZE - 1)]
    + [act(SIZE - 1, key=str(HAN.verifier), seen={"south": SIZE})]
    + [act(n, HAN, seen={"south": n}) for n in range(SIZE, SIZE + 3)]
    + [act(SIZE + 3, drop="han", seen={"south": SIZE + 3})]
    + [act(n, KIM, seen={"south": n}) for n in range(SIZE + 4, SIZE + 300)]
)


def audit(held: Held, *, signatures: bool = True, founding: Founding = FOUNDING) -> SeriesReport:
    return audit_series(founding, held, InTurn(), signatures=signatures)


def faults(report: SeriesReport) -> list[tuple[str, Fault]]:
    assert all(defect.what and defect.remedy for defect in report.defects)
    return [(defect.place, defect.fault) for defect in report.defects]


def test_a_good_copy_over_blocks_and_grants_on_threads_and_processes() -> None:
    with ThreadPoolExecutor(2) as threads, ProcessPoolExecutor(2) as processes:
        for cores in (InTurn(), threads, processes):
            for signatures in (True, False):
                report = audit_series(FOUNDING, LONG.held(), cores, signatures=signatures)
                assert report.good, report.defects
                assert report.size == report.covered == report.receipts["south"] == SIZE + 299
                assert report.root == LONG.head().root


def test_all_faults_are_told_not_the_first() -> None:
    raws = [
        act(1, seen={"south": 4}),
        act(2, HAN, seen={"south": 4}),
        act(2, seen={"south": 3}, office="ff" * 32),
        act(4, seen={"south": 4}).replace(b"10:30", b"10:31"),
        b"comity/act/v1\n",
        act(6, KIM, seen={"south": 4}, drop="ri"),
        act(7, CHO, seen={"north": 6}),
        act(8, seen={"south": 4}),
    ]
    assert faults(audit(Log(raws).held())) == [
        ("north/2", Fault.SIGNER),
        ("north/3", Fault.OFFICE),
        ("north/3", Fault.NUMBER),
        ("north/3", Fault.SEEN),
        ("north/4", Fault.SIGNATURE),
        ("north/5", Fault.MALFORMED),
        ("north/6", Fault.GRANT),
        ("north/7", Fault.SIDE),
        ("north/7", Fault.SEEN),
        ("north/7", Fault.SIGNER),
        ("north/8", Fault.SEEN),
    ]


def test_a_key_granted_by_a_bad_act_signs_nothing() -> None:
    granted = act(1, key=str(HAN.verifier)).replace(b"10:30", b"10:31")
    report = audit(Log([granted, act(2, HAN)]).held())
    assert faults(report) == [("north/1", Fault.SIGNATURE), ("north/2", Fault.SIGNER)]
    by_nobody = Log([act(1, HAN, key=str(HAN.verifier)), act(2, HAN)])
    assert faults(audit(by_nobody.held())) == [("north/1", Fault.SIGNER), ("north/2", Fault.SIGNER)]
    misnumbered = Log([act(5, key=str(HAN.verifier)), act(2, HAN)])
    assert faults(audit(misnumbered.held())) == [("north/1", Fault.NUMBER), ("north/2", Fault.SIGNER)]


def test_backdating_is_seen_across_blocks() -> None:
    raws = [act(n, seen={"south": 5}) for n in range(1, SIZE + 1)] + [act(SIZE + 1, seen={"south": 4})]
    assert faults(audit(Log(raws).held())) == [(f"north/{SIZE + 1}", Fault.SEEN)]


SHORT = Log([act(n) for n in range(1, 6)])
OTHER = Log([act(n, kind="letter") for n in range(1, 6)])


def receipted(cosigner: str, size: int, log: Log, key: str) -> Held:
    """The short series with a receipt filed under a side and size, made over some log with some side's key."""
    return SHORT.held(receipts=[(cosigner, size, cosign(log.head(), RECEIPT[key], at=9).line())])


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (SHORT.held(head=b""), ("north/1", Fault.HEAD)),
        (SHORT.held(head=b"no note\n"), ("north/5", Fault.HEAD)),
        (SHORT.held(head=assemble(SHORT.head().text(), [sign(SHORT.head().text(), RI)])), ("north/5", Fault.HEAD)),
        (SHORT.held(head=Log(SHORT.raws, "south").signed()), ("north/5", Fault.HEAD)),
        (SHORT.held(head=OTHER.signed()), ("north/5", Fault.ROOT)),
        (SHORT.held(head=OTHER.signed(3)), ("north/3", Fault.ROOT)),
        (SHORT.held(size=6), ("north/6", Fault.MISSING)),
        (Log(SHORT.raws[:4]).held(head=SHORT.signed()), ("north/5", Fault.MISSING)),
        (receipted("south", 5, OTHER, "south"), ("north/5", Fault.RECEIPT)),
        (receipted("south", 5, SHORT, "north"), ("north/5", Fault.RECEIPT)),
        (receipted("north", 5, SHORT, "north"), ("north/5", Fault.RECEIPT)),
        (receipted("south", 7, SHORT, "south"), ("north/7", Fault.RECEIPT)),
        (SHORT.held(receipts=[("south", 5, b"no line")]), ("north/5", Fault.RECEIPT)),
        (SHORT.held(enclosures=lambda a, b: [(2, 0, BODY + b" ")]), ("north/2", Fault.ENCLOSURE)),
        (SHORT.held(enclosures=lambda a, b: [(2, 1, BODY)]), ("north/2", Fault.ENCLOSURE)),
    ],
)
@pytest.mark.parametrize("signatures", [True, False])
def test_heads_receipts_and_enclosures(held: Held, found: tuple[str, Fault], signatures: bool) -> None:
    told = faults(audit(held, signatures=signatures))
    assert found in told
    assert {fault for _, fault in told} <= {found[1], Fault.HEAD if not signatures else found[1]}


def test_bodies_and_attachments_that_match_are_good() -> None:
    chart = BODY.replace(b"hello", b"chart")
    log = Log([act(1, attachments=(commitment(chart),)), act(2)])
    assert audit(log.held(enclosures=lambda a, b: [(1, 0, BODY), (1, 1, chart), (2, 0, BODY)])).good
    assert not audit(log.held(enclosures=lambda a, b: [(1, 0, BODY), (1, 1, BODY), (2, 0, BODY)])).good


def test_second_keys_of_ml_dsa_are_verified_where_they_sign() -> None:
    seal_pq = SecretKey.of("kaesong.example/north/seal-pq", KeyType.MLDSA44, b"\x31" * 32)
    receipt_pq = SecretKey.of("kaesong.example/south/receipt-pq", KeyType.MLDSA44, b"\x32" * 32)
    north, south = FOUNDING.members["north"], FOUNDING.members["south"]
    members = {
        "north": replace(north, seal_pq=seal_pq.verifier),
        "south": replace(south, receipt_pq=receipt_pq.verifier),
    }
    founding = replace(FOUNDING, members=members)
    founding.check_roles()
    head = SHORT.head()
    first, second = cosign(head, RECEIPT["south"], at=9), cosign(head, receipt_pq, at=9)
    both = first.line() + second.line()
    held = SHORT.held(head=SHORT.signed(None, seal_pq), receipts=[("south", 5, both)])
    assert audit(held, founding=founding).good
    other = cosign(OTHER.head(), seal_pq, at=9)
    assert faults(audit(SHORT.held(head=SHORT.signed() + other.line()), founding=founding)) == [
        ("north/5", Fault.HEAD)
    ]
    for lines in (second.line(), first.line() + other.line(), both + cosign(OTHER.head(), receipt_pq, at=9).line()):
        held = SHORT.held(receipts=[("south", 5, lines)])
        assert faults(audit(held, founding=founding)) == [("north/5", Fault.RECEIPT)]


def test_receipts_on_earlier_sizes_are_checked_at_their_size() -> None:
    receipts = [("south", n, cosign(LONG.head(n), RECEIPT["south"], at=9).line()) for n in (1, 256, 700, SIZE)]
    assert audit(LONG.held(receipts=receipts)).receipts == {"south": SIZE}


def test_entries_beyond_the_head_are_counted_and_without_signatures_not_good() -> None:
    held = SHORT.held(head=SHORT.signed(3), receipts=[])
    assert audit(held).good
    assert (audit(held).size, audit(held).covered) == (5, 3)
    assert faults(audit(held, signatures=False)) == [("north/4", Fault.HEAD)]


def test_signatures_are_skipped_only_when_asked() -> None:
    log = Log([act(1).replace(b"10:30", b"10:31")])
    assert audit(log.held(), signatures=False).good
    assert not audit(log.held()).good


def test_an_empty_series_is_good() -> None:
    assert audit(Log([]).held(head=b"", receipts=[])).good
    assert audit(Log([]).held(receipts=[])).good


def test_many_defects_are_counted() -> None:
    raws = [b"x%d" % n for n in range(SIZE + 500)]
    report = audit(Log(raws).held())
    assert len(report.defects) == MAX_DEFECTS
    assert report.omitted == SIZE + 500 - MAX_DEFECTS
    assert not report.good


@pytest.mark.parametrize("place", ["entry", "head", "receipt", "body"])
def test_no_flipped_bit_passes(place: str) -> None:
    log = Log([act(1), act(2)])
    parts = {"entry": log.raws[1], "head": log.signed(), "body": BODY}
    parts["receipt"] = cosign(log.head(), RECEIPT["south"], at=9).line()

    def held(parts: dict[str, bytes]) -> Held:
        entries = [log.raws[0], parts["entry"]]
        return log.held(
            head=parts["head"],
            receipts=[("south", 2, parts["receipt"])],
            entries=lambda a, b: entries[a - 1 : b],
            enclosures=lambda a, b: [(1, 0, BODY), (2, 0, parts["body"])],
        )

    assert audit(held(parts)).good
    content = parts[place]
    for at in range(len(content)):
        flipped = content[:at] + bytes([content[at] ^ 1 << at % 8]) + content[at + 1 :]
        assert not audit(held(parts | {place: flipped})).good, (place, at)


def test_an_office_is_audited_by_side_and_its_charter_held_to_one_role_a_key() -> None:
    south = Log([act(1, CHO)], "south")
    reports = audit_office(FOUNDING, [SHORT.held(), south.held()], InTurn())
    assert [reports[side].good for side in ("north", "south")] == [True, True]
    north = FOUNDING.members["north"]
    wrong: list[Callable[[], Founding]] = [
        lambda: replace(FOUNDING, members={**FOUNDING.members, "north": replace(north, seal=SEAL["south"].verifier)}),
        lambda: replace(FOUNDING, members={"north": replace(north, receipt=KIM.verifier)}),
        lambda: replace(FOUNDING, members={"north": replace(north, seal=north.receipt)}),
        lambda: replace(FOUNDING, members={"north": replace(north, holders={"kim": Holder(north.seal)})}),
    ]
    for founding in wrong:
        with pytest.raises(Malformed):
            audit_office(founding(), [], InTurn())


def test_acts_that_must_each_come_after_the_other() -> None:
    north = Log([act(1, seen={"south": 2}), act(2, seen={"south": 2})])
    south = Log([act(1, CHO), act(2, CHO, seen={"north": 1})], "south")
    reports = audit_office(FOUNDING, [north.held(), south.held()], InTurn())
    assert faults(reports["north"]) == [("north/1", Fault.ORDER)]
    assert faults(reports["south"]) == [("south/2", Fault.ORDER)]
    apart = Log([act(1, seen={"south": 1}), act(2, seen={"south": 900})])
    reports = audit_office(FOUNDING, [apart.held(), south.held()], InTurn())
    assert reports["north"].good
    assert reports["south"].good


def test_a_head_of_more_than_is_held_is_no_proof_of_less() -> None:
    longer = Log([*SHORT.raws, act(6)])
    assert audit(SHORT.held(head=longer.signed(), receipts=[])).covered == 0
    assert audit(longer.held()).covered == 6
    assert Head.parse(longer.head().text()) == longer.head()
