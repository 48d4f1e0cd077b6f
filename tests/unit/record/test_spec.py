"""The spec and the code name the same bounds, faults, kinds and files."""

from pathlib import Path
from typing import get_args

from comity.record import entry, exhibits, head, keys, note, policy, proof, webauthn
from comity.record.series import Fault
from tests.vectors.record import generate

SPEC = Path(__file__).parents[3] / "docs" / "spec"
BOUNDS = {
    "record.md": [
        note.MAX_NOTE,
        head.MAX_HEAD,
        note.MAX_SIGNATURES,
        keys.MAX_NAME,
        entry.MAX_ENTRY,
        entry.MAX_BODY,
        entry.MAX_ATTACHMENT,
        entry.MAX_ATTACHMENTS,
        entry.MAX_ENCLOSED,
    ],
    "webauthn.md": [
        webauthn.MAX_AUTHENTICATOR_DATA,
        webauthn.MAX_CLIENT_DATA,
        webauthn.MAX_SIGNATURE,
        webauthn.MAX_ORIGIN,
        webauthn.MAX_RP_ID,
    ],
    "policy.md": [policy.MAX_POLICY, policy.MAX_LINES],
    "proof.md": [proof.MAX_PROOF_FILE],
    "evidence.md": [exhibits.MAX_EVIDENCE, exhibits.MAX_GRANTS],
}


def page(name: str) -> str:
    return (SPEC / name).read_text()


def test_bounds() -> None:
    for name, bounds in BOUNDS.items():
        assert [bound for bound in bounds if f"{bound:,}" not in page(name)] == [], name


def test_faults_and_kinds() -> None:
    assert [fault for fault in Fault if f"`{fault}`" not in page("record.md")] == []
    kinds = [kind.__struct_config__.tag for kind in get_args(exhibits.Evidence)]
    assert [kind for kind in kinds if f"## `{kind}`" not in page("evidence.md")] == []


def test_fields() -> None:
    text = page("record.md")
    assert [field for field in entry.Entry.__struct_fields__ if f"| `{field}`" not in text] == []
    for kind in get_args(exhibits.Evidence):
        assert [field for field in kind.__struct_fields__ if f"`{field}" not in page("evidence.md")] == []


def test_every_page_and_vector_is_listed() -> None:
    index = page("README.md")
    files = [f"{maker.__name__}.json" for maker in generate.MAKERS]
    assert [name for name in files if f"`{name}`" not in index] == []
    mine = ["record.md", "webauthn.md", "tiles.md", "policy.md", "proof.md", "evidence.md"]
    assert [name for name in mine if f"({name})" not in index or not page(name)] == []
