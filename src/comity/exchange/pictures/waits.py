"""Who waits for whom: the demands as a graph with the loops lit, as SVG, Graphviz and Mermaid text, and as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from comity.exchange.check import Blockage
from comity.exchange.model import Kind, Problem
from comity.exchange.pictures.svg import fitted, page, tag, text, width_of
from comity.exchange.words import Names, blockage_words

LANE, BOX, ROW, HEAD, MARGIN = 330.0, 190.0, 62.0, 84.0, 28.0
STYLE = """
.lane { fill: $line; opacity: .35; }
.box { fill: $paper; stroke: $soft; stroke-width: 1.3; }
.box.stuck { stroke: $lit; stroke-width: 2.2; }
.wait { fill: none; stroke: $soft; stroke-width: 1.4; }
.wait.lit { stroke: $lit; stroke-width: 2.6; }
.together { stroke-dasharray: 7 4; }
.given { stroke-dasharray: 2 4; }
.before { fill: none; stroke: $edge; stroke-width: 1.2; }
.tip { fill: $soft; }
.tip.lit { fill: $lit; }
.tip.first { fill: $edge; }
.label.lit { fill: $lit; font-weight: 650; }
.halo { paint-order: stroke; stroke: $paper; stroke-width: 4px; stroke-linejoin: round; }
"""
_DASHES = {Kind.AFTER: "", Kind.TOGETHER: "together", Kind.GIVEN: "given"}


@dataclass(frozen=True, slots=True)
class Wait:
    """An arrow: `step` waits for `other`, by a demand or, without one, because of what the steps are."""

    step: str
    other: str
    demand: str
    kind: Kind | None
    lit: bool


def waits_of(problem: Problem, found: Blockage) -> list[Wait]:
    """All arrows of a problem; those of a core are lit, and so are the prerequisites between its steps."""
    cores = {d for core in found.cores for d in core}
    lit = {d.step for d in problem.demands if d.id in cores} | {
        s for d in problem.demands if d.id in cores for s in d.any_of
    }
    waits = [
        Wait(d.step, other, d.id, d.kind, d.id in cores) for d in problem.demands for other in d.any_of
    ]  # fmt: skip
    return waits + [
        Wait(step.id, other, "", None, step.id in lit and other in lit)
        for step in problem.steps
        for other in step.after
    ]


def waits_list(problem: Problem, found: Blockage) -> list[list[str]]:
    """The same as rows of cells, the heading first."""
    names = Names(problem)
    rows = [["step", "by", "waits for", "because of", "in a knot"]]
    by = {step.id: names.sides[step.by] for step in problem.steps}
    for wait in waits_of(problem, found):
        cause = f"{wait.demand} ({wait.kind.value})" if wait.kind else "what the steps are"
        rows.append(
            [names.steps[wait.step], by[wait.step], names.steps[wait.other], cause, "yes" if wait.lit else ""]
        )
    return rows


def waits_dot(problem: Problem, found: Blockage) -> str:
    """The graph in Graphviz's language."""
    names, stuck = Names(problem), set(found.stuck)
    lines = ["digraph demands {", '  rankdir=LR; node [shape=box, style=rounded, fontname="sans-serif"];']
    for at, side in enumerate(problem.sides):
        lines.append(f"  subgraph cluster_{at} {{ label={_dot(names.sides[side.name])};")
        for step in problem.steps:
            if step.by == side.name:
                colour = ', color="#c2410c", penwidth=2' if step.id in stuck else ""
                lines.append(f"    {_dot(step.id)} [label={_dot(names.steps[step.id])}{colour}];")
        lines.append("  }")
    style = {None: "solid", Kind.AFTER: "solid", Kind.TOGETHER: "dashed", Kind.GIVEN: "dotted"}
    for wait in waits_of(problem, found):
        colour = "#c2410c" if wait.lit else "#5b6878" if wait.kind else "#a9b4c0"
        lines.append(
            f"  {_dot(wait.step)} -> {_dot(wait.other)} [label={_dot(wait.demand)}, style={style[wait.kind]}, "
            f'color="{colour}"{", penwidth=2.5" if wait.lit else ""}];'
        )
    return "\n".join([*lines, "}", ""])


