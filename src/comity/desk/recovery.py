"""Recovery: a side that lost its archive gets it back from another side's copy, every byte verified by its own seal.

The keys cannot come back this way: they must be in the home. If the head lock is lost too, the side stays read-only
until the copies of all other sides have been seen, so that no number that anyone receipted is ever used again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zoneinfo import available_timezones

import msgspec

from comity.desk.cards import read_card
from comity.desk.founding import check_own_card, install, office_id, read_charter_note
from comity.desk.home import OfficeFolder
from comity.desk.keychain import AskPassphrase, open_keychain
from comity.desk.lock import HeadLock
from comity.desk.opening import open_office, read_installed_charter
from comity.desk.registry import Environment, Registry
from comity.errors import Refused, Unavailable
from comity.link.pouch import MAX_POUCH, address, unpack

Exchange = Callable[[bytes], bytes]
"""Give a pouch to the other side's node and get its answer."""


class Recovered(msgspec.Struct, frozen=True):
    """What a recovery brought back."""

    source: str
    """The side whose copy was used."""
    holdings: dict[str, int]
    """How far each series is held now."""
    awaited: tuple[str, ...]
    """The sides whose copies must still be seen before this side can act."""


def recover_from_file(folder: OfficeFolder, path: Path, ask: AskPassphrase, env: Environment) -> Recovered:
    """Recover from a pouch that another side packed with everything in it.

    Raises: Refused or Malformed, if it is not such a pouch; Unavailable.
    """
    with path.open("rb") as file:
        raw = file.read(MAX_POUCH + 1)
    if not folder.founded:
        _install_from(folder, raw, ask)
    registry = _open(folder, ask, env)
    try:
        taken = registry.take_in(raw)
        if registry.lacks(taken.sender):
            detail = "; ".join(taken.passed) or "it ends before the sender's copy does"
            raise Refused(f"the pouch did not bring everything back: {detail}", hint="recover from the node's URL")
        return _seen(registry, taken.sender)
    finally:
        registry.close()


def recover_by_exchange(
    folder: OfficeFolder, source: str, exchange: Exchange, ask: AskPassphrase, env: Environment
) -> Recovered:
    """Recover from the node of `source`.

    Raises: Refused, if it is no other party; Unavailable, if the charter is lost too or the node sends too little.
    """
    if not folder.founded:
        raise Unavailable(
            "the charter is lost too",
            hint="ask for a pouch packed with --everything, which brings it, or for the file",
        )
    registry = _open(folder, ask, env)
    try:
        if source not in registry.shelf.others:
            raise Refused(f"{source} is no other party; there are {', '.join(registry.shelf.others)}")
        before = None
        while registry.progress() != before:
            before = registry.progress()
            registry.take_in(exchange(registry.pouch_for(source)))
            if not registry.lacks(source):
                return _seen(registry, source)
        raise Unavailable(f"{source} holds more than it sends", hint="try again, or recover from another side")
    finally:
        registry.close()


def _install_from(folder: OfficeFolder, raw: bytes, ask: AskPassphrase) -> None:
    """Put the charter back from a pouch; the side's own card vouches for it."""
    card = read_card(folder.card_path.read_bytes())
    office, _, _ = address(raw)
    pouch = unpack(raw, open_keychain(folder.keys, ask).pouch, office=office, to=card.side.side)
    if not pouch.charter:
        raise Refused(
            "the pouch brings no charter, and there is none here", hint="ask for one packed with --everything"
        )
    charter, note = read_charter_note(pouch.charter, zones=available_timezones())
    check_own_card(charter, card)
    if office_id(note.text) != office:
        raise Refused("the pouch brings the charter of another office")
    others = [party.side for party in charter.sides if party.side != card.side.side]
    install(folder, charter, note, awaited=others)


def _open(folder: OfficeFolder, ask: AskPassphrase, env: Environment) -> Registry:
    if not folder.lock_path.exists():
        charter, _, _ = read_installed_charter(folder)
        own = read_card(folder.card_path.read_bytes()).side.side
        HeadLock.create(folder.lock_path, awaited=[p.side for p in charter.sides if p.side != own]).close()
    return open_office(folder, ask, env).bench.registry


def _seen(registry: Registry, source: str) -> Recovered:
    registry.copy_seen(source)
    return Recovered(source, dict(registry.shelf.holdings()), tuple(sorted(registry.awaited)))
