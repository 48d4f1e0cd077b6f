"""The trees obey RFC 6962, checked against its definitions taken word for word."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.errors import Malformed
from comity.record.merkle import Hashes, Tree, leaf_hash, root_from_inclusion, roots_from_consistency
from comity.record.tiles import TilePath, tiles_at
from tests import second_verifier

SMALL = 34
LARGE = 66_000


def leaf(n: int) -> bytes:
    return b"leaf %d" % n


@cache
def grown(size: int) -> tuple[Tree, Hashes, dict[int, bytes]]:
    """A tree, its hashes and its root at every size."""
    tree, tiles, roots = Tree(), {}, {}
    for n in range(size):
        for tile in tree.append(leaf_hash(leaf(n))):
            tiles[tile.level, tile.number] = tile.hashes
        roots[tree.size] = tree.root()
    return tree, Hashes(tree, lambda level, number: tiles[level, number]), roots


@pytest.mark.parametrize("size", range(1, SMALL))
def test_small_trees_are_the_definition(size: int) -> None:
    leaves = [leaf(n) for n in range(size)]
    _, hashes, roots = grown(SMALL)
    root = roots[size]
    assert root == second_verifier.naive_root(leaves) == hashes.head_root(size)
    for index in range(size):
        path = hashes.inclusion(index, size)
        assert path == second_verifier.naive_path(index, leaves)
        assert root_from_inclusion(index, size, leaf_hash(leaves[index]), path) == root
    for old in range(1, size):
        proof = hashes.consistency(old, size)
        assert proof == second_verifier.naive_consistency(old, leaves)
        assert roots_from_consistency(old, size, roots[old], proof) == (roots[old], root)


def sizes(least: int = 1) -> st.SearchStrategy[int]:
    near = st.sampled_from([1 << k for k in range(1, 17)]).flatmap(lambda p: st.integers(max(least, p - 1), p + 1))
    return st.one_of(st.integers(least, LARGE), near)


@given(sizes(), st.data())
def test_inclusion_in_large_trees(size: int, data: st.DataObject) -> None:
    _, hashes, roots = grown(LARGE)
    index = data.draw(st.integers(0, size - 1))
    path = hashes.inclusion(index, size)
    node = leaf_hash(leaf(index))
    assert root_from_inclusion(index, size, node, path) == roots[size]
    assert second_verifier.climb(index, size, node, path) == roots[size]


@given(sizes(2), st.data())
def test_consistency_of_large_trees(new: int, data: st.DataObject) -> None:
    _, hashes, roots = grown(LARGE)
    old = data.draw(st.one_of(st.integers(1, new - 1), sizes().filter(lambda size: size < new)))
    proof = hashes.consistency(old, new)
    assert roots_from_consistency(old, new, roots[old], proof) == (roots[old], roots[new])


def flipped(content: bytes, bit: int) -> bytes:
    at = bit % (8 * len(content))
    return content[: at // 8] + bytes([content[at // 8] ^ 1 << at % 8]) + content[at // 8 + 1 :]


@given(st.integers(2, 3000), st.data())
def test_a_changed_bit_index_or_length_never_verifies(size: int, data: st.DataObject) -> None:
    _, hashes, roots = grown(LARGE)
    index = data.draw(st.integers(0, size - 1))
    path, node, bit = hashes.inclusion(index, size), leaf_hash(leaf(index)), data.draw(st.integers(0, 10**6))
    at = bit % len(path)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index))
    wrong = [
        (index, flipped(node, bit), path),
        (index, node, [*path[:at], flipped(path[at], bit), *path[at + 1 :]]),
        (index, node, path[:at] + path[at + 1 :]),
        (index, node, [*path, path[at]]),
        (other, node, path),
    ]
    for where, of, by in wrong:
        try:
            assert root_from_inclusion(where, size, of, by) != roots[size]
        except Malformed:
            continue
    old = data.draw(st.integers(1, size - 1))
    proof = hashes.consistency(old, size)
    at = bit % len(proof)
    for broken in ([*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]], proof[:at] + proof[at + 1 :]):
        try:
            assert roots_from_consistency(old, size, roots[old], broken) != (roots[old], roots[size])
        except Malformed:
            continue
    assert roots_from_consistency(old, size, flipped(roots[old], bit), proof) != (
        flipped(roots[old], bit),
        roots[size],
    )


@given(sizes(), st.integers(0, 600))
def test_a_tree_restarted_from_its_edge_goes_on_as_if_never_stopped(size: int, more: int) -> None:
    size = min(size, LARGE - more)
    _, _, roots = grown(LARGE)
    tree = at_size(size)
    again = Tree(tree.size, tree.edge)
    assert again.stack == tree.stack
    leaves = [leaf_hash(leaf(n)) for n in range(size, size + more)]
    assert again.extend(leaves) == tree.copy().extend(leaves)
    assert again.root() == roots[size + more]
    assert tree.root() == roots[size]


def at_size(size: int) -> Tree:
    """The tree that the large one was at `size`, from its tiles."""
    _, hashes, _ = grown(LARGE)
    edge = [
        [
            hashes.root(i << 8 * level, i + 1 << 8 * level)
            for i in range(size >> 8 * level + 8 << 8, size >> 8 * level)
        ]
        for level in range(3)
        if size >> 8 * level
    ]
    return Tree(size, edge)


@given(st.integers(0, 300), st.lists(st.integers(0, 255), min_size=1, max_size=3))
def test_an_edge_of_another_size_is_refused(size: int, widths: list[int]) -> None:
    due = [(size >> 8 * level) % 256 for level in range(-(-size.bit_length() // 8))]
    edge = [[b"h" * 32] * width for width in widths]
    if widths == due:
        assert Tree(size, edge).size == size
    elif len(widths) <= len(due):
        with pytest.raises(Malformed):
            Tree(size, edge)


@given(st.integers(0, 1 << 40), st.integers(0, 1 << 12))
def test_tiles_add_up(since: int, more: int) -> None:
    size = since + more
    added = list(tiles_at(size, since))
    assert all(TilePath.parse(str(tile)) == tile for tile in added)
    assert set(added) <= set(tiles_at(size, max(size - (1 << 12), 0)))
    assert len(set(added)) == len(added)
    assert sum(t.width for t in added if t.level == 0 and t.width == 256) == (size // 256 - since // 256) * 256
    for level in range(5):
        partial = [t for t in tiles_at(size, max(size - 1, 0)) if t.level == level and t.width < 256]
        if size and size % 256**level == 0 and size >> 8 * level & 255:
            assert partial == [TilePath(level, size >> 8 * level + 8, size >> 8 * level & 255)]