def waits_mermaid(problem: Problem, found: Blockage) -> str:
    """The graph in Mermaid's language."""
    names, stuck = Names(problem), set(found.stuck)
    number = {step.id: f"s{i}" for i, step in enumerate(problem.steps)}
    lines = ["flowchart LR"]
    for at, side in enumerate(problem.sides):
        lines.append(f"  subgraph side{at} [{_mermaid(names.sides[side.name])}]")
        lines += [f"    {number[s.id]}[{_mermaid(names.steps[s.id])}]" for s in problem.steps if s.by == side.name]
        lines.append("  end")
    lit = []
    for at, wait in enumerate(waits_of(problem, found)):
        arrow = "-->" if wait.kind in (None, Kind.AFTER) else "-.->"
        label = f"|{_mermaid(wait.demand)}|" if wait.demand else ""
        lines.append(f"  {number[wait.step]} {arrow}{label} {number[wait.other]}")
        lit += [str(at)] if wait.lit else []
    if lit:
        lines.append(f"  linkStyle {','.join(lit)} stroke:#c2410c,stroke-width:3px")
    if stuck:
        lines.append("  classDef stuck stroke:#c2410c,stroke-width:2px")
        lines.append(f"  class {','.join(number[s] for s in number if s in stuck)} stuck")
    return "\n".join([*lines, ""])


def waits_svg(problem: Problem, found: Blockage) -> str:
    """The graph as a drawing: one lane a side, an arrow from every step to what it waits for."""
    names, waits = Names(problem), waits_of(problem, found)
    lanes = _lanes(problem, waits)
    height = HEAD + ROW * max(map(len, lanes.values()), default=1) + 46
    width = 2 * MARGIN + LANE * len(lanes)
    place = {
        step: (MARGIN + LANE * lane + LANE / 2, HEAD + ROW * (row + 0.5) + ROW * _slack(lanes, steps) / 2)
        for lane, steps in enumerate(lanes.values())
        for row, step in enumerate(steps)
    }
    words = blockage_words(problem, found)
    content = [text(MARGIN, 26, problem.title or "Who waits for whom", class_="head")]
    content.append(text(MARGIN, 46, fitted(words[1 if found.blocked else 0], width - 2 * MARGIN, 12), class_="soft"))
    for lane, side in enumerate(lanes):
        x = MARGIN + LANE * lane
        content.append(
            tag("rect", x=x + 30, y=HEAD - 22, width=LANE - 60, height=height - HEAD - 14, rx=10, class_="lane")
        )
        name = fitted(names.sides[side], LANE - 70, 13)
        content.append(text(x + LANE / 2, HEAD - 4, name, text_anchor="middle", class_="bold"))
    used: dict[tuple[str, str], int] = {}
    for wait in sorted(waits, key=lambda w: w.lit):
        times = used[wait.step, wait.other] = used.get((wait.step, wait.other), -1) + 1
        back = any(w.step == wait.other and w.other == wait.step for w in waits)
        content += _arrow(wait, place[wait.step], place[wait.other], times + (0.6 if back else 0))
    for step in problem.steps:
        content += _box(names.steps[step.id], place[step.id], stuck=step.id in found.stuck)
    content.append(text(MARGIN, height - 14, _legend(), class_="soft small"))
    return page(
        max(width, 2 * MARGIN + width_of(_legend(), 11)), height, problem.title, " ".join(words), content, STYLE
    )


def _legend() -> str:
    return "arrow: waits for · dashed: together · dotted: given a promise · thin: by what the steps are · lit: a knot"


def _lanes(problem: Problem, waits: Sequence[Wait]) -> dict[str, list[str]]:
    """The steps of each side, ordered so that arrows are short (a few sweeps to the mean place of neighbours)."""
    lanes = {side.name: [step.id for step in problem.steps if step.by == side.name] for side in problem.sides}
    lanes = {side: steps for side, steps in lanes.items() if steps}
    near: dict[str, list[str]] = {step.id: [] for step in problem.steps}
    for wait in waits:
        near[wait.step].append(wait.other)
        near[wait.other].append(wait.step)
    for _ in range(8):
        for side, steps in lanes.items():
            row = {step: at + _slack(lanes, own) / 2 for own in lanes.values() for at, step in enumerate(own)}
            mean = {s: sum(row[t] for t in near[s]) / len(near[s]) if near[s] else row[s] for s in steps}
            lanes[side] = sorted(steps, key=mean.__getitem__)
    return lanes


