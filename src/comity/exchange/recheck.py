"""Prove a bound again, by the checker's own means: the start, the last step, the weights, or every order replayed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from comity.exchange.certificate import Case, Label
from comity.exchange.recount import Account, Act, Moment, Row, Wrong
from comity.exchange.replay import MOST_MARKS, replay, replay_back
from comity.exchange.witness import Weights

MOST_NUMBERS = 4_000_000
"""Shares and balances to be worked out in one replay, for the time and the memory of large exchanges."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """Whether a bound was proven again, or refuted; neither means that it is only stated."""

    confirmed: bool
    refuted: bool
    how: str


def recheck(
    account: Account,
    question: str,
    bound: Fraction | None,
    cases: Sequence[Case] = (),
    *,
    points: Sequence[Mapping[str, Fraction]] = (),
    order: Sequence[Label] | None = None,
    most: int = MOST_MARKS,
) -> Rechecked:
    """Whether no order has a value below the bound; None: whether no order at all keeps the hard limits.

    With an `order` instead: whether that one needs no more than the bound.
    """
    if order is not None and bound is not None:
        return _one_order(account, question, bound, order)
    if bound is not None and bound <= 0:
        return Rechecked(True, False, "no value is below 0")
    by_weights = _by_weights(account, question, bound, cases) if bound is not None else None
    if by_weights:
        return by_weights
    rule = _Rule(account, question, bound, points)
    most = min(most, MOST_NUMBERS // (1 + len(account.ids) * len(account.sides)))
    told = replay(account, rule.first, rule.mark, rounds=question == "makespan", most=most // 2)
    if told.found is None and question != "makespan":
        told = replay_back(account, rule.first, rule.mark, most=most // 2)
    if told.found is None:
        return Rechecked(False, False, _stated(cases))
    if told.found:
        return Rechecked(False, True, "an order below it exists")
    return Rechecked(True, False, f"every order replayed, {told.marks} marks")


def _one_order(account: Account, question: str, bound: Fraction, order: Sequence[Label]) -> Rechecked:
    """Whether this order stays at or below the bound: it must not be refused just above it."""
    for as_window in (False, True):
        rule = _Rule(account, question, bound + account.unit / 2, ())
        mark: Row | None = rule.first
        try:
            acts = account.read(order, as_window=as_window)
            for act, moment in zip(acts, account.moments(acts), strict=True):
                mark = rule.mark(mark, moment, act) if mark is not None else None
        except Wrong as error:
            return Rechecked(False, True, str(error))
        if mark is not None:
            return Rechecked(True, False, "its order replayed")
    return Rechecked(False, True, "its order needs more")


class _Rule:
    """Which marks an order carries, and when one is no longer below the bound."""

    def __init__(
        self, account: Account, question: str, bound: Fraction | None, points: Sequence[Mapping[str, Fraction]]
    ) -> None:
        self.account = account
        k = len(account.sides)
        self.below = None if bound is None else ceil(bound / account.unit)
        self.share = None if bound is None else ceil(bound * k / account.unit)
        self.points = [[ceil(p[s] / account.unit) for s in account.sides] for p in points]
        self.swings = question == "paid topup" and all(t is not None for t in account.limits)
        marks: dict[str, tuple[int, Callable[[Row, Moment], Row | None]]] = {
            "peak": (0, self._peak),
            "exposure": (0, self._exposure),
            "joint": (0, self._joint),
            "total": (k, self._total),
            "topup": (k, self._topup),
            "pareto": (k, self._pareto),
            "makespan": (1, self._within),
            "paid peak": (0, self._paid_peak),
            "paid total": (0, self._paid_total),
            "paid topup": (k if self.swings else 0, self._paid_topup),
        }
        width, self._of = marks[question]
        self.question = question
        self.first: Row = (0,) * width

    def mark(self, old: Row, moment: Moment, act: Act) -> Row | None:
        """The mark after one more moment; None when it is no longer below the bound."""
        if self.question == "makespan":
            time = old[0] + self.account.time(act)
            late = self.below is not None and time >= self.below
            return None if late or self._within(old, moment) is None else (time,)
        return self._of(old, moment)

    def _tempted(self, m: Moment) -> Row:
        return tuple(max(0, t - v) for t, v in zip(m.top, self.account.value, strict=True))

    def _strained(self, m: Moment) -> bool:
        return any(t is not None and -b > t for b, t in zip(m.bottom, self.account.limits, strict=True))

    def _peak(self, old: Row, m: Moment) -> Row | None:
        return None if self.below is not None and max(self._tempted(m)) >= self.below else old

    def _exposure(self, old: Row, m: Moment) -> Row | None:
        return None if self.below is not None and -min(m.bottom) >= self.below else old

    def _joint(self, old: Row, m: Moment) -> Row | None:
        return self._peak(old, m) if self._exposure(old, m) is not None else None

    def _total(self, old: Row, m: Moment) -> Row | None:
        new = tuple(map(max, old, self._tempted(m)))
        return None if self.below is not None and sum(new) >= self.below else new

    def _topup(self, old: Row, m: Moment) -> Row | None:
        if self._strained(m):
            return None
        if self.below is None:
            return old
        over = (max(0, t - b) for t, b in zip(self._tempted(m), self.account.bonds, strict=True))
        new = tuple(map(max, old, over))
        return None if sum(new) >= self.below else new

    def _pareto(self, old: Row, m: Moment) -> Row | None:
        new = tuple(map(max, old, self._tempted(m)))
        return None if any(all(n >= x for n, x in zip(new, p, strict=True)) for p in self.points) else new

    def _within(self, old: Row, m: Moment) -> Row | None:
        over = any(t > b for t, b in zip(self._tempted(m), self.account.bonds, strict=True))
        return None if over or self._strained(m) else old

    def _paid(self, m: Moment) -> int:
        return sum(map(max, m.top, m.after)) - sum(self.account.value)

    def _paid_peak(self, old: Row, m: Moment) -> Row | None:
        return None if self.share is not None and self._paid(m) >= self.share else old

    def _paid_total(self, old: Row, m: Moment) -> Row | None:
        return None if self.below is not None and self._paid(m) >= self.below else old

    def _paid_topup(self, old: Row, m: Moment) -> Row | None:
        given = sum(self.account.bonds)
        if self.below is not None and self._paid(m) - given >= self.below:
            return None
        if not self.swings:
            return old
        limits = sum(t for t in self.account.limits if t is not None)
        if -sum(map(min, m.bottom, m.after)) > limits:
            return None
        wide = (max(t, a) - min(b, a) for t, b, a in zip(m.top, m.bottom, m.after, strict=True))
        new = tuple(map(max, old, wide))
        if self.below is not None and sum(new) - sum(self.account.value) - limits - given >= self.below:
            return None
        return new


def _by_weights(account: Account, question: str, bound: Fraction, cases: Sequence[Case]) -> Rechecked | None:
    """The bound by weights, if their optimum can be worked out again: the plan's own, or 1 for each side."""
    if account.options.packages:
        return None
    stated = [p for c in cases if c.witness for p in c.witness.parts if isinstance(p, Weights)]
    parts = [p for p in stated if p.weights and min(p.weights.values()) > 0]
    of = "exposure" if question == "exposure" else "temptation"
    for part in [*parts, Weights({(side, of): 1 for side in account.sides}, 0, "")]:
        least = one_dimension(account, part)
        if least is not None and implied(account, question, part, least) >= bound:
            whose = "the plan's weights" if part.method else "equal weights"
            return Rechecked(True, False, f"{whose}: their optimum worked out again by Johnson's rule")
    return None


