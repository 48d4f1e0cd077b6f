"""Calls: what a noun can do, by name, so that a program in another process can ask for it.

A call is `noun.verb` with the arguments of the noun's method; its types are those of the method's signature, and so
is the form of the answer. There is no second description to fall out of step.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec

from comity.desk.noun import Noun
from comity.errors import Malformed

MAX_CALL = 64 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that a noun can do."""

    noun: str
    verb: str
    function: Callable[..., Any]
    arguments: type[msgspec.Struct]
    answer: Any
    summary: str


def calls_of(noun: str, kind: type[Noun]) -> dict[str, Call]:
    """Every call of a noun, by its full name."""
    found = {}
    for verb, function in inspect.getmembers(kind, inspect.isfunction):
        if verb.startswith("_"):
            continue
        hints = get_type_hints(function, include_extras=True)
        answer = hints.pop("return")
        fields: list[Any] = []
        for name, parameter in inspect.signature(function).parameters.items():
            if name == "self":
                continue
            if parameter.default is inspect.Parameter.empty:
                fields.append((name, hints[name]))
            else:
                fields.append((name, hints[name], parameter.default))
        arguments = msgspec.defstruct(f"{noun}_{verb}", fields, kw_only=True, forbid_unknown_fields=True)
        summary = (inspect.getdoc(function) or "").partition("\n")[0]
        found[f"{noun}.{verb}"] = Call(noun, verb, function, arguments, answer, summary)
    return found


def carry_out(call: Call, noun: Noun, raw: bytes) -> bytes:
    """Decode a call's arguments, strictly, do it, and encode its answer.

    Raises: Malformed, for arguments that are not those of the call; what the call raises.
    """
    try:
        arguments = msgspec.json.decode(raw or b"{}", type=call.arguments)
    except msgspec.DecodeError as error:
        raise Malformed(str(error), where=f"{call.noun} {call.verb}") from None
    values = {name: getattr(arguments, name) for name in arguments.__struct_fields__}
    return msgspec.json.encode(call.function(noun, **values))


def encode_arguments(call: Call, values: Mapping[str, Any]) -> bytes:
    """The arguments of a call as they travel."""
    return msgspec.json.encode(call.arguments(**values))


def decode_answer(call: Call, raw: bytes) -> Any:
    """A call's answer as it was."""
    return msgspec.json.decode(raw, type=call.answer)
