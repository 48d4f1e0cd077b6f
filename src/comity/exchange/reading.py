"""From a parsed document to a problem, noting every fault on the way.

Source: docs/spec/exchange.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from comity.exchange.fields import Fields, Place, clip
from comity.exchange.model import Demand, Guarantee, Kind, Package, Problem, Side, Step, Window
from comity.exchange.rings import rings

MOST_SIDES = 64
MOST_STEPS = 1_000_000
MOST_DEMANDS = 2_000_000
MOST_SLICES = 10_000
LARGEST_WEIGHT = 10**9
LARGEST_TOTAL = 2**61
"""Units of all costs and worths together: what keeps any balance within 64 bits."""

_TOP = (
    "format", "title", "sides", "steps", "packages", "windows", "demands", "guarantees", "note", "expected", "done",
)  # fmt: skip
_SIDE = ("title", "bond", "tolerance")
_STEP = (
    "id", "by", "title", "cost", "worth", "after", "salvage", "clawback", "slices", "duration", "verify",
    "cost_range", "worth_range",
)  # fmt: skip
_DEMAND = ("id", "by", "step", "kind", "any_of", "weight")
_GUARANTEE = ("by", "side", "amount")

Named = TypeVar("Named", Step, Demand)


class Reader:
    """Builds a problem whose amounts are in units of 10**-places."""

    def __init__(self, places: int) -> None:
        self.fields = Fields(places)
        self.sides: dict[str, Side] = {}
        self.steps: dict[str, Step] = {}

    def problem(self, document: object) -> Problem:
        """The whole exchange; only to be used when `fields.faults` is empty."""
        top = self.fields.table(document, (), _TOP, ("format", "sides", "steps"))
        if top.get("format", "comity/exchange/v1") != "comity/exchange/v1":
            self.fields.fault(("format",), "not a format that is read here", 'write format = "comity/exchange/v1"')
        title = self.fields.text(top.get("title", ""), ("title",))
        self._sides(top.get("sides", {}))
        rows = self.fields.rows(top.get("steps", []), ("steps",), MOST_STEPS)
        steps = [self._step(row, ("steps", i)) for i, row in enumerate(rows)]
        self.steps = self._by_id(steps, "steps", "step")
        self._prerequisites(rows, steps)
        problem = Problem(
            title=title,
            sides=tuple(self.sides.values()),
            steps=tuple(steps),
            packages=self._packages(top.get("packages")),
            windows=self._windows(top.get("windows")),
            demands=self._demands(top.get("demands")),
            guarantees=self._guarantees(top.get("guarantees")),
            scale=10**self.fields.places,
            done=self._done(top["done"]) if "done" in top else (),
            note=note if isinstance(note := top.get("note"), str) else "",
        )
        self._total(problem)
        return problem

    def _sides(self, value: object) -> None:
        if not isinstance(value, dict):
            self.fields.table(value, ("sides",), ())
            return
        if not 1 <= len(value) <= MOST_SIDES:
            self.fields.fault(("sides",), f"{len(value)} sides", f"write 1 to {MOST_SIDES} tables [sides.NAME]")
            return
        for name, row in value.items():
            place: Place = ("sides", clip(name))
            self.fields.name(name, place)
            side = self.fields.table(row, place, _SIDE)
            tolerance = side.get("tolerance")
            self.sides[name] = Side(
                name=name,
                title=self.fields.text(side.get("title", ""), (*place, "title")),
                bond=self.fields.amount(side.get("bond", 0), (*place, "bond")),
                tolerance=None if "tolerance" not in side else self.fields.amount(tolerance, (*place, "tolerance")),
            )

    def _step(self, row: object, place: Place) -> Step:
        fields = self.fields
        step = fields.table(row, place, _STEP, ("id", "by", "cost"))
        by = fields.one_of(step["by"], (*place, "by"), self.sides, "side") if "by" in step else None
        cost = fields.amount(step.get("cost", 0), (*place, "cost"))
        worth = self._amounts(step.get("worth", {}), (*place, "worth"), by)
        salvage = fields.amount(step.get("salvage", 0), (*place, "salvage"))
        if salvage > cost:
            fields.fault((*place, "salvage"), "more is recovered than the step costs", "salvage is a part of cost")
        clawback = self._amounts(step.get("clawback", {}), (*place, "clawback"), by)
        for side, amount in clawback.items():
            if amount > worth.get(side, 0):
                what = f"more is taken back from {side!r} than the step is worth to it"
                fields.fault((*place, "clawback", side), what, "clawback is a part of worth")
        return Step(
            id=fields.name(step["id"], (*place, "id")) if "id" in step else "",
            by=by or "",
            cost=cost,
            title=fields.text(step.get("title", ""), (*place, "title")),
            worth=worth,
            after=(),
            salvage=salvage,
            clawback=clawback,
            slices=fields.whole(step.get("slices", 1), (*place, "slices"), least=1, most=MOST_SLICES),
            duration=fields.amount(step.get("duration", 0), (*place, "duration"), unit="a number of days"),
            verify=fields.amount(step.get("verify", 0), (*place, "verify"), unit="a number of days"),
            cost_range=self._range(step["cost_range"], (*place, "cost_range"), cost)
            if "cost_range" in step
            else None,
            worth_range=self._ranges(step.get("worth_range", {}), (*place, "worth_range"), worth),
        )

    def _amounts(self, value: object, place: Place, by: str | None) -> dict[str, int]:
        """Amounts by side, of other sides than the actor."""
        amounts = {}
        for side, amount in self._table_of_sides(value, place):
            if side == by:
                self.fields.fault(
                    (*place, side), "this side does the step itself", "state its own gain as a lower cost"
                )
            amounts[side] = self.fields.amount(amount, (*place, side))
        return amounts

    def _table_of_sides(self, value: object, place: Place) -> Iterable[tuple[str, Any]]:
        if not isinstance(value, dict):
            self.fields.table(value, place, ())
            return []
        place_of = {side: (*place, clip(side)) for side in value}
        return [
            (s, v) for s, v in value.items() if self.fields.one_of(s, place_of[s], self.sides, "side") is not None
        ]

    def _range(self, value: object, place: Place, stated: int) -> tuple[int, int]:
        if not isinstance(value, list) or len(value) != 2:
            self.fields.fault(place, "a range has a low and a high end", "write it as [low, high]")
            return stated, stated
        low, high = (self.fields.amount(v, (*place, i)) for i, v in enumerate(value))
        if not low <= stated <= high:
            self.fields.fault(place, "the stated amount lies outside its range", "write low ≤ stated ≤ high")
        return low, high

    def _ranges(self, value: object, place: Place, worth: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        rows = self._table_of_sides(value, place)
        return {side: self._range(row, (*place, side), worth.get(side, 0)) for side, row in rows}

    def _by_id(self, rows: list[Named], key: str, what: str) -> dict[str, Named]:
        found: dict[str, Named] = {}
        for i, row in enumerate(rows):
            if row.id and row.id in found:
                self.fields.fault(
                    (key, i, "id"), f"the name {row.id!r} is used twice", f"give each {what} its own name"
                )
            found.setdefault(row.id, row)
        found.pop("", None)
        return found

    def _prerequisites(self, rows: list[Any], steps: list[Step]) -> None:
        for i, row in enumerate(rows):
            if isinstance(row, dict) and "after" in row:
                after = self._steps_named(row["after"], ("steps", i, "after"))
                steps[i] = replace(steps[i], after=after)
                if steps[i].id:
                    self.steps[steps[i].id] = steps[i]
        number = {name: i for i, name in enumerate(self.steps)}
        names = list(number)
        for ring in rings([[number[a] for a in step.after] for step in self.steps.values()]):
            loop = " after ".join(clip(names[i]) for i in [*ring[:20], ring[0]])
            place = ("steps", next(i for i, step in enumerate(steps) if step.id == names[ring[0]]), "after")
            what = f"the prerequisites form a cycle: {loop}"
            self.fields.fault(
                place, what, "take one out; what a side merely insists on is a demand, not a prerequisite"
            )

    def _done(self, value: object) -> tuple[str, ...]:
        """Steps behind us, each after what it waits for."""
        done = self._steps_named(value, ("done",))
        behind: set[str] = set()
        for at, name in enumerate(done):
            missing = [b for b in self.steps[name].after if b not in behind]
            behind.add(name)
            if missing:
                what = f"{name!r} cannot be done before {missing[0]!r}"
                self.fields.fault(("done", at), what, "list what is done in the order it was done")
        return done

    def _steps_named(self, value: object, place: Place, least: int = 0) -> tuple[str, ...]:
        """Names of known steps, each once, at least so many."""
        if value is None or not isinstance(value, list):
            self.fields.fault(place, "expected a list of steps", 'write ["…"]')
            return ()
        named = []
        for i, item in enumerate(value):
            step = self.fields.one_of(item, (*place, i), self.steps, "step")
            if step is not None:
                named.append(step)
        if len(set(named)) < len(named):
            twice = Counter(named).most_common(1)[0][0]
            self.fields.fault(place, f"the step {twice!r} stands here twice", "name each step once")
        if len(value) < least:
            self.fields.fault(place, f"fewer than {least} steps", f"name at least {least}")
        return tuple(named)

    def _groups(self, value: object, key: str) -> list[tuple[str, ...]]:
        groups = []
        for i, row in enumerate(self.fields.rows(value, (key,), MOST_STEPS)):
            group = self.fields.table(row, (key, i), ("steps",), ("steps",))
            if "steps" in group:
                groups.append(self._steps_named(group["steps"], (key, i, "steps"), least=2))
        return groups

    def _packages(self, value: object) -> tuple[Package, ...]:
        return tuple(Package(steps) for steps in self._groups(value, "packages"))

    def _windows(self, value: object) -> tuple[Window, ...]:
        """Windows share no step, and one can be done whole before or after any other step."""
        windows = self._groups(value, "windows")
        window_of: dict[str, int] = {}
        for i, steps in enumerate(windows):
            for name in steps:
                if window_of.setdefault(name, i) != i:
                    self.fields.fault(
                        ("windows", i), f"{name!r} is already in another window", "join the two windows"
                    )
        node = {name: window_of.get(name, len(windows) + n) for n, name in enumerate(self.steps)}
        before: list[set[int]] = [set() for _ in range(len(windows) + len(self.steps))]
        for step in self.steps.values():
            before[node[step.id]] |= {node[a] for a in step.after} - {node[step.id]}
        for ring in rings([sorted(b) for b in before]) if windows else []:
            inside = [w for w in ring if w < len(windows)]
            if inside:
                what = "a step outside this window must come between two steps inside it"
                self.fields.fault(("windows", inside[0]), what, "put it into the window, or take a prerequisite out")
        return tuple(Window(steps) for steps in windows)

    def _demands(self, value: object) -> tuple[Demand, ...]:
        rows = self.fields.rows(value, ("demands",), MOST_DEMANDS)
        demands = [d for i, row in enumerate(rows) if (d := self._demand(row, ("demands", i))) is not None]
        if len(demands) == len(rows):
            self._by_id(demands, "demands", "demand")
        return tuple(demands)

    def _demand(self, row: object, place: Place) -> Demand | None:
        fields = self.fields
        demand = fields.table(row, place, _DEMAND, ("id", "by", "step", "any_of"))
        if not all(key in demand for key in ("id", "by", "step", "any_of")):
            return None
        kind = fields.one_of(demand.get("kind", Kind.AFTER), (*place, "kind"), {k.value: k for k in Kind}, "kind")
        by = fields.one_of(demand["by"], (*place, "by"), self.sides, "side")
        step = fields.one_of(demand["step"], (*place, "step"), self.steps, "step")
        if by and step and self.steps[step].by and self.steps[step].by != by:
            what = f"{by!r} does not do the step {step!r}"
            fields.fault(
                (*place, "by"), what, f"a side demands before its own steps: this one is by {self.steps[step].by!r}"
            )
        any_of = self._steps_named(demand["any_of"], (*place, "any_of"), least=1)
        if step in any_of:
            fields.fault((*place, "any_of"), f"the step {step!r} would wait for itself", "name another step")
        return Demand(
            id=fields.name(demand["id"], (*place, "id")),
            by=by or "",
            step=step or "",
            kind=Kind(kind) if kind else Kind.AFTER,
            any_of=any_of,
            weight=fields.whole(demand.get("weight", 1), (*place, "weight"), least=1, most=LARGEST_WEIGHT),
        )

    def _guarantees(self, value: object) -> tuple[Guarantee, ...]:
        guarantees = []
        for i, row in enumerate(self.fields.rows(value, ("guarantees",), MOST_STEPS)):
            place: Place = ("guarantees", i)
            given = self.fields.table(row, place, _GUARANTEE, _GUARANTEE)
            if not all(key in given for key in _GUARANTEE):
                continue
            by = self.fields.name(given["by"], (*place, "by"))
            side = self.fields.one_of(given["side"], (*place, "side"), self.sides, "side")
            if by == side:
                self.fields.fault((*place, "by"), "a side cannot stand in for itself", "raise its bond instead")
            guarantees.append(Guarantee(by, side or "", self.fields.amount(given["amount"], (*place, "amount"))))
        return tuple(guarantees)

    def _total(self, problem: Problem) -> None:
        amounts = [step.cost + sum(step.worth.values()) for step in problem.steps]
        amounts += [high for step in problem.steps for _, high in step.worth_range.values()]
        amounts += [step.cost_range[1] for step in problem.steps if step.cost_range]
        amounts += [side.bond + (side.tolerance or 0) for side in problem.sides]
        amounts += [guarantee.amount for guarantee in problem.guarantees]
        if sum(amounts) > LARGEST_TOTAL:
            what = "all amounts together are too fine to be added up exactly in 64 bits"
            self.fields.fault(("steps",), what, "write fewer decimals, or choose a larger unit")
