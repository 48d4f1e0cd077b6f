"""Write a problem as the TOML or JSON text that reads back to it.

Source: docs/spec/exchange.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from comity.exchange.model import Demand, Problem, Side, Step


class Number(str):
    """The digits of a number, written without quotation marks."""

    __slots__ = ()


Value: TypeAlias = "str | Number | list[Value] | dict[str, Value]"


def decimal(amount: int, scale: int) -> str:
    """An amount of `1/scale` units in digits, exactly; `scale` is a power of ten."""
    whole, part = divmod(abs(amount), scale)
    places = len(str(scale)) - 1
    digits = f"{whole}.{part:0{places}d}".rstrip("0").rstrip(".") if part else str(whole)
    return f"-{digits}" if amount < 0 else digits


def document(problem: Problem) -> dict[str, Value]:
    """The problem as the tables of its file."""

    def number(amount: int) -> Number:
        return Number(decimal(amount, problem.scale))

    top: dict[str, Value] = {"format": "comity/exchange/v1", "title": problem.title}
    if problem.note:
        top["note"] = problem.note
    top["sides"] = {side.name: _side(side, problem.scale) for side in problem.sides}
    top["steps"] = [_step(step, problem.scale) for step in problem.steps]
    top["packages"] = [{"steps": list[Value](package.steps)} for package in problem.packages]
    top["windows"] = [{"steps": list[Value](window.steps)} for window in problem.windows]
    top["demands"] = [_demand(demand) for demand in problem.demands]
    top["guarantees"] = [{"by": g.by, "side": g.side, "amount": number(g.amount)} for g in problem.guarantees]
    top["done"] = list[Value](problem.done)
    return {key: value for key, value in top.items() if value}


def to_json(problem: Problem) -> str:
    """The problem as JSON."""
    return _json(document(problem), "\n") + "\n"


def to_toml(problem: Problem) -> str:
    """The problem as TOML."""
    top = document(problem)
    plain = {key: value for key, value in top.items() if isinstance(value, str) or key == "done"}
    lines = [f"{_key(key)} = {_inline(value)}" for key, value in plain.items()]
    for key, value in ((key, value) for key, value in top.items() if key not in plain):
        for name, row in _tables(key, value):
            lines += ["", name, *(f"{_key(k)} = {_inline(v)}" for k, v in row.items())]
    return "\n".join(lines) + "\n"


def _side(side: Side, scale: int) -> dict[str, Value]:
    row: dict[str, Value] = {"title": side.title} if side.title else {}
    if side.bond:
        row["bond"] = Number(decimal(side.bond, scale))
    if side.tolerance is not None:
        row["tolerance"] = Number(decimal(side.tolerance, scale))
    return row


def _step(step: Step, scale: int) -> dict[str, Value]:
    def number(amount: int) -> Number:
        return Number(decimal(amount, scale))

    def amounts(by_side: Mapping[str, int]) -> dict[str, Value]:
        return {side: number(amount) for side, amount in by_side.items()}

    def ends(pair: tuple[int, int]) -> list[Value]:
        return [number(end) for end in pair]

    row: dict[str, Value] = {"id": step.id, "by": step.by}
    if step.title:
        row["title"] = step.title
    row["cost"] = number(step.cost)
    optional: dict[str, Value] = {
        "worth": amounts(step.worth),
        "after": list[Value](step.after),
        "salvage": number(step.salvage) if step.salvage else "",
        "clawback": amounts(step.clawback),
        "slices": Number(step.slices) if step.slices > 1 else "",
        "duration": number(step.duration) if step.duration else "",
        "verify": number(step.verify) if step.verify else "",
        "cost_range": ends(step.cost_range) if step.cost_range else "",
        "worth_range": {side: ends(pair) for side, pair in step.worth_range.items()},
    }
    return row | {key: value for key, value in optional.items() if value}


def _demand(demand: Demand) -> dict[str, Value]:
    row: dict[str, Value] = {"id": demand.id, "by": demand.by, "step": demand.step, "kind": demand.kind.value}
    row["any_of"] = list[Value](demand.any_of)
    return row | ({"weight": Number(demand.weight)} if demand.weight != 1 else {})


def _tables(key: str, value: Value) -> list[tuple[str, dict[str, Value]]]:
    if isinstance(value, dict):
        return [(f"[{key}.{_key(name)}]", row) for name, row in value.items() if isinstance(row, dict)]
    if isinstance(value, list):
        return [(f"[[{key}]]", row) for row in value if isinstance(row, dict)]
    return []


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("-", "a").replace("_", "a").isalnum()
    return name if bare else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _inline(value: Value) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(k)} = {_inline(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return str(value) if isinstance(value, Number) else _quoted(value)


def _json(value: Value, line: str) -> str:
    if isinstance(value, dict) and value:
        inner = line + "  "
        return "{" + ",".join(f"{inner}{_quoted(k)}: {_json(v, inner)}" for k, v in value.items()) + line + "}"
    if isinstance(value, list) and value:
        inner = line + "  "
        return "[" + ",".join(inner + _json(v, inner) for v in value) + line + "]"
    return _inline(value)
