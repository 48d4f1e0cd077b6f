"""The little SVG that the pictures need: escaped, accessible, legible on paper, in light and in dark."""

from __future__ import annotations

from html import escape
from string import Template

FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', sans-serif"
PALETTES = {
    "": {
         "paper": "#fff", "ink": "#1d2733", "soft": "#5b6878", "line": "#dfe4ea", "band": "#e6f1ea",
         "edge": "#7fa08e",          "held": "#1f5fa8", "bad": "#b3391f", "good": "#2f6f4f", "lit": "#c2410c"},
    "@media (prefers-color-scheme: dark)": {
        "paper": "#12181f", "ink": "#e6ebf1", "soft": "#9aa7b6", "line": "#2c3642", "band": "#1a2c24",
        "edge": "#5f8672", "held": "#79b0ee", "bad": "#ff8a6b", "good": "#7cc7a0", "lit": "#fb923c"},
    "@media print": {"paper": "#fff", "ink": "#000", "soft": "#444", "line": "#ccc", "band": "#eee", "edge": "#888",
                     "held": "#003a80", "bad": "#902000", "good": "#1d4d36", "lit": "#902000"},
}  # fmt: skip
"""Colours as literals, not CSS variables: word processors and printers read SVG too."""
STYLE = """
.paper { fill: $paper; }
text { fill: $ink; }
.soft { fill: $soft; }
.bold { font-weight: 650; }
.small { font-size: 11px; }
.head { font-size: 16px; font-weight: 650; }
"""


def style_sheet(rules: str) -> str:
    """The rules in light, in dark and on paper; `$name` is a colour of the palette."""
    sheets = [f"svg {{ font-family: {FONT}; font-size: 12px; }}"]
    for where, colours in PALETTES.items():
        sheet = Template(STYLE + rules).substitute(colours)
        sheets.append(f"{where} {{{sheet}}}" if where else sheet)
    return "\n".join(sheets)


def attributes(values: dict[str, object]) -> str:
    """Attributes, with `_` for `-` in their names."""
    return "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(number(v))}"' for key, v in values.items())


def number(value: object) -> str:
    """A coordinate with one decimal at most, or any other value as text."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def tag(name: str, content: str = "", /, **values: object) -> str:
    """One element; `content` is SVG already."""
    return f"<{name}{attributes(values)}>{content}</{name}>" if content else f"<{name}{attributes(values)}/>"


def text(x: float, y: float, words: str, /, **values: object) -> str:
    """One line of text, escaped."""
    return tag("text", escape(words), x=x, y=y, **values)


def page(width: float, height: float, title: str, description: str, content: list[str], style: str = "") -> str:
    """A whole drawing with its title and description for those who do not see it."""
    head = tag("title", escape(title), id="title") + tag("desc", escape(description), id="desc")
    body = "\n".join(
        [head, tag("style", style_sheet(style)), tag("rect", width="100%", height="100%", class_="paper"), *content]
    )
    size = {"viewBox": f"0 0 {number(width)} {number(height)}", "width": number(width), "height": number(height)}
    roles = {"role": "img", "aria-labelledby": "title desc"}
    return tag("svg", f"\n{body}\n", xmlns="http://www.w3.org/2000/svg", **size, **roles) + "\n"


def width_of(words: str, size: float = 12) -> float:
    """About how wide a line of text is; letters of East Asia are as wide as they are high."""
    return sum(size if ord(c) > 0x10FF else size * 0.56 for c in words)


def fitted(words: str, room: float, size: float = 12) -> str:
    """Text cut to a width, with an ellipsis where it was cut."""
    if width_of(words, size) <= room:
        return words
    while words and width_of(words + "…", size) > room:
        words = words[:-1]
    return words.rstrip() + "…"
