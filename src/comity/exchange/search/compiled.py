"""The flood on arrays: what `kernel` works on, compiled when numba is wanted and plain otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from comity.exchange.search import kernel
from comity.exchange.search.answers import Watch
from comity.exchange.search.walk import Walk, successors

BIG = 1 << 58
"""Above every level; sums of amounts beyond it stay with the plain flood."""

SHARE = 20_000
MEMORY_BYTES = 400_000_000
FIRST_STATES = 1 << 12

Array = npt.NDArray[Any]
Advance = Callable[..., int]


@cache
def compiled_advance() -> Advance:
    """The kernel through numba; compiled once for a machine and kept beside the source or in the user's cache."""
    from numba import njit
    from numba.extending import register_jitable

    for part in (kernel.sift_up, kernel.sift_down, kernel.set_leaf, kernel.find_state):
        register_jitable(part)
    try:
        compiled: Advance = njit(cache=True)(kernel.advance)
    except RuntimeError:  # neither the source's folder nor the user's cache can be written
        compiled = njit(kernel.advance)
    return compiled


class Weighing:
    """A weighting of the levels for looking ahead: `weights`, and how much of it hard caps give (`spare`).

    `scale` is the weight of the free levels together; 0 makes it a plain yes or no.
    """

    __slots__ = ("net", "scale", "spare", "up", "weights")

    def __init__(self, walk: Walk, hard: Sequence[int | None], weights: Sequence[int]) -> None:
        self.weights = tuple(weights)
        self.scale = sum(w for w, cap in zip(weights, hard, strict=True) if cap is None)
        self.spare = sum(w * cap for w, cap in zip(weights, hard, strict=True) if cap is not None)
        self.up, self.net = climbs(walk, weights)


def climbs(walk: Walk, weights: Sequence[int]) -> tuple[list[int], list[int]]:
    """What each move climbs and changes on the weighted line, seen in the direction of the walk.

    The move next to the finished exchange has no moment on that side; each climbs by the lesser of the two measures.
    """
    total = [sum(row[d] for row in walk.rise) for d in range(walk.dims)]
    finished = walk.base if walk.from_finish else [b + t for b, t in zip(walk.base, total, strict=True)]
    ups, nets = [], []
    for row in walk.rise:
        regular = final = net = 0
        for w, x, f in zip(weights, row, finished, strict=True):
            regular += w * max(0, x)
            net += w * x
            final += w * (max(0, f + x) - f if walk.from_finish else max(0, f - x) - (f - x))
        ups.append(min(regular, final))
        nets.append(net)
    return ups, nets


