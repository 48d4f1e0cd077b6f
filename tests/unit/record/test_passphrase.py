"""Keys under a passphrase are ordinary age files, opened by the passphrase and refused when altered."""

from __future__ import annotations

from random import Random

import pyrage
import pytest

from comity.errors import Malformed, Refused
from comity.record import passphrase

CONTENT = b"AGE-SECRET-KEY-1"
LOCKED = passphrase.lock(CONTENT, "hwanyeong", Random(1).randbytes)


def test_another_implementation_of_age_opens_it() -> None:
    assert pyrage.passphrase.decrypt(LOCKED, "hwanyeong") == CONTENT


def test_it_opens_with_its_passphrase_and_with_no_other() -> None:
    assert passphrase.unlock(LOCKED, "hwanyeong") == CONTENT
    with pytest.raises(Refused, match="does not open"):
        passphrase.unlock(LOCKED, "Hwanyeong")


@pytest.mark.parametrize("part", ["header", "mac", "nonce", "payload"])
def test_an_altered_file_is_refused(part: str) -> None:
    mac = LOCKED.index(b"--- ") + 4
    at = {"header": 3, "mac": mac, "nonce": mac + 44, "payload": len(LOCKED) - 1}[part]
    altered = LOCKED[:at] + bytes([LOCKED[at] ^ 1]) + LOCKED[at + 1 :]
    with pytest.raises(Malformed):
        passphrase.unlock(altered, "hwanyeong")


def test_a_file_that_asks_for_too_much_work_is_refused_before_any_is_done() -> None:
    with pytest.raises(Malformed, match="cost"):
        passphrase.unlock(LOCKED.replace(b" 17\n", b" 30\n"), "hwanyeong")


def test_a_file_cut_short_is_refused() -> None:
    for end in (0, 20, 100, len(LOCKED) - 20):
        with pytest.raises(Malformed):
            passphrase.unlock(LOCKED[:end], "hwanyeong")
