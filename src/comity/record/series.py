"""A series: one side's acts, numbered 1, 2, 3 … with no gap, each signed by a key that its side had granted by then.

What every member checks of a series without reading what is not for it: form, number, order (`seen` never goes back),
the signature with the key in force at that number, and that all of it is what the seal signed.
Source: docs/spec/record.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from comity.errors import Malformed
from comity.record import entry as wire
from comity.record.entry import SignedEntry
from comity.record.head import Head
from comity.record.keys import VerifierKey
from comity.record.merkle import Tile, Tree, leaf_hash, roots_from_consistency
from comity.record.signatures import SIGNING_TYPES, verify_payload


@dataclass(frozen=True, slots=True)
class Holder:
    """Who may sign for a side: a key, and whether it is a chief delegate's."""

    key: VerifierKey
    chief: bool = False


class Fault(StrEnum):
    """What is wrong with an act or a series, in the words of the spec."""

    MALFORMED = "malformed"
    OFFICE = "other office"
    SIDE = "other side"
    NUMBER = "wrong number"
    SEEN = "backdated"
    ORDER = "impossible order"
    SIGNER = "unknown signer"
    SIGNATURE = "bad signature"
    GRANT = "grant by no chief"
    ROOT = "not what the seal signed"
    HEAD = "no good head"
    RECEIPT = "bad receipt"
    ENCLOSURE = "not what the entry commits to"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault and where it is: the number of the entry that should have stood there."""

    fault: Fault
    no: int
    what: str


Job = tuple[VerifierKey, bytes, bytes]
"""A key, a signature and the text that it should be over."""
VerifyAll = Callable[[Sequence[Job]], Sequence[bool]]


def verify_in_turn(jobs: Sequence[Job]) -> list[bool]:
    """Verify signatures one after the other."""
    return [verify_payload(key, payload, text) for key, payload, text in jobs]


@dataclass(slots=True)
class Series:
    """How far one series is known: what the next entry must fit to."""

    office: str
    side: str
    seal: VerifierKey
    holders: Mapping[str, Holder]
    """The keys in force after the last entry, by the holder's name."""
    tree: Tree = field(default_factory=Tree)
    seen: Mapping[str, int] = field(default_factory=dict)
    """The `seen` of the last entry."""

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self.tree.size


@dataclass(frozen=True, slots=True)
class Run:
    """Entries that fit to a series, what the series is after them, and the first fault, if there was one."""

    acts: Sequence[SignedEntry]
    after: Series
    tiles: Sequence[Tile]
    finding: Finding | None = None


def read_run(
    series: Series,
    raws: Sequence[bytes],
    head: Head,
    path: Sequence[bytes] = (),
    *,
    verify_all: VerifyAll = verify_in_turn,
) -> Run:
    """Check the entries that follow `series` against the head that covers them. `series` is left as it was.

    The head's seal must have been verified. Where the head is ahead of the run's end, `path` proves the rest.
    Entries before the first bad one are kept: the seal signed them all, so the bad one is the seal's own doing.
    """
    whole = series.tree.copy()
    tiles = whole.extend(map(leaf_hash, raws))
    if not committed_by(head, whole, path):
        what = f"the entries up to {whole.size} are not what the head of size {head.size} signs"
        return Run((), series, (), Finding(Fault.ROOT, whole.size, what))
    return _take(series, raws, verify_all, (whole, tiles))


def take(series: Series, raws: Sequence[bytes], verify_all: VerifyAll = verify_in_turn) -> Run:
    """The entries up to the first bad one, and the series after them; that a head covers them is known already."""
    whole = series.tree.copy()
    return _take(series, raws, verify_all, (whole, whole.extend(map(leaf_hash, raws))))


def _take(series: Series, raws: Sequence[bytes], verify_all: VerifyAll, grown: tuple[Tree, Sequence[Tile]]) -> Run:
    acts, holders, seen, finding = check_acts(series, raws, verify_all)
    tree, tiles = grown
    if len(acts) < len(raws):
        tree = series.tree.copy()
        tiles = tree.extend(leaf_hash(act.raw) for act in acts)
    return Run(acts, Series(series.office, series.side, series.seal, holders, tree, seen), tiles, finding)


