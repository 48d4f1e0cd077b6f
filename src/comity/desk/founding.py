"""The founding: a charter that every side signs, on machines that need no channel but a file and a voice.

Whoever begins drafts the charter from the sides' cards; each side checks that its own card stands in it unchanged,
reads the fingerprint aloud to the others, and signs with its seal and a chief's key. Once all have signed, it is in
force.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from zoneinfo import available_timezones

import msgspec

from comity.desk.cards import Card
from comity.desk.home import OfficeFolder, write_new
from comity.desk.keychain import AskPassphrase, open_delegate, read_key
from comity.desk.lock import HeadLock
from comity.desk.shelf import first_holders
from comity.errors import Malformed, Objection, Refused
from comity.office import bounds
from comity.office.charter import Charter, Due, Line, read_charter, write_charter
from comity.record.digest import digest, hex_digest
from comity.record.founding import Founding, Member
from comity.record.keys import SecretKey, VerifierKey
from comity.record.note import Note, Signature, assemble, sign

MAX_CHARTER = 1 << 21
PERSON = ("adopt", "appoint", "confirm", "decline", "initial", "letter", "revoke", "state", "withdraw")


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the sides settle between them, beside who they are."""

    title: bounds.Title
    lines: tuple[Line, ...] = (Line("liaison", "Liaison line", ("09:00", "17:00"), "UTC", 60, "alternate"),)
    due_min: Due = Due(10, 60, 360, 1440)
    person: tuple[bounds.Word, ...] = PERSON
    notice_days: int = 0
    languages: tuple[bounds.Language, ...] = ()
    """Absent: the sides' own."""


def draft_charter(cards: Sequence[Card], terms: Terms, *, founded: str, zones: Collection[str]) -> bytes:
    """The text of a charter between the sides of these cards.

    Raises: Refused, with everything that is wrong with it.
    """
    offices = {card.office for card in cards}
    if len(offices) != 1:
        raise Refused(f"the cards are for different offices: {', '.join(sorted(offices))}", hint="make cards for one")
    sides = tuple(card.side for card in cards)
    languages = terms.languages or tuple(dict.fromkeys(side.language for side in sides))
    charter = Charter(
        format="comity/charter/v1",
        office=offices.pop(),
        title=terms.title,
        founded=founded,
        sides=sides,
        lines=terms.lines,
        due_min=terms.due_min,
        policy=_policy(cards),
        languages=languages,
        person=terms.person,
        notice_days=terms.notice_days,
    )
    text = write_charter(charter)
    check_charter(text, zones=zones)
    return text


def _policy(cards: Sequence[Card]) -> str:
    """A tlog-policy: an act is settled once every side but its author's has receipted it."""
    lines = [f"log {card.side.seal}" for card in cards]
    lines += [f"witness {card.side.side} {card.side.receipt}" for card in cards]
    lines.append(f"group others {len(cards) - 1} " + " ".join(card.side.side for card in cards))
    return "\n".join([*lines, "quorum others", ""])


def check_charter(text: bytes, *, zones: Collection[str]) -> Charter:
    """Read a charter's text, and that every key in it is a key of its role and bears its holder's name.

    Raises: Refused, with everything that is wrong with it.
    """
    charter = read_charter(text, zones=zones)
    faults = []
    publics: dict[bytes, str] = {}
    for i, side in enumerate(charter.sides):
        wanted = {
            f"sides[{i}].seal": (side.seal, f"{charter.office}/{side.side}", 0x01),
            f"sides[{i}].receipt": (side.receipt, f"{charter.office}/{side.side}/receipt", 0x04),
            f"sides[{i}].watch": (side.watch, f"watch.{side.side}", 0x01),
        }
        if side.seal_pq is not None:
            wanted[f"sides[{i}].seal_pq"] = (side.seal_pq, f"{charter.office}/{side.side}/seal-pq", 0x06)
        if side.receipt_pq is not None:
            wanted[f"sides[{i}].receipt_pq"] = (side.receipt_pq, f"{charter.office}/{side.side}/receipt-pq", 0x06)
        for j, delegate in enumerate(side.delegates):
            wanted[f"sides[{i}].delegates[{j}].key"] = (delegate.key, f"{delegate.name}.{side.side}", 0)
        for place, (key, name, kind) in wanted.items():
            faults += _key_faults(key, name, kind, place, publics)
    if faults:
        raise Refused(faults)
    return charter


def _key_faults(text: str, name: str, kind: int, place: str, publics: dict[bytes, str]) -> list[Objection]:
    try:
        key = VerifierKey.parse(text, where=place)
    except Malformed as error:
        return list(error.objections)
    faults = []
    if key.name != name:
        faults.append(Objection("C3", f"the key is named {key.name}, where {name} is due", see=place))
    if kind and key.type != kind:
        faults.append(Objection("C3", f"the key is of type {key.type:02x}, where {kind:02x} is due", see=place))
    first = publics.setdefault(key.material, place)
    if first != place:
        faults.append(Objection("C3", f"the same key is at {first}", see=place, hint="one key has one role, always"))
    return faults


