"""Passkey signatures: every check refuses what it is for, and another library agrees on the same bytes."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256

import fido2.cose
import fido2.webauthn
import pytest
from fido2 import cbor
from fido2.server import Fido2Server

from comity.errors import Malformed
from comity.record.keys import KeyType, VerifierKey
from comity.record.note import Note, Signature, assemble, verify_line
from comity.record.webauthn import Assertion, Passkey, challenge, faults, verify
from tests.authenticator import ATTESTED, EXTENSIONS, PRESENT, VERIFIED, Authenticator

TEXT = b"comity/act/v1\n{}\n"
ALGORITHMS = pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])


def wrong(assertion: Assertion, algorithm: str = "EdDSA") -> list[str]:
    return faults(Authenticator(algorithm).passkey, TEXT, assertion)


@ALGORITHMS
def test_good_assertion_verifies_from_stored_bytes(algorithm: str) -> None:
    device = Authenticator(algorithm)
    key = VerifierKey.of("ri.north", KeyType.NAMED, device.passkey.public())
    line = Signature(key.name, key.id, device.sign(TEXT).payload())
    stored = Note.parse(assemble(TEXT, [line]))
    assert VerifierKey.parse(str(key)) == key
    assert stored.signed_by([key]) == [key]
    assert verify_line(stored.text, stored.signatures[0], key)
    assert not verify_line(TEXT + b"\n", line, key)
    assert faults(device.passkey, TEXT, device.sign(TEXT)) == []


@ALGORITHMS
def test_fido2_accepts_the_same_bytes(algorithm: str) -> None:
    device = Authenticator(algorithm)
    made = Assertion.parse(device.sign(TEXT).payload())
    cose = fido2.cose.CoseKey.parse(cbor.decode(device.passkey.cose))
    credential = fido2.webauthn.AttestedCredentialData.create(bytes(16), b"id", cose)
    party = fido2.webauthn.PublicKeyCredentialRpEntity(id=device.rp_id, name="North")
    server = Fido2Server(party)
    state = {"challenge": urlsafe_b64encode(challenge(TEXT)).rstrip(b"=").decode(), "user_verification": "required"}
    response = {
        "id": b"id",
        "rawId": b"id",
        "type": "public-key",
        "response": {
            "clientDataJSON": made.client_data,
            "authenticatorData": made.authenticator_data,
            "signature": made.signature,
        },
    }
    assert server.authenticate_complete(state, [credential], response) == credential
    assert cbor.encode(dict(cose)) == device.passkey.cose


Making = Callable[[Authenticator], Assertion]
WRONG: dict[str, tuple[str, Making]] = {
    "type": ("not made to sign with", lambda a: a.sign(TEXT, type="webauthn.create")),
    "challenge": ("made for another text", lambda a: a.sign(TEXT + b"x\n")),
    "origin": ("signed on another page", lambda a: a.sign(TEXT, origin="https://evil.north.example")),
    "cross": ("signed inside another site's page", lambda a: a.sign(TEXT, crossOrigin=True)),
    "top": ("not serialized", lambda a: a.sign(TEXT, crossOrigin="false", topOrigin="https://x.example")),
    "rp": ("signed for another host", lambda a: Authenticator(a.algorithm, "example", a.origin).sign(TEXT)),
    "present": ("no person was present", lambda a: a.sign(TEXT, flags=VERIFIED)),
    "verified": ("did not verify the person", lambda a: a.sign(TEXT, flags=PRESENT)),
    "attested": ("not of an assertion", lambda a: a.sign(TEXT, flags=PRESENT | VERIFIED | ATTESTED)),
    "no extensions": ("not of an assertion", lambda a: a.sign(TEXT, flags=PRESENT | VERIFIED | EXTENSIONS)),
    "stray bytes": ("not of an assertion", lambda a: a.sign(TEXT, extra=b"\xa0")),
    "signature": (
        "the signature is bad",
        lambda a: Assertion(a.sign(TEXT).authenticator_data, a.sign(TEXT).client_data, a.sign_bytes(TEXT)),
    ),
}


@ALGORITHMS
@pytest.mark.parametrize("check", list(WRONG))
def test_each_check_alone_refuses(check: str, algorithm: str) -> None:
    message, make = WRONG[check]
    (fault,) = wrong(make(Authenticator(algorithm)), algorithm)
    assert message in fault


def test_extensions_and_further_members_are_signed_and_not_read() -> None:
    device = Authenticator("ES256")
    flags = PRESENT | VERIFIED | EXTENSIONS
    assert wrong(device.sign(TEXT, flags=flags, extra=b"\xa0", other_keys_can_be_added_here="yes"), "ES256") == []


def test_client_data_without_cross_origin_is_taken() -> None:
    device = Authenticator("EdDSA")
    made = device.sign(TEXT)
    assert (
        wrong(device.assertion(made.authenticator_data, made.client_data.replace(b',"crossOrigin":false', b""))) == []
    )


@pytest.mark.parametrize("tail", [b',"x":1}', b',"topOrigin":"https://x"}', b',"crossOrigin":falsey}', b"} ", b"}\n"])
def test_client_data_of_another_form_is_refused(tail: bytes) -> None:
    device = Authenticator("EdDSA")
    made = device.sign(TEXT)
    raw = made.client_data.replace(b',"crossOrigin":false}', tail)
    assert "not serialized" in wrong(device.assertion(made.authenticator_data, raw))[0]


def test_short_authenticator_data_is_refused() -> None:
    device = Authenticator("EdDSA")
    made = device.assertion(sha256(device.rp_id.encode()).digest() + b"\x05\0\0\0", device.sign(TEXT).client_data)
    assert "authenticator data that is not of an assertion" in wrong(made)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("a part of", lambda p: p[:-1]),
        ("too many", lambda p: p + b"\0"),
        ("a part of", lambda p: b"\x04\x01" + bytes(1025) + p[39:]),
        ("a part of", lambda p: b""),
    ],
)
def test_payload_bounds(what: str, change: Callable[[bytes], bytes]) -> None:
    device = Authenticator("EdDSA")
    payload = device.sign(TEXT).payload()
    with pytest.raises(Malformed, match=what):
        Assertion.parse(change(payload))
    assert not verify(device.passkey.public(), change(payload), TEXT)
    assert verify(device.passkey.public(), payload, TEXT)


ED = Authenticator("EdDSA").cose()
ES = Authenticator("ES256").cose()


@pytest.mark.parametrize(
    ("cose", "rp_id", "origin"),
    [
        (ED + b"\0", "a.example", "https://a.example"),
        (ED.replace(b"\x03\x27", b"\x03\x26"), "a.example", "https://a.example"),
        (ES[:-1] + bytes([ES[-1] ^ 1]), "a.example", "https://a.example"),
        (b"\xa4\x03\x27" + ED[1:3] + ED[5:], "a.example", "https://a.example"),
        (ES[:42] + b"\x22\x58\x21" + ES[45:], "a.example", "https://a.example"),
        (b"\xa6" + ES[1:], "a.example", "https://a.example"),
        (ES + b"\0", "a.example", "https://a.example"),
        (ED[:-1], "a.example", "https://a.example"),
        (ED, "a" * 254, "https://" + "a" * 254),
        (ED, "a.example", "https://" + "a." * 125 + "a.example:65535"),
        (ED, "é.example", "https://é.example"),
        (ED, "a.example", "http://a.example"),
        (ED, "a.example", "https://a.example/"),
        (ED, "a.example", "https://A.example"),
        (ED, "a.example", "https://xa.example"),
        (ED, "b.a.example", "https://a.example"),
        (ED, "", "https://a.example"),
        (ED, ".example", "https://a.example"),
    ],
)
def test_keys_have_one_form(cose: bytes, rp_id: str, origin: str) -> None:
    with pytest.raises(Malformed):
        Passkey(cose, rp_id, origin)


def test_the_longest_names_are_taken() -> None:
    host = "a" * 253
    key = Passkey(ED, host, f"https://{host}:65535")
    assert len(key.origin) == 267
    assert Passkey.parse(key.public()) == key
    with pytest.raises(Malformed, match="not an https origin"):
        Passkey.parse(key.public().replace(b"https", b"http\xff"))


def test_localhost_serves_for_the_demo() -> None:
    key = Passkey(ES, "localhost", "http://localhost:8080")
    assert Passkey.parse(key.public()) == key


def test_named_key_of_another_type_is_refused() -> None:
    with pytest.raises(Malformed, match="named key type"):
        VerifierKey.of("ri.north", KeyType.NAMED, b"other/v1\n" + ED)
