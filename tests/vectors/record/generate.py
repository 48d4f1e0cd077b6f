"""Makes the vectors in this folder from fixed keys: `python -m tests.vectors.record.generate`."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from comity.record import entry as wire
from comity.record.exhibits import Evidence, Renumbered, encode
from comity.record.head import Head, cosign, seal
from comity.record.keys import KeyType, SecretKey, VerifierKey
from comity.record.note import Signature, assemble, sign
from comity.record.proof import Proof
from comity.record.tiles import encode_bundle, tiles_at
from comity.record.webauthn import Assertion
from tests.authenticator import EXTENSIONS, PRESENT, VERIFIED, Authenticator
from tests.office import BODY, CHO, FOUNDING, HAN, KIM, OFFICE, RECEIPT, RI, SEAL, Log, act
from tests.unit.record import test_evidence, test_policy, test_webauthn

HERE = Path(__file__).parent
PQ = SecretKey.of("kaesong.example/south/receipts-pq", KeyType.MLDSA44, b"\x0d" * 32)
Case = dict[str, Any]


def b64(raw: bytes) -> str:
    return b64encode(raw).decode()


def keys() -> Case:
    """The office of `tests/office.py`: secret and public keys by role."""
    roles = {"seal": SEAL, "receipt": RECEIPT}
    sides = {side: {role: made[side].text() for role, made in roles.items()} for side in FOUNDING.members}
    delegates = {key.verifier.name: key.text() for key in (RI, KIM, HAN, CHO)}
    holders = {
        side: {who: {"vkey": str(h.key), "chief": h.chief} for who, h in member.holders.items()}
        for side, member in FOUNDING.members.items()
    }
    return {"office": OFFICE, "sides": sides, "delegates": delegates, "holders_at_founding": holders}


def series() -> Case:
    """Runs of North's series from its first entry, with the head that its seal signed over all of them."""
    first, second = act(1, seen={"south": 4}), act(2, KIM, seen={"south": 4}, to=("south",))
    granted = act(1, key=str(HAN.verifier))
    taken = VerifierKey.of("han.north", KeyType.ED25519, KIM.verifier.public)
    regranted = act(1, key=str(KIM.verifier), chief=True)
    chief = act(1, key=str(HAN.verifier), chief=True, drop="kim")
    runs: list[tuple[str, list[bytes], tuple[str, int] | None]] = [
        ("two acts", [first, second], None),
        ("a granted key signs from the next entry on", [granted, act(2, HAN)], None),
        ("a chief by grant drops the first chief", [chief, act(2, HAN, drop="ri"), act(3, HAN)], None),
        ("a delegate is made chief with the key held", [regranted, act(2, KIM, drop="ri")], None),
        ("an act with attachments", [act(1, attachments=(wire.commit(b"s" * 20), wire.commit(b"s" * 16)))], None),
        ("seen may stay and grow", [first, act(2, seen={"east": 1, "south": 4})], None),
        ("an act by nobody who holds a key", [first, act(2, HAN, seen={"south": 4})], ("unknown signer", 2)),
        ("a key that is granted later", [act(1, HAN), act(2, key=str(HAN.verifier))], ("unknown signer", 1)),
        ("a key that was dropped", [granted, act(2, drop="han"), act(3, HAN)], ("unknown signer", 3)),
        ("altered after it was signed", [act(1).replace(b"10:30", b"10:31")], ("bad signature", 1)),
        ("a number left out", [first, act(3, seen={"south": 4})], ("wrong number", 2)),
        ("a number twice", [first, first], ("wrong number", 2)),
        ("seen goes back", [first, act(2, seen={"south": 3})], ("backdated", 2)),
        ("seen forgets a side", [first, act(2)], ("backdated", 2)),
        ("of another office", [first, act(2, seen={"south": 4}, office="cd" * 32)], ("other office", 2)),
        ("of another side", [first, act(2, CHO, seen={"north": 1})], ("other side", 2)),
        ("a grant by no chief", [act(1, KIM, key=str(HAN.verifier))], ("grant by no chief", 1)),
        ("a key that another delegate has", [act(1, key=str(taken))], ("grant by no chief", 1)),
        ("no chief would be left", [act(1, drop="ri")], ("grant by no chief", 1)),
        ("a drop of nobody", [act(1, drop="han")], ("grant by no chief", 1)),
        ("not an act", [first, b"hello\n"], ("malformed", 2)),
    ]
    cases = []
    for name, raws, fault in runs:
        verdict = None if fault is None else {"fault": fault[0], "no": fault[1]}
        entries = [raw.decode() for raw in raws]
        cases.append({"name": name, "entries": entries, "head": Log(raws).signed().decode(), "refused": verdict})
    altered = Log([first, second]).signed().decode()
    cases.append(
        {
            "name": "entries that the seal did not sign",
            "entries": [first.decode(), act(2, seen={"south": 4}).decode()],
            "head": altered,
            "refused": {"fault": "not what the seal signed", "no": 2},
        }
    )
    return {"keys": keys(), "side": "north", "runs": cases}


