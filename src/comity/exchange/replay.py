"""The checker's own exhaustive search: does any order stay below a bound? Simple, slow, and apart from the planner.

It follows all orders at once. Two that have done the same are compared by their marks so far; a mark that is nowhere
lower than another is dropped, and so is one that is no longer below the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

from comity.exchange.recount import Account, Act, Moment, Row, Shares

MOST_MARKS = 20_000


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether some order stays below the bound (None: too many to follow), and how many marks were followed."""

    found: bool | None
    marks: int


Mark = Callable[[Row, Moment, Act], Row | None]
"""The mark after one more moment, or None when it is no longer below the bound."""


def replay_back(account: Account, first: Row, mark: Mark, *, most: int = MOST_MARKS) -> Replay:
    """The same from the finish: the moments of an order are the same in whichever direction they are followed."""
    level: dict[Shares, list[Row]] = {account.whole: [first]}
    followed = 0
    while level:
        largest = max(level, key=sum)
        marks = level.pop(largest)
        if largest == account.begun:
            return Replay(True, followed)
        for before, act in account.last_acts(largest):
            moment = account.moment(before, act)
            for old in marks:
                followed += 1
                if followed > most:
                    return Replay(None, followed)
                new = mark(old, moment, act)
                if new is not None:
                    _keep(level.setdefault(before, []), new)
    return Replay(False, followed)


def replay(account: Account, first: Row, mark: Mark, *, rounds: bool = False, most: int = MOST_MARKS) -> Replay:
    """Follow every order; `rounds` lets any steps be done together, blind."""
    level: dict[Shares, list[Row]] = {account.begun: [first]}
    followed = 0
    while level:
        smallest = min(level, key=sum)
        marks = level.pop(smallest)
        if smallest == account.whole:
            return Replay(True, followed)
        for act in _rounds(account, smallest) if rounds else account.acts(smallest):
            moment = account.moment(smallest, act)
            reached = account.does(smallest, act)
            for old in marks:
                followed += 1
                if followed > most:
                    return Replay(None, followed)
                new = mark(old, moment, act)
                if new is not None:
                    _keep(level.setdefault(reached, []), new)
    return Replay(False, followed)


def _keep(marks: list[Row], new: Row) -> None:
    if any(all(o <= n for o, n in zip(old, new, strict=True)) for old in marks):
        return
    marks[:] = [old for old in marks if not all(n <= o for o, n in zip(old, new, strict=True))]
    marks.append(new)


def _rounds(account: Account, done: Shares) -> Iterable[Act]:
    """Every set of acts that may be done together, blind; a package stands alone."""
    units = _units(account, done)
    for size in range(1, len(units) + 1):
        for chosen in combinations(units, size):
            shares: dict[int, int] = {}
            for unit in chosen:
                for i, share in unit.shares:
                    shares[i] = shares.get(i, 0) + share
            inside = {i for i, s in shares.items() if done[i] + s == account.fine}
            ready = all(done[b] == account.fine or b in inside for i in shares for b in account.after[i])
            fits = all(done[i] + s <= account.fine for i, s in shares.items())
            if ready and fits and (size == 1 or all(u.blind or len(u.shares) == 1 for u in chosen)):
                yield Act(tuple(sorted(shares.items())), blind=size > 1 or chosen[0].blind)


def _units(account: Account, done: Shares) -> list[Act]:
    """The acts still to come: windows, packages, and the parts of every other step."""
    units: list[Act] = []
    for i, d in enumerate(done):
        if i not in account.windowed:
            share = account.fine // account.parts[i]
            units += [Act(((i, share),))] * ((account.fine - d) // share)
    for group, blind in [*((w, True) for w in account.windows if w), *((p, False) for p in account.packages)]:
        if not any(done[i] for i in group):
            units.append(Act(tuple((i, account.fine) for i in sorted(group)), blind))
    return units