def committed_by(head: Head, tree: Tree, path: Sequence[bytes] = ()) -> bool:
    """Whether the head signs this tree, or one that provably extends it."""
    if head.size == tree.size:
        return head.root == tree.root()
    if head.size < tree.size or not tree.size:
        return False
    try:
        old, new = roots_from_consistency(tree.size, head.size, tree.root(), path)
    except Malformed:
        return False
    return old == tree.root() and new == head.root


def check_acts(
    series: Series, raws: Iterable[bytes], verify_all: VerifyAll
) -> tuple[list[SignedEntry], Mapping[str, Holder], Mapping[str, int], Finding | None]:
    """The acts before the first bad one, the holders and `seen` after them, and what is wrong with the next."""
    acts: list[SignedEntry] = []
    jobs: list[Job] = []
    no, holders, seen, finding = series.size, series.holders, series.seen, None
    history = [(holders, seen)]
    for raw in raws:
        no += 1
        try:
            act = wire.parse(raw, where=f"{series.side}/{no}")
        except Malformed as error:
            finding = Finding(Fault.MALFORMED, no, str(error))
            break
        faults = faults_of(series, act, no, holders, seen)
        if faults:
            finding = faults[0]
            break
        holder = holders[act.entry.by]
        if act.entry.key is not None or act.entry.drop is not None:
            try:
                holders = grant(holders, act, holder)
            except Malformed as error:
                finding = Finding(Fault.GRANT, no, str(error))
                break
        seen = act.entry.seen
        acts.append(act)
        jobs.append((holder.key, act.payload, act.text))
        history.append((holders, seen))
    for at, good in enumerate(verify_all(jobs)):
        if not good:
            bad = Finding(Fault.SIGNATURE, series.size + at + 1, f"the signature by {acts[at].signer} is bad")
            return acts[:at], *history[at], bad
    return acts, *history[len(acts)], finding


def faults_of(
    series: Series, act: SignedEntry, no: int, holders: Mapping[str, Holder], seen: Mapping[str, int]
) -> list[Finding]:
    """All that is wrong with an act as entry `no` of the series, its signature aside."""
    entry = act.entry
    found = []
    if entry.office != series.office:
        found.append(Finding(Fault.OFFICE, no, "an act of another office"))
    if entry.side != series.side:
        found.append(Finding(Fault.SIDE, no, f"an act of {entry.side} in the series of {series.side}"))
    if entry.no != no:
        found.append(Finding(Fault.NUMBER, no, f"number {entry.no} stands where {no} is due"))
    if entry.seen != seen:
        for other, held in seen.items():
            now = entry.seen.get(other, 0)
            if now < held:
                what = f"it has seen {other}/{now}, its predecessor {other}/{held}"
                found.append(Finding(Fault.SEEN, no, what))
    holder = holders.get(entry.by)
    if holder is None or holder.key.id != act.key_id or holder.key.name != act.signer:
        what = f"{act.signer} holds no key of {series.side} at that number"
        found.append(Finding(Fault.SIGNER, no, what))
    return found


def grant(holders: Mapping[str, Holder], act: SignedEntry, by: Holder) -> Mapping[str, Holder]:
    """The holders after an entry that grants or drops a key.

    Raises: Malformed, if its signer is no chief, the key is not one of this side's, or nobody would be chief.
    """
    entry = act.entry
    where = f"{entry.side}/{entry.no}"
    if not by.chief:
        raise Malformed(f"{entry.by} is no chief delegate and cannot grant or drop keys", where=where)
    after = dict(holders)
    if entry.drop is not None and after.pop(entry.drop, None) is None:
        raise Malformed(f"no key of {entry.drop} to drop", where=where)
    if entry.key is not None:
        key = VerifierKey.parse(entry.key, where=where)
        name, _, side = key.name.partition(".")
        if side != entry.side or not wire.NAME.fullmatch(name):
            raise Malformed(f"a delegate's key of this side is named WHO.{entry.side}", where=where)
        if key.type not in SIGNING_TYPES:
            raise Malformed(f"a key of type {key.type:02x} signs no acts", where=where)
        if any(h.key.material == key.material for who, h in after.items() if who != name):
            raise Malformed("one key, one role: this key is in use", where=where)
        after[name] = Holder(key, chief=entry.chief)
    if not any(holder.chief for holder in after.values()):
        raise Malformed("the side would be left without a chief delegate", where=where)
    return after
