"""Each side's balance over the steps of a plan, inside its corridor; and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor, log10

from comity.exchange.certificate import Label
from comity.exchange.ledger import Ledger, Moment
from comity.exchange.pictures.svg import fitted, page, tag, text, width_of
from comity.exchange.words import Names, listed

LEFT, RIGHT, TOP, PANEL, GAP = 64.0, 128.0, 72.0, 150.0, 46.0
LEAST_PLOT, MOST_PLOT = 640.0, 1400.0
MANY = 14
"""Moments from which the names of steps are written upwards."""
STYLE = """
.band { fill: $band; }
.edge { stroke: $edge; stroke-width: 1.5; }
.grid { stroke: $line; stroke-width: 1; }
.zero { stroke: $soft; stroke-width: 1; }
.worth { stroke: $good; stroke-width: 1.5; stroke-dasharray: 6 4; }
.held { fill: none; stroke: $held; stroke-width: 2.5; stroke-linejoin: round; }
.out { stroke: $bad; stroke-width: 3.5; fill: none; }
.acts { fill: $held; }
.peak { fill: $paper; stroke: $bad; stroke-width: 2.5; }
.tempted { fill: $bad; }
.end { fill: $held; }
.halo { paint-order: stroke; stroke: $paper; stroke-width: 4px; stroke-linejoin: round; }
"""


def amount(value: Fraction) -> str:
    """An exact amount in digits, or as a fraction where digits would not end."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest > 1 or value.denominator > 10**9:
        return f"{value.numerator:,}/{value.denominator:,}"
    return (
        f"{float(value):,.9f}".rstrip("0") if abs(value) < 10**6 else f"{float(value):,.3f}".rstrip("0").rstrip(".")
    )


def move_name(names: Names, label: Label) -> str:
    """What a move is called: a step, a slice of one, or several at once."""
    if isinstance(label, tuple):
        return " + ".join(move_name(names, part) for part in label)
    step, bracket, slice_ = label.rpartition("[")
    if bracket and step in names.steps:
        return f"{names.steps[step]} ({slice_.rstrip(']').replace('/', ' of ')})"
    return names.steps.get(label, label)


def moment_name(names: Names, moment: Moment, at: int) -> str:
    """What happened at a moment."""
    if moment.done:
        return " + ".join(move_name(names, label) for label in moment.done)
    if any(moment.paid.values()):
        paid = [f"{names.sides[s]} pays {amount(-x)}" for s, x in moment.paid.items() if x < 0]
        return listed(paid)
    return "before the first step" if at == 0 else "nothing"


def balances_svg(names: Names, book: Ledger, title: str) -> str:
    """The picture: one panel a side, moments from left to right."""
    last = len(book.moments) - 1
    plot = min(MOST_PLOT, max(LEAST_PLOT, 24.0 * last))
    upright = last > MANY
    labels = [moment_name(names, m, at) for at, m in enumerate(book.moments)]
    foot = min(210.0, 20 + max((width_of(label, 11) for label in labels[1:]), default=0) * (1 if upright else 0.62))
    height = TOP + len(book.sides) * (PANEL + GAP) + foot
    content = [text(LEFT, 26, title, class_="head"), *_legend(LEFT, 44)]
    for row, side in enumerate(book.sides):
        top = TOP + row * (PANEL + GAP) + 8
        content += _panel(names, book, side, top, plot)
    bottom = TOP + len(book.sides) * (PANEL + GAP) - GAP + 32
    content += _steps(labels, plot, bottom, foot, upright=upright)
    description = " ".join(side_words(names, book, side) for side in book.sides)
    return page(LEFT + plot + RIGHT, height, title, description, content, STYLE)


def side_words(names: Names, book: Ledger, side: str) -> str:
    """One side's worst moments as a sentence."""
    at, tempted = book.peak(side)
    when, exposed = book.trough(side)
    name, tolerance = names.sides[side], book.tolerances[side]
    bond = f"its bond is {amount(book.bonds[side])}"
    limit = "it states no limit" if tolerance is None else f"it will bear {amount(tolerance)}"
    peak, trough = (f"“{moment_name(names, book.moments[i], i)}”" for i in (at, when))
    most = f"is most tempted after {peak}, by {amount(tempted)}" if tempted else "is never tempted to walk away"
    worst = f"most exposed after {trough}, with {amount(exposed)} to lose"
    return f"{name} {most} ({bond}); {worst if exposed else 'never exposed'} ({limit})."


def _legend(x: float, y: float) -> list[str]:
    words = (
        "line: what the side has in hand · band: its corridor, from −tolerance to worth + bond · "
        "dashes: worth of the finished exchange · ▼ it acts"
    )
    return [text(x, y, words, class_="soft small")]


