"""Evidence that stands alone: a file that anyone can check with nothing but the file.

Each kind says what it proves and what it does not; a file that proves nothing is refused. All but a fork carry the
charter, from which the keys follow: compare its office id with that of the office you mean.
Source: docs/spec/evidence.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record.entry import SignedEntry
from comity.record.exhibits import BadAct, BadSeries, Fork, Included, Received, Renumbered, decode
from comity.record.founding import Founding, ReadCharter
from comity.record.head import Head, open_head, receipt_by
from comity.record.keys import KeyType, VerifierKey
from comity.record.merkle import EMPTY_ROOT, leaf_hash, root_from_inclusion, roots_from_consistency
from comity.record.note import Note
from comity.record.series import Fault, Finding, Holder, read_run
from comity.record.signatures import verify_payload


@dataclass(frozen=True, slots=True)
class Statement:
    """What evidence proves, of whom, and what it does not prove."""

    kind: str
    of: str
    """A whole verifier key (anyone can name a key like another's), or `SIDE of office ID`."""
    proves: str
    does_not_prove: str


def check(raw: bytes, read_charter: ReadCharter) -> Statement:
    """Verify a file from its bytes alone.

    Raises: Malformed, if it is not well formed, not true, or proves nothing.
    """
    evidence = decode(raw)
    match evidence:
        case Fork():
            return _check_fork(evidence)
        case Renumbered():
            return _check_renumbered(evidence, _founding(evidence.charter, read_charter, evidence.side))
        case BadAct():
            return _check_act(evidence, _founding(evidence.charter, read_charter, evidence.side))
        case BadSeries():
            return _check_series(evidence, _founding(evidence.charter, read_charter, evidence.side))
        case Received():
            founding = _founding(evidence.charter, read_charter, evidence.side, evidence.cosigner)
            return _check_received(evidence, founding)


def _founding(charter: str, read_charter: ReadCharter, *sides: str) -> Founding:
    founding = read_charter(charter.encode())
    for side in sides:
        if side not in founding.members:
            raise Malformed(f"the charter names no side {side[:40]!r}", where="evidence")
    return founding


def _nothing(why: str) -> Malformed:
    return Malformed(f"it proves nothing: {why}", where="evidence")


def _check_fork(fork: Fork) -> Statement:
    key = VerifierKey.parse(fork.key, where="evidence.key")
    older, newer = (_head_by(key, note.encode()) for note in (fork.older, fork.newer))
    if older.origin != newer.origin:
        raise _nothing("the heads are of two series")
    if older.size > newer.size:
        raise _nothing("the older head is the larger")
    if (older.size == newer.size and older.root == newer.root) or older.root == _past_root(older, newer, fork.path):
        raise _nothing("the newer head extends the older one")
    did = "cosigned" if key.type is KeyType.COSIGNATURE else "signed"
    return Statement(
        "fork",
        str(key),
        f"the holder of {key.name} {did} two heads of {newer.origin}, of {older.size} and {newer.size} entries, that "
        "are not one history",
        "which of the two others hold, or that the key was not stolen",
    )


def _head_by(key: VerifierKey, raw: bytes) -> Head:
    if key.type is KeyType.ED25519:
        return open_head(raw, key, where="evidence")[0]
    note = Note.parse(raw, where="evidence")
    head = Head.parse(note.text, where="evidence")
    line = note.find(key)
    if line is None:
        raise Malformed(f"a head without a signature by {key.name}", where="evidence")
    receipt_by(head, line, key, where="evidence")
    return head


def _past_root(older: Head, newer: Head, path: Sequence[bytes]) -> bytes | None:
    """The root that the newer log had at the older size; None if the sizes are equal and so the roots differ."""
    if older.size == newer.size:
        return None
    if older.size == 0:
        return EMPTY_ROOT
    own = older.size & (older.size - 1) == 0
    first, rest = (path[0] if path else b"", path[1:]) if own else (b"", path)
    past, now = roots_from_consistency(older.size, newer.size, first, rest)
    if now != newer.root:
        raise Malformed("the path is not of the newer head", where="evidence.path")
    return past


def _check_renumbered(evidence: Renumbered, founding: Founding) -> Statement:
    keys = _keys(founding, evidence.side, evidence.grants)
    first, second = (_own_act(raw, founding, evidence.side) for raw in evidence.acts)
    if first.entry.no != second.entry.no:
        raise _nothing("the acts have two numbers")
    if first.text == second.text:
        raise _nothing("it is one act, signed twice")
    for act in (first, second):
        key = keys.get((act.signer, act.key_id))
        if key is None or not verify_payload(key.key, act.payload, act.text):
            raise Malformed(f"no good signature by a key of {evidence.side}", where="evidence.acts")
    return Statement(
        "renumbered",
        _of(evidence.side, founding),
        f"keys of {evidence.side} signed two different acts as number {first.entry.no}",
        "that the side's seal committed to both (that would be a fork), or that the keys were still in force",
    )


def _check_act(evidence: BadAct, founding: Founding) -> Statement:
    head, _ = open_head(evidence.head.encode(), founding.members[evidence.side].seal, where="evidence.head")
    _check_included(evidence.act, head)
    findings = _act_findings(evidence, founding, head)
    if not findings:
        raise _nothing("the act is good by itself and beside what is shown")
    told = "; ".join(f"{finding.fault}: {finding.what}" for finding in findings)
    return Statement(
        "bad-act",
        _of(evidence.side, founding),
        f"the seal of {evidence.side} committed to entry {evidence.act.index + 1}, which is bad ({told})",
        "who wrote the entry, or that the seal was not stolen",
    )


def _act_findings(evidence: BadAct, founding: Founding, head: Head) -> list[Finding]:
    no = evidence.act.index + 1
    try:
        act = wire.parse(evidence.act.entry)
    except Malformed as error:
        return [Finding(Fault.MALFORMED, no, error.objections[0].what)]
    entry, found = act.entry, []
    if entry.office != founding.office:
        found.append(Finding(Fault.OFFICE, no, "it is of another office"))
    if entry.side != evidence.side:
        found.append(Finding(Fault.SIDE, no, f"it is an act of {entry.side}"))
    if entry.no != no:
        found.append(Finding(Fault.NUMBER, no, f"number {entry.no} stands where {no} is due"))
    if evidence.before is not None:
        found += _backdating(evidence.before, evidence.act, act, head)
    holder = _keys(founding, evidence.side, evidence.grants).get((act.signer, act.key_id))
    if holder is not None and not verify_payload(holder.key, act.payload, act.text):
        found.append(Finding(Fault.SIGNATURE, no, f"the signature by {act.signer} is bad"))
    return found


def _backdating(before: Included, after: Included, act: SignedEntry, head: Head) -> list[Finding]:
    _check_included(before, head)
    if before.index >= after.index:
        raise _nothing("the entry shown as earlier is not earlier")
    held = wire.parse(before.entry, where="evidence.before").entry.seen
    return [
        Finding(Fault.SEEN, after.index + 1, f"it has seen {other}/{now}, entry {before.index + 1} {other}/{seen}")
        for other, seen in held.items()
        if (now := act.entry.seen.get(other, 0)) < seen
    ]


def _check_series(evidence: BadSeries, founding: Founding) -> Statement:
    series = founding.series(evidence.side)
    head, _ = open_head(evidence.head.encode(), series.seal, where="evidence.head")
    finding = read_run(series, evidence.entries, head, evidence.bridge).finding
    if finding is None:
        raise _nothing("all entries are good")
    if finding.fault is Fault.ROOT:
        raise Malformed(finding.what, where="evidence.entries")
    told = f"{finding.fault}: {finding.what}"
    return Statement(
        "bad-series",
        _of(evidence.side, founding),
        f"the seal of {evidence.side} committed to entry {finding.no}, which is bad ({told})",
        "who wrote the entry, or that the seal was not stolen",
    )


def _check_received(evidence: Received, founding: Founding) -> Statement:
    note = Note.parse(evidence.head.encode(), where="evidence.head")
    head = Head.parse(note.text, where="evidence.head")
    key = founding.members[evidence.cosigner].receipt
    line = note.find(key)
    if line is None or evidence.cosigner == evidence.side:
        raise _nothing(f"no receipt by {evidence.cosigner}")
    if head.origin != founding.members[evidence.side].seal.name:
        raise _nothing(f"the head is not of the series of {evidence.side}")
    time = receipt_by(head, line, key, where="evidence.head").time
    _check_included(evidence.act, head)
    act = _own_act(evidence.act.entry, founding, evidence.side)
    place = f"{evidence.side}/{evidence.act.index + 1}"
    beside = ""
    if wire.addressed_to(act.entry, evidence.cosigner):
        beside = f", and the body with digest {act.entry.body.sha256}"
    return Statement(
        "received",
        _of(evidence.cosigner, founding),
        f"{evidence.cosigner} stated, at {time} by its clock, that it holds entry {place}{beside}",
        "that the statement is true, that the act was read, or that anyone agrees with it",
    )


def _of(side: str, founding: Founding) -> str:
    return f"{side} of office {founding.office}"


def _own_act(raw: bytes, founding: Founding, side: str) -> SignedEntry:
    act = wire.parse(raw, where="evidence")
    if act.entry.office != founding.office or act.entry.side != side:
        raise _nothing(f"an act that is not of {side} in this office")
    return act


def _keys(founding: Founding, side: str, grants: Sequence[bytes]) -> Mapping[tuple[str, bytes], Holder]:
    """Every key that the side had at its founding or that one of its chiefs granted, by name and id."""
    holders = {(h.key.name, h.key.id): h for h in founding.members[side].holders.values()}
    for raw in grants:
        act = _own_act(raw, founding, side)
        by = holders.get((act.signer, act.key_id))
        if by is None or not by.chief or act.entry.key is None or not verify_payload(by.key, act.payload, act.text):
            raise Malformed(f"entry {act.entry.no} grants no key, or not by a chief", where="evidence.grants")
        key = VerifierKey.parse(act.entry.key, where="evidence.grants")
        holders[key.name, key.id] = Holder(key, act.entry.chief)
    return holders


def _check_included(included: Included, head: Head) -> None:
    root = root_from_inclusion(included.index, included.size, leaf_hash(included.entry), included.path)
    if included.size != head.size:
        before, after = roots_from_consistency(included.size, head.size, root, included.bridge)
        if before != root:
            raise Malformed("the head does not extend the log that the path is for", where="evidence.bridge")
        root = after
    if root != head.root:
        raise Malformed("the head does not commit to the entry", where="evidence.path")