class ArrayFlood:
    """As `flood.Flood`, on arrays. `ceiling` is a value already reached: nothing at or above it is wanted."""

    table: Array
    keys: Array
    masks: Array
    parent: Array
    move: Array
    heap_need: Array
    heap_state: Array

    def __init__(
        self,
        walk: Walk,
        hard: Sequence[int | None],
        height: int,
        ceiling: int | None,
        weights: Sequence[Sequence[int]],
        mix: tuple[int, int, int, int],
        advance: Advance,
    ) -> None:
        self.walk = walk
        self.advance_kernel = advance
        n, dims = walk.moves, walk.dims
        self.order: tuple[int, ...] | None = None
        self.exhausted = False
        self.full = False
        free = [cap is None for cap in hard]
        after = successors(walk.before)
        after_from = np.zeros(n + 1, np.int32)
        after_from[1:] = np.cumsum([len(a) for a in after])
        lines = [Weighing(walk, hard, w) for w in weights]
        leaves = 1 << max(1, (n - 1).bit_length())
        place = np.zeros((len(lines), n), np.int32)
        for q, line in enumerate(lines):
            place[q, _ranked(line.up, line.net)] = np.arange(n)
        words = (n + 63) // 64
        self.limit = max(1000, MEMORY_BYTES // (8 * words + 40))
        rise = np.array(walk.rise, np.int64).reshape(n, dims)
        self.regs = np.zeros(9, np.int64)
        self.regs[kernel.HEIGHT] = height
        self.regs[kernel.DEPTH] = -1
        self.regs[kernel.CEILING] = BIG if ceiling is None else ceiling
        self.fixed = (
            np.array(mix, np.int64),
            rise,
            np.array(walk.base, np.int64),
            np.array([0 if cap is None else cap for cap in hard], np.int64),
            np.array(free, np.int32),
            np.array((rise <= 0).all(axis=1), np.int32),
            after_from,
            np.array([a for row in after for a in row], np.int32),
            np.array([len(b) for b in walk.before], np.int32),
            int(walk.from_finish),
            np.random.default_rng(n).integers(0, 1 << 64, n, np.uint64),
            (np.arange(n) // 64).astype(np.int32),
            np.left_shift(np.uint64(1), (np.arange(n) % 64).astype(np.uint64)),
            np.array([line.up for line in lines], np.int64).reshape(len(lines), n),
            np.array([line.net for line in lines], np.int64).reshape(len(lines), n),
            place,
            np.array([[*line.weights, 0] for line in lines], np.int64).reshape(len(lines), dims + 1),
            np.array([line.scale for line in lines], np.int64),
            np.array([line.spare for line in lines], np.int64),
        )
        self.frames = (
            np.zeros(n + 2, np.int32),
            np.zeros(n + 2, np.int64),
            np.zeros(n + 2, np.int64),
            np.zeros(n + 2, np.int64),
            np.empty(n * (n + 1) // 2 + 1, np.int32),
            np.zeros(n, np.int32),
            np.zeros(n, np.int32),
            np.zeros(n, np.int32),
            np.zeros(dims, np.int64),
            np.zeros((len(lines), 2 * leaves), np.int64),
            np.full((len(lines), 2 * leaves), kernel.NO_TOP, np.int64),
        )
        self._make_room(min(FIRST_STATES, self.limit), words)
        self._begin(hard)

    def _begin(self, hard: Sequence[int | None]) -> None:
        """The empty set waits in the heap by the height that its own moment needs."""
        need = 0
        if not self.walk.from_finish:
            for x, cap in zip(self.walk.base, hard, strict=True):
                if cap is None:
                    need = max(need, x)
                elif x > cap:
                    self.exhausted = True
        self.heap_need[0] = need
        self.regs[kernel.HEAP] = 1
        self.regs[kernel.STATES] = 1
        self.table[0] = 0

    def _make_room(self, states: int, words: int) -> None:
        """Arrays for so many states, with the present ones in place."""
        old = int(self.regs[kernel.STATES])
        size = 1 << (2 * states).bit_length()
        table: Array = np.full(size, -1, np.int32)
        keys: Array = np.zeros(states, np.uint64)
        masks: Array = np.zeros((states, words), np.uint64)
        parent: Array = np.full(states, -1, np.int32)
        move: Array = np.full(states, -1, np.int32)
        heap_need: Array = np.zeros(2 * states + 2, np.int64)
        heap_state: Array = np.zeros(2 * states + 2, np.int32)
        if old:
            keys[:old], masks[:old] = self.keys[:old], self.masks[:old]
            parent[:old], move[:old] = self.parent[:old], self.move[:old]
            count = int(self.regs[kernel.HEAP])
            heap_need[:count], heap_state[:count] = self.heap_need[:count], self.heap_state[:count]
            _fill(table, keys[:old])
        self.table, self.keys, self.masks, self.parent, self.move = table, keys, masks, parent, move
        self.heap_need, self.heap_state = heap_need, heap_state

    def _make_heap_room(self, share: int) -> None:
        """A visit puts at most one entry into the heap, and so does a new state."""
        regs = self.regs
        wanted = int(regs[kernel.HEAP]) + share + len(self.keys) - int(regs[kernel.STATES]) + 2
        if wanted > len(self.heap_need):
            self.heap_need = np.concatenate([self.heap_need, np.zeros(wanted, np.int64)])
            self.heap_state = np.concatenate([self.heap_state, np.zeros(wanted, np.int32)])

    @property
    def height(self) -> int:
        """The least height not yet proven too low."""
        return int(self.regs[kernel.HEIGHT])

    @property
    def states(self) -> int:
        """States visited."""
        return int(self.regs[kernel.VISITED])

    def lower_ceiling(self, height: int) -> None:
        """Nothing at or above this height is wanted any more."""
        self.regs[kernel.CEILING] = min(height, int(self.regs[kernel.CEILING]))

    def raise_to(self, height: int) -> None:
        """Use a bound proven elsewhere."""
        if height > self.regs[kernel.HEIGHT]:
            self.regs[kernel.HEIGHT] = height
            self.retry()

    def retry(self) -> None:
        """Frames opened at a lower height would miss children: put the whole way back into the heap."""
        depth = int(self.regs[kernel.DEPTH])
        self._make_heap_room(depth + 1)
        for state in self.frames[0][: depth + 1]:
            self._wait(int(state))
        self.regs[kernel.DEPTH] = -1

    def _wait(self, state: int) -> None:
        count = int(self.regs[kernel.HEAP])
        self.heap_need[count], self.heap_state[count] = 0, state
        self.regs[kernel.HEAP] = count + 1
        kernel.sift_up(self.heap_need, self.heap_state, count)

    def advance(self, states: int, watch: Watch) -> bool:
        """Visit up to so many more states; True when finished: `order` is set, or `exhausted`."""
        while states > 0 and self.order is None and not self.exhausted and not self.full and not watch.spent():
            share = min(states, SHARE)
            before = self.states
            self._make_heap_room(share)
            status = self.advance_kernel(
                self.regs,
                share,
                *self.fixed,
                self.table,
                self.keys,
                self.masks,
                self.parent,
                self.move,
                self.heap_need,
                self.heap_state,
                *self.frames,
            )
            watch.states += self.states - before
            states -= share
            if status == kernel.SOLVED:
                self._finish()
            elif status in (kernel.DRY, kernel.MET):
                self.exhausted = True
            elif status == kernel.FULL:
                self.full = len(self.keys) >= self.limit
                if not self.full:
                    self._make_room(min(4 * len(self.keys), self.limit), self.masks.shape[1])
        return self.order is not None or self.exhausted

    def _finish(self) -> None:
        order = []
        state = int(self.regs[kernel.GOAL])
        while state:
            order.append(int(self.move[state]))
            state = int(self.parent[state])
        order.reverse()
        missing = set(range(self.walk.moves)) - set(order)
        self.order = (*order, *missing)


def _ranked(up: Sequence[int], net: Sequence[int]) -> list[int]:
    from comity.exchange.search.line import johnson_order

    return johnson_order(up, net)


def _fill(table: Array, keys: Array) -> None:
    """Put all states into an empty table."""
    size = len(table)
    slots = (keys & np.uint64(size - 1)).astype(np.int64)
    waiting = np.arange(len(keys))
    while len(waiting):
        at = slots[waiting]
        empty = table[at] < 0
        table[at[empty]] = waiting[empty]
        waiting = waiting[table[at] != waiting]
        slots[waiting] = (slots[waiting] + 1) & (size - 1)
