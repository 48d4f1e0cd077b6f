"""Undocumented means unbuilt: every rule that the office names is in docs/rules.md, and has a test of its name."""

import re
from pathlib import Path

from comity.office.acts import BODIES
from comity.office.fold import RULES

ROOT = Path(__file__).parents[3]
OFFICE = sorted((ROOT / "src/comity/office").rglob("*.py"))
DOCUMENT = (ROOT / "docs/rules.md").read_text()


def documented() -> set[str]:
    return set(re.findall(r"^- \*\*([A-Z]\d+)\*\* ", DOCUMENT, re.MULTILINE))


def test_every_rule_in_the_code_is_documented_and_every_documented_rule_is_in_the_code() -> None:
    named = {rule for path in OFFICE for rule in re.findall(r'"([ACDLST]\d)"', path.read_text())}
    assert named | {"T7"} == documented()


def test_every_rule_has_a_test_named_for_it() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    names = re.findall(r"def test_((?:[a-z]\d_)+)", tests)
    tested = {rule.upper() for name in names for rule in name.split("_") if rule}
    assert tested == documented()


def test_the_document_names_no_rule_that_there_is_not() -> None:
    assert set(re.findall(r"\b([ACDLST]\d)\b", DOCUMENT)) == documented()


def test_every_kind_has_its_rules() -> None:
    assert RULES.keys() | {"confirm"} == BODIES.keys()


def test_the_document_names_the_kinds_that_are_for_all_and_the_watchs() -> None:
    def kinds(rule: str) -> set[str]:
        (paragraph,) = re.findall(rf"^- \*\*{rule}\*\* (.*?)(?=^- \*\*|^$)", DOCUMENT, re.MULTILINE | re.DOTALL)
        return set(re.findall(r"`([a-z_]+)`", paragraph))

    assert kinds("A3") == {kind for kind, rules in RULES.items() if rules.public} | {"confirm"}
    assert kinds("D4") == {kind for kind, rules in RULES.items() if rules.watch}
