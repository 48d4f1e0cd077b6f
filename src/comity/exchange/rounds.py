"""The shortest plan within given bonds: steps done at the same time, in rounds, each verified before the next begins.

A round is a window of our own choosing: nobody can check the others until it is over. It lasts until the last of
its steps is done and verified; inside it a step starts when what it waits for is done. Rounds only save time: they
never lower a peak. Exact by a best-first search over the sets done; source: docs/spec/exchange-plan.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from comity.exchange.balance import Peaks
from comity.exchange.moves import Moves
from comity.exchange.unseen import Blind

Round = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Timed:
    """Rounds of moves, their time, and a bound below which no plan within the caps is; proven when they meet."""

    rounds: tuple[Round, ...] | None
    time: int | None
    lower_bound: int
    proven: bool
    states: int


@dataclass(slots=True)
class Corridor:
    """What each side may hold between its tolerance and its bond."""

    high: Sequence[int]
    low: Sequence[int | None]

    def keeps(self, held: Sequence[int], gain: Sequence[int], loss: Sequence[int]) -> bool:
        """Whether every side stays inside while it might gain or lose so much more."""
        return all(
            h + g <= top and (bottom is None or h - x >= bottom)
            for h, g, x, top, bottom in zip(held, gain, loss, self.high, self.low, strict=True)
        )


@dataclass(slots=True)
class Clock:
    """Durations, blind gains and possible rounds of some moves, each worked out once."""

    moves: Moves
    after: list[list[int]] = field(default_factory=list)
    forwards: list[int] = field(default_factory=list)
    tail: list[int] = field(default_factory=list)
    """The least time from the start of each move to the end of the plan."""
    _blind: dict[int, Blind] = field(default_factory=dict)
    _time: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        moves = self.moves
        n = len(moves.groups)
        self.after = [[i for i in range(n) if m in moves.before[i]] for m in range(n)]
        self.tail = [0] * n
        self.forwards = _forwards(moves.before)
        for m in reversed(self.forwards):
            own = [moves.atoms[a] for a in moves.groups[m]]
            later = max((self.tail[i] for i in self.after[m]), default=0)
            self.tail[m] = max(*(a.duration + a.verify for a in own), min(a.duration for a in own) + later)

    def time(self, mask: int) -> int:
        """How long a round of these moves takes."""
        if mask not in self._time:
            finish: dict[int, int] = {}
            chosen = self._atoms(mask)
            for a in sorted(chosen, key=self._depth):
                start = max((finish[b] for b in self.moves.needs[a] if b in chosen), default=0)
                finish[a] = start + self.moves.atoms[a].duration
            self._time[mask] = max(finish[a] + self.moves.atoms[a].verify for a in chosen)
        return self._time[mask]

    def blind(self, mask: int) -> Blind:
        """What each side could gain or lose in a round of these moves."""
        if mask not in self._blind:
            chosen = [m for m in range(len(self.moves.groups)) if mask >> m & 1]
            if len(chosen) == 1:
                self._blind[mask] = self.moves.blinds[chosen[0]]
            else:
                self._blind[mask] = self.moves.blind(self._atoms(mask))
        return self._blind[mask]

    def left(self, done: int) -> int:
        """A time that what is still to come cannot fall short of."""
        return max((t for m, t in enumerate(self.tail) if not done >> m & 1), default=0)

    def _atoms(self, mask: int) -> frozenset[int]:
        return frozenset(a for m, g in enumerate(self.moves.groups) if mask >> m & 1 for a in g)

    def _depth(self, atom: int) -> int:
        return 1 + max((self._depth(b) for b in self.moves.needs[atom]), default=-1)


def shortest(moves: Moves, corridor: Corridor, *, first: Timed, most_states: int) -> Timed:
    """The shortest plan whose moments all lie in the corridor; `first` is a plan known already, or none."""
    clock = Clock(moves)
    full = (1 << len(moves.groups)) - 1
    best_time = {0: 0}
    came: dict[int, int] = {}
    heap = [(clock.left(0), 0, 0)]
    states = 0
    lower = 0
    settled: set[int] = set()
    while heap:
        lower, _, done = heappop(heap)
        if first.time is not None and lower >= first.time:
            return Timed(first.rounds, first.time, first.time, True, states)
        if done == full:
            return Timed(_rounds(came, clock.forwards), lower, lower, True, states)
        if done in settled:
            continue
        settled.add(done)
        states += 1
        if states > most_states:
            return Timed(first.rounds, first.time, lower, False, states)
        for chosen in possible(clock, done, corridor):
            reached = done | chosen
            time = best_time[done] + clock.time(chosen)
            if time < best_time.get(reached, time + 1):
                best_time[reached] = time
                came[reached] = done
                heappush(heap, (time + clock.left(reached), -reached.bit_count(), reached))
    return Timed(None, None, lower, True, states)


def possible(clock: Clock, done: int, corridor: Corridor) -> Iterator[int]:
    """Every round after these moves that keeps the corridor at its start, inside, and at its end."""
    moves = clock.moves
    n = len(moves.groups)
    held = held_at(moves, done)

    def grow(chosen: int, least: int) -> Iterator[int]:
        for at in range(least, n):
            m = clock.forwards[at]
            if (done | chosen) >> m & 1:
                continue
            grown = chosen | 1 << m
            if chosen and (moves.atomic[m] or any(moves.atomic[i] for i in range(n) if chosen >> i & 1)):
                continue
            if not all((done | grown) >> b & 1 for b in moves.before[m]):
                continue
            inside = clock.blind(grown)
            if not corridor.keeps(held, inside.gain, inside.loss):
                continue
            after = held_at(moves, done | grown)
            zero = (0,) * len(held)
            if (done | grown) == (1 << n) - 1 or corridor.keeps(after, zero, zero):
                yield grown
            yield from grow(grown, at + 1)

    yield from grow(0, 0)


def time_and_peak(moves: Moves, low: Sequence[int | None], *, most_states: int) -> tuple[tuple[int, int], ...] | None:
    """All pairs of time and peak temptation that no plan within the tolerances improves; None beyond the limit."""
    clock = Clock(moves)
    full = (1 << len(moves.groups)) - 1
    begin = max([0, *(h - v for h, v in zip(moves.start, moves.value, strict=True))])
    heap = [(0, begin, 0)]
    lowest: dict[int, int] = {}
    found: list[tuple[int, int]] = []
    cap = 1 + sum(abs(x) for v in (moves.start, moves.value, *(a.held for a in moves.atoms)) for x in v)
    states = 0
    while heap:
        time, peak, done = heappop(heap)
        if peak >= min(cap, lowest.get(done, cap)):
            continue
        lowest[done] = peak
        if done == full:
            found.append((time, peak))
            cap = peak
            continue
        states += 1
        if states > most_states:
            return None
        corridor = Corridor([v + cap - 1 for v in moves.value], low)
        for chosen in possible(clock, done, corridor):
            reached = done | chosen
            higher = max(peak, round_peak(clock, done, chosen))
            if higher < min(cap, lowest.get(reached, cap)):
                heappush(heap, (time + clock.time(chosen), higher, reached))
    return tuple(found)


def round_peak(clock: Clock, done: int, chosen: int) -> int:
    """The largest temptation at the start of a round, inside it and, unless all is finished, at its end."""
    moves = clock.moves
    gain = clock.blind(chosen).gain
    inside = [h + g - v for h, g, v in zip(held_at(moves, done), gain, moves.value, strict=True)]
    if (done | chosen) == (1 << len(moves.groups)) - 1:
        return max([0, *inside])
    return max([0, *inside, *(h - v for h, v in zip(held_at(moves, done | chosen), moves.value, strict=True))])


def peaks_of(moves: Moves, rounds: Sequence[Round]) -> Peaks:
    """The peaks of every side when the moves are done in these rounds."""
    clock = Clock(moves)
    k = len(moves.sides)
    tempted, exposed = [0] * k, [0] * k
    done = 0
    for chosen in (sum(1 << m for m in r) for r in rounds):
        inside = clock.blind(chosen)
        for j, h in enumerate(held_at(moves, done)):
            tempted[j] = max(tempted[j], h + inside.gain[j] - moves.value[j])
            exposed[j] = max(exposed[j], inside.loss[j] - h)
        done |= chosen
    return Peaks(tuple(tempted), tuple(exposed))


def held_at(moves: Moves, mask: int) -> tuple[int, ...]:
    """What each side has in hand when these moves are done."""
    held = list(moves.start)
    for m, d in enumerate(moves.core.delta):
        if mask >> m & 1:
            held = [h + x for h, x in zip(held, d, strict=True)]
    return tuple(held)


def split(moves: Moves, order: Sequence[int], corridor: Corridor) -> Timed:
    """The shortest rounds that this order can be cut into; the order itself keeps the corridor."""
    clock = Clock(moves)
    n = len(order)
    best: list[int | None] = [0, *([None] * n)]
    cut = [0] * (n + 1)
    zero = (0,) * len(moves.sides)
    prefix = [sum(1 << m for m in order[:at]) for at in range(n + 1)]
    for begin in range(n):
        held = held_at(moves, prefix[begin])
        so_far = best[begin]
        if so_far is None or not corridor.keeps(held, zero, zero):
            continue
        for end in range(begin + 1, n + 1):
            mask = prefix[end] & ~prefix[begin]
            inside = clock.blind(mask)
            if end > begin + 1 and any(moves.atomic[m] for m in order[begin:end]):
                break
            if not corridor.keeps(held, inside.gain, inside.loss):
                break
            time = so_far + clock.time(mask)
            known = best[end]
            if known is None or time < known:
                best[end], cut[end] = time, begin
    if best[n] is None:
        return Timed(None, None, 0, False, 0)
    rounds: list[Round] = []
    end = n
    while end:
        rounds.append(tuple(order[cut[end] : end]))
        end = cut[end]
    return Timed(tuple(reversed(rounds)), best[n], clock.left(0), best[n] == clock.left(0), n)


def _rounds(came: dict[int, int], forwards: Sequence[int]) -> tuple[Round, ...]:
    rounds: list[Round] = []
    done = (1 << len(forwards)) - 1
    while done:
        earlier = came[done]
        rounds.append(tuple(m for m in forwards if (done & ~earlier) >> m & 1))
        done = earlier
    return tuple(reversed(rounds))


def _forwards(before: Sequence[Sequence[int]]) -> list[int]:
    placed: list[int] = []
    left = set(range(len(before)))
    while left:
        ready = [m for m in sorted(left) if not any(b in left for b in before[m])]
        placed += ready
        left -= set(ready)
    return placed
