"""Check a plan against its problem: order, balances, peaks, payments, and whatever proves its bounds.

Shares nothing with the search or the moves: see `recount`, `replay` and `recheck`. Every finding says what was
checked and how far: a bound that was not proven again is reported as stated, never as confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from comity.exchange.certificate import Answered, Bound, Case, How, Label, Objective, Payment, Plan
from comity.exchange.model import Kind, Problem
from comity.exchange.recheck import Rechecked, recheck
from comity.exchange.recount import Account, Act, Moment, Wrong
from comity.exchange.replay import MOST_MARKS

ZERO = Fraction(0)
PAID = (Objective.PEAK, Objective.TOTAL, Objective.TOPUP)


class Status(StrEnum):
    """How far a claim was checked."""

    CONFIRMED = "confirmed"
    STATED = "stated, not replayed"
    FALSE = "false"


@dataclass(frozen=True, slots=True)
class Finding:
    """One claim of a plan, and what came of checking it."""

    claim: str
    status: Status
    how: str = ""


def verify(problem: Problem, plan: Plan, *, most: int = MOST_MARKS) -> tuple[Finding, ...]:
    """Every claim of the plan, each with what the checker found; `most` limits how much each replay follows."""
    try:
        return tuple(_Checker(problem, plan, most).all())
    except Wrong as error:
        return (Finding("the plan is for this problem", Status.FALSE, str(error)),)


def sound(findings: Iterable[Finding]) -> bool:
    """Whether nothing in the plan was found false."""
    return all(f.status is not Status.FALSE for f in findings)


class _Checker:
    def __init__(self, problem: Problem, plan: Plan, most: int) -> None:
        self.problem = problem
        self.most = most
        self.plan = plan
        self.account = Account(problem, plan)
        self.net = {s: sum((p.amounts.get(s, ZERO) for p in plan.payments), ZERO) for s in self.account.sides}

    def all(self) -> Iterable[Finding]:
        account, plan = self.account, self.plan
        if plan.options.money and plan.options.objective not in PAID:
            raise Wrong(f"payments do not go with the objective {str(plan.options.objective)!r}")
        yield _same("what the finished exchange is worth", plan.worth_it, account.amounts(account.value))
        yield from self._best()
        yield from self._fit()
        if plan.options.objective is Objective.PARETO:
            yield from self._points()
        yield from self._answers()
        if plan.guarantors or self.problem.guarantees:
            yield self._guarantors()

    def _best(self) -> Iterable[Finding]:
        plan, objective = self.plan, self.plan.options.objective
        best = plan.best
        if best.order is None:
            if plan.orderable:
                yield self._none_within(objective)
            else:
                found = self._again("peak", None)
                yield _bound("no order of the steps exists", found)
            return
        if objective is Objective.MAKESPAN and best.order != tuple(label for r in plan.rounds for label in r):
            yield Finding(
                "the rounds are those of the order", Status.FALSE, "they hold other steps, or another order"
            )
            return
        peaks = self._peaks(best.order, plan)
        if isinstance(peaks, Finding):
            yield peaks
            return
        yield Finding("the order is one of this exchange", Status.CONFIRMED, f"{len(best.order)} moves replayed")
        yield _same("the bonds of this order", plan.bonds, peaks.tempted)
        yield _same("the exposures of this order", plan.exposures, peaks.exposed)
        yield self._payments()
        if objective is Objective.PARETO:
            return
        value = self._value(peaks)
        yield _same("the value of this order", plan.value, value)
        yield self._lower(objective, best)

    def _none_within(self, objective: Objective) -> Finding:
        claim = "no order keeps what was given"
        if not self.plan.best.proven:
            return Finding(claim, Status.STATED, "time ran out before it was settled")
        return _bound(claim, self._again(self._question(objective), None))

    def _again(self, question: str, bound: Fraction | None, cases: Sequence[Case] = (), **more: Any) -> Rechecked:
        return recheck(self.account, question, bound, cases, most=self.most, **more)

    def _question(self, objective: Objective) -> str:
        return f"paid {objective}" if self.plan.options.money else str(objective)

    def _lower(self, objective: Objective, bound: Bound, claim: str = "nothing below the lower bound") -> Finding:
        if bound.value is not None and bound.lower_bound > bound.value:
            return Finding(claim, Status.FALSE, "the lower bound is above the value")
        if bound.proven != (bound.value == bound.lower_bound):
            return Finding(claim, Status.FALSE, "proven is not what value and lower bound say")
        return _bound(claim, self._again(self._question(objective), bound.lower_bound, bound.cases))

    def _value(self, peaks: _Peaks) -> Fraction:
        objective = self.plan.options.objective
        tempted, exposed = list(peaks.tempted.values()), list(peaks.exposed.values())
        match objective:
            case Objective.EXPOSURE:
                return max(exposed)
            case Objective.JOINT:
                return max(*tempted, *exposed)
            case Objective.TOTAL:
                return sum(tempted, ZERO)
            case Objective.TOPUP:
                return self._over(peaks)
            case Objective.MAKESPAN:
                return self._time()
            case _:
                return max(tempted)

    def _over(self, peaks: _Peaks) -> Fraction:
        """By how much the peaks exceed the given bonds; with money, only the sums matter."""
        over = [
            peaks.tempted[s] - b * self.account.unit
            for s, b in zip(self.account.sides, self.account.bonds, strict=True)
        ]
        if self.plan.options.money:
            return max(ZERO, sum((max(x, ZERO) for x in over), ZERO))
        return sum((max(ZERO, x) for x in over), ZERO)

    def _peaks(self, order: tuple[Label, ...], plan: Plan) -> _Peaks | Finding:
        """The peaks of an order; where a window is a package too, whichever reading gives what the plan states."""
        wanted = (plan.bonds, plan.exposures)
        first: _Peaks | None = None
        try:
            for as_window in (False, True):
                acts = self._acts(order, as_window)
                peaks = _peaks(self.account, self.account.moments(acts), plan.payments, self.net)
                if (peaks.tempted, peaks.exposed) == wanted:
                    return peaks
                first = first or peaks
        except Wrong as error:
            return Finding("the order is one of this exchange", Status.FALSE, str(error))
        assert first is not None
        return first

    def _acts(self, order: tuple[Label, ...], as_window: bool) -> list[Act]:
        if self.plan.options.objective is not Objective.MAKESPAN or order != self.plan.order:
            return self.account.read(order, as_window=as_window)
        acts = []
        for r in self.plan.rounds:
            members = self.account.read(r, as_window=as_window)
            shares: dict[int, int] = {}
            for act in members:
                for i, share in act.shares:
                    shares[i] = shares.get(i, 0) + share
            acts.append(Act(tuple(sorted(shares.items())), blind=len(members) > 1 or members[0].blind))
        return acts

    def _time(self) -> Fraction:
        total = ZERO
        for act in self._acts(self.plan.order or (), as_window=True):
            total += self.account.time(act) * self.account.unit
        return total

    def _payments(self) -> Finding:
        claim = "the payments add up"
        for p in self.plan.payments:
            if sum(p.amounts.values(), ZERO) or not set(p.amounts) <= set(self.account.sides):
                return Finding(claim, Status.FALSE, f"those after move {p.after} do not sum to 0")
            if not 0 <= p.after <= len(self.plan.order or ()):
                return Finding(claim, Status.FALSE, f"there is no move {p.after}")
        if self.plan.payments and not self.plan.options.money:
            return Finding(claim, Status.FALSE, "payments were not asked for")
        return Finding(claim, Status.CONFIRMED, f"{len(self.plan.payments)} payments")

    def _fit(self) -> Iterable[Finding]:
        plan, fit = self.plan, self.plan.fit
        if fit is None:
            return
        claim = "whether the given bonds and tolerances suffice"
        feasible = (
            True if fit.value == 0 else False if fit.lower_bound > 0 or (fit.value is None and fit.proven) else None
        )
        if feasible is not plan.feasible:
            yield Finding(claim, Status.FALSE, "it does not follow from the top-up and its bound")
        if fit.value is None:
            if fit.proven:
                found = self._again(self._question(Objective.TOPUP), None)
                yield _bound("no order keeps the tolerances", found)
            return
        if plan.options.money:
            yield from self._paid_fit(fit)
        else:
            yield self._unpaid_fit(fit)
        yield self._lower(Objective.TOPUP, fit, "no smaller top-up would do")

    def _unpaid_fit(self, fit: Bound) -> Finding:
        claim = "an order needs no more than the top-up"
        try:
            tries = [
                _peaks(self.account, self.account.moments(self.account.read(fit.order or (), as_window=w)), (), {})
                for w in (False, True)
            ]
        except Wrong as error:
            return Finding(claim, Status.FALSE, str(error))
        for peaks in tries:
            over = {
                s: max(ZERO, peaks.tempted[s] - b * self.account.unit)
                for s, b in zip(self.account.sides, self.account.bonds, strict=True)
            }
            kept = all(
                t is None or peaks.exposed[s] <= t * self.account.unit
                for s, t in zip(self.account.sides, self.account.limits, strict=True)
            )
            if kept and sum(over.values(), ZERO) == fit.value and over == dict(self.plan.topups):
                return Finding(claim, Status.CONFIRMED, "its order replayed within the tolerances")
        return Finding(claim, Status.FALSE, "its order needs another top-up, or strains a tolerance")

    def _paid_fit(self, fit: Bound) -> Iterable[Finding]:
        claim = "an order needs no more than the top-up"
        if sum(self.plan.topups.values(), ZERO) != fit.value:
            yield Finding(claim, Status.FALSE, "the sides' top-ups do not sum to it")
            return
        needed = self._again(self._question(Objective.TOPUP), fit.value, order=fit.order)
        yield Finding(claim, Status.CONFIRMED if needed.confirmed else Status.FALSE, needed.how)

    def _points(self) -> Iterable[Finding]:
        for point in self.plan.points:
            try:
                tries = [
                    _peaks(self.account, self.account.moments(self.account.read(point.order, as_window=w)), (), {})
                    for w in (False, True)
                ]
            except Wrong as error:
                yield Finding("every point has its order", Status.FALSE, str(error))
                return
            if all(dict(point.bonds) != t.tempted for t in tries):
                yield Finding("every point has its order", Status.FALSE, "an order has other peaks than its point")
                return
        yield Finding("every point has its order", Status.CONFIRMED, f"{len(self.plan.points)} orders replayed")
        claim = "no point is missing"
        if not self.plan.best.proven:
            yield Finding(claim, Status.STATED, "the plan does not claim it")
            return
        yield _bound(claim, self._again("pareto", None, points=[p.bonds for p in self.plan.points]))

    def _answers(self) -> Iterable[Finding]:
        """Which demands are kept, and how each is answered, from where the steps stand in the order."""
        plan = self.plan
        if plan.options.demands:
            owed = {d.id for d in self.problem.demands if d.kind is not Kind.GIVEN} - set(plan.softened)
            status = Status.CONFIRMED if owed == set(plan.kept) else Status.FALSE
            yield Finding("every demand is kept but those softened", status, f"{len(plan.kept)} kept")
        if plan.order is None or not self.problem.demands:
            return
        claim = "how the order answers each demand"
        acts = self._acts(plan.order, as_window=True)
        moments = self.account.moments(acts)
        at = self.account.positions(acts)
        wrong = [a.demand for a in plan.answers if not self._answered(a, moments, at)]
        whole = [(d.id, d.by, d.step) for d in self.problem.demands]
        if wrong or whole != [(a.demand, a.by, a.step) for a in plan.answers]:
            yield Finding(claim, Status.FALSE, f"not as told for {', '.join(wrong) or 'some that are left out'}")
        else:
            yield Finding(claim, Status.CONFIRMED, f"{len(whole)} demands found in the order")

    def _answered(self, answer: Answered, moments: Sequence[Moment], at: Mapping[str, tuple[int, int]]) -> bool:
        demand = next((d for d in self.problem.demands if d.id == answer.demand), None)
        if demand is None or answer.awaited not in demand.any_of:
            return False
        own, awaited = at[demand.step][0], at[answer.awaited][1]
        how = How.EARLIER if awaited < own else How.TOGETHER if awaited == own else How.SOFTENED
        j = self.account.sides.index(demand.by)
        until = max(own, awaited - 1)
        held = [m.after[j] for m in moments[max(own, 0) : until + 1]][: max(0, len(moments) - 1 - max(own, 0))]
        limit = self.account.limits[j]
        return (
            answer.how is (How.PROMISED if demand.kind is Kind.GIVEN else how)
            and answer.exposure == max([0, *(-h for h in held)]) * self.account.unit
            and answer.tolerance == (None if limit is None else limit * self.account.unit)
        )

    def _guarantors(self) -> Finding:
        claim = "what the guarantors may be called on for"
        left = {
            s.name: self.plan.bonds.get(s.name, ZERO) - Fraction(s.bond, self.problem.scale)
            for s in self.problem.sides
        }
        told = [(g.by, g.side, Fraction(g.amount, self.problem.scale)) for g in self.problem.guarantees]
        if [(g.by, g.side, g.amount) for g in self.plan.guarantors] != told and self.plan.order is not None:
            return Finding(claim, Status.FALSE, "they are not the guarantees of the exchange")
        for g in self.plan.guarantors:
            if g.needed != min(g.amount, max(ZERO, left[g.side])):
                return Finding(claim, Status.FALSE, f"{g.by!r} may be called on for another amount")
            left[g.side] -= g.needed
        return Finding(claim, Status.CONFIRMED, "own bonds first, then guarantees in the file's order")


@dataclass(frozen=True, slots=True)
class _Peaks:
    tempted: dict[str, Fraction]
    exposed: dict[str, Fraction]


def _peaks(
    account: Account, moments: list[Moment], payments: Iterable[Payment], net: Mapping[str, Fraction]
) -> _Peaks:
    """The peaks over all moments; with money, what is held after an act counts before the next payment."""
    due: dict[int, list[Payment]] = {}
    for p in payments:
        due.setdefault(p.after, []).append(p)
    had = dict.fromkeys(account.sides, ZERO)
    tempted = dict.fromkeys(account.sides, ZERO)
    exposed = dict.fromkeys(account.sides, ZERO)
    money = account.options.money
    for at, m in enumerate(moments):
        for p in due.get(at, ()):
            had = {side: x + p.amounts.get(side, ZERO) for side, x in had.items()}
        for j, side in enumerate(account.sides):
            top = max(m.top[j], m.after[j]) if money else m.top[j]
            bottom = min(m.bottom[j], m.after[j]) if money else m.bottom[j]
            whole = account.value[j] * account.unit + net.get(side, ZERO)
            tempted[side] = max(tempted[side], top * account.unit + had[side] - whole)
            exposed[side] = max(exposed[side], -bottom * account.unit - had[side])
    return _Peaks(tempted, exposed)


def _same(claim: str, told: object, right: object) -> Finding:
    if told == right:
        return Finding(claim, Status.CONFIRMED, "worked out again")
    return Finding(claim, Status.FALSE, f"the plan says {_say(told)}, it is {_say(right)}")


def _say(x: object) -> str:
    if isinstance(x, Mapping):
        return ", ".join(f"{k} {v}" for k, v in x.items()) or "nothing"
    return str(x)


def _bound(claim: str, found: Rechecked) -> Finding:
    if found.refuted:
        return Finding(claim, Status.FALSE, found.how)
    return Finding(claim, Status.CONFIRMED if found.confirmed else Status.STATED, found.how)
