"""What was believed on credit is stored only if it was true."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from comity.desk import belief
from comity.desk.belief import Credit
from comity.record.keys import KeyType, SecretKey
from comity.record.note import sign
from comity.record.series import Job

KEY = SecretKey.of("ri.north", KeyType.ED25519, b"\x01" * 32)


def jobs(count: int, bad: int | None = None) -> list[Job]:
    made = []
    for at in range(count):
        text = b"%d\n" % at
        made.append((KEY.verifier, sign(text, KEY).payload, text if at != bad else b"other\n"))
    return made


def test_few_signatures_are_verified_at_once() -> None:
    with ThreadPoolExecutor(2) as pool:
        credit = Credit(lambda: pool)
        assert list(credit.verify_all(jobs(5, bad=3))) == [True, True, True, False, True]
        assert credit.justified()


@pytest.mark.parametrize(("bad", "justified"), [(None, True), (0, False), (2100, False)])
def test_many_are_believed_until_they_are_settled(bad: int | None, justified: bool) -> None:
    with ThreadPoolExecutor(2) as pool:
        credit = Credit(lambda: pool)
        assert all(credit.verify_all(jobs(belief.WORTH + 100, bad=bad)))
        assert credit.justified() is justified


def test_without_other_cores_nothing_is_believed() -> None:
    assert list(Credit(None).verify_all(jobs(belief.WORTH, bad=7))).index(False) == 7
