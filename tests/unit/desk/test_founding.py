"""A charter is signed by nobody's mistake: one byte, one key in two roles, one missing signature are refused."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from comity.desk.cards import read_card
from comity.desk.founding import (
    check_charter,
    check_own_card,
    fingerprint,
    install,
    read_charter_note,
    unsigned,
)
from comity.desk.lock import HeadLock
from comity.errors import Malformed, Refused, Unavailable
from comity.office.charter import write_charter
from comity.record.keys import KeyType, VerifierKey
from comity.record.note import Note
from tests.office_fixture import ZONES, found_homes, message, open_all


def charter_of(root: Path) -> bytes:
    return found_homes(root, ["south", "north"])[0].charter_path.read_bytes()


def test_every_altered_byte_of_the_text_is_noticed(tmp_path: Path) -> None:
    raw = charter_of(tmp_path)
    text = Note.parse(raw).text
    for at in range(0, len(text), 7):
        altered = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        with pytest.raises(Refused):
            read_charter_note(altered, zones=ZONES)
        assert fingerprint(altered[: len(text)]) != fingerprint(text)


@pytest.mark.parametrize("role", ["seal", "receipt", "watch", "delegate"])
def test_one_key_in_two_roles_is_found_whatever_its_name(tmp_path: Path, role: str) -> None:
    charter = check_charter(Note.parse(charter_of(tmp_path)).text, zones=ZONES)
    south, north = charter.sides
    stolen = VerifierKey.parse(north.seal)
    own = VerifierKey.parse(south.delegates[0].key if role == "delegate" else getattr(south, role))
    twin = str(VerifierKey.of(own.name, own.type, stolen.public))
    if role == "delegate":
        chief = msgspec.structs.replace(south.delegates[0], key=twin)
        south = msgspec.structs.replace(south, delegates=(chief, *south.delegates[1:]))
    else:
        south = msgspec.structs.replace(south, **{role: twin})
    changed = msgspec.structs.replace(charter, sides=(south, north))
    with pytest.raises(Refused, match="one key has one role"):
        check_charter(write_charter(changed), zones=ZONES)


def test_a_key_of_the_wrong_type_or_name_is_found(tmp_path: Path) -> None:
    charter = check_charter(Note.parse(charter_of(tmp_path)).text, zones=ZONES)
    south, north = charter.sides
    for receipt in (str(VerifierKey.of("kaesong.example/south/receipt", KeyType.ED25519, b"\x05" * 32)), north.seal):
        changed = msgspec.structs.replace(charter, sides=(msgspec.structs.replace(south, receipt=receipt), north))
        with pytest.raises(Refused, match="C3"):
            check_charter(write_charter(changed), zones=ZONES)


def test_a_charter_that_one_side_has_not_signed_is_not_installed(tmp_path: Path) -> None:
    folders = found_homes(tmp_path, ["south", "north"])
    charter, note = read_charter_note(folders[0].charter_path.read_bytes(), zones=ZONES)
    partial = Note(note.text, tuple(s for s in note.signatures if not s.name.endswith("north")))
    assert unsigned(charter, partial) == ["north"]
    folders[0].charter_path.unlink()
    with pytest.raises(Refused, match="not signed yet by north"):
        install(folders[0], charter, partial)


def test_a_side_does_not_sign_a_charter_that_changes_its_card(tmp_path: Path) -> None:
    folders = found_homes(tmp_path, ["south", "north"])
    charter, _ = read_charter_note(folders[0].charter_path.read_bytes(), zones=ZONES)
    card = read_card(folders[0].card_path.read_bytes())
    check_own_card(charter, card)
    sides = (msgspec.structs.replace(charter.sides[0], title="Other"), charter.sides[1])
    with pytest.raises(Refused, match="as its card has it"):
        check_own_card(msgspec.structs.replace(charter, sides=sides), card)


def test_an_altered_card_is_refused(tmp_path: Path) -> None:
    raw = found_homes(tmp_path, ["south", "north"])[0].card_path.read_bytes()
    with pytest.raises(Malformed):
        read_card(raw.replace(b'"South"', b'"Sauth"'))


def test_an_archive_that_contradicts_the_head_lock_is_not_opened(tmp_path: Path) -> None:
    folders = found_homes(tmp_path, ["south", "north"])
    south = open_all(folders[:1])[0]
    south.act(message("what was signed"))
    signed = dict(south.registry.ledger.lock.heads)
    south.registry.close()
    folders[0].archive_path.unlink()
    folders[0].lock_path.unlink()
    HeadLock.create(folders[0].lock_path).close()
    other = open_all(folders[:1])[0]
    other.act(message("what was not"))
    other.registry.close()
    folders[0].lock_path.unlink()
    lock = HeadLock.create(folders[0].lock_path)
    lock.advance(signed)
    lock.close()
    with pytest.raises(Unavailable, match="not the one that this side signed for"):
        open_all(folders[:1])
