"""Typed fields of a parsed document, read on after a problem so that every problem is found at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

LARGEST_AMOUNT = 10**15
MOST_PLACES = 9
LONGEST_NAME = 200
LONGEST_TITLE = 2_000
MOST_FAULTS = 100
_MOST_COMPARED = 1_000
"""Names among which a likely one is sought for a misspelt one."""
_DIGITS = 64
_JOINERS = str.maketrans("", "", "\u200c\u200d\u3000\u00a0")
"""Joiners that Persian, Indic scripts and emoji need, and spaces that Korean texts and French typography use."""

Place = tuple[str | int, ...]


def show_place(place: Place) -> str:
    """`("steps", 3, "worth", "us")` as `steps[3].worth.us`."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def exact(value: int | Decimal) -> tuple[int, int] | None:
    """A number as (coefficient, decimal places), trailing zeros dropped; None when it is not finite or is huge."""
    if isinstance(value, int):
        return (value, 0) if abs(value) <= 10**_DIGITS else None
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or len(digits) > _DIGITS or abs(exponent) > _DIGITS:
        return None
    coefficient = int("".join(map(str, digits))) * (-1 if value.is_signed() else 1)
    if exponent >= 0:
        return coefficient * 10**exponent, 0
    places = -exponent
    while places and coefficient % 10 == 0:
        coefficient //= 10
        places -= 1
    return coefficient, places


def decimal_places(root: object) -> int:
    """The most decimal places of any number in the document that could be an amount."""
    most, stack = 0, [root]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, Decimal):
            number = exact(item)
            if number and number[1] <= MOST_PLACES:
                most = max(most, number[1])
    return most


class Enough(Exception):
    """So many faults were found that the rest would not be read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a file: where, what, and what to do."""

    place: Place
    what: str
    hint: str


@dataclass(slots=True)
class Fields:
    """Reads values by type; a value that is wrong is noted and replaced by a harmless one."""

    places: int
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: Place, what: str, hint: str) -> None:
        """Note a problem and go on; Enough when nobody would read further."""
        self.faults.append(Fault(place, what, hint))
        if len(self.faults) >= MOST_FAULTS:
            raise Enough

    def table(
        self, value: object, place: Place, known: Iterable[str], required: Iterable[str] = ()
    ) -> dict[str, Any]:
        """A table whose keys are all known and which has those that are required."""
        if not isinstance(value, dict):
            self.fault(place, f"expected a table, found {kind_of(value)}", "write it as key = value pairs")
            return {}
        known = tuple(known)
        for key in value:
            if key not in known:
                near = get_close_matches(key[:LONGEST_NAME], known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"remove it; the keys here are {', '.join(known)}"
                self.fault((*place, clip(key)), "unknown key", hint)
        for key in required:
            if key not in value:
                self.fault(place, f"{key!r} is missing", f"add {key} = …")
        return value

    def rows(self, value: object, place: Place, most: int) -> list[Any]:
        """A list, empty when absent, of at most so many items."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.fault(place, f"expected a list, found {kind_of(value)}", "write it as a list in [ ]")
            return []
        if len(value) > most:
            self.fault(place, f"{len(value):,} items; at most {most:,} are read", "split the exchange")
            return []
        return value

    def amount(self, value: object, place: Place, *, unit: str = "an amount") -> int:
        """A number from 0 to 1e15 with at most nine decimals, in units of 10**-places."""
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            what = f"expected {unit}, found {kind_of(value)}"
            self.fault(place, what, "write a plain number, without a unit, a currency or quotation marks")
            return 0
        number = exact(value)
        if number is None or abs(number[0]) > LARGEST_AMOUNT * 10 ** number[1]:
            self.fault(place, f"{unit} beyond 1e15 or not finite", "choose a larger unit for all amounts")
            return 0
        if number[0] < 0:
            self.fault(
                place, f"{unit} cannot be negative", "turn the step round: a gain of its actor is another's cost"
            )
            return 0
        if number[1] > MOST_PLACES:
            self.fault(place, f"more than {MOST_PLACES} decimal places", "round it, or choose a smaller unit")
            return 0
        scaled: int = number[0] * 10 ** (self.places - number[1])
        return scaled

    def whole(self, value: object, place: Place, *, least: int, most: int) -> int:
        """A whole number in a range."""
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(place, f"expected a whole number, found {kind_of(value)}", f"write {least} to {most:,}")
            return least
        if not least <= value <= most:
            self.fault(place, "out of range", f"write a whole number from {least} to {most:,}")
            return least
        return value

    def name(self, value: object, place: Place) -> str:
        """A name that identifies: printable, no space at its ends, not too long."""
        text = self.text(value, place, LONGEST_NAME)
        if not text or text != text.strip():
            self.fault(place, "a name cannot be empty or begin or end with a space", "give it a short name")
        return text

    def text(self, value: object, place: Place, most: int = LONGEST_TITLE) -> str:
        """Text of one line that prints as what it is."""
        if not isinstance(value, str):
            self.fault(place, f"expected text, found {kind_of(value)}", 'write it in quotation marks: "…"')
            return ""
        if len(value) > most:
            self.fault(place, f"longer than {most} characters", "shorten it")
            return ""
        if not value.translate(_JOINERS).isprintable():
            self.fault(place, "contains a character that does not print", "remove control characters")
            return ""
        return value

    def one_of(self, value: object, place: Place, known: Mapping[str, Any], what: str) -> str | None:
        """A name that is among the known ones; None when it is not."""
        if not isinstance(value, str):
            self.fault(place, f"expected the name of a {what}, found {kind_of(value)}", f"name a {what} of this file")
            return None
        if value not in known:
            near = get_close_matches(value[:LONGEST_NAME], known, n=1) if len(known) <= _MOST_COMPARED else []
            hint = f"did you mean {near[0]!r}?" if near else _choice(known, what)
            self.fault(place, f"there is no {what} {clip(value)!r}", hint)
            return None
        return value


def _choice(known: Mapping[str, Any], what: str) -> str:
    return f"write one of {', '.join(known)}" if len(known) <= 5 else f"add the {what}, or name one of this file"


def clip(text: str) -> str:
    """Text short and printable enough for a message."""
    text = "".join(c if c.isprintable() else "�" for c in text[:LONGEST_NAME])
    return text if len(text) < LONGEST_NAME else text[:60] + "…"


def kind_of(value: object) -> str:
    """What a value is, in words."""
    if isinstance(value, str):
        return f"the text {clip(value)[:40]!r}"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, int):
        return "a whole number"
    if isinstance(value, Decimal):
        return "a decimal"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else "a date or time"
