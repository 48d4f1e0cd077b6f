"""Policies: which receipts and witnesses make a head, and with it an act, settled.

A policy says whose signatures suffice. That a head is settled does not make any act in it true or in force.
Source: C2SP tlog-policy. Stricter than it: one key has one role, so no key may stand in two lines of any kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from comity.errors import Malformed
from comity.record.head import Head, Receipt, receipt_by
from comity.record.keys import KeyType, VerifierKey
from comity.record.note import Note

MAX_POLICY = 1 << 19
MAX_LINES = 128
"""The most logs, witnesses or groups that one policy may have."""
NONE = "none"
_FOREIGN = re.compile(rb"[^\t\n\x20-\x7e\x80-\xff]")
_THRESHOLD = re.compile(r"[1-9][0-9]{0,2}")
_COSIGNING = frozenset({KeyType.COSIGNATURE, KeyType.MLDSA44})


@dataclass(frozen=True, slots=True)
class Peer:
    """A log or a witness: its key, and where it is reached, if that is said."""

    key: VerifierKey
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Members of whom at least `threshold` must have cosigned."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who cosigned a head, by the policy's names, and whether that suffices."""

    receipts: Mapping[str, Receipt]
    satisfied: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """Known logs, known witnesses by name, groups in the order they were defined, and the quorum's name."""

    logs: tuple[Peer, ...]
    witnesses: Mapping[str, Peer]
    groups: Mapping[str, Group]
    quorum: str

    @classmethod
    def parse(cls, raw: bytes, *, where: str = "policy") -> Policy:
        """Read a policy file.

        Raises: Malformed, with the line: for a name that is not defined above it, a name in two groups, a name or a
        key that stands twice, a threshold that its group cannot reach, or not exactly one quorum.
        """
        if len(raw) > MAX_POLICY:
            raise Malformed(f"a policy of {len(raw)} bytes; at most {MAX_POLICY} are taken", where=where)
        if _FOREIGN.search(raw) or not raw.endswith(b"\n"):
            raise Malformed("a control character, or a last line without its newline", where=where)
        reader = _Reader()
        for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), 1):
            words = line.replace("\t", " ").split(" ")
            words = [word for word in words if word]
            if words and not words[0].startswith("#"):
                reader.read(words, f"{where} line {number}")
        if reader.quorum is None:
            raise Malformed("no quorum line", where=where, hint="write `quorum none` to ask for no cosignature")
        return cls(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)

    def satisfied(self, cosigners: Collection[str]) -> bool:
        """Whether cosignatures of these witnesses suffice."""
        good = {name for name in cosigners if name in self.witnesses} | {NONE}
        for name, group in self.groups.items():
            if sum(member in good for member in group.members) >= group.threshold:
                good.add(name)
        return self.quorum in good

    def judge(self, head: Head, note: Note) -> Verdict:
        """Verify the cosignatures that a head's note carries and weigh them; lines of unknown keys are ignored.

        Raises: Malformed, if a line names a known witness and its signature is bad.
        """
        by_key = {(peer.key.name, peer.key.id): name for name, peer in self.witnesses.items()}
        receipts: dict[str, Receipt] = {}
        for line in note.signatures:
            name = by_key.get((line.name, line.key_id))
            if name is None:
                continue
            receipt = receipt_by(head, line, self.witnesses[name].key)
            if name not in receipts or receipts[name].time < receipt.time:
                receipts[name] = receipt
        return Verdict(receipts, self.satisfied(receipts))


class _Reader:
    """What the lines read so far have defined."""

    def __init__(self) -> None:
        self.logs: list[Peer] = []
        self.witnesses: dict[str, Peer] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._keys: set[bytes] = set()
        self._grouped: set[str] = set()

    def read(self, words: list[str], where: str) -> None:
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self._room(self.logs, where)
                self.logs.append(Peer(self._key(vkey, {KeyType.ED25519}, where), *url))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                self._room(self.witnesses, where)
                self._new(name, where)
                self.witnesses[name] = Peer(self._key(vkey, _COSIGNING, where), *url)
            case ["group", name, threshold, *members] if members:
                self._room(self.groups, where)
                self._new(name, where)
                self.groups[name] = self._group(threshold, members, where)
            case ["quorum", name]:
                if self.quorum is not None:
                    raise Malformed("a second quorum line", where=where)
                if name != NONE:
                    self._defined(name, where)
                self.quorum = name
            case _:
                raise Malformed(f"not a line of a policy: {' '.join(words)[:60]!r}", where=where)

    def _room(self, defined: Collection[object], where: str) -> None:
        if len(defined) == MAX_LINES:
            raise Malformed(f"more than {MAX_LINES} logs, witnesses or groups", where=where)

    def _defined(self, name: str, where: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise Malformed(f"{name[:60]!r} is not defined above", where=where)

    def _new(self, name: str, where: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise Malformed(f"{name[:60]!r} is defined already", where=where)

    def _key(self, vkey: str, kinds: Collection[KeyType], where: str) -> VerifierKey:
        key = VerifierKey.parse(vkey, where=where)
        if key.type not in kinds:
            raise Malformed(f"a key of type {key.type:02x} cannot serve here", where=where)
        if key.material in self._keys:
            raise Malformed("one key, one role: this key stands above already", where=where)
        self._keys.add(key.material)
        return key

    def _group(self, threshold: str, members: list[str], where: str) -> Group:
        for member in members:
            self._defined(member, where)
            if member in self._grouped:
                raise Malformed(f"{member[:60]!r} is in a group already", where=where)
            self._grouped.add(member)
        counts = {"any": 1, "all": len(members)}
        if threshold not in counts and not _THRESHOLD.fullmatch(threshold):
            raise Malformed(f"{threshold[:60]!r} is not all, any or a number", where=where)
        count = counts[threshold] if threshold in counts else int(threshold)
        if count > len(members):
            raise Malformed(f"{count} of {len(members)} members can never cosign", where=where)
        return Group(count, tuple(members))