def entries() -> Case:
    """Bytes that are no entry, each one change away from one that is."""
    good = act(1, to=("south",), seen={"south": 4})
    digest = wire.commit(BODY).sha256.encode()
    changes: dict[str, Callable[[bytes], bytes]] = {
        "white space in the JSON": lambda e: e.replace(b'"no":1', b'"no": 1'),
        "a number with a leading zero": lambda e: e.replace(b'"no":1', b'"no":01'),
        "a number as a float": lambda e: e.replace(b'"no":1', b'"no":1.0'),
        "number zero": lambda e: e.replace(b'"no":1', b'"no":0'),
        "a number of 2^53": lambda e: e.replace(b'"no":1', b'"no":9007199254740992'),
        "a field twice": lambda e: e.replace(b'"no":1', b'"no":1,"no":1'),
        "an unknown field": lambda e: e.replace(b'"no":1', b'"no":1,"colour":"red"'),
        "fields in another order": lambda e: e.replace(b'"side":"north","no":1', b'"no":1,"side":"north"'),
        "a field that is missing": lambda e: e.replace(b'"no":1,', b""),
        "a default written out": lambda e: e.replace(b"}}\n\n", b'},"chief":false}\n\n'),
        "an escape that is not needed": lambda e: e.replace(b'"message"', b'"\\u006dessage"'),
        "a kind in capitals": lambda e: e.replace(b'"message"', b'"Message"'),
        "a side in capitals": lambda e: e.replace(b'"side":"north"', b'"side":"North"'),
        "a time without its zone": lambda e: e.replace(b"+09:00", b""),
        "sides out of order": lambda e: e.replace(b'["south"]', b'["south","east"]'),
        "a side twice": lambda e: e.replace(b'["south"]', b'["south","south"]'),
        "having seen oneself": lambda e: e.replace(b'{"south":4}', b'{"north":4}'),
        "having seen nothing, written out": lambda e: e.replace(b'{"south":4}', b'{"south":0}'),
        "a digest in capitals": lambda e: e.replace(digest, digest.upper()),
        "a body smaller than its salt": lambda e: e.replace(b'"size":32', b'"size":15'),
        "a body over 4 MiB": lambda e: e.replace(b'"size":32', b'"size":4194305'),
        "no signature": lambda e: e.split(b"\n\n")[0] + b"\n\n",
        "two signatures": lambda e: e + e.split(b"\n\n")[1],
        "a hyphen for the dash": lambda e: e.replace(b"\xe2\x80\x94", b"-"),
        "base64 without its padding": lambda e: e.replace(b"=\n", b"\n"),
        "base64 with other last bits": lambda e: e[:-3] + bytes([e[-3] + 1]) + e[-2:],
        "no last newline": lambda e: e[:-1],
        "another first line": lambda e: e.replace(b"act/v1", b"act/v2"),
        "not UTF-8": lambda e: e.replace(b"abab", b"ab\xe1b", 1),
    }
    refused = [{"why": why, "entry_base64": b64(change(good))} for why, change in changes.items()]
    for case in refused:
        assert case["entry_base64"] != b64(good), case["why"]
    return {"accepted": good.decode(), "refused": refused}


