"""What every noun of the desk has in common: who signs, when, and how an act is filed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from comity.desk.filing import Done, Draft
from comity.desk.home import OfficeFolder
from comity.desk.keychain import Keychain, delegates_here, open_delegate
from comity.desk.reading import to_act
from comity.desk.registry import Environment, Registry
from comity.errors import Refused
from comity.office.acts import Body
from comity.office.bounds import WATCH
from comity.office.state import State
from comity.record import entry as wire
from comity.record.entry import SignedEntry
from comity.record.keys import SecretKey


class Pen(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How an act is signed."""

    by: str | None = None
    """The delegate who signs, or `watch`; absent: the only delegate whose key lies here."""
    at: str | None = None
    """The time that the author gives, in RFC 3339; absent: now."""
    to: tuple[str, ...] | None = None
    """The sides whose it is to read; absent: all."""
    beyond: bool = False
    """File it even beyond the signer's powers, to wait for the chief's confirmation."""
    passphrase: str | None = None
    """For a key that is locked."""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file to attach, or one that was attached."""

    name: str
    media_type: str
    content: bytes


def reference(ref: str) -> tuple[str, int]:
    """The side and the number of an act.

    Raises: Refused, if it is not of the form `side/no`.
    """
    side, _, no = ref.partition("/")
    if not no.isascii() or not no.isdigit() or len(no) > 15 or not wire.NAME.fullmatch(side):
        raise Refused(f"{ref!r} does not name an act", hint="acts are named side/number, such as north/17")
    return side, int(no)


class LinkState(msgspec.Struct):
    """How the link to a side is, as this node sees it."""

    side: str
    url: str
    up: bool = False
    since: float = 0.0
    """Unix time of the last change."""
    last_exchange: float = 0.0
    failures: int = 0
    trouble: str = ""


class Bench:
    """What the nouns of one office work at: its registry, its keys, its folder."""

    def __init__(self, registry: Registry, folder: OfficeFolder, keys: Keychain, env: Environment) -> None:
        self.registry, self.folder, self.keys, self.env = registry, folder, keys, env
        self.side = registry.side
        self._open: dict[str, SecretKey] = {}
        self.links: Callable[[], Sequence[LinkState]] = list
        """How the links to the other sides are; only a node has any."""
        self.relink: Callable[[], None] = lambda: None
        """Called when the addresses of other sides have changed."""

    def sign_and_file(
        self, body: Body, pen: Pen, *, attachments: Sequence[File] = (), key_granted: str | None = None
    ) -> Done:
        """File an act under the pen's name; it is on stable storage when this returns.

        Raises: Refused, with every objection; Unavailable.
        """
        by, key = self._signer(pen)
        content = tuple(file.content for file in attachments)
        draft = Draft(by, key, body, pen.at or self.now(), pen.beyond, key_granted, pen.to, content)
        return self.registry.file(draft).result()

    def urls_of(self, side: str) -> list[str]:
        """Where a side's node is reached: as set here, else as its charter says."""
        stated = next(party.urls for party in self.registry.charter.sides if party.side == side)
        return self.folder.links().get(side, list(stated))

    def now(self) -> str:
        """The time of this machine, with its zone."""
        return self.moment().isoformat(timespec="seconds")

    def moment(self) -> datetime:
        """The present, by this machine's clock and zone."""
        return datetime.fromtimestamp(self.env.now(), UTC).astimezone()

    def _signer(self, pen: Pen) -> tuple[str, SecretKey]:
        here = delegates_here(self.folder.keys)
        by = pen.by or (here[0] if len(here) == 1 else None)
        if by == WATCH:
            return by, self.keys.watch
        if by is None or by not in here:
            who = "nobody is named" if by is None else f"the key of {by} is not here"
            raise Refused(f"{who}; here are the keys of {', '.join(here) or 'nobody'}", hint="sign with --as NAME")
        if by in self._open:
            return by, self._open[by]
        key = open_delegate(self.folder.keys, by, lambda _: pen.passphrase or "")
        if pen.passphrase is None:
            self._open[by] = key
        return by, key

    def view(self) -> State:
        """The office's state, for reading."""
        return self.registry.view()

    def entry(self, ref: str) -> SignedEntry:
        """An act's entry.

        Raises: Refused, if it is not held.
        """
        side, no = reference(ref)
        raws = self.registry.archive.entries(side, no, no) if side in self.registry.shelf.parties else []
        if not raws:
            raise Refused(f"{ref} is not held here", hint="see `comity act list`")
        return wire.parse(raws[0], where=ref)

    def body(self, ref: str) -> Body | None:
        """What an act says; None when it is not for this side.

        Raises: Refused, if the act is not held.
        """
        entry = self.entry(ref).entry
        content = self.registry.archive.bodies(entry.side, entry.no, entry.no).get(entry.no)
        return None if content is None else to_act(entry, content).body


class Noun:
    """A noun of the desk; its public methods are what people and programs can do with it."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
