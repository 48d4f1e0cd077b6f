"""The watch's live view: lines, messages and what waits, on one screen, as they change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.live import Live
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from comity.cli.lines import MARKS, books, condition, facts_in_words
from comity.cli.show import console

if TYPE_CHECKING:
    from comity.desk.office import Office

_STYLES = {"answered": "green", "open": "yellow", "no answer": "bold red", "no call": "dim", "ahead": ""}
_PRECEDENCE = {"FLASH": "bold red", "IMMEDIATE": "red", "PRIORITY": "yellow", "ROUTINE": ""}


def follow(office: Office, *, every_s: float) -> None:
    """Draw again and again until interrupted."""
    with Live(screen(office), console=console(), screen=True, auto_refresh=False) as live:
        try:
            while True:
                time.sleep(every_s)
                live.update(screen(office), refresh=True)
        except KeyboardInterrupt:
            return


def screen(office: Office) -> RenderableType:
    """The whole view."""
    status, watch = office.record.status(), office.watch.status()
    title = Text.assemble((status.title, "bold"), f"  as {status.side}, {watch.now:%Y-%m-%d %H:%M:%S %Z}")
    parts: list[RenderableType] = [title]
    if status.read_only:
        parts.append(Text(f"READ-ONLY: {status.read_only}", style="bold red"))
    for link in status.links:
        style = "green" if link.up else "bold red"
        parts.append(Text.assemble("link to ", link.side, " ", ("up" if link.up else f"down: {link.trouble}", style)))
    parts.extend(Text(f"on watch for {it.side}: {it.officer} ({', '.join(it.lines)})") for it in watch.on)
    parts += [Rule("lines", align="left"), _lines(office)]
    parts += [Rule("to log", align="left"), _to_log(office)]
    parts += [Rule("newest messages", align="left"), _messages(office)]
    waits = [f"{side}: {', '.join(f'{w.what} {w.ref}' for w in them)}" for side, them in watch.waits.items() if them]
    parts += [Rule("what waits on whom", align="left"), Text("\n".join(waits) or "nothing")]
    return Group(*parts)


def _lines(office: Office) -> Table:
    drawn = Table("line", "condition", "checks", "next", "books", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for line in office.line.status():
        strip = Text.assemble(*((MARKS[slot.state], _STYLES[slot.state]) for slot in reversed(line.strip)))
        ahead = f"{line.next.start:%a %H:%M}, {line.next.caller} calls" if line.next else "-"
        state = condition(line)
        drawn.add_row(line.line, Text(state, style=_STYLES.get(state, "")), strip, ahead, books(line) or "-")
    return drawn


def _to_log(office: Office) -> Table:
    watch = office.watch.status()
    drawn = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for it in watch.to_log:
        due = f"due {it.due.astimezone():%Y-%m-%d %H:%M}" if it.due else "not received yet"
        when = Text(f"OVERDUE, {due}", style="red") if it.overdue(watch.now) else Text(due)
        drawn.add_row(it.ref, it.line, Text(it.precedence, style=_PRECEDENCE[it.precedence]), when)
    if not watch.to_log:
        drawn.add_row("nothing")
    return drawn


def _messages(office: Office) -> Table:
    drawn = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for line in office.line.status(checks=1):
        for it in office.line.messages(line=line.line, limit=8).entries:
            facts = "; ".join(f"{side}: {facts_in_words(f)}" for side, f in it.facts.items())
            drawn.add_row(it.ref, Text(it.precedence, style=_PRECEDENCE[it.precedence]), Text(it.subject), facts)
    return drawn
