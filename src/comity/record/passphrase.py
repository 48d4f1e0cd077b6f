"""Bytes locked under a passphrase: an age file with one scrypt stanza, at a fixed cost.

The library that makes our other age files picks the cost by timing itself, so on a busy machine it may pick one that
is too low, or refuse a file that it made when idle. Here the cost is the same always, and `age --decrypt` opens it.
Source: age-encryption.org/v1 (scrypt recipient stanza, STREAM payload).
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from comity.errors import Malformed, Refused

LOG_N = 17
"""2^17 blocks of 1 KiB: 128 MiB and about a third of a second."""
MAX_LOG_N = 20
MAX_CONTENT = 1 << 16
"""One chunk of the payload."""
_LABEL = b"age-encryption.org/v1/scrypt"
_FILE = re.compile(
    rb"(age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n---)"
    rb" ([A-Za-z0-9+/]{43})\n(.{16})(.{16,65552})",
    re.DOTALL,
)
_FIRST_AND_LAST = bytes(11) + b"\x01"


def lock(content: bytes, passphrase: str, chance: Callable[[int], bytes]) -> bytes:
    """Encrypt a little under a passphrase."""
    assert len(content) <= MAX_CONTENT
    file_key, salt, nonce = chance(16), chance(16), chance(16)
    body = ChaCha20Poly1305(_stretch(passphrase, salt, LOG_N)).encrypt(bytes(12), file_key, None)
    header = b"age-encryption.org/v1\n-> scrypt %s %d\n%s\n---" % (_encode(salt), LOG_N, _encode(body))
    payload = ChaCha20Poly1305(_derive(file_key, nonce, b"payload")).encrypt(_FIRST_AND_LAST, content, None)
    return b"%s %s\n%s%s" % (header, _encode(_mac(file_key, header).finalize()), nonce, payload)


def unlock(locked: bytes, passphrase: str, *, where: str = "key file") -> bytes:
    """Decrypt what a passphrase locks.

    Raises: Malformed, if it is no such file or asks for too much work; Refused, if the passphrase is wrong.
    """
    match = _FILE.fullmatch(locked)
    if match is None or int(match[3]) > MAX_LOG_N:
        raise Malformed("not an age file under a passphrase, of a cost that is taken", where=where)
    header, salt, log_n, body, mac, nonce, payload = match.groups()
    try:
        wrapping = ChaCha20Poly1305(_stretch(passphrase, _decode(salt), int(log_n)))
        file_key = wrapping.decrypt(bytes(12), _decode(body), None)
    except InvalidTag:
        raise Refused(f"the passphrase does not open {where}", hint="try again; nothing was changed") from None
    try:
        _mac(file_key, header).verify(_decode(mac))
        return ChaCha20Poly1305(_derive(file_key, nonce, b"payload")).decrypt(_FIRST_AND_LAST, payload, None)
    except (InvalidTag, InvalidSignature):
        raise Malformed("the file was altered", where=where, hint="restore it from your backup") from None


def _stretch(passphrase: str, salt: bytes, log_n: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << log_n, r=8, p=1).derive(passphrase.encode())


def _derive(key: bytes, salt: bytes | None, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(key)


def _mac(file_key: bytes, header: bytes) -> HMAC:
    mac = HMAC(_derive(file_key, None, b"header"), SHA256())
    mac.update(header)
    return mac


def _encode(raw: bytes) -> bytes:
    return b64encode(raw).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4))
