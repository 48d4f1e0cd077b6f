"""Cards: what a side shows the others before an office is founded, its delegates and public keys, signed by them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from comity.desk.home import Home, OfficeFolder, Profile, write_new
from comity.desk.keychain import Chance, make_delegate_key, make_service_keys, open_keychain
from comity.errors import Malformed
from comity.office import bounds
from comity.office.acts import Powers
from comity.office.charter import Delegate, Side
from comity.record.keys import SecretKey, VerifierKey
from comity.record.note import Note, assemble, sign

MAX_CARD = 1 << 18
CARD_LINE = b"comity/card/v1\n"
ALL_POWERS = Powers(negotiate=(bounds.ANY,), initial=(bounds.ANY,), sign=(bounds.ANY,))


class Card(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A side as it will stand in the charter of the named office."""

    office: str
    side: Side


class Person(msgspec.Struct, frozen=True):
    """Someone to be named as a delegate."""

    name: str
    title: str
    chief: bool = False
    powers: Powers = ALL_POWERS


def make_card(
    home: Home,
    office: str,
    people: Sequence[Person],
    *,
    chance: Chance,
    urls: Sequence[str] = (),
    passphrase: str | None = None,
    pq: bool = False,
) -> OfficeFolder:
    """Make fresh keys for an office, one for each role and delegate, and the card that shows their public halves.

    Raises: Refused, if the home has a card for this office already; Malformed, for names that cannot be.
    """
    profile = home.profile()
    folder = home.new_office(office)
    _check(_describe(profile, people, dict.fromkeys((p.name for p in people), "to be made"), {}, urls))
    make_service_keys(folder.keys, office, profile.side, chance, passphrase=passphrase, pq=pq)
    secrets = {
        p.name: make_delegate_key(folder.keys, profile.side, p.name, chance, passphrase=passphrase) for p in people
    }
    keys = open_keychain(folder.keys, lambda _: passphrase or "")
    roles = {"seal": keys.seal, "receipt": keys.receipt, "watch": keys.watch}
    roles |= {f"{r}_pq": k for r, k in (("seal", keys.seal_pq), ("receipt", keys.receipt_pq)) if k is not None}
    public = {role: str(key.verifier) for role, key in roles.items()} | {"pouch": folder.recipient()}
    side = _check(_describe(profile, people, {n: str(k.verifier) for n, k in secrets.items()}, public, urls))
    text = CARD_LINE + msgspec.json.encode(Card(office, side)) + b"\n"
    signers: list[SecretKey] = [keys.seal, *(secrets[p.name] for p in people if p.chief)]
    write_new(folder.card_path, assemble(text, [sign(text, key) for key in signers]))
    return folder


def _describe(
    profile: Profile, people: Sequence[Person], keys: dict[str, str], public: dict[str, str], urls: Sequence[str]
) -> dict[str, object]:
    delegates = [Delegate(p.name, p.title, keys[p.name], p.chief, p.powers) for p in people]
    roles = dict.fromkeys(("seal", "receipt", "watch", "pouch"), "to be made")
    return {
        "side": profile.side,
        "title": profile.title,
        "language": profile.language,
        "delegates": msgspec.to_builtins(delegates),
        "urls": list(urls),
        **(public or roles),
    }


def _check(loose: dict[str, object]) -> Side:
    try:
        side = msgspec.convert(loose, Side)
    except msgspec.ValidationError as error:
        raise Malformed(str(error), where="card", hint="name people and sides in a-z, 0-9 and hyphens") from None
    if not any(delegate.chief for delegate in side.delegates):
        raise Malformed("no delegate is the chief", where="card", hint="mark one with `,chief`")
    return side


def read_card(raw: bytes, *, where: str = "card") -> Card:
    """Read a card: signed by its own seal and by every chief it names.

    Raises: Malformed, if it is not, or was altered.
    """
    note = Note.parse(raw, limit=MAX_CARD, where=where)
    if not note.text.startswith(CARD_LINE):
        raise Malformed("not a card (comity/card/v1)", where=where, hint="ask the other side for its file `card`")
    try:
        card = msgspec.json.decode(note.text[len(CARD_LINE) :], type=Card)
    except msgspec.DecodeError as error:
        raise Malformed(str(error), where=where) from None
    keys = [card.side.seal, *(d.key for d in card.side.delegates if d.chief)]
    needed = [VerifierKey.parse(key, where=where) for key in keys]
    if len(note.signed_by(needed)) < len(needed):
        raise Malformed("not signed by its own seal and chiefs", where=where)
    return card