def office_id(text: bytes) -> str:
    """The office's id: the SHA-256 of the charter's text."""
    return hex_digest(text)


def founding_of(text: bytes, charter: Charter) -> Founding:
    """What a charter fixes of keys, for those who verify a record without reading it."""
    members = {
        side.side: Member(
            VerifierKey.parse(side.seal),
            VerifierKey.parse(side.receipt),
            first_holders(side),
            seal_pq=VerifierKey.parse(side.seal_pq) if side.seal_pq else None,
            receipt_pq=VerifierKey.parse(side.receipt_pq) if side.receipt_pq else None,
        )
        for side in charter.sides
    }
    return Founding(office_id(text), members)


def read_founding(raw: bytes) -> Founding:
    """What a charter's note fixes of keys; every side must have signed it.

    Raises: Malformed or Refused.
    """
    charter, note = read_charter_note(raw, zones=available_timezones())
    if missing := unsigned(charter, note):
        raise Malformed(f"the charter is not signed by {', '.join(missing)}", where="charter")
    return founding_of(note.text, charter)


def fingerprint(text: bytes) -> str:
    """Eight groups of five digits to read aloud: whoever hears the same has the same charter."""
    number = int.from_bytes(digest(b"comity/fingerprint/v1\n" + digest(text)), "big")
    groups = []
    for _ in range(8):
        number, group = divmod(number, 100_000)
        groups.append(f"{group:05d}")
    return " ".join(groups)


def read_charter_note(raw: bytes, *, zones: Collection[str]) -> tuple[Charter, Note]:
    """A charter with the signatures so far; every signature by a key that it names must be good.

    Raises: Malformed or Refused, if it was altered or is wrong.
    """
    note = Note.parse(raw, limit=MAX_CHARTER, where="charter")
    charter = check_charter(note.text, zones=zones)
    for side in charter.sides:
        note.signed_by([VerifierKey.parse(k) for k in (side.seal, *(d.key for d in side.delegates))])
    return charter, note


def unsigned(charter: Charter, note: Note) -> list[str]:
    """The sides that have not signed with both their seal and a chief's key."""
    missing = []
    for side in charter.sides:
        chiefs = [VerifierKey.parse(d.key) for d in side.delegates if d.chief]
        if not note.signed_by([VerifierKey.parse(side.seal)]) or not note.signed_by(chiefs):
            missing.append(side.side)
    return missing


def check_own_card(charter: Charter, card: Card) -> None:
    """That the side's own card stands in the charter unchanged.

    Raises: Refused.
    """
    if card.office != charter.office:
        raise Refused(f"a charter of {charter.office}; this card is for {card.office}")
    if card.side not in charter.sides:
        raise Refused(
            f"{card.side.side} does not stand in the charter as its card has it",
            hint="do not sign; ask for a charter made from your own card",
        )


def endorse(folder: OfficeFolder, charter: Charter, note: Note, chief: str, ask: AskPassphrase) -> Note:
    """Add this side's signatures: its seal's and a chief delegate's."""
    seal = SecretKey.parse(read_key(folder.keys, "seal", ask), where="seal")
    person = open_delegate(folder.keys, chief, ask)
    side = next((s for s in charter.sides if s.seal == str(seal.verifier)), None)
    if side is None or str(person.verifier) not in {d.key for d in side.delegates if d.chief}:
        raise Refused(f"{chief} is no chief delegate in this charter", hint="sign as a chief, with --as NAME")
    lines: list[Signature] = [s for s in note.signatures if not (s.by(seal.verifier) or s.by(person.verifier))]
    return Note(note.text, (*lines, sign(note.text, seal), sign(note.text, person)))


def new_note(text: bytes) -> Note:
    """A charter that nobody has signed yet."""
    return Note(text, ())


def install(folder: OfficeFolder, charter: Charter, note: Note, *, awaited: Collection[str] = ()) -> None:
    """Put a charter that all have signed in force in this home, with an empty head lock.

    `awaited`: in a recovery, the sides whose copies must be seen before this side may write.

    Raises: Refused, if a side has not signed, or the home has another charter already.
    """
    if missing := unsigned(charter, note):
        raise Refused(f"not signed yet by {', '.join(missing)}")
    raw = assemble(note.text, note.signatures)
    if folder.founded:
        if Note.parse(folder.charter_path.read_bytes(), limit=MAX_CHARTER).text == note.text:
            return
        raise Refused(f"{folder.folder} has another charter already", hint="one card founds one office")
    if not folder.lock_path.exists():
        HeadLock.create(folder.lock_path, awaited=awaited).close()
    write_new(folder.charter_path, raw)
