"""A plan as JSON and back: the certificate that `verify` reads.

An amount is a whole number, an exact decimal where there is one, or else a text such as "10/3".
Source: docs/spec/exchange-plan.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import msgspec

from comity.errors import Malformed
from comity.exchange.certificate import (
    Answered,
    Bound,
    Case,
    Guarantor,
    How,
    Label,
    Objective,
    Options,
    Payment,
    Plan,
    Point,
)
from comity.exchange.witness import Exhausted, Name, Weights, Witness

FORMAT = "comity/exchange-plan/v1"
LARGEST_BYTES = 64 * 2**20
MOST_DIGITS = 60
MOST_CHARACTERS = 200

Json = object
T = TypeVar("T")


def encode(plan: Plan) -> bytes:
    """The plan as JSON text."""
    return msgspec.json.format(msgspec.json.Encoder(decimal_format="number").encode(fields(plan)), indent=1)


def fields(plan: Plan) -> dict[str, Json]:
    """The plan as JSON values; the fields that the design names come first."""
    options = plan.options
    return {
        "format": FORMAT,
        "objective": str(options.objective),
        "options": {
            "money": options.money,
            "robust": options.robust,
            "cut": options.cut,
            "packages": options.packages,
            "demands": options.demands,
        },
        "orderable": plan.orderable,
        "value": _amount(plan.value),
        "lower_bound": _amount(plan.best.lower_bound),
        "proven": plan.best.proven,
        "order": _order(plan.order),
        "bonds": _by_side(plan.bonds),
        "exposures": _by_side(plan.exposures),
        "feasible": plan.feasible,
        "topup": _amount(plan.topup),
        "topups": _by_side(plan.topups),
        "worth_it": _by_side(plan.worth_it),
        "points": [{"bonds": _by_side(p.bonds), "order": _order(p.order)} for p in plan.points],
        "strain": _amount(plan.strain),
        "payments": [{"after": p.after, "amounts": _by_side(p.amounts)} for p in plan.payments],
        "guarantors": [
            {"by": g.by, "side": g.side, "amount": _amount(g.amount), "needed": _amount(g.needed)}
            for g in plan.guarantors
        ],
        "rounds": [_order(r) for r in plan.rounds],
        "front": [{"time": _amount(t), "peak": _amount(p)} for t, p in plan.front],
        "softened": list(plan.softened),
        "kept": dict(plan.kept),
        "answers": [
            {
                "demand": a.demand,
                "by": a.by,
                "step": a.step,
                "awaited": a.awaited,
                "how": str(a.how),
                "exposure": _amount(a.exposure),
                "tolerance": _amount(a.tolerance),
                "fear_met": a.fear_met,
            }
            for a in plan.answers
        ],
        "proof": [_case(c) for c in plan.best.cases],
        "fit": None if plan.fit is None else _bound(plan.fit),
    }


def _bound(bound: Bound) -> dict[str, Json]:
    return {
        "order": _order(bound.order),
        "value": _amount(bound.value),
        "lower_bound": _amount(bound.lower_bound),
        "proven": bound.proven,
        "proof": [_case(c) for c in bound.cases],
    }


def _case(case: Case) -> dict[str, Json]:
    return {
        "packages": list(case.packages),
        "orderable": case.orderable,
        "lower_bound": _amount(case.lower_bound),
        "unit": _amount(case.unit),
        "witness": None if case.witness is None else [_part(p) for p in case.witness.parts],
    }


def _part(part: Weights | Exhausted) -> dict[str, Json]:
    match part:
        case Weights():
            return {"weights": _columns(part.weights), "optimum": part.optimum, "method": part.method}
        case Exhausted():
            return {"caps": _columns(part.caps), "states": part.states}


def _columns(numbers: Mapping[Name, int]) -> list[Json]:
    return [{"side": side, "of": of, "number": x} for (side, of), x in numbers.items()]


def _order(order: tuple[Label, ...] | None) -> Json:
    return None if order is None else [m if isinstance(m, str) else list(m) for m in order]


def _by_side(amounts: Mapping[str, Fraction]) -> dict[str, Json]:
    return {side: _amount(x) for side, x in amounts.items()}


def _amount(x: Fraction | None) -> int | Decimal | str | None:
    if x is None or x.denominator == 1:
        return None if x is None else x.numerator
    rest = x.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    digits = x.denominator.bit_length()
    if rest != 1 or digits > MOST_DIGITS:
        return f"{x.numerator}/{x.denominator}"
    return Decimal(x.numerator * 10**digits // x.denominator).scaleb(-digits).normalize()


def decode(content: bytes) -> Plan:
    """Read a plan that `encode` wrote.

    Raises: Malformed, with the place, when a field is missing or is not what it should be.
    """
    if len(content) > LARGEST_BYTES:
        raise Malformed(f"a plan of {len(content)} bytes; at most {LARGEST_BYTES} are read", where="plan")
    try:
        value = json.loads(content, parse_float=_exact)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON: {error}", where="plan") from None
    return _plan(_Reader(value, "plan"))


def _exact(text: str) -> Fraction:
    """A number without an exponent, so that a short text cannot stand for a huge one."""
    if len(text) > MOST_CHARACTERS or "e" in text.lower():
        raise ValueError(f"{text[:20]!r} is not an amount")
    return Fraction(text)


class _Reader:
    """A JSON value and the place it stands at."""

    def __init__(self, value: Json, where: str) -> None:
        self.value = value
        self.where = where

    def wrong(self, wanted: str) -> Malformed:
        return Malformed(f"not {wanted}", where=self.where, hint="make the plan again from its exchange file")

    def at(self, key: str) -> _Reader:
        if not isinstance(self.value, dict) or key not in self.value:
            raise self.wrong(f"an object with {key!r}")
        return _Reader(self.value[key], f"{self.where}.{key}")

    def text(self) -> str:
        if not isinstance(self.value, str):
            raise self.wrong("a text")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong("true or false")
        return self.value

    def whole(self) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool):
            raise self.wrong("a whole number")
        return self.value

    def amount(self) -> Fraction:
        if isinstance(self.value, bool) or not isinstance(self.value, int | Fraction | str):
            raise self.wrong("an amount")
        try:
            return _exact(self.value) if isinstance(self.value, str) else Fraction(self.value)
        except (ValueError, ZeroDivisionError):
            raise self.wrong("an amount") from None

    def each(self) -> list[_Reader]:
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        return [_Reader(x, f"{self.where}[{i}]") for i, x in enumerate(self.value)]

    def maybe(self, read: Callable[[_Reader], T]) -> T | None:
        return None if self.value is None else read(self)

    def by_side(self) -> dict[str, Fraction]:
        if not isinstance(self.value, dict):
            raise self.wrong("an object with an amount for each side")
        return {side: self.at(side).amount() for side in self.value}

    def texts(self) -> dict[str, str]:
        if not isinstance(self.value, dict):
            raise self.wrong("an object of texts")
        return {key: self.at(key).text() for key in self.value}

    def label(self) -> Label:
        return self.value if isinstance(self.value, str) else tuple(x.text() for x in self.each())

    def order(self) -> tuple[Label, ...]:
        return tuple(x.label() for x in self.each())

    def columns(self) -> dict[Name, int]:
        return {(x.at("side").text(), x.at("of").text()): x.at("number").whole() for x in self.each()}


def _plan(r: _Reader) -> Plan:
    if r.at("format").value != FORMAT:
        raise r.at("format").wrong(FORMAT)
    return Plan(
        options=_options(r),
        orderable=r.at("orderable").flag(),
        worth_it=r.at("worth_it").by_side(),
        best=_read_bound(r),
        bonds=r.at("bonds").by_side(),
        exposures=r.at("exposures").by_side(),
        feasible=r.at("feasible").maybe(_Reader.flag),
        fit=r.at("fit").maybe(_read_bound),
        topups=r.at("topups").by_side(),
        strain=r.at("strain").maybe(_Reader.amount),
        points=tuple(Point(p.at("bonds").by_side(), p.at("order").order()) for p in r.at("points").each()),
        payments=tuple(Payment(p.at("after").whole(), p.at("amounts").by_side()) for p in r.at("payments").each()),
        guarantors=tuple(
            Guarantor(g.at("by").text(), g.at("side").text(), g.at("amount").amount(), g.at("needed").amount())
            for g in r.at("guarantors").each()
        ),
        rounds=tuple(x.order() for x in r.at("rounds").each()),
        softened=tuple(x.text() for x in r.at("softened").each()),
        kept=r.at("kept").texts(),
        answers=tuple(_answered(x) for x in r.at("answers").each()),
        front=tuple((x.at("time").amount(), x.at("peak").amount()) for x in r.at("front").each()),
    )


def _options(r: _Reader) -> Options:
    o = r.at("options")
    name = r.at("objective").text()
    if name not in list(Objective):
        raise r.at("objective").wrong("an objective")
    return Options(
        Objective(name),
        o.at("money").flag(),
        o.at("robust").flag(),
        o.at("cut").whole(),
        o.at("packages").flag(),
        o.at("demands").flag(),
    )


def _answered(r: _Reader) -> Answered:
    how = r.at("how").text()
    if how not in list(How):
        raise r.at("how").wrong("a way to answer a demand")
    return Answered(
        r.at("demand").text(),
        r.at("by").text(),
        r.at("step").text(),
        r.at("awaited").text(),
        How(how),
        r.at("exposure").amount(),
        r.at("tolerance").maybe(_Reader.amount),
    )


def _read_bound(r: _Reader) -> Bound:
    return Bound(
        r.at("order").maybe(_Reader.order),
        r.at("value").maybe(_Reader.amount),
        r.at("lower_bound").amount(),
        r.at("proven").flag(),
        tuple(_read_case(c) for c in r.at("proof").each()),
    )


def _read_case(r: _Reader) -> Case:
    return Case(
        tuple(p.whole() for p in r.at("packages").each()),
        r.at("orderable").flag(),
        r.at("lower_bound").maybe(_Reader.amount),
        r.at("unit").amount(),
        r.at("witness").maybe(lambda w: Witness(tuple(_read_part(p) for p in w.each()))),
    )


def _read_part(r: _Reader) -> Weights | Exhausted:
    if isinstance(r.value, dict) and "weights" in r.value:
        return Weights(r.at("weights").columns(), r.at("optimum").whole(), r.at("method").text())
    return Exhausted(r.at("caps").columns(), r.at("states").whole())
