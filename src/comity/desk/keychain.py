"""A side's keys for one office, as files of mode 600; locked under a passphrase when asked.

One key, one role: seal (its own heads), receipt (others' heads), pouch (what is addressed to it), watch (what the
node says by itself), and one for each delegate whose key lies here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from comity.errors import Malformed, Refused, Unavailable
from comity.record import envelope
from comity.record.keys import KeyType, SecretKey
from comity.record.passphrase import lock, unlock

LOCKED = ".locked"
LOCK = "lock"
MAX_KEY_FILE = 65_536
ROLES = {"seal": KeyType.ED25519, "receipt": KeyType.COSIGNATURE, "watch": KeyType.ED25519}
PQ_ROLES = {"seal-pq": KeyType.MLDSA44, "receipt-pq": KeyType.MLDSA44}
Chance = Callable[[int], bytes]
AskPassphrase = Callable[[str], str]
"""From what is to be opened to its passphrase."""


def no_passphrase(what: str) -> str:
    """For where nobody can be asked.

    Raises: Refused.
    """
    raise Refused(f"the {what} are locked under a passphrase", hint="run it where you can be asked")


def key_name(office: str, side: str, role: str) -> str:
    """The name of a key of the side itself: the seal is named for its series, others for their role beneath it."""
    return {"seal": f"{office}/{side}", "watch": f"watch.{side}"}.get(role, f"{office}/{side}/{role}")


@dataclass(frozen=True, slots=True, repr=False)
class Keychain:
    """The service keys of a side, opened."""

    seal: SecretKey
    receipt: SecretKey
    watch: SecretKey
    pouch: Any
    """The age identity that opens what is addressed to the side."""
    receipt_pq: SecretKey | None = None
    seal_pq: SecretKey | None = None


def write_key(folder: Path, name: str, secret: str, passphrase: str | None) -> None:
    """Write one key file that nobody else may read; an existing key is never overwritten."""
    content = secret.encode() + b"\n"
    path = folder / (name + LOCKED if passphrase else name)
    if (folder / name).exists() or (folder / (name + LOCKED)).exists():
        raise Refused(f"there is a key {name} in {folder} already", hint="move it away yourself if it must go")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if passphrase:
        content = envelope.enclose(content, envelope.recipient_key(_lock_of(folder, passphrase)))
    _write_private(path, content)


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_key(folder: Path, name: str, ask: AskPassphrase) -> str:
    """Read one key file, asking for its passphrase if it is locked.

    Raises: Unavailable, if it is not there; Refused, if others may read it or the passphrase is wrong.
    """
    plain, locked = folder / name, folder / (name + LOCKED)
    path = plain if plain.exists() else locked
    if not path.exists():
        raise Unavailable(
            f"no key {name} in {folder}", hint="is this the right home? restore the keys from your backup"
        )
    content = _read_private(path)
    if path is locked:
        identity = _unlock(_read_private(folder / LOCK), ask(f"keys of {folder.parent.name}"))
        content = envelope.disclose(content, envelope.identity_key(identity), where=str(path))
    return content.decode("ascii", "replace").strip()


def _read_private(path: Path) -> bytes:
    if not path.exists():
        raise Unavailable(f"{path} is missing", hint="restore the keys from your backup")
    mode = path.stat().st_mode & 0o777
    if mode & 0o077:
        raise Refused(f"the key file {path} is open to others (mode {mode:o})", hint=f"chmod 600 {path}")
    with path.open("rb") as file:
        content = file.read(MAX_KEY_FILE + 1)
    if len(content) > MAX_KEY_FILE:
        raise Malformed("a key file that is too large", where=str(path))
    return content


def _lock_of(folder: Path, passphrase: str) -> str:
    """To whom the folder's keys are enclosed: one identity, itself locked under the passphrase, made when needed.

    Opening it is slow on purpose; so it is opened once, and not once a key.
    """
    path, recipient = folder / LOCK, folder / f"{LOCK}.pub"
    if path.exists():
        _unlock(_read_private(path), passphrase)
        return recipient.read_text().strip()
    identity, public = envelope.new_identity()
    _write_private(path, lock(identity.encode(), passphrase, os.urandom))
    recipient.write_text(public + "\n")
    return public


@lru_cache(maxsize=8)
def _unlock(locked: bytes, passphrase: str) -> str:
    return unlock(locked, passphrase, where="keys").decode("ascii", "replace")


def make_service_keys(
    folder: Path, office: str, side: str, chance: Chance, *, passphrase: str | None, pq: bool
) -> None:
    """Make the side's own keys: seal, receipt, watch and pouch, and the ML-DSA-44 pair when asked."""
    for role, kind in (ROLES | PQ_ROLES if pq else ROLES).items():
        key = SecretKey.of(key_name(office, side, role), kind, chance(32))
        write_key(folder, role, key.text(), passphrase)
    identity, recipient = envelope.new_identity()
    write_key(folder, "pouch", identity, passphrase)
    (folder / "pouch.pub").write_text(recipient + "\n")


def make_delegate_key(folder: Path, side: str, who: str, chance: Chance, *, passphrase: str | None) -> SecretKey:
    """Make the key of a delegate of this side."""
    key = SecretKey.of(f"{who}.{side}", KeyType.ED25519, chance(32))
    write_key(folder, f"delegate-{who}", key.text(), passphrase)
    return key


def delegates_here(folder: Path) -> list[str]:
    """The delegates whose keys lie in the folder."""
    names = {path.name.removesuffix(LOCKED) for path in folder.glob("delegate-*")}
    return sorted(name.removeprefix("delegate-") for name in names)


def is_locked(folder: Path, who: str) -> bool:
    """Whether a delegate's key is locked under a passphrase."""
    return (folder / f"delegate-{who}{LOCKED}").exists()


def open_delegate(folder: Path, who: str, ask: AskPassphrase) -> SecretKey:
    """The key of a delegate."""
    return SecretKey.parse(read_key(folder, f"delegate-{who}", ask), where=f"key of {who}")


def open_keychain(folder: Path, ask: AskPassphrase) -> Keychain:
    """All service keys of the folder."""
    texts: Mapping[str, str] = {role: read_key(folder, role, ask) for role in ROLES}
    extra = {
        role: SecretKey.parse(read_key(folder, role, ask), where=role)
        for role in PQ_ROLES
        if (folder / role).exists() or (folder / (role + LOCKED)).exists()
    }
    return Keychain(
        seal=SecretKey.parse(texts["seal"], where="seal"),
        receipt=SecretKey.parse(texts["receipt"], where="receipt"),
        watch=SecretKey.parse(texts["watch"], where="watch"),
        pouch=envelope.identity_key(read_key(folder, "pouch", ask)),
        receipt_pq=extra.get("receipt-pq"),
        seal_pq=extra.get("seal-pq"),
    )