def implied(account: Account, question: str, part: Weights, least: int) -> Fraction:
    """The bound on a question's value that follows when the weighted sum of peaks is at least `least`."""
    weights = part.weights
    total, largest = sum(weights.values()), max(weights.values())
    of = {name[1] for name in weights}
    allowed = {
        "peak": {"temptation"}, "exposure": {"exposure"}, "joint": {"temptation", "exposure"},
        "total": {"temptation"}, "topup": {"temptation"}, "paid peak": {"temptation"}, "paid total": {"temptation"},
        "paid topup": {"temptation"},
    }  # fmt: skip
    if not of <= allowed.get(question, set()):
        return Fraction(0)
    equal = len(set(weights.values())) == 1 and len(weights) == len(account.sides)
    if question.startswith("paid") and not equal:
        return Fraction(0)
    unit = account.unit
    if question in ("peak", "exposure", "joint"):
        return ceil(Fraction(least, total)) * unit
    if question == "paid peak":
        return Fraction(least, total) * unit
    given = (
        sum(weights.get((s, "temptation"), 0) * b for s, b in zip(account.sides, account.bonds, strict=True))
        if question.endswith("topup")
        else 0
    )
    return ceil(Fraction(least - given, largest)) * unit


def one_dimension(account: Account, part: Weights) -> int | None:
    """A value that the weighted sum of peaks cannot be below in any order; prerequisites are left out, which is safe.

    Each act raises the sum by its net, and needs more while it is done. Johnson (1954): acts that lower the sum come
    first, those that need least leading; then the others, those that leave least above what they needed last.
    """
    if any(name[0] not in account.sides or name[1] not in ("temptation", "exposure") for name in part.weights):
        return None
    if account.value != tuple(account.fine * sum(k[j] for k in account.kept) for j in range(len(account.sides))):
        return None
    if any(of == "exposure" and account.value[account.sides.index(side)] < 0 for side, of in part.weights):
        return None
    jobs = []
    for act, times in _all_acts(account):
        nets, needs = 0, 0
        up, down = _unseen(account, act)
        for (side, of), w in part.weights.items():
            j = account.sides.index(side)
            d = sum(share * account.kept[i][j] for i, share in act.shares)
            net = d if of == "temptation" else -d
            nets += w * net
            needs += w * max(0, net, up[j] if of == "temptation" else down[j])
        jobs += [(nets, needs)] * times
    held = account.held(account.begun)
    level = 0
    for (side, of), w in part.weights.items():
        j = account.sides.index(side)
        level += w * (held[j] - account.value[j] if of == "temptation" else -held[j])
    top = level
    falling = sorted((j for j in jobs if j[0] <= 0), key=lambda j: j[1])
    rising = sorted((j for j in jobs if j[0] > 0), key=lambda j: j[0] - j[1])
    for net, need in [*falling, *rising]:
        top = max(top, level + need)
        level += net
    return top


def _unseen(account: Account, act: Act) -> tuple[list[int], list[int]]:
    k = len(account.sides)
    up, down = [0] * k, [0] * k
    if act.blind and len(act.shares) > 1:
        for j in range(k):
            up[j], down[j] = account.unseen(dict(act.shares), j)
    return up, down


def _all_acts(account: Account) -> list[tuple[Act, int]]:
    """Every act that any order has to do, with how often."""
    parts = [
        (Act(((i, account.fine // account.parts[i]),)), account.parts[i])
        for i, d in enumerate(account.begun)
        if i not in account.windowed and d < account.fine
    ]
    windows = [(Act(tuple((i, account.fine) for i in sorted(w)), blind=True), 1) for w in account.windows if w]
    return [*parts, *windows]


def _stated(cases: Sequence[Case]) -> str:
    """What the plan itself gives for a bound that was not proven again."""
    parts = [part for case in cases if case.witness for part in case.witness.parts]
    told = [
        f"weights with optimum {p.optimum} ({p.method})" if isinstance(p, Weights) else f"a search of {p.states} sets"
        for p in parts
    ]
    return "too large to replay here; the plan gives " + (", ".join(told[:3]) or "no proof")
