"""Draws `docs/exchange-results.svg` from the saved cells: for each, the median time against the share proven."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
TARGET = Path(__file__).parents[2] / "docs" / "exchange-results.svg"
ROW, LEFT, WIDTH, TOP = 18, 230, 460, 46
LEAST_S, MOST_S = 0.001, 100.0


def rows() -> list[tuple[str, float, float, float]]:
    """Task and prerequisites with the median of the cells' medians, the target and the mean share proven."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(RESULTS.glob("exchange-*.json")):
        for name, cell in json.loads(path.read_text()).items():
            task, prerequisites, *_ = name.split("/")
            groups.setdefault(f"{task}, {prerequisites}", []).append(cell)
    out = []
    for name, cells in groups.items():
        medians = sorted(float(c["cpu_median_s"]) for c in cells)
        share = sum(float(c["proven"]) for c in cells) / len(cells)
        out.append((name, medians[len(medians) // 2], float(cells[0]["target_s"]), share))
    return out


def across(seconds: float) -> float:
    """The place of a time on the logarithmic axis."""
    span = math.log(MOST_S / LEAST_S)
    return LEFT + WIDTH * max(0.0, min(1.0, math.log(max(seconds, LEAST_S) / LEAST_S) / span))


def draw() -> str:
    """The plot; a bar for the median, a tick for the target, the share proven in words at the right."""
    found = rows()
    height = TOP + ROW * len(found) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 90} {height}" role="img" '
        'font-family="sans-serif" font-size="11" aria-labelledby="t d">',
        '<title id="t">Planner: median processor time by task</title>',
        '<desc id="d">The same figures are in the table below the plot.</desc>',
        f'<text x="{LEFT}" y="16">median processor time (bar), target (tick), share proven (right)</text>',
    ]
    for power in range(-3, 3):
        x = across(10.0**power)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{height - 24}" stroke="#ccc"/>')
        parts.append(f'<text x="{x:.1f}" y="{TOP - 12}" text-anchor="middle">{10.0**power:g} s</text>')
    for at, (name, median, target, share) in enumerate(found):
        y = TOP + ROW * at
        tick = across(target)
        parts += [
            f'<text x="{LEFT - 6}" y="{y + 11}" text-anchor="end">{name}</text>',
            f'<rect x="{LEFT}" y="{y + 2}" width="{max(1.0, across(median) - LEFT):.1f}" height="{ROW - 6}" '
            'fill="#4477aa"/>',
            f'<line x1="{tick:.1f}" x2="{tick:.1f}" y1="{y}" y2="{y + ROW - 2}" stroke="#aa3377" stroke-width="2"/>',
            f'<text x="{LEFT + WIDTH + 8}" y="{y + 11}">{share:.0%}</text>',
        ]
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.write_text(draw())
