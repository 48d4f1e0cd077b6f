"""What happened since a plan was made, as written on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from comity.exchange.model import Problem
    from comity.exchange.replan import Event


@dataclass(frozen=True, slots=True)
class News:
    """Steps done, failed, late or revised, and sides with other bonds or tolerances."""

    done: Sequence[str]
    failed: Sequence[str]
    late: Sequence[str]
    cost: Sequence[str]
    worth: Sequence[str]
    bond: Sequence[str]
    tolerance: Sequence[str]


def events(problem: Problem, news: News) -> list[Event]:
    """What happened, in the order: revised values, steps done, late and failed."""
    from comity.exchange.replan import Done, Failed, Late, Rebonded, Revised

    told: list[Event] = []
    for item in news.bond:
        side, amount = _named(item, "--bond")
        told.append(Rebonded(side, bond=_amount(problem, amount, "--bond")))
    for item in news.tolerance:
        side, amount = _named(item, "--tolerance")
        told.append(Rebonded(side, tolerance=_amount(problem, amount, "--tolerance")))
    for item in news.cost:
        step, amount = _named(item, "--cost")
        told.append(Revised(step, cost=_amount(problem, amount, "--cost")))
    for item in news.worth:
        place, amount = _named(item, "--worth")
        step, _, side = place.rpartition(":")
        if side not in {s.name for s in problem.sides}:
            raise typer.BadParameter(f"{item!r} names no side of this exchange", param_hint="--worth")
        told.append(Revised(step, worth={side: _amount(problem, amount, "--worth")}))
    for item in news.late:
        step, amount = _named(item, "--late")
        told.append(Late(step, _amount(problem, amount, "--late")))
    return [*told, *map(Done, news.done), *map(Failed, news.failed)]


def _named(item: str, option: str) -> tuple[str, str]:
    name, equals, amount = item.rpartition("=")
    if not equals or not name:
        raise typer.BadParameter(f"{item!r} is not NAME=AMOUNT", param_hint=option)
    return name, amount


def _amount(problem: Problem, text: str, option: str) -> int:
    from comity.exchange.fields import LARGEST_AMOUNT, exact

    try:
        number = exact(Decimal(text)) if len(text) < 40 else None
    except InvalidOperation:
        number = None
    if number is None or not 0 <= number[0] <= LARGEST_AMOUNT * 10 ** number[1]:
        raise typer.BadParameter(f"{text[:40]!r} is not an amount from 0 to 1e15", param_hint=option)
    scaled = number[0] * problem.scale
    if scaled % 10 ** number[1]:
        raise typer.BadParameter(f"{text!r} is finer than the amounts of the file", param_hint=option)
    whole: int = scaled // 10 ** number[1]
    return whole
