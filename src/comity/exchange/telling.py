"""A plan told step by step: who does what, where each side stands, who could be tempted, and what holds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from comity.exchange.certificate import Answered, How, Objective, Plan
from comity.exchange.ledger import Ledger, Moment
from comity.exchange.model import Problem
from comity.exchange.pictures.balances import amount, moment_name, move_name
from comity.exchange.sensitivity import Facts
from comity.exchange.words import Names, counted, listed, sentence

LIMITS = (
    "It takes the stated values as true: it cannot see what a side conceals or overstates.",
    "It cannot see renegotiation, coalitions, anger or honour; a side may walk away for reasons that are not in it.",
    "A bond holds only in neutral hands: handing it to the other side is itself a step, and a temptation.",
    "Bonds hold a side that counts; tolerance protects from one that does not, or cannot. Both are told above.",
)
_MEANING = {
    Objective.PEAK: "the largest temptation of any side is {}",
    Objective.TOTAL: "the bonds needed come to {} in all",
    Objective.TOPUP: "the given bonds must be topped up by {} in all",
    Objective.EXPOSURE: "the largest loss that any side risks is {}",
    Objective.JOINT: "the largest of all temptations and losses risked is {}",
    Objective.PARETO: "the bonds needed come to {} in all",
    Objective.MAKESPAN: "it takes {} days",
}


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the sentences under it."""

    heading: str
    lines: tuple[str, ...]


def tell(problem: Problem, plan: Plan, book: Ledger | None, facts: Facts | None) -> list[Section]:
    """The whole explanation; without facts, what one more of anything would buy is left out."""
    names = Names(problem)
    sections = [Section("In short", tuple(summary(names, plan)))]
    if book is not None:
        walk = [_moment(names, book, at) for at in range(len(book.moments))]
        sections.append(Section("Step by step", tuple(walk)))
        sections.append(Section("The worst moment of each side", tuple(_worst(names, book))))
    if plan.answers:
        answers = [_answer(names, a) for a in plan.answers]
        if plan.softened:
            gone = listed([f"{names.sides[names.demands[d].by]} gives up {d}" for d in plan.softened])
            answers.insert(0, sentence(f"so that an order exists at all, {gone}"))
        sections.append(Section("What becomes of each demand", tuple(answers)))
    if facts is not None:
        sections.append(Section("What a little more would buy", tuple(_buys(names, plan, facts))))
        sections.append(Section("What holds whatever the order", tuple(_always(names, problem, facts))))
    return [*sections, Section("What this cannot know", LIMITS)]


def summary(names: Names, plan: Plan) -> list[str]:
    """The answer, how far it is proven, and whether what is given suffices."""
    lines = [
        sentence(f"{names.sides[s]} should not sign: the finished exchange is worth {amount(v)} to it")
        for s, v in plan.worth_it.items()
        if v < 0
    ]
    if not plan.orderable:
        return [*lines, "There is no order of these steps at all."]
    if plan.order is None or plan.value is None:
        if plan.options.objective is Objective.PARETO and plan.points:
            many = counted(len(plan.points), "way")
            return [*lines, sentence(f"there {'is' if len(plan.points) == 1 else 'are'} {many} to share the bonds")]
        known = "no order keeps what was given" if plan.best.proven else "no order was found in the time given"
        return [*lines, sentence(known), *_fit(names, plan)]
    what = _MEANING[plan.options.objective].format(amount(plan.value))
    if plan.best.proven:
        proof = "no order does better, and that is proven"
    else:
        proof = f"whether any does better is open: none can go below {amount(plan.best.lower_bound)}"
    return [*lines, sentence(f"in this order {what}; {proof}"), *_fit(names, plan)]


def _fit(names: Names, plan: Plan) -> list[str]:
    if plan.feasible:
        return ["What is given suffices: some order keeps every side within its bond and its tolerance."]
    if plan.feasible is None:
        return ["Whether what is given suffices was not settled in the time given."]
    if plan.topup is None:
        more = "" if plan.strain is None else f"; tolerances would have to be raised by {amount(plan.strain)} in all"
        return [sentence(f"no order stays within the stated tolerances, whatever the bonds{more}")]
    whose = [f"{amount(x)} more for {names.sides[s]}" for s, x in plan.topups.items() if x]
    share = f": {listed(whose)}" if whose else ""
    return [
        sentence(f"what is given does not suffice; the least guarantee to ask for is {amount(plan.topup)}{share}")
    ]


def _moment(names: Names, book: Ledger, at: int) -> str:
    moment, last = book.moments[at], at == len(book.moments) - 1
    what = _done(names, moment, at)
    if last:
        ends = [f"{names.sides[s]} with {amount(book.value[s])}" for s in book.sides]
        return sentence(f"{what} Then all is done: {listed(ends)}")
    stand = listed([f"{names.sides[s]} {amount(moment.held[s])}" for s in book.sides])
    risks = [r for s in book.sides for r in _risk(names, book, moment, s)]
    told = [sentence(risk) for risk in risks] or ["Nobody gains by walking away."]
    return f"{what} In hand: {stand}. {' '.join(told)}"


def _done(names: Names, moment: Moment, at: int) -> str:
    if not moment.done:
        what = moment_name(names, moment, at)
        return (
            "At the start." if at == 0 and not any(moment.paid.values()) else f"{at}. {what[:1].upper()}{what[1:]}."
        )
    steps = listed([move_name(names, label) for label in moment.done])
    who = listed([names.sides[s] for s in moment.by])
    return f"{at}. {who[:1].upper()}{who[1:]}: {steps}."


