"""A watched folder as a carrier: each side leaves its newest pouch there and opens the other's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from comity.cli.pouch import print_opened, read_pouch
from comity.cli.show import failure, say, write_file
from comity.errors import Refused

if TYPE_CHECKING:
    from comity.desk.office import Office


def exchange(office: Office, folder: Path, to: str) -> None:
    """Open the pouch that the other side left, if any, then leave one if there is something to send.

    A pouch that cannot be opened is put aside with the ending `.refused`, and the exchange goes on.
    """
    status = office.record.status()
    folder.mkdir(parents=True, exist_ok=True)
    arrived, ours = folder / f"for-{status.side}.pouch", folder / f"for-{to}.pouch"
    owes = any(series.head > series.receipts.get(to, 0) for series in status.series if series.side == status.side)
    if arrived.exists():
        try:
            opened = office.pouch.open(pouch=read_pouch(arrived))
        except Refused as refusal:
            failure(refusal)
            arrived.replace(arrived.with_suffix(".refused"))
        else:
            print_opened(opened)
            arrived.unlink()
            owes = opened.owes
    if owes:
        write_file(ours, office.pouch.pack(to=to))
        say(f"left {ours}")