def _panel(names: Names, book: Ledger, side: str, top: float, plot: float) -> list[str]:
    value, bond, tolerance = book.value[side], book.bonds[side], book.tolerances[side]
    held = [m.held[side] for m in book.moments]
    tempted_at, tempted = book.peak(side)
    exposed_at, exposed = book.trough(side)
    ends = [*held, value, value + bond, Fraction(0), -exposed, value + tempted]
    ends += [] if tolerance is None or tolerance > 3 * (max(ends) - min(ends)) else [-tolerance]
    low, high = min(ends), max(ends)
    room = max(high - low, Fraction(1, 10**9)) / 12
    low, high = low - 2 * room, high + 2 * room

    def y(amount_: Fraction) -> float:
        share = (amount_ - low) / (high - low)
        return top + PANEL - float(min(max(share, Fraction(0)), Fraction(1))) * PANEL

    def x(at: float) -> float:
        return LEFT + plot * at / max(1, len(held))

    floor_ = top + PANEL if tolerance is None else y(-tolerance)
    width = {"x1": LEFT, "x2": LEFT + plot}
    parts = [text(LEFT, top - 12, fitted(names.sides[side], plot / 2), class_="bold")]
    parts.append(tag("rect", x=LEFT, y=y(value + bond), width=plot, height=floor_ - y(value + bond), class_="band"))
    for tick in _ticks(low, high):
        parts.append(tag("line", **width, y1=y(tick), y2=y(tick), class_="zero" if tick == 0 else "grid"))
        parts.append(text(LEFT - 8, y(tick) + 4, amount(tick), text_anchor="end", class_="soft small"))
    parts.append(tag("line", **width, y1=y(value + bond), y2=y(value + bond), class_="edge"))
    if tolerance is not None and low <= -tolerance:
        parts.append(tag("line", **width, y1=floor_, y2=floor_, class_="edge"))
    parts.append(tag("line", **width, y1=y(value), y2=y(value), class_="worth"))
    parts.append(tag("path", d=_path(held, x, y), class_="held"))
    parts.append(tag("circle", cx=x(len(held)), cy=y(held[-1]), r=4, class_="end"))
    for at, moment in enumerate(book.moments):
        if side in moment.by:
            parts.append(tag("path", d=f"M{x(at) - 5:.1f} {top - 9:.1f}h10l-5 7z", class_="acts"))
    parts += _edges(book, side, (y(value), y(value + bond), floor_), LEFT + plot + 10)
    if tempted:
        over = tempted > bond
        mark = f"tempted by {amount(tempted)}" + (f", {amount(tempted - bond)} beyond its bond" if over else "")
        parts += _mark(x(tempted_at + 0.5), y(value + tempted), mark, plot, above=True)
    if exposed:
        over = tolerance is not None and exposed > tolerance
        mark = f"exposed by {amount(exposed)}" + (", beyond its tolerance" if over else "")
        parts += _mark(x(exposed_at + 0.5), y(-exposed), mark, plot, above=False)
    return parts


def _path(held: Sequence[Fraction], x: object, y: object) -> str:
    assert callable(x)
    assert callable(y)
    parts = [f"M{x(0):.1f} {y(held[0]):.1f}"]
    for at, amount_ in enumerate(held):
        parts.append(f"V{y(amount_):.1f}H{x(at + 1):.1f}")
    return "".join(parts)


def _edges(book: Ledger, side: str, ys: tuple[float, float, float], x: float) -> list[str]:
    """What the lines mean, at their right ends, moved apart where they would overlap."""
    value, bond, tolerance = book.value[side], book.bonds[side], book.tolerances[side]
    labels = [(ys[1], f"+ bond {amount(bond)}", "soft small")] if bond else []
    labels.append((ys[0], f"worth {amount(value)}", "bold small"))
    end = "no limit stated" if tolerance is None else f"bears −{amount(tolerance)}"
    labels.append((ys[2], end, "soft small"))
    placed, last = [], -100.0
    for at, words, style in sorted(labels):
        last = max(at + 4, last + 13)
        placed.append(text(x, last, fitted(words, RIGHT - 14, 11), class_=style))
    return placed


def _mark(x: float, y: float, words: str, plot: float, *, above: bool) -> list[str]:
    wide = width_of(words, 11) / 2
    at = min(max(x, LEFT + wide), LEFT + plot - wide)
    dot = tag("circle", cx=x, cy=y, r=4.5, class_="peak")
    return [dot, text(at, y - 10 if above else y + 19, words, text_anchor="middle", class_="small tempted halo")]


def _ticks(low: Fraction, high: Fraction) -> list[Fraction]:
    span = float(high - low)
    step = Fraction(10) ** floor(log10(span / 3))
    step *= next(f for f in (1, 2, 5, 10) if span / float(step * f) <= 4.5)
    first = ceil(low / step)
    return [step * i for i in range(first, floor(high / step) + 1)]


def _steps(labels: Sequence[str], plot: float, top: float, foot: float, *, upright: bool) -> list[str]:
    """The names of the steps below the panels, each under the moment at which it is done."""
    every = max(1, ceil((len(labels) - 1) * 11 / plot))
    parts = []
    for at, label in enumerate(labels):
        if at == 0 or at % every:
            continue
        x = LEFT + plot * at / len(labels)
        room = foot - 20 if upright else min((foot - 20) / 0.62, x / 0.8 - 30)
        turn = f"rotate({-90 if upright else -38} {x:.1f} {top:.1f})"
        words = f"{at} {fitted(label, room, 11)}" if not upright else fitted(label, room, 11)
        y = top + 4 if upright else top + 2
        parts.append(text(x + (0 if upright else 2), y, words, text_anchor="end", transform=turn, class_="small"))
    return parts


def balances_table(names: Names, book: Ledger) -> list[list[str]]:
    """The same as rows of cells, the heading first."""
    head = ["moment", "done"]
    for side in book.sides:
        head += [f"{names.sides[side]}: in hand", "tempted by", "exposed by"]
    rows = [head]
    for at, moment in enumerate(book.moments):
        row = [str(at), moment_name(names, moment, at)]
        for side in book.sides:
            row += [amount(moment.held[side]), amount(moment.tempted[side]), amount(moment.exposed[side])]
        rows.append(row)
    return rows