def _risk(names: Names, book: Ledger, moment: Moment, side: str) -> Iterator[str]:
    tempted, exposed = moment.tempted[side], moment.exposed[side]
    bond, tolerance = book.bonds[side], book.tolerances[side]
    if tempted:
        holds = (
            f"its bond of {amount(bond)} holds it" if tempted <= bond else f"its bond is {amount(bond)}: not enough"
        )
        yield f"{names.sides[side]} would gain {amount(tempted)} by walking away now, {holds}"
    if tolerance is not None and exposed > tolerance:
        yield f"{names.sides[side]} would lose {amount(exposed)}, more than the {amount(tolerance)} it will bear"


def _worst(names: Names, book: Ledger) -> Iterator[str]:
    for side in book.sides:
        at, tempted = book.peak(side)
        when, exposed = book.trough(side)
        peak, trough = (moment_name(names, book.moments[i], i) for i in (at, when))
        most = f"is tempted most by {amount(tempted)}, after {peak}" if tempted else "is never tempted"
        risks = f"risks most, {amount(exposed)}, after {trough}" if exposed else "never risks a loss"
        yield sentence(f"{names.sides[side]} {most}, and {risks}")


def _answer(names: Names, answer: Answered) -> str:
    step, awaited = names.steps[answer.step], names.steps[answer.awaited]
    side = f"{names.sides[answer.by]} ({answer.demand})"
    match answer.how:
        case How.EARLIER:
            return sentence(f"{side} has its demand: {awaited} is done before {step}")
        case How.TOGETHER:
            return sentence(f"{side} has {awaited} at the same time as {step}")
        case How.PROMISED:
            return sentence(f"{side} has the signed plan itself as the promise of {awaited}")
        case How.SOFTENED:
            fear = f"until {awaited} is done it risks {amount(answer.exposure)}"
            if answer.tolerance is None:
                return sentence(f"{side} does {step} first after all; {fear}, and it stated no limit")
            met = "within" if answer.fear_met else "beyond"
            return sentence(
                f"{side} does {step} first after all; {fear}, {met} the {amount(answer.tolerance)} it will bear"
            )


def _buys(names: Names, plan: Plan, facts: Facts) -> Iterator[str]:
    for one, what in [
        *((o, "guarantee for") for o in facts.guarantee),
        *((o, "tolerance of") for o in facts.tolerance),
    ]:
        if one.before is not None and one.after is not None and one.after < one.before:
            saved = f"lowers the top-up to ask for from {amount(one.before)} to {amount(one.after)}"
            yield sentence(f"one unit more of {what} {names.sides[one.side]} {saved}")
        elif one.before is None and one.after is not None:
            yield sentence(f"one unit more of {what} {names.sides[one.side]} makes an order possible")
    for softer in facts.softening:
        if softer.before is not None and softer.after is not None and softer.after < softer.before:
            yield sentence(
                f"giving up {softer.demand} too would bring {amount(softer.before)} down to {amount(softer.after)}"
            )
    curve = [f"{cut.parts}: {amount(cut.value)}" for cut in facts.cuts if cut.value is not None]
    if len(curve) > 1:
        yield sentence(f"cut into so many parts, the value is {', '.join(curve)}")
    with_, without = facts.with_money, facts.without_money
    if with_ is not None and without is not None and with_ < without and not plan.options.money:
        yield sentence(
            f"payments between steps would bring the sum of bonds from {amount(without)} to {amount(with_)}"
        )
    if facts.width is not None:
        yield from _width(facts)
    if all(one.after == one.before for one in facts.guarantee) and len(curve) <= 1:
        yield "One unit more of guarantee for any one side changes nothing."


def _width(facts: Facts) -> Iterator[str]:
    assert facts.width is not None
    this, any_ = facts.width.this_order, facts.width.any_order
    if this is None and any_ is None:
        yield "Not even the stated values fit what is given, so ranges do not matter yet."
        return
    own = "does not fit even the stated values" if this is None else f"survives {this} % of the stated ranges"
    best = "" if any_ is None else f"; some order survives {any_} %"
    yield sentence(f"this order {own}{best}")


def _always(names: Names, problem: Problem, facts: Facts) -> Iterator[str]:
    if facts.cheapest_last > 0:
        least = amount(facts.cheapest_last)
        yield sentence(
            f"somebody is last, and saves at least {least} by not doing the last step: ask for that, not for zero"
        )
    if facts.last is not None:
        savings = [f"{names.sides[s]} {amount(max(x, Fraction(0)))}" for s, x in facts.last.saves.items()]
        yield sentence(f"last here is {move_name(names, facts.last.label)}, which would save {listed(savings)}")
        if facts.last.tiny:
            yield "That is little beside the rest: make sure that its worth is really lost if it is skipped."
    if facts.steinitz is not None:
        bound = amount(facts.steinitz)
        yield sentence(f"some order keeps every temptation within {bound}, however many steps there are (Steinitz)")
    if problem.windows:
        yield "Simultaneous is not atomic: a window in which nobody can check the other saves time, never trust."
    if problem.packages:
        yield "A package is atomic only if a depositary holds both acts and releases them at once; a window does not."
