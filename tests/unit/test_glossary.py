"""Glossary and code use the same words."""

import re
from pathlib import Path

import pytest

from comity.desk.office import NOUNS
from comity.office.acts import BODIES

ROOT = Path(__file__).parents[2]
WORDS = {
    word.lower()
    for row in (ROOT / "GLOSSARY.md").read_text().splitlines()
    if row.startswith("| **")
    for word in re.findall(r"\*\*(.+?)\*\*", row.split("|")[1])
}
PLAIN = {
    "appoint",
    "revoke",
    "message",
    "logged",
    "read",
    "shown",
    "on_watch",
    "delegate",
    "text",
    "record",
    "pouch",
    "link",
}
"""Plain words, used as everybody uses them."""


def test_words_stand_in_order_and_once() -> None:
    rows = [line for line in (ROOT / "GLOSSARY.md").read_text().splitlines() if line.startswith("| **")]
    first = [re.findall(r"\*\*(.+?)\*\*", row)[0].lower() for row in rows]
    assert first == sorted(set(first))


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_every_kind_of_act_is_a_word_of_the_glossary_or_a_plain_one(kind: str) -> None:
    assert kind in WORDS | PLAIN


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_every_noun_is_a_word_of_the_glossary_or_a_plain_one(noun: str) -> None:
    assert noun in WORDS | PLAIN


@pytest.mark.parametrize("room", ["act", "archive", "breach", "entry", "head", "pouch", "receipt", "seal", "series"])
def test_the_words_of_the_record_are_used_in_its_code(room: str) -> None:
    assert room in WORDS
    code = "\n".join(path.read_text() for path in (ROOT / "src/comity").rglob("*.py"))
    assert re.search(rf"\b{room}", code, re.IGNORECASE)


def test_no_module_has_a_name_that_says_nothing() -> None:
    empty = {"utils", "util", "helper", "helpers", "misc", "common", "manager", "data", "info"}
    assert not empty & {path.stem for path in (ROOT / "src").rglob("*.py")}
