"""Two sides with fixed keys, and whatever they are made to sign."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from comity.record import entry as wire
from comity.record.audit import Held
from comity.record.entry import Commitment, Entry
from comity.record.founding import Founding, Member
from comity.record.head import Head, cosign, seal
from comity.record.keys import KeyType, SecretKey
from comity.record.merkle import Hashes, Tree, leaf_hash
from comity.record.note import assemble, sign
from comity.record.series import Holder

OFFICE = "ab" * 32


def _key(name: str, kind: KeyType, number: int) -> SecretKey:
    return SecretKey.of(name, kind, bytes([number]) * 32)


SEAL = {side: _key(f"kaesong.example/{side}", KeyType.ED25519, n) for n, side in enumerate(("north", "south"), 1)}
RECEIPT = {
    side: _key(f"kaesong.example/{side}/receipts", KeyType.COSIGNATURE, n)
    for n, side in enumerate(("north", "south"), 11)
}
RI = _key("ri.north", KeyType.ED25519, 21)
"""North's chief delegate."""
KIM = _key("kim.north", KeyType.ED25519, 22)
"""A delegate of North from the start."""
HAN = _key("han.north", KeyType.ED25519, 23)
"""A person of North to whom no key is granted at first."""
CHO = _key("cho.south", KeyType.ED25519, 24)
"""South's chief delegate."""
FOUNDING = Founding(
    OFFICE,
    {
        "north": Member(
            SEAL["north"].verifier,
            RECEIPT["north"].verifier,
            {"ri": Holder(RI.verifier, chief=True), "kim": Holder(KIM.verifier)},
        ),
        "south": Member(SEAL["south"].verifier, RECEIPT["south"].verifier, {"cho": Holder(CHO.verifier, chief=True)}),
    },
)
BODY = wire.enclose(b"s" * wire.SALT, b'{"text":"hello"}')


def act(no: int, signer: SecretKey = RI, **changes: Any) -> bytes:
    """An entry of the signer's side, signed, right but for the changes."""
    by, _, side = signer.verifier.name.partition(".")
    fields: dict[str, Any] = {
        "office": OFFICE,
        "side": side,
        "no": no,
        "kind": "message",
        "at": "2018-09-14T10:30:00+09:00",
        "by": by,
        "seen": {},
        "body": wire.commit(BODY),
    }
    text = wire.compose(Entry(**(fields | changes)))
    return wire.finish(text, sign(text, signer))


def commitment(content: bytes) -> Commitment:
    return wire.commit(content)


@dataclass
class Log:
    """A side's log, whatever its entries are."""

    raws: Sequence[bytes]
    side: str = "north"
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def tree(self, size: int | None = None) -> Tree:
        tree = Tree()
        for tile in tree.extend(leaf_hash(raw) for raw in self.raws[:size]):
            self.tiles[tile.level, tile.number] = tile.hashes
        return tree

    def hashes(self) -> Hashes:
        return Hashes(self.tree(), lambda level, number: self.tiles[level, number])

    def head(self, size: int | None = None) -> Head:
        tree = self.tree(size)
        return Head(SEAL[self.side].verifier.name, tree.size, tree.root())

    def signed(self, size: int | None = None, *cosigners: SecretKey) -> bytes:
        """The sealed head, with receipts."""
        head = self.head(size)
        lines = [seal(head, SEAL[self.side]), *(cosign(head, key, at=1_536_888_600) for key in cosigners)]
        return assemble(head.text(), lines)

    def held(self, **changes: Any) -> Held:
        """What a node holds of it: all, with the other side's receipt."""
        other = "south" if self.side == "north" else "north"
        fields: dict[str, Any] = {
            "side": self.side,
            "size": len(self.raws),
            "head": self.signed(),
            "receipts": [(other, len(self.raws), cosign(self.head(), RECEIPT[other], at=9).line())],
            "entries": lambda first, last: self.raws[first - 1 : last],
            "enclosures": lambda first, last: [],
        }
        return Held(**(fields | changes))


class InTurn(Executor):
    """Does each job at once, here."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future
