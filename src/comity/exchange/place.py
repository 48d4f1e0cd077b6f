"""The line on which a value stands in a TOML or JSON text, for messages; None when it cannot be told."""

from __future__ import annotations

import re
from json import JSONDecoder

from comity.exchange.fields import Place

_DECODER = JSONDecoder()
_SPACE = re.compile(r"\s*")
_HEADER = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_LARGEST_CHARACTERS = 4_000_000
"""Beyond this, a second walk over the text for each message would take too long."""


def line_of(text: str, place: Place, *, toml: bool) -> int | None:
    """The line, counted from 1, of the value at `place` in a text that parsed."""
    if len(text) > _LARGEST_CHARACTERS or not place:
        return None
    return _toml_line(text, place) if toml else _json_line(text, place)


def _json_line(text: str, place: Place) -> int | None:
    at, last = 0, 0
    for part in place:
        at = _skip(text, at)
        found = _item(text, at, part) if isinstance(part, int) else _member(text, at, part)
        if found is None:
            break
        at = last = found
    return text.count("\n", 0, _skip(text, last)) + 1


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _member(text: str, at: int, key: str) -> int | None:
    """Where the value of `key` begins, in the object that begins at `at`."""
    if text[at] != "{":
        return None
    at = _skip(text, at + 1)
    while text[at] == '"':
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        if name == key:
            return at
        at = _next(text, at)
    return None


def _item(text: str, at: int, index: int) -> int | None:
    """Where item `index` begins, in the array that begins at `at`."""
    if text[at] != "[":
        return None
    at = _skip(text, at + 1)
    for _ in range(index):
        if text[at] == "]":
            return None
        at = _next(text, at)
    return at


def _next(text: str, at: int) -> int:
    """Past the value that begins at `at`, and past the comma after it."""
    at = _skip(text, _DECODER.raw_decode(text, at)[1])
    return _skip(text, at + 1) if text[at] == "," else at


def _toml_line(text: str, place: Place) -> int | None:
    """The line in the usual layout of tables under headers; values written inline are found at their key.

    The parser of the standard library keeps no positions, so this reads headers and keys line by line.
    """
    names = [part for part in place if isinstance(part, str)]
    index = next((part for part in place if isinstance(part, int)), 0)
    best: int | None = None
    inside, seen, depth = names[0] == "format", -1, 0
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            path = [part.strip(" \t\"'") for part in header[1].split(".")]
            if line.lstrip().startswith("[["):
                seen += path == names[:1]
                inside = path == names[:1] and seen == index
            else:
                inside = path == names[: len(path)] and (len(place) == len(names) or seen == index)
            if inside and len(path) >= depth:
                best, depth = number, len(path)
        elif inside or (depth == 0 and len(names) > 0):
            key = line.split("=", 1)[0].strip(" \t\"'")
            wanted = names[depth] if depth < len(names) else None
            if wanted is not None and (key == wanted or key.startswith(f"{wanted}.")):
                return number
    return best
