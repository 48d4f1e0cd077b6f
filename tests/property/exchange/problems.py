"""Random exchanges for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from comity.exchange.model import Demand, Guarantee, Kind, Package, Problem, Side, Step, Window

NAMES = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u2028"), min_size=1, max_size=8
) | st.sampled_from(["north", "us", "북측", "end-of-war", "a.b", 'q"\\', "1", "note"])
TITLES = st.text(st.characters(categories=["L", "N", "P", "S"]) | st.just(" "), max_size=20)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Any exchange that a file can state, in its canonical scale."""
    scale = 10 ** draw(st.integers(0, 9))
    finest = draw(st.integers(0, 10**6)) * scale + (1 if scale > 1 else 0)
    amounts = st.integers(0, 10**6 * scale) | st.integers(0, 30).map(lambda n: n * scale)
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    sides = [Side(name, draw(TITLES), finest, draw(st.none() | amounts)) for name in names]
    ids = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    steps = []
    for i, id_ in enumerate(ids):
        by = draw(st.sampled_from(names))
        others = [name for name in names if name != by]
        worth = {name: draw(amounts) for name in others if draw(st.booleans())}
        cost = draw(amounts)
        steps.append(
            Step(
                id=id_,
                by=by,
                cost=cost,
                title=draw(TITLES),
                worth=worth,
                after=tuple(a for a in ids[:i] if draw(st.integers(0, 3)) == 0),
                salvage=draw(st.integers(0, cost)),
                clawback={name: draw(st.integers(0, w)) for name, w in worth.items() if draw(st.booleans())},
                slices=draw(st.integers(1, 5)),
                duration=draw(amounts),
                verify=draw(amounts),
                cost_range=(draw(st.integers(0, cost)), cost + draw(amounts)) if draw(st.booleans()) else None,
                worth_range={name: (0, w + draw(amounts)) for name, w in worth.items() if draw(st.booleans())},
            )
        )
    demands = draw(st.integers(0, 4)) if len(ids) > 1 else 0
    return Problem(
        title=draw(TITLES),
        sides=tuple(sides),
        steps=tuple(steps),
        packages=tuple(Package(tuple(ids[:2])) for _ in range(draw(st.integers(0, 2))) if len(ids) > 1),
        windows=(Window(tuple(ids[:2])),) if len(ids) > 1 and draw(st.booleans()) else (),
        demands=tuple(_demand(draw, i, steps) for i in range(demands)),
        guarantees=tuple(Guarantee("UN peacekeepers?", n, draw(amounts)) for n in names if draw(st.booleans())),
        scale=scale,
        done=tuple(step.id for step in steps[: draw(st.integers(0, len(steps)))]),
        note=draw(st.text(st.characters(codec="utf-8"), max_size=20)),
    )


def _demand(draw: st.DrawFn, i: int, steps: list[Step]) -> Demand:
    step = draw(st.sampled_from(steps))
    any_of = draw(st.lists(st.sampled_from([s.id for s in steps if s is not step]), min_size=1, unique=True))
    kind = draw(st.sampled_from(Kind))
    return Demand(f"d{i}", step.by, step.id, kind, tuple(any_of), draw(st.integers(1, 10**9)))
