"""Small random exchanges, one for each seed, with the feature that a test is about."""

from __future__ import annotations

from random import Random

from comity.exchange.model import Demand, Guarantee, Kind, Package, Problem, Side, Step, Window

FEATURES = (
    "plain",
    "tolerance",
    "salvage",
    "guarantee",
    "window",
    "package",
    "slices",
    "ranges",
    "middle",
    "time",
    "demands",
    "all",
)


def deal(seed: int, feature: str = "plain") -> Problem:
    """A small exchange of two or three sides; the same for the same seed and feature."""
    rng = Random(f"{feature} {seed}")
    everything = feature == "all"
    names = ["A", "B", "C"][: rng.choice([2, 2, 3])]
    n = rng.randint(1, 4 if feature in ("slices", "all", "time") else 6)
    big = rng.choice([3, 8, 40])
    salvaged = everything or feature == "salvage" or rng.random() < 0.1
    steps = []
    for i in range(n):
        by = rng.choice(names)
        cost = rng.choice([0, rng.randint(0, big), rng.randint(0, big)])
        worth = {s: rng.randint(0, big + 3) for s in names if s != by and rng.random() < 0.8}
        steps.append(
            Step(
                id=f"s{i}",
                by=by,
                cost=cost,
                worth=worth,
                after=tuple(f"s{b}" for b in range(i) if rng.random() < rng.choice([0, 0.2, 0.5])),
                salvage=rng.randint(0, cost) if salvaged and rng.random() < 0.5 else 0,
                clawback={s: rng.randint(0, w) for s, w in worth.items() if salvaged and rng.random() < 0.5},
                slices=rng.randint(1, 3) if everything or feature == "slices" else 1,
                duration=rng.randint(0, 4) if everything or feature == "time" else 0,
                verify=rng.randint(0, 3) if everything or feature == "time" else 0,
                cost_range=_around(rng, cost) if everything or feature == "ranges" else None,
                worth_range={s: _around(rng, w) for s, w in worth.items()}
                if everything or feature == "ranges"
                else {},
            )
        )
    limited = everything or feature in ("tolerance", "time") or rng.random() < 0.3
    sides = tuple(
        Side(s, s, rng.randint(0, big), rng.randint(0, 2 * big) if limited and rng.random() < 0.8 else None)
        for s in names
    )
    rng.shuffle(steps)
    ids = [s.id for s in steps]
    done = _closed(rng, steps) if feature == "middle" or (everything and rng.random() < 0.3) else ()
    return Problem(
        title=f"{feature} {seed}",
        sides=sides,
        steps=tuple(steps),
        packages=_groups(rng, ids, 3) if feature == "package" or everything else (),
        windows=_windows(rng, steps) if feature == "window" or (everything and rng.random() < 0.5) else (),
        guarantees=tuple(
            Guarantee(rng.choice(["U", *(t for t in names if t != s)]), s, rng.randint(0, big))
            for s in names
            if rng.random() < 0.5
        )
        if feature == "guarantee" or everything
        else (),
        demands=_demands(rng, steps) if feature == "demands" else (),
        scale=rng.choice([1, 1, 10]),
        done=done,
    )


def _around(rng: Random, x: int) -> tuple[int, int]:
    return (rng.randint(0, x), x + rng.randint(0, 4))


def _closed(rng: Random, steps: list[Step]) -> tuple[str, ...]:
    """Some steps, each with all that comes before it, but never all of them."""
    done: list[str] = []
    for step in sorted(steps, key=lambda s: s.id):
        if len(done) < len(steps) - 1 and rng.random() < 0.5 and set(step.after) <= set(done):
            done.append(step.id)
    return tuple(done)


def _demands(rng: Random, steps: list[Step]) -> tuple[Demand, ...]:
    if len(steps) < 2:
        return ()
    demands = []
    for n in range(rng.randint(1, 5)):
        step = rng.choice(steps)
        others = [s.id for s in steps if s is not step]
        any_of = tuple(rng.sample(others, rng.choice([1, 1, min(2, len(others))])))
        kind = rng.choice([Kind.AFTER, Kind.AFTER, Kind.TOGETHER, Kind.GIVEN])
        demands.append(Demand(f"d{n}", step.by, step.id, kind, any_of, rng.randint(1, 3)))
    return tuple(demands)


def _groups(rng: Random, ids: list[str], most: int) -> tuple[Package, ...]:
    if len(ids) < 2:
        return ()
    return tuple(Package(tuple(rng.sample(ids, rng.randint(2, len(ids))))) for _ in range(rng.randint(1, most)))


def _windows(rng: Random, steps: list[Step]) -> tuple[Window, ...]:
    """At most one window that some order can keep whole."""
    if len(steps) < 2:
        return ()
    chosen = {s.id for s in rng.sample(steps, rng.randint(2, min(4, len(steps))))}
    by_id = {s.id: s for s in steps}
    while True:
        between = {
            s
            for s in by_id
            if s not in chosen and _reaches(by_id, s, chosen) and any(_reaches(by_id, c, {s}) for c in chosen)
        }
        if not between:
            return (Window(tuple(sorted(chosen))),)
        chosen |= between


def _reaches(by_id: dict[str, Step], start: str, targets: set[str]) -> bool:
    """Whether `start` waits, directly or not, for one of the targets."""
    return any(b in targets or _reaches(by_id, b, targets) for b in by_id[start].after)
