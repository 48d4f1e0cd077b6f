"""Who is at fault, and what to do next.

Four classes, by fault and remedy. Every message says what happened, where, and what to do next; one table
maps them to exit codes and HTTP statuses. A usage error exits 2; a bug is an assertion and crashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Objection:
    """One reason why a rule refuses or sets aside an act. Objections are values; all of them are given."""

    rule: str
    """The rule's id in docs/rules.md, such as `T3`."""
    what: str
    see: str = ""
    """What it concerns: an act, a text, a file and place."""
    hint: str = ""
    """What to do next."""

    def __str__(self) -> str:
        where = f" (see {self.see})" if self.see else ""
        hint = f". {self.hint}" if self.hint else ""
        return f"{self.rule}: {self.what}{where}{hint}"


class ComityError(Exception):
    """The root of every error that comity raises on purpose."""

    exit_code = 1
    status = 500

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  next: {self.hint}" if self.hint else self.message


class Refused(ComityError):
    """Our rules said no; nothing has changed."""

    exit_code = 1
    status = 409

    def __init__(self, objections: Sequence[Objection] | Objection | str, *, hint: str = "") -> None:
        if isinstance(objections, str):
            objections = [Objection("input", objections, hint=hint)]
        elif isinstance(objections, Objection):
            objections = [objections]
        self.objections = tuple(objections)
        super().__init__("; ".join(map(str, self.objections)))


class Malformed(Refused):
    """Bytes or values that do not have the form their specification gives: what, and where."""

    status = 400

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(Objection("format", what, see=where, hint=hint))


class Outdated(ComityError):
    """The head moved: another writer was first. Read again and retry."""

    exit_code = 3
    status = 412


class Breach(ComityError):
    """Another side's bytes break the protocol: that series stops and the evidence is kept."""

    exit_code = 4
    status = 422

    def __init__(self, message: str, *, evidence: bytes = b"", hint: str = "") -> None:
        super().__init__(message, hint=hint or "keep the evidence file; anyone can check it alone")
        self.evidence = evidence


class Unavailable(ComityError):
    """Disk, network or solver is not there now. Retry later."""

    exit_code = 5
    status = 503