def heads() -> Case:
    """A head of one entry with receipts, and what is no head or no receipt."""
    key, cosigner = SEAL["north"], RECEIPT["south"]
    head = Log([act(1)]).head()
    good, receipt = seal(head, key), cosign(head, cosigner, at=1_536_888_600)
    text = head.text()
    moved = Signature(receipt.name, receipt.key_id, receipt.payload[:7] + b"\x01" + receipt.payload[8:])
    zero = Signature(receipt.name, receipt.key_id, bytes(8) + receipt.payload[8:])
    extended = text + b"more\n"
    refused_heads = {
        "another's seal": assemble(text, [seal(Head("kaesong.example/south", 1, head.root), SEAL["south"])]),
        "a receipt where the seal is due": assemble(text, [receipt]),
        "an extension line": assemble(extended, [sign(extended, key)]),
        "a size with a leading zero": _resigned(text.replace(b"\n1\n", b"\n01\n"), key),
        "a size of 2^63": _resigned(text.replace(b"\n1\n", b"\n9223372036854775808\n"), key),
        "a root of 31 bytes": _resigned(b"kaesong.example/north\n1\n" + b64(bytes(31)).encode() + b"\n", key),
        "another series": _resigned(text.replace(b"north", b"south"), key),
        "a control character": assemble(text, [good]).replace(b"\n\n", b"\t\n\n"),
    }
    refused_receipts = {
        "another time": moved.line(),
        "time zero": zero.line(),
        "another's key": cosign(head, RECEIPT["north"], at=9).line(),
        "another root": cosign(Head(head.origin, 1, b"r" * 32), cosigner, at=9).line(),
        "a bare signature": Signature(receipt.name, receipt.key_id, receipt.payload[8:]).line(),
    }
    return {
        "seal": str(key.verifier),
        "receipt": str(cosigner.verifier),
        "receipt_ml_dsa": str(PQ.verifier),
        "head": assemble(text, [good, receipt]).decode(),
        "receipt_line": receipt.line().decode(),
        "receipt_time": 1_536_888_600,
        "refused_heads": [{"why": why, "head": note.decode()} for why, note in refused_heads.items()],
        "refused_receipt_lines": [{"why": why, "line": line.decode()} for why, line in refused_receipts.items()],
    }


def ml_dsa() -> Case:
    """Not made twice the same: a signature by ML-DSA-44 holds chance."""
    head = Log([act(1)]).head()
    return {"head_text": head.text().decode(), "receipt_line": cosign(head, PQ, at=1_536_888_600).line().decode()}


def _resigned(text: bytes, key: SecretKey) -> bytes:
    return assemble(text, [sign(text, key)])


def webauthn() -> Case:
    """Assertions over one text by an Ed25519 and an ES256 passkey."""
    text = test_webauthn.TEXT
    passkeys, accepted, refused = {}, [], []
    for algorithm in ("EdDSA", "ES256"):
        device = Authenticator(algorithm)
        key = VerifierKey.of(f"{algorithm.lower()}.north", KeyType.NAMED, device.passkey.public())
        passkeys[algorithm] = {"vkey": str(key), "rp_id": device.rp_id, "origin": device.origin}
        made = device.sign(text)
        plain = device.assertion(made.authenticator_data, made.client_data.replace(b',"crossOrigin":false', b""))
        flags = PRESENT | VERIFIED | EXTENSIONS
        good: dict[str, Assertion] = {
            "as browsers write it": made,
            "without crossOrigin": plain,
            "with extensions and a further member": device.sign(text, flags=flags, extra=b"\xa0", more=1),
        }
        bad = {check: make(device) for check, (_, make) in test_webauthn.WRONG.items()}
        accepted += [{"name": n, "passkey": algorithm, "payload_base64": b64(a.payload())} for n, a in good.items()]
        refused += [
            {"why": test_webauthn.WRONG[n][0], "passkey": algorithm, "payload_base64": b64(a.payload())}
            for n, a in bad.items()
        ]
    refused.append({"why": "a byte too many", "passkey": "EdDSA", "payload_base64": b64(made.payload() + b"\0")})
    return {"text": text.decode(), "passkeys": passkeys, "accepted": accepted, "refused": refused}


def tiles() -> Case:
    """Paths, the tiles of logs of some sizes, and a bundle."""
    wrong = ["tile/0/67", "tile/0/x000/067", "tile/0/x067", "tile/00/067", "tile/64/067", "tile/0/067.p/0"]
    wrong += ["tile/0/067.p/256", "tile/0/067.p/01", "tile/0/067/", "/tile/0/067", "tile/data/067"]
    right = ["tile/0/000", "tile/63/999", "tile/0/x001/x234/067", "tile/1/x001/000.p/255", "tile/entries/000.p/1"]
    at = {str(size): [str(tile) for tile in tiles_at(size)] for size in (0, 1, 255, 256, 257, 512, 1000)}
    bundle = {"entries": ["", "a", "bc"], "bundle_base64": b64(encode_bundle([b"", b"a", b"bc"]))}
    return {"paths": right, "refused_paths": wrong, "tiles_at": at, "bundle": bundle}


