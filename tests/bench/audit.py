"""How fast the auditor verifies a series, against the rate at which the same cores verify bare signatures.

    nice -n 5 .venv/bin/python -m tests.bench.audit [--entries N] [--rounds N]

Limits, measured in each round beside what they limit: bare Ed25519 verification of the same texts on all cores (a
process for each), and on one. What is measured on one core is in processor seconds, which neighbours on the machine
disturb less. `heads` is `comity verify --heads`.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor

from comity.record import ed25519, entry
from comity.record.audit import Held, audit_series
from tests.bench.measure import save
from tests.office import FOUNDING, RI, InTurn, Log, act

SLICE = 1024
Signed = Sequence[tuple[bytes, bytes]]


def verify_bare(signed: Signed) -> None:
    """The limit: verify signatures and do nothing else."""
    for signature, text in signed:
        if not ed25519.verify(RI.verifier.public, signature, text):
            raise AssertionError("a bad signature")


def rate(count: int, job: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How many of `count` things a second `job` does."""
    start = clock()
    job()
    return count / (clock() - start)


def limit(count: int, slices: Sequence[Signed], cores: Executor) -> float:
    """Bare verifications a second on these cores."""
    return rate(count, lambda: list(cores.map(verify_bare, slices)))


def audit(held: Held, cores: Executor, *, signatures: bool = True) -> None:
    """Audit; the copy is good."""
    report = audit_series(FOUNDING, held, cores, signatures=signatures)
    if not report.good:
        raise AssertionError(report.defects[0])


def measure(entries: int, rounds: int) -> dict[str, object]:
    """Medians over `rounds`, in entries a second."""
    raws = [act(n, seen={"south": n}, to=("south",)) for n in range(1, entries + 1)]
    held = Log(raws).held()
    signed = [(parsed.payload, parsed.text) for parsed in map(entry.parse, raws)]
    slices = [signed[at : at + SLICE] for at in range(0, entries, SLICE)]
    cores = os.cpu_count() or 1
    figures: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        figures.setdefault(name, []).append(value)

    with ProcessPoolExecutor(cores) as processes, ThreadPoolExecutor(cores) as threads:
        limit(entries, slices, processes)
        for _ in range(rounds):
            bound = limit(entries, slices, processes)
            audited = rate(entries, lambda: audit(held, processes))
            threaded = rate(entries, lambda: audit(held, threads))
            bound = (bound + limit(entries, slices, processes)) / 2
            note("limit_all_cores_per_s", bound)
            note("audit_processes_per_s", audited)
            note("audit_processes_ratio", audited / bound)
            note("audit_threads_per_s", threaded)
            note("audit_threads_ratio", threaded / bound)
            single = rate(entries, lambda: verify_bare(signed), time.process_time)
            alone = rate(entries, lambda: audit(held, InTurn()), time.process_time)
            note("limit_one_core_per_s", single)
            note("audit_one_core_per_s", alone)
            note("audit_one_core_ratio", alone / single)
            heads = rate(entries, lambda: audit(held, InTurn(), signatures=False), time.process_time)
            note("heads_one_core_per_s", heads)
            note("heads_processes_per_s", rate(entries, lambda: audit(held, processes, signatures=False)))
    medians = {name: round(statistics.median(values), 3) for name, values in figures.items()}
    return {"entries": entries, "entry_bytes": len(raws[-1]), "rounds": rounds, "cores": cores, "median": medians}


def main() -> None:
    """Print the figures and save them."""
    parser = argparse.ArgumentParser(description="How fast a series is audited.")
    parser.add_argument("--entries", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    figures = measure(asked.entries, asked.rounds)
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    save("audit", figures)


if __name__ == "__main__":
    main()
