"""A blockage in words that a person can say aloud at a table."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from comity.exchange.check import Blockage, Softenings
from comity.exchange.model import Demand, Kind, Problem

MOST_SAID = 12
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Names:
    """What sides, steps and demands are called: by their titles where they have them."""

    def __init__(self, problem: Problem) -> None:
        self.sides = {side.name: side.title or side.name for side in problem.sides}
        self.steps = {step.id: step.title or step.id for step in problem.steps}
        self.demands = {demand.id: demand for demand in problem.demands}
        self.after = {step.id: step.after for step in problem.steps}

    def demand(self, demand: Demand) -> str:
        """The demand, as its side would put it."""
        answers = listed([self.steps[s] for s in demand.any_of], "or")
        step = self.steps[demand.step]
        match demand.kind:
            case Kind.AFTER:
                return f"{answers} before {step}"
            case Kind.TOGETHER:
                return f"{answers} together with {step}"
            case Kind.GIVEN:
                return f"a binding promise of {answers} before {step}"


def listed(items: Sequence[str], joint: str = "and") -> str:
    """`a, b and c`."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {joint} {items[-1]}" if items else "nothing"


def counted(number: int, noun: str) -> str:
    """`three steps`, `one step`."""
    word = _NUMBERS[number] if 0 < number < len(_NUMBERS) else f"{number:,}"
    return f"{word} {noun}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def blockage_words(problem: Problem, found: Blockage) -> list[str]:
    """What can happen, what cannot, who waits for whom and what would undo it, one sentence a line."""
    names = Names(problem)
    if not found.blocked:
        if not problem.demands:
            return ["Nobody demands anything: nothing blocks."]
        order = "; then ".join(listed(_few(names.steps[s] for s in stage)) for stage in found.stages[:MOST_SAID])
        more = "; and so on" if len(found.stages) > MOST_SAID else ""
        return [sentence(f"nothing blocks: every demand can be met, in {counted(len(found.stages), 'stage')}"),
                sentence(f"first {order}{more}")]  # fmt: skip
    stuck = listed(_few(names.steps[s] for s in found.stuck))
    lines = [sentence(f"blocked: {counted(len(found.stuck), 'step')} cannot be done: {stuck}")]
    lines += [core_words(problem, core) for core in found.cores[:MOST_SAID]]
    if len(found.cores) > MOST_SAID or not found.cores_complete:
        total = f"there are {len(found.cores)} such knots" if found.cores_complete else "there are more such knots"
        lines.append(sentence(f"{total}; not all are told here"))
    return lines + _given_up(names, found) + _turned(names, found.turned)


def core_words(problem: Problem, core: Iterable[str]) -> str:
    """One core as one sentence: who waits for whom, and that nobody can be first."""
    names = Names(problem)
    demands = _round(names, [names.demands[d] for d in core])
    mentioned = {s for demand in demands for s in demand.any_of}
    held = {demand.step for demand in demands}
    parts = []
    for demand in demands:
        side = names.sides[demand.by]
        if demand.kind is Kind.AFTER and demand.step in mentioned:
            parts.append(f"{side} waits for {listed([names.steps[s] for s in demand.any_of], 'or')}")
        elif demand.kind is Kind.TOGETHER:
            answers = listed([names.steps[s] for s in demand.any_of], "or")
            parts.append(f"{side} will do {names.steps[demand.step]} only together with {answers}")
        else:
            parts.append(f"{side} waits for {names.demand(demand)}")
    for step in sorted(mentioned - held, key=list(names.steps).index):
        first = _first_held(names, step, held)
        if first is not None:
            parts.append(f"{names.steps[step]} can only come after {names.steps[first]}")
    return sentence("; ".join([*parts, _nobody(len({demand.by for demand in demands}))]))


def _nobody(sides: int) -> str:
    if sides == 1:
        return "so it holds itself up"
    return "neither can be first" if sides == 2 else f"none of the {counted(sides, 'side').split()[0]} can be first"


def _round(names: Names, demands: list[Demand]) -> list[Demand]:
    """In the order in which they wait for one another, as far as they do."""
    left, ordered = list(demands), []
    follow: Demand | None = left[0]
    while left:
        now = follow if follow is not None else left[0]
        left.remove(now)
        ordered.append(now)
        steps = {demand.step for demand in left}
        reached = [_first_held(names, s, steps) for s in now.any_of]
        follow = next((d for d in left if d.step in reached), None)
    return ordered


def _first_held(names: Names, step: str, held: set[str]) -> str | None:
    """The nearest of these steps that must come before a step, or the step itself."""
    seen, queue = {step}, deque([step])
    while queue:
        now = queue.popleft()
        if now in held:
            return now
        for before in names.after[now]:
            if before not in seen:
                seen.add(before)
                queue.append(before)
    return None


def _given_up(names: Names, found: Blockage) -> list[str]:
    softer = found.given_up
    if softer.least_weight is None:
        return [
            sentence(f"whatever is given up weighs at least {softer.lower_bound}; the rest was too much to search")
        ]
    few = softer.least[:MOST_SAID]
    ways = [_softened(names, *parts) for parts in found.milder[: len(few)]]
    if softer.proven:
        lines = [f"the least that undoes it (weight {softer.least_weight}): {'; or '.join(ways)}"]
    else:
        span = f"weight {softer.least_weight}, and nothing lighter than {softer.lower_bound}"
        lines = [f"the lightest way found to undo it ({span}): {'; or '.join(ways)}"]
    if len(softer.least) > len(few) or not softer.least_complete:
        lines.append("other ways weigh as little")
    return [sentence(line) for line in lines]


def _softened(names: Names, gone: Sequence[str], turned: Sequence[str]) -> str:
    parts = []
    if gone:
        demands = [names.demands[d] for d in gone]
        parts.append(listed([f"{names.sides[d.by]} gives up {d.id} ({names.demand(d)})" for d in demands]))
    if turned:
        demands = [names.demands[d] for d in turned]
        together = [
            f"{listed([names.steps[s] for s in d.any_of], 'or')} together with {names.steps[d.step]}" for d in demands
        ]
        sides = [f"{names.sides[d.by]} accepts {text} ({d.id})" for d, text in zip(demands, together, strict=True)]
        parts.append(listed(sides))
    return ", and ".join(parts)


def _turned(names: Names, softer: Softenings) -> list[str]:
    if not softer.possible:
        return ["Acting together instead of one after the other would not undo it."]
    if not softer.least:
        return []
    demands = [names.demands[d] for d in softer.least[0]]
    sides = listed(list(dict.fromkeys(names.sides[d.by] for d in demands)))
    which = listed([d.id for d in demands])
    both = (
        f"{sides} accepted to act together instead of second ({which}): simultaneous steps need a way to be checked"
    )
    return [sentence(f"nobody need give anything up if {both}")]


def _few(items: Iterable[str]) -> list[str]:
    told = list(items)
    more = len(told) - MOST_SAID
    return [*told[:MOST_SAID], f"{more:,} more"] if more > 1 else told
