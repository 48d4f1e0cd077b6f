"""The flood of `flood` on arrays, written so that numba can compile it; as plain Python it is its own oracle.

Two things are added. A state that is entered is first looked ahead from: for each weighting of the levels, Johnson's
rule on the jobs that are left, prerequisites aside, bounds what the rest needs; a tree over Johnson's order keeps
that at the cost of a logarithm per job. And a state waits in the heap by the smallest height that would let it or
one more of its children through, so that raising the height loses nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
Small = npt.NDArray[np.int32]

HEIGHT, DEPTH, STATES, HEAP, GOAL, VISITED, CEILING, SIZE, ROOT = range(9)
RUNNING, SOLVED, DRY, MET, FULL = range(5)
NO_TOP = -(1 << 60)


def sift_up(heap_need: Ints, heap_state: Small, at: int) -> None:
    """Move an entry up to its place."""
    need, state = heap_need[at], heap_state[at]
    while at > 0:
        above = (at - 1) >> 1
        if heap_need[above] < need or (heap_need[above] == need and heap_state[above] >= state):
            break
        heap_need[at], heap_state[at] = heap_need[above], heap_state[above]
        at = above
    heap_need[at], heap_state[at] = need, state


def sift_down(heap_need: Ints, heap_state: Small, count: int) -> None:
    """Take the first entry out: the last one goes down from the top."""
    need, state = heap_need[count], heap_state[count]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= count:
            break
        right = below + 1
        if right < count and (
            heap_need[right] < heap_need[below]
            or (heap_need[right] == heap_need[below] and heap_state[right] > heap_state[below])
        ):
            below = right
        if need < heap_need[below] or (need == heap_need[below] and state >= heap_state[below]):
            break
        heap_need[at], heap_state[at] = heap_need[below], heap_state[below]
        at = below
    heap_need[at], heap_state[at] = need, state


def set_leaf(tree_net: Ints, tree_top: Ints, leaf: int, net: int, top: int) -> None:
    """Change one job of a tree and everything above it."""
    tree_net[leaf], tree_top[leaf] = net, top
    leaf >>= 1
    while leaf:
        left, right = 2 * leaf, 2 * leaf + 1
        tree_net[leaf] = tree_net[left] + tree_net[right]
        tree_top[leaf] = max(tree_top[left], tree_net[left] + tree_top[right])
        leaf >>= 1


def find_state(
    table: Small, keys: Words, masks: Words, key: np.uint64, parent: int, word: int, bit: np.uint64
) -> np.signedinteger[Any]:
    """The slot of the state that is `parent` with one more bit: what it holds there is -1 or the state."""
    size = len(table)
    last = np.int64(size - 1)
    slot = np.int64(key & np.uint64(size - 1))
    while True:
        state = table[slot]
        if state < 0:
            return slot
        if keys[state] == key:
            same = True
            for w in range(masks.shape[1]):
                expected = masks[parent, w] | bit if w == word else masks[parent, w]
                if masks[state, w] != expected:
                    same = False
                    break
            if same:
                return slot
        slot = (slot + 1) & last


def advance(
    regs: Ints,
    budget: int,
    mix: Ints,
    rise: Ints,
    base: Ints,
    hard: Ints,
    free: Small,
    harmless: Small,
    after_from: Small,
    after: Small,
    waits: Small,
    from_finish: int,
    chance: Words,
    word_of: Small,
    bit_of: Words,
    line_up: Ints,
    line_net: Ints,
    line_place: Small,
    line_level: Ints,
    line_scale: Ints,
    line_spare: Ints,
    table: Small,
    keys: Words,
    masks: Words,
    parent: Small,
    move: Small,
    heap_need: Ints,
    heap_state: Small,
    frame_state: Small,
    frame_next: Ints,
    frame_from: Ints,
    frame_end: Ints,
    pool: Small,
    waiting: Small,
    ready: Small,
    place: Small,
    level: Ints,
    tree_net: Ints,
    tree_top: Ints,
) -> int:
    """Visit up to `budget` more states; returns a status. All arrays keep their content between calls."""
    n, dims = rise.shape
    lines = len(line_scale)
    leaves = tree_net.shape[1] // 2
    target = n if from_finish else n - 1
    stop = regs[VISITED] + budget
    capacity = len(keys)
    ready_count = regs[SIZE]
    pool_keys = np.empty(n, np.int64)
    pool_ties = np.empty(n, np.int64)
    while True:
        depth = regs[DEPTH]
        if depth < 0:
            if regs[HEAP] == 0:
                return DRY
            regs[HEIGHT] = min(max(regs[HEIGHT], heap_need[0]), regs[CEILING])
            if regs[HEIGHT] == regs[CEILING]:
                return MET
            root = heap_state[0]
            regs[HEAP] -= 1
            sift_down(heap_need, heap_state, regs[HEAP])
            for d in range(dims):
                level[d] = base[d]
            for i in range(n):
                waiting[i] = waits[i]
                place[i] = -1
            for q in range(lines):
                for i in range(n):
                    leaf = leaves + line_place[q, i]
                    tree_net[q, leaf] = line_net[q, i]
                    tree_top[q, leaf] = line_up[q, i]
            regs[ROOT] = 0
            for i in range(n):
                if masks[root, word_of[i]] & bit_of[i]:
                    regs[ROOT] += 1
                    for d in range(dims):
                        level[d] += rise[i, d]
                    for a in range(after_from[i], after_from[i + 1]):
                        waiting[after[a]] -= 1
                    for q in range(lines):
                        leaf = leaves + line_place[q, i]
                        tree_net[q, leaf] = 0
                        tree_top[q, leaf] = NO_TOP
            for q in range(lines):
                for x in range(leaves - 1, 0, -1):
                    tree_net[q, x] = tree_net[q, 2 * x] + tree_net[q, 2 * x + 1]
                    tree_top[q, x] = max(tree_top[q, 2 * x], tree_net[q, 2 * x] + tree_top[q, 2 * x + 1])
            ready_count = 0
            for i in range(n):
                if waiting[i] == 0 and not masks[root, word_of[i]] & bit_of[i]:
                    ready[ready_count] = i
                    place[i] = ready_count
                    ready_count += 1
            regs[DEPTH] = 0
            regs[SIZE] = ready_count
            frame_state[0] = root
            frame_next[0] = -2
            frame_from[0] = 0
            frame_end[0] = 0
            continue
        state = frame_state[depth]
        chosen = -1
        if frame_next[depth] == -2:
            # A fresh frame: what is the best child, and what would the next height let through?
            regs[VISITED] += 1
            taken = regs[ROOT] + depth
            if taken >= target:
                regs[GOAL] = state
                return SOLVED
            if regs[VISITED] > stop:
                regs[VISITED] -= 1
                return RUNNING
            blocked = regs[CEILING]
            best = 0
            least = 0
            only = 0
            for r in range(ready_count):
                i = ready[r]
                if harmless[i] and (taken or not from_finish):
                    chosen = i
                    only = 1
                    break
                need = 0
                tight = -(1 << 60)
                total = 0
                climb = 0
                for d in range(dims):
                    reached = level[d] + rise[i, d]
                    total += reached
                    climb = max(climb, rise[i, d])
                    if free[d]:
                        need = max(need, reached)
                        tight = max(tight, reached - regs[HEIGHT])
                    else:
                        tight = max(tight, reached - hard[d])
                        if reached > hard[d]:
                            need = regs[CEILING]
                if need > regs[HEIGHT]:
                    blocked = min(blocked, need)
                    continue
                if mix[2]:
                    tight = max(tight, -regs[HEIGHT])
                rank = mix[0] * tight + mix[1] * total - mix[3] * climb
                if chosen < 0 or rank < best or (rank == best and total < least):
                    chosen = i
                    best = rank
                    least = total
            if only:
                frame_next[depth] = -3
            else:
                frame_next[depth] = -1
                if blocked < regs[CEILING]:
                    heap_need[regs[HEAP]] = blocked
                    heap_state[regs[HEAP]] = state
                    regs[HEAP] += 1
                    sift_up(heap_need, heap_state, regs[HEAP] - 1)
                if chosen < 0:
                    frame_next[depth] = -3
        elif frame_next[depth] == -1:
            # Back again: list every child within the height, best first.
            begin = frame_from[depth]
            count = 0
            for r in range(ready_count):
                i = ready[r]
                within = True
                tight = -(1 << 60)
                total = 0
                climb = 0
                for d in range(dims):
                    reached = level[d] + rise[i, d]
                    total += reached
                    climb = max(climb, rise[i, d])
                    edge = regs[HEIGHT] if free[d] else hard[d]
                    tight = max(tight, reached - edge)
                    if reached > edge:
                        within = False
                if within:
                    pool[begin + count] = i
                    if mix[2]:
                        tight = max(tight, -regs[HEIGHT])
                    pool_keys[count] = mix[0] * tight + mix[1] * total - mix[3] * climb
                    pool_ties[count] = total
                    count += 1
            by_tie = np.argsort(pool_ties[:count], kind="mergesort")
            by_rank = np.argsort(pool_keys[by_tie], kind="mergesort")
            picked = pool[begin : begin + count].copy()
            for x in range(count):
                pool[begin + x] = picked[by_tie[by_rank[x]]]
            frame_next[depth] = begin
            frame_end[depth] = begin + count
        if frame_next[depth] >= 0:
            if frame_next[depth] < frame_end[depth]:
                chosen = pool[frame_next[depth]]
                frame_next[depth] += 1
            else:
                frame_next[depth] = -3
        if chosen >= 0:
            key = keys[state] ^ chance[chosen]
            slot = find_state(table, keys, masks, key, state, word_of[chosen], bit_of[chosen])
            if table[slot] < 0:
                if regs[STATES] >= capacity:
                    # Undo the choice, so that nothing is lost if there is more room next time.
                    if frame_next[depth] >= 0:
                        frame_next[depth] -= 1
                    else:
                        frame_next[depth] = -2
                        regs[VISITED] -= 1
                    return FULL
                child = regs[STATES]
                regs[STATES] += 1
                table[slot] = child
                keys[child] = key
                for w in range(masks.shape[1]):
                    masks[child, w] = masks[state, w]
                masks[child, word_of[chosen]] |= bit_of[chosen]
                parent[child] = state
                move[child] = chosen
                # Take it: levels, the ready list, the trees.
                for d in range(dims):
                    level[d] += rise[chosen, d]
                hole = place[chosen]
                ready_count -= 1
                ready[hole] = ready[ready_count]
                place[ready[hole]] = hole
                place[chosen] = -1
                for a in range(after_from[chosen], after_from[chosen + 1]):
                    j = after[a]
                    waiting[j] -= 1
                    if waiting[j] == 0:
                        ready[ready_count] = j
                        place[j] = ready_count
                        ready_count += 1
                rest = regs[HEIGHT]
                for q in range(lines):
                    set_leaf(tree_net[q], tree_top[q], leaves + line_place[q, chosen], 0, NO_TOP)
                    if tree_top[q, 1] > NO_TOP // 2:
                        now = line_level[q, dims]
                        for d in range(dims):
                            now += line_level[q, d] * level[d]
                        over = now + tree_top[q, 1] - line_spare[q]
                        if line_scale[q] > 0:
                            rest = max(rest, -((-over) // line_scale[q]))
                        elif over > 0:
                            rest = regs[CEILING]
                depth += 1
                regs[DEPTH] = depth
                regs[SIZE] = ready_count
                frame_state[depth] = child
                frame_from[depth] = frame_end[depth - 1]
                frame_end[depth] = frame_from[depth]
                frame_next[depth] = -2
                if rest > regs[HEIGHT]:
                    frame_next[depth] = -3
                    if rest < regs[CEILING]:
                        heap_need[regs[HEAP]] = rest
                        heap_state[regs[HEAP]] = child
                        regs[HEAP] += 1
                        sift_up(heap_need, heap_state, regs[HEAP] - 1)
            continue
        if frame_next[depth] == -3:
            # Nothing left here: go back.
            regs[DEPTH] = depth - 1
            if depth > 0:
                back = move[state]
                for d in range(dims):
                    level[d] -= rise[back, d]
                for a in range(after_from[back], after_from[back + 1]):
                    j = after[a]
                    if waiting[j] == 0:
                        hole = place[j]
                        ready_count -= 1
                        ready[hole] = ready[ready_count]
                        place[ready[hole]] = hole
                        place[j] = -1
                    waiting[j] += 1
                ready[ready_count] = back
                place[back] = ready_count
                ready_count += 1
                for q in range(lines):
                    set_leaf(
                        tree_net[q], tree_top[q], leaves + line_place[q, back], line_net[q, back], line_up[q, back]
                    )
                regs[SIZE] = ready_count