def _slack(lanes: dict[str, list[str]], steps: Sequence[str]) -> int:
    return max(map(len, lanes.values())) - len(steps)


def _box(name: str, at: tuple[float, float], *, stuck: bool) -> list[str]:
    x, y = at
    lines = _two_lines(name, BOX - 16)
    box = tag("rect", x=x - BOX / 2, y=y - 19, width=BOX, height=38, rx=7, class_="box stuck" if stuck else "box")
    first = y + 4 if len(lines) == 1 else y - 3
    words = [text(x, first + 14 * i, line, text_anchor="middle") for i, line in enumerate(lines)]
    return [box, *words]


def _two_lines(name: str, room: float) -> list[str]:
    if width_of(name) <= room:
        return [name]
    parts = name.split(" ")
    cut = next((i for i in range(len(parts), 0, -1) if width_of(" ".join(parts[:i])) <= room), 0)
    if cut == 0:
        return [fitted(name, room)]
    return [" ".join(parts[:cut]), fitted(" ".join(parts[cut:]), room)]


def _arrow(wait: Wait, start: tuple[float, float], end: tuple[float, float], bend: float) -> list[str]:
    """A curve from box to box; within a lane it goes round outside, demands on the right."""
    (x1, y1), (x2, y2) = start, end
    if x1 == x2:
        way = 1 if wait.demand else -1
        x1, x2 = x1 + way * BOX / 2, x2 + way * BOX / 2
        reach = way * (26 + 16 * bend + 0.12 * abs(y2 - y1))
        points = [(x1, y1), (x1 + reach, y1), (x2 + reach, y2), (x2, y2)]
    else:
        way = 1 if x2 > x1 else -1
        x1, x2 = x1 + way * BOX / 2, x2 - way * BOX / 2
        lift = way * (7 + 5 * bend)
        y1, y2 = y1 + lift, y2 + lift
        reach = way * max(50.0, 0.45 * abs(x2 - x1))
        points = [(x1, y1), (x1 + reach, y1), (x2 - reach, y2), (x2, y2)]
    kind = f"wait {_DASHES[wait.kind]}" if wait.kind else "before"
    lit = " lit" if wait.lit and wait.kind else ""
    (a, b), (c, d), (e, f), (g, h) = points
    path = f"M{a:.1f} {b:.1f}C{c:.1f} {d:.1f} {e:.1f} {f:.1f} {g:.1f} {h:.1f}"
    parts = [tag("path", d=path, class_=f"{kind}{lit}"), _tip(points, "first" if not wait.kind else lit.strip())]
    if wait.demand:
        t = 0.5 if abs(g - a) < LANE else 0.2  # beside its step where the arrow passes behind another lane
        x, y = _along(points, t)
        anchor = "start" if start[0] == end[0] else "middle"
        style = f"small label{lit} halo"
        parts.append(text(x + (4 if anchor == "start" else 0), y + 4, wait.demand, text_anchor=anchor, class_=style))
    return parts


def _along(points: Sequence[tuple[float, float]], t: float) -> tuple[float, float]:
    """The point of a cubic curve at `t` of its way."""
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x = sum(w * p[0] for w, p in zip(weights, points, strict=True))
    return x, sum(w * p[1] for w, p in zip(weights, points, strict=True))


def _tip(points: Sequence[tuple[float, float]], style: str) -> str:
    """An arrow's head, along the curve's end."""
    (x0, y0), (x, y) = list(pairwise(points))[-1]
    length = max(1.0, ((x - x0) ** 2 + (y - y0) ** 2) ** 0.5)
    ux, uy = (x - x0) / length, (y - y0) / length
    left, right = (x - 9 * ux - 4 * uy, y - 9 * uy + 4 * ux), (x - 9 * ux + 4 * uy, y - 9 * uy - 4 * ux)
    corners = f"{x:.1f},{y:.1f} {left[0]:.1f},{left[1]:.1f} {right[0]:.1f},{right[1]:.1f}"
    return tag("polygon", points=corners, class_=f"tip {style}".strip())


def _dot(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _mermaid(words: str) -> str:
    escaped = words.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;")
    return f'"{escaped}"'
