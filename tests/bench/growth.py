"""What an act costs as the record grows: append, fold step, proof, start from what is stored, bytes on disk.

One record is grown to 1e3, 1e4, 1e5 and 1e6 acts; at each size every cost is the median of many single measurements.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from comity.desk.home import OfficeFolder
from comity.desk.opening import environment
from comity.office.acts import Act
from comity.office.fold import fold
from comity.office.state import State
from tests.bench.measure import RESULTS, save, show
from tests.office_fixture import Party, found_homes, message, open_party

SIZES = (1_000, 10_000, 100_000, 1_000_000)
WORDS = "The delegation will arrive at the office at nine and asks for the road to be open. "
GROUP = 2_000
DOCS = Path(__file__).parents[2] / "docs"


def median_us(count: int, measure: Callable[[], object]) -> float:
    """The median of single runs, in microseconds."""
    times = []
    for _ in range(count):
        started = time.perf_counter()
        measure()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6


def grow(party: Party, to: int, chance: Random) -> int:
    """File acts up to a size; the bytes of their entries and bodies."""
    size = party.registry.shelf.size(party.side)
    written = 0
    while size < to:
        share = min(GROUP, to - size)
        bodies = [message(WORDS * chance.randrange(1, 5)) for _ in range(share)]
        for future in party.registry.file_all([party.draft(body) for body in bodies]):
            future.result()
        entries = party.registry.archive.entries(party.side, size + 1, size + share)
        enclosed = party.registry.archive.bodies(party.side, size + 1, size + share)
        written += sum(map(len, entries)) + sum(map(len, enclosed.values()))
        size += share
    return written


def measure_at(party: Party, size: int, chance: Random) -> dict[str, float]:
    """Every cost at a size."""
    registry = party.registry
    append = median_us(200, lambda: party.act(message(WORDS)))
    no = registry.shelf.size(party.side)
    state = State(registry.archive.state)

    def step() -> None:
        nonlocal no
        no += 1
        fold(state, Act(party.side, no, "message", "chief", "2018-09-14T10:30:00+09:00", {}, None, message(WORDS)))

    folding = median_us(500, step)
    hashes = registry._do(lambda: registry.shelf.hashes(party.side))

    def prove() -> None:
        hashes._rows.clear()
        hashes.inclusion(chance.randrange(size), size)

    return {"append_us": append, "fold_us": folding, "proof_us": median_us(100, prove)}


def start_ms(folder: OfficeFolder) -> tuple[float, Party]:
    """How long a start takes, and the party started."""
    times = []
    party = None
    for _ in range(5):
        if party is not None:
            party.registry.close()
        started = time.perf_counter()
        party = open_party(folder, environment())
        times.append(time.perf_counter() - started)
    assert party is not None
    return statistics.median(times) * 1e3, party


def main(largest: int = SIZES[-1]) -> None:
    """Grow, measure, print, save and plot."""
    root = Path(tempfile.mkdtemp(prefix="comity-growth-"))
    try:
        folder = found_homes(root, ["south", "north"])[0]
        party = open_party(folder, environment())
        chance, written, rows = Random(1), 0, []
        for size in (s for s in SIZES if s <= largest):
            written += grow(party, size, chance)
            costs = measure_at(party, size, chance)
            party.registry.close()
            disk = folder.archive_path.stat().st_size
            started, party = start_ms(folder)
            costs |= {"start_ms": started, "disk_ratio": disk / written, "bytes_per_act": disk / size}
            rows.append({"acts": size, **costs})
            figures = ", ".join(f"{name} {value:.2f}" for name, value in costs.items())
            show([(f"{size:,} acts", figures, "")])
        party.registry.close()
    finally:
        shutil.rmtree(root, ignore_errors=True)
    save("growth", {"rows": rows})
    plot(rows)


def plot(rows: list[dict[str, float]]) -> None:
    """Draw the costs over the number of acts."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    sizes = [row["acts"] for row in rows]
    for name, label in (
        ("append_us", "append, µs"),
        ("fold_us", "fold step, µs"),
        ("proof_us", "inclusion proof, µs"),
        ("start_ms", "start, ms"),
    ):
        axes.plot(sizes, [row[name] for row in rows], marker="o", label=label)
    axes.set(xscale="log", yscale="log", xlabel="acts in the series", title="What an act costs as the record grows")
    axes.set_ylim(bottom=1)
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    figure.savefig(DOCS / "growth.svg")
    figure.savefig(RESULTS / "growth.png", dpi=110)


if __name__ == "__main__":
    main()
