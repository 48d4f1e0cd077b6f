"""Proofs that stand alone: one act, where it is in a series, and the cosigned head that commits to it.

A proof that verifies states: the seal committed to exactly these bytes at this number, and the cosigners that it
names saw that head. It does not state what the act means, or that any act beside it says the same.
Source: C2SP tlog-proof.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass

from comity.errors import Malformed
from comity.record.head import MAX_HEAD, Head, Receipt, open_head
from comity.record.keys import VerifierKey
from comity.record.merkle import leaf_hash, root_from_inclusion
from comity.record.policy import Policy

SUFFIX = ".tlog-proof"
MAX_EXTRA = 65_536
MAX_PROOF_FILE = MAX_HEAD + 2 * MAX_EXTRA
_PROOF = re.compile(
    rb"c2sp\.org/tlog-proof@v1\n"
    rb"(?:extra ([A-Za-z0-9+/]*={0,2})\n)?"
    rb"index (0|[1-9][0-9]{0,18})\n"
    rb"((?:[A-Za-z0-9+/]{43}=\n){0,63})"
    rb"\n([^\n].*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Proof:
    """The index of an entry (from 0), its audit path, and a signed head, verbatim; `extra` is nobody's statement."""

    index: int
    path: tuple[bytes, ...]
    head: bytes
    extra: bytes | None = None

    @classmethod
    def parse(cls, raw: bytes, *, where: str = "proof") -> Proof:
        """Read a `.tlog-proof` file.

        Raises: Malformed, for any other form, and for a path of more than 63 hashes.
        """
        match = _PROOF.fullmatch(raw) if len(raw) <= MAX_PROOF_FILE else None
        if match is None:
            raise Malformed("not a tlog-proof of an index, a path and a head", where=where)
        extra, index, lines, head = match.groups()
        path = tuple(_decode(line, where) for line in lines.split(b"\n")[:-1])
        return cls(int(index), path, head, None if extra is None else _decode(extra, where))

    def bytes(self) -> bytes:
        """The file's bytes."""
        extra = b"" if self.extra is None else b"extra %s\n" % b64encode(self.extra)
        path = b"".join(b64encode(node) + b"\n" for node in self.path)
        return b"c2sp.org/tlog-proof@v1\n%sindex %d\n%s\n%s" % (extra, self.index, path, self.head)


@dataclass(frozen=True, slots=True)
class Proved:
    """The head that commits to the entry, and the receipts that made it suffice, by the policy's names."""

    head: Head
    receipts: Mapping[str, Receipt]


def verify(proof: Proof, entry: bytes, seal_key: VerifierKey, policy: Policy, *, where: str = "proof") -> Proved:
    """Check that the seal committed to `entry` under a head that satisfies `policy`.

    A policy that lists logs must list this one.
    Raises: Malformed, saying which of it does not hold.
    """
    if policy.logs and all(log.key != seal_key for log in policy.logs):
        raise Malformed(f"the policy does not know the log {seal_key.name}", where=where)
    head, note = open_head(proof.head, seal_key, where=where)
    if root_from_inclusion(proof.index, head.size, leaf_hash(entry), proof.path) != head.root:
        raise Malformed(f"the head does not commit to this entry at index {proof.index}", where=where)
    verdict = policy.judge(head, note)
    if not verdict.satisfied:
        named = ", ".join(verdict.receipts) or "nobody"
        raise Malformed(f"cosigned by {named}, which the policy does not find enough", where=where)
    return Proved(head, verdict.receipts)


def _decode(encoded: bytes, where: str) -> bytes:
    try:
        raw = b64decode(encoded, validate=True)
    except Base64Error:
        raise Malformed("damaged base64", where=where) from None
    if b64encode(raw) != encoded:
        raise Malformed("base64 that is not canonical", where=where)
    return raw
