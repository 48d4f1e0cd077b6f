"""What a charter fixes of keys: whose seal, whose receipts, and who may sign before the first grant.

The charter's other contents are the office's affair; its reader hands this over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from comity.errors import Malformed
from comity.record.keys import KeyType, VerifierKey
from comity.record.series import Holder, Series
from comity.record.signatures import SIGNING_TYPES


@dataclass(frozen=True, slots=True)
class Member:
    """One side's keys as the charter names them."""

    seal: VerifierKey
    receipt: VerifierKey
    holders: Mapping[str, Holder]
    """Its delegates at founding, by name."""
    seal_pq: VerifierKey | None = None
    receipt_pq: VerifierKey | None = None
    """Its ML-DSA-44 keys for the same two roles, if it has them."""

    @property
    def receipt_keys(self) -> tuple[VerifierKey, ...]:
        """The keys under which it cosigns, Ed25519 first."""
        return (self.receipt,) if self.receipt_pq is None else (self.receipt, self.receipt_pq)


@dataclass(frozen=True, slots=True)
class Founding:
    """An office's id, the SHA-256 of its charter's text in hexadecimal, and its sides."""

    office: str
    members: Mapping[str, Member]

    def series(self, side: str) -> Series:
        """The series of `side` before its first entry."""
        member = self.members[side]
        return Series(self.office, side, member.seal, member.holders)

    def check_roles(self) -> None:
        """Check that each key is of a type for its role, and that none has two.

        Raises: Malformed, naming the key.
        """
        taken: set[bytes] = set()
        for member in self.members.values():
            holders = [(holder.key, SIGNING_TYPES) for holder in member.holders.values()]
            own = [(member.seal, {KeyType.ED25519}), (member.receipt, {KeyType.COSIGNATURE})]
            later = [(key, {KeyType.MLDSA44}) for key in (member.seal_pq, member.receipt_pq) if key is not None]
            for key, kinds in [*own, *later, *holders]:
                if key.type not in kinds:
                    raise Malformed(f"a key of type {key.type:02x} cannot have this role", where=key.name)
                if key.material in taken:
                    raise Malformed("one key, one role: this key has another role", where=key.name)
                taken.add(key.material)


ReadCharter = Callable[[bytes], Founding]
"""A charter's note, as bytes, to what it fixes of keys. Raises Malformed."""
