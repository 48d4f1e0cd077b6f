"""A second reader of acts and series, written from docs/spec/record.md alone: it shares no line with comity."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ORDER = ["office", "side", "no", "kind", "at", "by", "to", "seen", "body", "attachments", "key", "chief", "drop"]
OPTIONAL = {"to", "attachments", "key", "chief", "drop"}
NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
AT = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2]|00)-([0-2][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-]([01][0-9]):[0-5][0-9])"
)
Holders = dict[str, tuple[str, bool]]
"""By delegate: verifier key and whether a chief's."""


class Bad(ValueError):
    """Not as the spec says."""


def need(condition: object) -> None:
    if not condition:
        raise Bad


def act(raw: bytes) -> tuple[dict[str, Any], bytes, str, bytes]:
    """An entry's fields, the text that is signed, the signer's name, and key id with payload."""
    need(len(raw) <= 65_535)
    try:
        first, line, empty, signature, end = raw.decode().split("\n")
        fields = json.loads(line)
        dash, signer, encoded = signature.split(" ")
        payload = b64decode(encoded, validate=True)
    except ValueError:
        raise Bad from None
    need(first == "comity/act/v1" and empty == end == "" and dash == "—" and b64encode(payload).decode() == encoded)
    need(re.fullmatch(r"[a-z][a-z0-9.-]{2,80}", signer) and len(payload) >= 5 and isinstance(fields, dict))
    need([name for name in ORDER if name in fields] == list(fields) and set(ORDER) - set(fields) <= OPTIONAL)
    need(json.dumps(fields, separators=(",", ":"), ensure_ascii=False) == line)
    _check(fields)
    return fields, (first + "\n" + line + "\n").encode(), signer, payload


def _check(fields: dict[str, Any]) -> None:
    need(all(isinstance(fields.get(n, ""), str) for n in ("office", "side", "kind", "at", "by", "key", "drop")))
    need(NAME.fullmatch(fields["side"]) and NAME.fullmatch(fields["by"]) and AT.fullmatch(fields["at"]))
    need(re.fullmatch(r"[a-z][a-z_]{0,31}", fields["kind"]) and _number(fields["no"]))
    to, seen = fields.get("to", []), fields["seen"]
    need(isinstance(to, list) and all(isinstance(s, str) and NAME.fullmatch(s) for s in to))
    need(to == sorted(set(to)) and len(to) <= 16)
    need(isinstance(seen, dict) and list(seen) == sorted(seen) and len(seen) <= 16 and fields["side"] not in seen)
    need(all(NAME.fullmatch(s) and _number(n) for s, n in seen.items()))
    _commitment(fields["body"], 4_194_304)
    attachments = fields.get("attachments", [{"sha256": "0" * 64, "size": 16}])
    need(isinstance(attachments, list) and 0 < len(attachments) <= 16 and fields.get("chief", True) is True)
    for attachment in attachments:
        _commitment(attachment, 16_777_216)
    need(sum(attachment["size"] for attachment in attachments) <= 33_554_432)


def _number(value: object) -> bool:
    return type(value) is int and 1 <= value < 2**53


def _commitment(value: Any, limit: int) -> None:
    need(isinstance(value, dict) and list(value) == ["sha256", "size"])
    need(isinstance(value["sha256"], str) and re.fullmatch(r"[0-9a-f]{64}", value["sha256"]))
    need(type(value["size"]) is int and 16 <= value["size"] <= limit)


def signed(vkey: str, payload: bytes, text: bytes) -> bool:
    """Whether a type-01 key signed the text."""
    public = b64decode(vkey.split("+", 2)[2])
    try:
        Ed25519PublicKey.from_public_bytes(public[1:]).verify(payload[4:], text)
    except InvalidSignature:
        return False
    return public[0] == 1


def first_fault(raws: list[bytes], office: str, side: str, holders: Holders) -> tuple[str, int] | None:
    """The first fault of a series and its number."""
    holders, before = dict(holders), dict[str, int]()
    for no, raw in enumerate(raws, 1):
        try:
            fields, text, signer, payload = act(raw)
        except Bad:
            return "malformed", no
        if fields["office"] != office:
            return "other office", no
        if fields["side"] != side:
            return "other side", no
        if fields["no"] != no:
            return "wrong number", no
        if any(fields["seen"].get(other, 0) < n for other, n in before.items()):
            return "backdated", no
        vkey, chief = holders.get(fields["by"], ("+", False))
        if vkey.split("+")[:2] != [signer, payload[:4].hex()]:
            return "unknown signer", no
        try:
            after = granted(holders, fields, chief)
        except Bad:
            return "grant by no chief", no
        if not signed(vkey, payload, text):
            return "bad signature", no
        holders, before = after, fields["seen"]
    return None


def granted(holders: Holders, fields: dict[str, Any], chief: bool) -> Holders:
    """The keys in force after an entry."""
    after = dict(holders)
    if "key" not in fields and "drop" not in fields:
        return after
    need(chief and fields.get("drop", next(iter(after))) in after)
    after.pop(fields.get("drop", ""), None)
    if "key" in fields:
        name, key_id, encoded = [*fields["key"].split("+", 2), "", ""][:3]
        typed = b64decode(encoded)
        who, _, whose = name.partition(".")
        need(sha256(name.encode() + b"\n" + typed).hexdigest()[:8] == key_id and whose == fields["side"])
        need(NAME.fullmatch(who) and len(typed) == 33 and typed[0] == 1)
        need(all(b64decode(v.split("+", 2)[2])[1:] != typed[1:] for w, (v, _) in after.items() if w != who))
        after[who] = (fields["key"], fields.get("chief", False))
    need(any(is_chief for _, is_chief in after.values()))
    return after
