"""Tile paths, which tiles a log has, and bundles."""

from collections import Counter

import pytest

from comity.errors import Malformed
from comity.record.head import Head, seal
from comity.record.keys import KeyType, SecretKey
from comity.record.merkle import Tree, leaf_hash
from comity.record.note import assemble
from comity.record.tiles import ENTRIES, TilePath, decode_bundle, encode_bundle, tiles_at
from tests import second_verifier


def test_the_specifications_examples() -> None:
    assert str(TilePath(0, 1234067)) == "tile/0/x001/x234/067"
    assert str(TilePath(ENTRIES, 0, 1)) == "tile/entries/000.p/1"
    kinds = Counter((t.level, t.width) for t in tiles_at(70_000) if t.level != ENTRIES)
    assert kinds == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}
    assert [str(t) for t in tiles_at(256)] == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]
    assert not list(tiles_at(0))


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/67",
        "tile/0/x000/067",
        "tile/0/001/067",
        "tile/0/x067",
        "tile/00/067",
        "tile/64/067",
        "tile/-1/067",
        "tile/0/067.p/0",
        "tile/0/067.p/256",
        "tile/0/067.p/01",
        "tile/0/067.p/999",
        "tile/0/067/",
        "/tile/0/067",
        "tile/0/../067",
        "tile/data/067",
        "tile/0/٠٦٧",
        "tile/0/" + "x001/" * 20 + "067",
    ],
)
def test_paths_of_another_form_are_refused(path: str) -> None:
    with pytest.raises(Malformed):
        TilePath.parse(path)


@pytest.mark.parametrize("raw", [b"\x00", b"\x00\x01", b"\x00\x01a\x00\x02b", b"", encode_bundle([b"a", b"b", b"c"])])
def test_bundles_hold_exactly_the_entries_due(raw: bytes) -> None:
    with pytest.raises(Malformed):
        decode_bundle(raw, 2)
    assert decode_bundle(encode_bundle([b"", b"x" * 65_535]), 2) == [b"", b"x" * 65_535]


def test_an_oversized_bundle_is_refused_before_it_is_read() -> None:
    with pytest.raises(Malformed, match="at most"):
        decode_bundle(bytes(256 * 65_537 + 1))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_a_second_verifier_reads_the_tiles(size: int) -> None:
    key = SecretKey.of("kaesong.example/north", KeyType.ED25519, bytes(32))
    entries = [b"entry %d" % n for n in range(size)]
    tree, files = Tree(), {}
    full = {(t.level, t.number): t.hashes for t in tree.extend(leaf_hash(e) for e in entries)}
    for place in tiles_at(size):
        if place.level == ENTRIES:
            files[str(place)] = encode_bundle(entries[place.number * 256 : place.number * 256 + place.width])
        elif place.width == 256:
            files[str(place)] = full[place.level, place.number]
        else:
            tile = tree.partial_tile(place.level)
            assert tile is not None
            files[str(place)] = tile.hashes
    head = Head(key.verifier.name, tree.size, tree.root())
    files["checkpoint"] = assemble(head.text(), [seal(head, key)])
    assert second_verifier.tiled_log(files, str(key.verifier)) == entries
