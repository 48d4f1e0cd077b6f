"""comity: a joint liaison office in software.

with comity.open("south") as office:
    office.line.send(line="liaison", subject="Road works", text="…")
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from comity.desk.office import Office

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(
    path: str | Path, office: str | None = None, *, passphrase: Callable[[str], str] | None = None
) -> AbstractContextManager[Office]:
    """The desk of an office in a side's home: through its node where one runs, else here, for as long as it is open.

    `office` names it where the home has several; `passphrase` is asked for what opens a locked key.
    Raises: Unavailable, if it is not there, not founded, or another process works in the home.
    """
    from comity.desk.keychain import no_passphrase
    from comity.desk.opening import at_desk

    return at_desk(Path(path), office, passphrase or no_passphrase)
