"""A side's home: one folder with its keys and any number of offices.

home.json                 who the side is
OFFICE/card               what the side shows others before the founding
OFFICE/charter            the charter as a signed note
OFFICE/keys/              one file a key, mode 600
OFFICE/record.sqlite      the archive
OFFICE/head.lock          the head lock
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from comity.errors import Malformed, Refused, Unavailable
from comity.office import bounds

MAX_PROFILE = 1 << 16


class Profile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the side of a home is."""

    format: str
    side: bounds.SideName
    title: bounds.Title
    language: bounds.Language


class Home:
    """A folder that holds one side."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def profile(self) -> Profile:
        """Who lives here.

        Raises: Unavailable, if nobody does.
        """
        path = self.folder / "home.json"
        if not path.exists():
            raise Unavailable(
                f"{self.folder} is not the home of a side",
                hint="make one with `comity --home DIR init`, or name another",
            )
        try:
            return msgspec.json.decode(path.read_bytes()[:MAX_PROFILE], type=Profile)
        except msgspec.DecodeError as error:
            raise Malformed(str(error), where=str(path)) from None

    def make(self, side: str, title: str, language: str) -> Profile:
        """Make the home of a side."""
        if (self.folder / "home.json").exists():
            raise Refused(f"{self.folder} is the home of {self.profile().side} already", hint="name another folder")
        try:
            profile = msgspec.convert(
                {"format": "comity/home/v1", "side": side, "title": title, "language": language}, Profile
            )
        except msgspec.ValidationError as error:
            raise Malformed(str(error), where="init", hint="a side is named in a-z, 0-9 and hyphens") from None
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(self.folder / "home.json", msgspec.json.format(msgspec.json.encode(profile)) + b"\n")
        return profile

    def offices(self) -> list[str]:
        """The offices of this home, founded or not."""
        if not self.folder.is_dir():
            return []
        return sorted(path.parent.relative_to(self.folder).as_posix() for path in self.folder.glob("**/card"))

    def office(self, name: str | None = None) -> OfficeFolder:
        """The folder of an office; without a name, of the only one.

        Raises: Unavailable, with the names to choose from.
        """
        self.profile()
        names = self.offices()
        if name is None and len(names) == 1:
            name = names[0]
        if name not in names:
            listed = ", ".join(names) or "none"
            which = "no office is named" if name is None else f"there is no office {name}"
            raise Unavailable(f"{which} in {self.folder}; there are: {listed}", hint="choose with --office NAME")
        return OfficeFolder(self.folder / name, name)

    def new_office(self, name: str) -> OfficeFolder:
        """The folder for an office that this home has nothing of yet."""
        folder = OfficeFolder(self.folder / name, name)
        if folder.card_path.exists():
            raise Refused(f"there is a card for {name} already", hint=f"see {folder.card_path}")
        return folder


class OfficeFolder:
    """The folder of one office in a home."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.home = folder.parents[len(Path(name).parts) - 1]
        self.keys = folder / "keys"
        self.card_path = folder / "card"
        self.charter_path = folder / "charter"
        self.archive_path = folder / "record.sqlite"
        self.lock_path = folder / "head.lock"
        self.links_path = folder / "links.json"

    @property
    def founded(self) -> bool:
        """Whether every side has signed the charter."""
        return self.charter_path.exists()

    def links(self) -> dict[str, list[str]]:
        """Where this side was told to reach others, by side; an empty list: the link is cut."""
        if not self.links_path.exists():
            return {}
        try:
            return msgspec.json.decode(self.links_path.read_bytes(), type=dict[str, list[str]])
        except msgspec.DecodeError as error:
            raise Malformed(str(error), where=str(self.links_path)) from None

    def set_link(self, side: str, urls: Sequence[str] | None) -> None:
        """Say where a side is reached; None: as its charter says."""
        links = {**self.links(), side: list(urls or ())}
        if urls is None:
            del links[side]
        write_new(self.links_path, msgspec.json.format(msgspec.json.encode(links)) + b"\n")

    def recipient(self) -> str:
        """The public half of the pouch key."""
        return (self.keys / "pouch.pub").read_text().strip()


def write_new(path: Path, content: bytes) -> None:
    """Write a file that was not there, whole and on stable storage, or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)


class Tenancy:
    """That one process works in a home; let go when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take the home.

        Raises: Unavailable, if another process has it.
        """
        self._file = os.open(folder / "tenant", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise Unavailable(
                f"another process works in {folder}", hint="is `comity serve` running? then talk to it"
            ) from None

    def release(self) -> None:
        """Let others in."""
        with suppress(OSError):
            os.close(self._file)
