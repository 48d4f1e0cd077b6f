"""Read and write an exchange as TOML or JSON, strictly and exactly.

Source: docs/spec/exchange.md. Pure: whoever calls this has read the bytes and writes the text.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from comity.errors import Malformed, Objection, Refused
from comity.exchange.fields import MOST_FAULTS, Enough, Fault, clip, decimal_places, show_place
from comity.exchange.model import Problem
from comity.exchange.place import line_of
from comity.exchange.reading import Reader

FORMAT = "comity/exchange/v1"
LARGEST_JSON_BYTES = 128 * 2**20
LARGEST_TOML_BYTES = 8 * 2**20
_DEEP_KEY = re.compile(r"""(?<![\w"'-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){32}""")
"""A key of so many parts is an attack on the parser, whose time grows with their square."""


def read(content: bytes | str, *, name: str = "exchange") -> Problem:
    """Read an exchange from the content of a TOML or JSON file called `name`.

    Raises: Malformed when it is not TOML or JSON of an allowed size; Refused with every fault found otherwise.
    """
    text = _text(content, name)
    toml = not text.lstrip().startswith("{")
    document = _parse_toml(text, name) if toml else _parse_json(text, name)
    reader = Reader(decimal_places({k: v for k, v in document.items() if k not in ("note", "expected")}))
    try:
        problem = reader.problem(document)
    except Enough:
        problem = None
    if problem is None or reader.fields.faults:
        raise Refused(_objections(reader.fields.faults, text, name, toml=toml))
    return problem


def _text(content: bytes | str, name: str) -> str:
    if len(content) > LARGEST_JSON_BYTES:
        raise Malformed("the file is too large", where=name, hint=f"at most {LARGEST_JSON_BYTES:,} bytes are read")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"byte {error.start} is not UTF-8"
        raise Malformed(what, where=name, hint="save the file as UTF-8") from None


def _parse_toml(text: str, name: str) -> dict[str, Any]:
    if len(text) > LARGEST_TOML_BYTES:
        what = "the file is too large for TOML"
        raise Malformed(what, where=name, hint=f"at most {LARGEST_TOML_BYTES:,} bytes are read; write it as JSON")
    if _DEEP_KEY.search(text):
        raise Malformed("a key of more than 32 parts", where=name, hint="write nested tables under headers")
    return _parse(lambda: tomllib.loads(text, parse_float=Decimal), name, "TOML")


def _parse_json(text: str, name: str) -> dict[str, Any]:
    def load() -> Any:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_members)

    return _parse(load, name, "JSON")


def _parse(load: Callable[[], Any], name: str, form: str) -> dict[str, Any]:
    try:
        document = load()
    except json.JSONDecodeError as error:
        raise Malformed(
            f"not {form}: {error.msg}", where=f"{name}:{error.lineno}", hint="correct this line"
        ) from None
    except RecursionError:
        raise Malformed("nested too deeply", where=name, hint="an exchange is a few levels deep") from None
    except (ValueError, ArithmeticError) as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{name}:{line[1]}" if line else name
        raise Malformed(f"not {form}: {clip(str(error))}", where=where, hint="correct the file") from None
    assert isinstance(document, dict)  # a JSON text that begins with "{", or TOML
    return document


def _no_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is not an amount")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key {clip(twice)!r} is used twice in one object")
    return members


def _objections(faults: list[Fault], text: str, name: str, *, toml: bool) -> list[Objection]:
    found = []
    for fault in faults:
        line = line_of(text, fault.place, toml=toml)
        where = f"{name}:{line}" if line else name
        place = show_place(fault.place)
        found.append(Objection("format", fault.what, see=f"{where}: {place}" if place else where, hint=fault.hint))
    if len(faults) >= MOST_FAULTS:
        found.append(Objection("format", "and perhaps more", see=name, hint="correct these first"))
    return found
