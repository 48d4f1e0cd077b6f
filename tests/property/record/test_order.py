"""Acts that came about in some order are found to have one; acts in a loop are not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from comity.record.order import Frontiers, impossible_acts

SIDES = ("east", "north", "south")
Seen = dict[str, int]


def frontiers(series: dict[str, list[Seen]]) -> dict[str, Frontiers]:
    found = {}
    for side, acts in series.items():
        found[side] = Frontiers()
        before: Seen = {}
        for no, seen in enumerate(acts, 1):
            if seen != before:
                found[side].add(no, seen)
            before = seen
    return found


def can_be_ordered(series: dict[str, list[Seen]]) -> bool:
    """By trying: take any act whose predecessor and all that it has seen are taken, until none can be."""
    done = dict.fromkeys(series, 0)
    while True:
        ready = [
            side
            for side, acts in series.items()
            if done[side] < len(acts)
            and all(done[o] >= min(n, len(series[o])) for o, n in acts[done[side]].items() if o in series)
        ]
        if not ready:
            return all(done[side] == len(acts) for side, acts in series.items())
        done[ready[0]] += 1


@given(st.lists(st.tuples(st.sampled_from(SIDES), st.lists(st.integers(0, 30), min_size=3, max_size=3)), max_size=30))
def test_what_happened_can_be_ordered(story: list[tuple[str, list[int]]]) -> None:
    series: dict[str, list[Seen]] = {side: [] for side in SIDES}
    for author, wish in story:
        last = series[author][-1] if series[author] else {}
        others = [side for side in SIDES if side != author]
        seen = {o: max(last.get(o, 0), min(n, len(series[o]))) for o, n in zip(others, wish, strict=False)}
        series[author].append({o: n for o, n in seen.items() if n})
    assert impossible_acts(frontiers(series), {side: len(acts) for side, acts in series.items()}) == {}


@given(st.lists(st.tuples(st.sampled_from(SIDES), st.sampled_from(SIDES), st.integers(1, 3)), max_size=12))
def test_any_claims_are_judged_as_by_trying(claims: list[tuple[str, str, int]]) -> None:
    series: dict[str, list[Seen]] = {side: [] for side in SIDES}
    for author, other, more in claims:
        seen = dict(series[author][-1]) if series[author] else {}
        if other != author:
            seen[other] = seen.get(other, 0) + more
        series[author].append(seen)
    sizes = {side: len(acts) for side, acts in series.items()}
    found = impossible_acts(frontiers(series), sizes)
    assert (not found) == can_be_ordered(series)
    assert all(finding.no <= sizes[side] for side, finding in found.items())
