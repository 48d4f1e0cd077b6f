"""How a measurement is repeated, printed and saved."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import statistics
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def median_of(runs: int, measure: Callable[[], float]) -> tuple[float, list[float]]:
    """The median of several runs, and all of them."""
    values = [measure() for _ in range(runs)]
    return statistics.median(values), values


def show(rows: Sequence[tuple[str, str, str]]) -> None:
    """Print rows of a name, a figure and what it is held against."""
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def save(name: str, figures: dict[str, Any]) -> Path:
    """Save figures with what they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    where = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "sqlite": sqlite3.sqlite_version,
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"on": where, **figures}, indent=2) + "\n")
    return path
