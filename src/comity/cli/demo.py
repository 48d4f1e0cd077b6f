"""`demo`: the story of the liaison office in Kaesong, between real nodes on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from comity.cli.options import AsJson, example

app = typer.Typer()
Speed = Literal["fast", "steady", "slow"]
PAUSES_S: dict[str, float] = {"fast": 0.0, "steady": 0.5, "slow": 5.0}


@app.command(epilog=example("demo --out kaesong --speed slow"))
def demo(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder for the homes; else a temporary one.")
    ] = None,
    json: AsJson = False,
    speed: Annotated[
        Speed | None, typer.Option(help="How long to pause after a scene; else steady on a terminal, fast elsewhere.")
    ] = None,
) -> None:
    """Play the Kaesong story between two real nodes on this machine.

    It founds an office, acts in it, cuts the link and mends it, and ends with both copies verified and identical.
    The homes stay, for you to explore.
    """
    import sys

    from comity.cli.playing import Silent, play
    from comity.cli.show import as_json
    from comity.cli.story import read_story

    story = read_story()
    root = _new_folder(out)
    chosen = speed or ("steady" if sys.stdout.isatty() else "fast")
    if json:
        account = play(story, root, Silent())
        as_json(account)
    else:
        from comity.cli.narrator import Narrator

        account = play(story, root, Narrator(story, pause_s=PAUSES_S[chosen]))
    if not account.identical:
        raise typer.Exit(4)


def _new_folder(out: Path | None) -> Path:
    """The folder to play in.

    Raises: Refused, if there is something in it already.
    """
    from tempfile import mkdtemp

    from comity.errors import Refused

    if out is None:
        return Path(mkdtemp(prefix="comity-demo-"))
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused(f"there is something in {out} already", hint="name a new folder with --out")
    out.mkdir(parents=True, exist_ok=True)
    return out
