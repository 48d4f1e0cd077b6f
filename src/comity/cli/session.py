"""What every command is given: whose home, which office, how to ask, and how to serve."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from comity.desk.home import OfficeFolder
    from comity.desk.noun import Pen
    from comity.desk.office import Office

Serve = Callable[[Path, Callable[[str], str], str, int, Callable[[str], None]], None]
"""Home, passphrases, host, port, and what to call with the address once others can reach it."""


def no_serve(*_: object) -> None:
    """For where no node can be started."""
    raise AssertionError("the command line was started without a node")


@dataclass(slots=True)
class Session:
    """One run of the command line."""

    home: Path
    office_name: str | None = None
    serve: Serve = no_serve
    _passphrases: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> OfficeFolder:
        """The folder of the office that is meant."""
        from comity.desk.home import Home

        return Home(self.home).office(self.office_name)

    def has_node(self) -> bool:
        """Whether a node runs in this home."""
        from comity.desk.remote import is_running, node_of

        node = node_of(self.home)
        return node is not None and is_running(node)

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The office, through its node where one runs."""
        from comity.desk.opening import at_desk

        with at_desk(self.home, self.office_name, self.ask) as office:
            yield office

    def ask(self, what: str) -> str:
        """The passphrase for something, asked for once."""
        if what not in self._passphrases:
            self._passphrases[what] = ask_passphrase(what)
        return self._passphrases[what]

    def pen(self, by: str | None, at: str | None, to: list[str] | None, *, beyond: bool = False) -> Pen:
        """How an act is to be signed."""
        from comity.desk.keychain import delegates_here, is_locked
        from comity.desk.noun import Pen

        keys = self.folder.keys
        here = delegates_here(keys)
        who = by or (here[0] if len(here) == 1 else None)
        locked = who is not None and is_locked(keys, who)
        passphrase = self.ask(f"keys of {self.folder.folder.name}") if locked else None
        return Pen(by=by, at=at, to=tuple(to) if to else None, beyond=beyond, passphrase=passphrase)


def session(ctx: typer.Context) -> Session:
    """The session of a command."""
    found = ctx.find_object(Session)
    assert found is not None
    return found


def ask_passphrase(what: str) -> str:
    """From COMITY_PASSPHRASE, or from whoever sits at the terminal.

    Raises: Refused, where nobody can be asked.
    """
    given = os.environ.get("COMITY_PASSPHRASE")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        from comity.errors import Refused

        raise Refused(
            f"the {what} are locked under a passphrase",
            hint="run this at a terminal, or set COMITY_PASSPHRASE for this one command",
        )
    return str(typer.prompt(f"Passphrase for {what}", hide_input=True, err=True))


def new_passphrase() -> str:
    """A passphrase for keys that are about to be made."""
    given = os.environ.get("COMITY_PASSPHRASE")
    if given is not None:
        return given
    return str(typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True))
