"""A block of a series: as much as one core checks alone, in a thread or another process.

A block begins after a multiple of 256 entries, so that its hashes are whole subtrees of the series' log.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record.entry import SignedEntry, parse
from comity.record.merkle import TILE_WIDTH, leaf_hash, perfect_root
from comity.record.series import Fault, Finding, Holder, Series, faults_of, grant
from comity.record.signatures import verify_payload

SIZE = 4 * TILE_WIDTH


@dataclass(frozen=True, slots=True)
class Block:
    """Entries of one series with what is needed to judge them."""

    series: Series
    """Office, side, and the keys in force at the block's first entry; its tree is not used."""
    first: int
    """The number of the first entry."""
    raws: Sequence[bytes]
    changes: Mapping[int, Mapping[str, Holder]]
    """The keys in force from the entry of that number on."""
    enclosures: Sequence[tuple[int, int, bytes]]
    """Number, place (0: the body, 1 and up: attachments) and content of what is held beside the entries."""
    signatures: bool
    """Whether to verify the signatures of acts."""


@dataclass(frozen=True, slots=True)
class BlockReport:
    """A block's hashes and findings, and the `seen` at its two ends, which the next block has to fit to."""

    first: int
    count: int
    nodes: Sequence[bytes]
    """The roots over each 256 entries."""
    leaves: Sequence[bytes]
    """The leaf hashes of the rest."""
    findings: Sequence[Finding]
    first_seen: Mapping[str, int]
    last_seen: Mapping[str, int]
    changes: Sequence[tuple[int, Mapping[str, int]]]
    """The entries whose `seen` is not that of the one before, and that `seen`; only where signatures are verified."""


def check_block(block: Block) -> BlockReport:
    """Hash the entries and judge each; a fault in one does not keep the others from being judged."""
    series, no, holders = block.series, block.first - 1, block.series.holders
    changes, signatures = block.changes, block.signatures
    findings: list[Finding] = []
    moves: list[tuple[int, Mapping[str, int]]] = []
    seen: Mapping[str, int] = {}
    first_seen: Mapping[str, int] | None = None
    enclosures = _by_number(block.enclosures)
    hashes = [leaf_hash(raw) for raw in block.raws]
    for raw in block.raws:
        no += 1
        if no in changes:
            holders = changes[no]
        try:
            act = parse(raw)
        except Malformed as error:
            findings.append(Finding(Fault.MALFORMED, no, error.objections[0].what))
            continue
        entry = act.entry
        faults = faults_of(series, act, no, holders, seen)
        findings += faults
        if signatures:
            findings += _signature_faults(act, no, holders)
            if entry.seen != seen:
                moves.append((no, entry.seen))
        if entry.key is not None or entry.drop is not None:
            findings += _grant_faults(act, no, holders)
        if no in enclosures:
            findings += _enclosure_faults(act, no, enclosures[no])
        seen = entry.seen
        if first_seen is None:
            first_seen = seen
    whole = len(hashes) // TILE_WIDTH * TILE_WIDTH
    nodes = [perfect_root(hashes[at : at + TILE_WIDTH]) for at in range(0, whole, TILE_WIDTH)]
    return BlockReport(block.first, len(hashes), nodes, hashes[whole:], findings, first_seen or {}, seen, moves)


def _by_number(enclosures: Sequence[tuple[int, int, bytes]]) -> dict[int, list[tuple[int, bytes]]]:
    found: dict[int, list[tuple[int, bytes]]] = {}
    for no, place, content in enclosures:
        found.setdefault(no, []).append((place, content))
    return found


def _signature_faults(act: SignedEntry, no: int, holders: Mapping[str, Holder]) -> tuple[Finding, ...]:
    holder = holders.get(act.entry.by)
    if holder is None or verify_payload(holder.key, act.payload, act.text):
        return ()
    return (Finding(Fault.SIGNATURE, no, f"the signature by {act.signer} is bad"),)


def _grant_faults(act: SignedEntry, no: int, holders: Mapping[str, Holder]) -> tuple[Finding, ...]:
    holder = holders.get(act.entry.by)
    if holder is not None:
        try:
            grant(holders, act, holder)
        except Malformed as error:
            return (Finding(Fault.GRANT, no, error.objections[0].what),)
    return ()


def _enclosure_faults(act: SignedEntry, no: int, held: Sequence[tuple[int, bytes]]) -> list[Finding]:
    due = [act.entry.body, *act.entry.attachments]
    found = []
    for place, content in held:
        if not 0 <= place < len(due) or not wire.matches(due[place], content):
            what = f"attachment {place}" if place else "the body"
            found.append(Finding(Fault.ENCLOSURE, no, f"{what} is not what the entry commits to"))
    return found
