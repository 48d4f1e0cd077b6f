"""Files as a carrier: pouches read and told; and a watched folder, where each side leaves one for the other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from comity.cli.show import failure, say, write_file
from comity.errors import Malformed, Refused
from comity.link.pouch import MAX_POUCH

if TYPE_CHECKING:
    from comity.desk.office import Office
    from comity.desk.pouches import Opened


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


def print_opened(opened: Opened) -> None:
    """Say what came of a pouch."""
    new = ", ".join(f"{n} of {side}" for side, n in opened.admitted.items()) or "none"
    say(f"from {opened.sender}: new acts: {new}{'; receipts for ours' if opened.acknowledged else ''}")
    for what in opened.passed:
        say(f"  not taken: {what}")
    for what in opened.breaches:
        say(f"  BREACH: {what}")
    if opened.owes:
        say(f"next: pack one back for {opened.sender}, with the receipts")


def read_pouch(path: Path) -> bytes:
    """A pouch's bytes.

    Raises: Malformed, if the file cannot be read or is larger than a pouch may be.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_POUCH + 1)
    except OSError as error:
        raise Malformed(f"cannot be read: {error.strerror}", where=str(path)) from None
    if len(raw) > MAX_POUCH:
        raise Malformed(f"more than {MAX_POUCH} bytes", where=str(path))
    return raw