def policy() -> Case:
    """A policy of two levels, which cosigners satisfy it, and files that are no policy."""
    subsets = ["", "w1", "w1 w2", "w1 w2 w4", "w3 w1 w5", "w1 w4 w5", "w1 w2 w3"]
    read = test_policy.policy(test_policy.TWO_LEVELS)
    satisfied = [{"cosigners": names.split(), "satisfied": read.satisfied(names.split())} for names in subsets]
    refused = [{"why": why, "policy": text} for text, why in test_policy.REFUSED if len(text) < 5000]
    return {"policy": test_policy.TWO_LEVELS, "satisfied": satisfied, "refused": refused}


def proof() -> Case:
    """The proof of one act of five, with the receipt that its policy asks for."""
    log = Log([act(n) for n in range(1, 6)])
    hashes = log.hashes()
    south = f"witness south {RECEIPT['south'].verifier}\nquorum south\n"

    def made(index: int, head: bytes) -> bytes:
        return Proof(index, tuple(hashes.inclusion(index, 5)), head).bytes()

    head = log.signed(None, RECEIPT["south"])
    good = made(3, head)
    refused = {
        "another index": made(3, head).replace(b"index 3", b"index 2"),
        "a path of another entry": made(2, head).replace(b"index 2", b"index 3"),
        "no receipt": made(3, log.signed()),
        "an index with a leading zero": good.replace(b"index 3", b"index 03"),
        "a path too long": good.replace(b"index 3\n", b"index 3\n" + b64(bytes(32)).encode() + b"\n"),
        "a path too short": good[: good.index(b"index 3\n") + 8] + good[good.index(b"index 3\n") + 53 :],
        "another version": good.replace(b"@v1", b"@v2"),
        "an altered head": good.replace(b"\n5\n", b"\n6\n"),
    }
    return {
        "entry": log.raws[3].decode(),
        "seal": str(SEAL["north"].verifier),
        "policy": south,
        "accepted": [good.decode(), Proof(3, tuple(hashes.inclusion(3, 5)), head, b"more").bytes().decode()],
        "refused": [{"why": why, "proof": raw.decode()} for why, raw in refused.items()],
    }


def evidence() -> Case:
    """One file of each kind that proves something, and forged ones."""
    t = test_evidence
    other = Log([t.ours(1, kind="letter"), *t.GOOD[1:]])
    forks = {f"fork at {old}": t.fork(Log(t.GOOD), old, other) for old in (4, 5, 11)}
    bad = {f"bad act: {fault}": t.accused(fault) for fault in t.BAD}
    two = Renumbered(charter=t.CHARTER.decode(), side="north", acts=(t.ours(3), t.ours(3, kind="letter")))
    receipt = t.received(Log([t.ours(1, to=("south",)), t.ours(2)]), 1, RECEIPT["south"])
    proven: dict[str, Evidence] = {**forks, **bad, "two acts of one number": two, "a receipt": receipt}
    refused: dict[str, Evidence] = {
        "one history": t.fork(Log(t.GOOD), 5, Log(t.GOOD)),
        "one act twice": Renumbered(charter=t.CHARTER.decode(), side="north", acts=(t.ours(3), t.ours(3))),
        "a good act": t.bad_act(t.GOOD[5]),
        "no receipt": t.received(Log([t.ours(1)]), 1),
    }
    return {
        "charter": t.CHARTER.decode(),
        "charter_signers": [str(RI.verifier), str(CHO.verifier)],
        "keys": keys() | {"office": t.OFFICE},
        "proven": [{"name": name, "file": encode(e).decode()} for name, e in proven.items()],
        "refused": [{"why": why, "file": encode(e).decode()} for why, e in refused.items()],
    }


MAKERS = (series, entries, heads, webauthn, tiles, policy, proof, evidence)


def made() -> Iterable[tuple[str, str]]:
    """Every file's name and content, but for `ml_dsa.json`, which is made once."""
    for maker in MAKERS:
        yield f"{maker.__name__}.json", json.dumps(maker(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the files."""
    for name, content in made():
        (HERE / name).write_text(content)
    once = HERE / "ml_dsa.json"
    if not once.exists():
        once.write_text(json.dumps(ml_dsa(), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
