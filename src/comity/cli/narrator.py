"""The narrator of the demo: what happens in plain words, and why it can be trusted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from comity.cli.player import Account, ShowAccount, StepAccount

if TYPE_CHECKING:
    from comity.cli.story import Scene, Story
    from comity.desk.ceremony import Founded

WIDTH = 104
_INDENT = 4


def plain(text: str) -> str:
    """A passage of the story as one line, to be wrapped anew."""
    return " ".join(text.split())


class Narrator:
    """Says what happens, to a person."""

    def __init__(self, story: Story, *, pause_s: float) -> None:
        console = Console(highlight=False)
        self._console = Console(highlight=False, width=min(WIDTH, console.width) if console.is_terminal else WIDTH)
        self._story, self._pause_s = story, pause_s
        self._titles = {cast.side: cast.title for cast in story.side}
        self._number = 0

    def begin(self) -> None:
        """The title and what it is."""
        self._console.print()
        self._console.print(Rule(Text(self._story.title, style="bold"), characters="═"))
        self._console.print()
        self._say(plain(self._story.intro))

    def scene(self, scene: Scene) -> None:
        """A scene begins."""
        self._number += 1
        self._console.print()
        self._heading(scene.title)
        self._say(plain(scene.story))
        self._console.print()

    def founded(self, accounts: dict[str, Founded]) -> None:
        """Both sides read the fingerprint aloud."""
        for side, it in accounts.items():
            self._line("✓", "green", f"{self._titles[side]} reads aloud", it.fingerprint)
        first = next(iter(accounts.values()))
        signed = " and ".join(self._titles[side] for side in first.signed)
        self._line("✓", "green", "signed by both", f"{signed}; office {first.id[:16]}…")

    def nodes(self, urls: dict[str, str]) -> None:
        """The nodes are up."""
        for side, url in urls.items():
            self._line("✓", "green", f"{self._titles[side]}'s node is up", url)

    def step(self, it: StepAccount) -> None:
        """A step."""
        if it.objections:
            objection = it.objections[0]
            self._line("✗", "yellow", it.say, f"refused by rule {objection.rule}: {objection.what}")
        elif it.do == "cut":
            self._line("┄", "red", it.say, "nothing passes; each side goes on working")
        elif it.do == "join":
            self._line("━", "green", it.say, f"both hold the same again after {it.seconds * 1000:.0f} ms")
        elif it.file is not None:
            brought = f"{it.admitted} new act{'s' if it.admitted != 1 else ''}" if it.admitted else "receipts only"
            self._line("▣", "blue", it.say, f"{it.file}, {it.size_bytes} bytes: {brought}")
        else:
            held = ", ".join(self._titles[side] for side in it.held_by)
            receipt = f"receipted by {held} in {it.seconds * 1000:.0f} ms" if held else "filed; no receipt yet"
            pending = "waits for the chief; " if it.effect == "pending" else ""
            self._line("✓", "green", it.say, f"{it.act:<9} {it.do:<17} {pending}{receipt}")
            if it.words:
                self._console.print(Padding(Text(f"“{it.words}”", style="italic"), (0, 0, 0, _INDENT + 2)))

    def show(self, it: ShowAccount) -> None:
        """What every side holds to be so."""
        self._line("=", "bold green", "both sides agree", it.say)

    def scene_ends(self, scene: Scene) -> None:
        """Why it can be trusted."""
        self._console.print()
        why = Text.assemble(("Why trust it  ", "bold"), (plain(scene.trust), "italic"))
        self._console.print(Padding(why, (0, 0, 0, _INDENT)))
        time.sleep(self._pause_s)

    def verifying(self) -> None:
        """The nodes have ended; the copies are verified."""
        self._number += 1
        self._console.print()
        self._console.print(
            Text.assemble((f"{self._number:>2}  ", "bold cyan"), ("The two copies, verified", "bold"))
        )
        self._say(
            "The nodes have ended. Anyone who has a copy can now check all of it with the charter's public keys, "
            "trusting neither side nor us: `comity verify` runs on each copy by itself."
        )
        self._console.print()

    def end(self, account: Account) -> None:
        """The two records side by side, and what to try."""
        series = [it.side for it in next(iter(account.verified.values())).series]
        columns = ["copy of", "entries", *(f"root of {self._titles[side]}'s series" for side in series), "verdict"]
        drawn = Table(*columns, box=None, header_style="dim", padding=(0, 3, 0, 0))
        for side, it in account.verified.items():
            roots = [f"{s.root[:20]}…" for s in it.series]
            drawn.add_row(self._titles[side], str(it.entries), *roots, Text("good" if it.good else "NOT GOOD"))
        self._console.print(Padding(drawn, (0, 0, 0, _INDENT)))
        self._console.print()
        if account.identical:
            self._line("=", "bold green", "identical", "same entries, same roots, each receipted by the other")
        else:
            self._line("✗", "bold red", "NOT IDENTICAL", "see the folders")
        self._console.print()
        self._console.print(Rule(characters="═"))
        self._say(f"{account.seconds:.1f} s. The folders are yours to explore:")
        self._console.print()
        for line in suggestions(account, self._story.ends):
            self._console.print(Text(f"    {line}"), soft_wrap=True)

    def _heading(self, title: str) -> None:
        self._console.print(Text.assemble((f"{self._number:>2}  ", "bold cyan"), (title, "bold")))

    def _say(self, text: str) -> None:
        self._console.print(Padding(Text(text), (0, 0, 0, _INDENT)))

    def _line(self, mark: str, style: str, what: str, detail: str) -> None:
        row = Table.grid(padding=(0, 1, 0, 0))
        row.add_column(width=1)
        row.add_column(width=34)
        row.add_column()
        row.add_row(Text(mark, style=style), Text(what), Text(detail, style="dim"))
        self._console.print(Padding(row, (0, 0, 0, _INDENT)))


def suggestions(account: Account, ends: str) -> list[str]:
    """Commands to try on what the demo left."""
    home = next(iter(account.homes.values()))
    text = [step.act for scene in account.scenes for step in scene.steps if step.do == "text.table"][-1]
    return [
        f"export COMITY_HOME={home}",
        "comity status",
        f"comity line status --as-of {ends}",
        "comity text list",
        f"comity text show {text}",
        "comity act list",
        f"comity tiles export {Path(account.out) / 'tiles'}",
        "comity verify",
    ]
