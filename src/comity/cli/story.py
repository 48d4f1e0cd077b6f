"""The form of a story that `comity demo` plays: who, what they settled, and the scenes, step by step."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal

import msgspec

from comity.desk.founding import Terms
from comity.office import bounds

Plain = str | bool | int | float | None


class Actor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delegate of the story."""

    name: str
    title: str
    chief: bool = False
    negotiate: tuple[str, ...] = ()
    initial: tuple[str, ...] = ()
    sign: tuple[str, ...] = ()


class Cast(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A side of the story."""

    side: str
    title: str
    language: str
    delegate: tuple[Actor, ...]


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that a side does, or that happens to the link."""

    do: str
    """A call of the desk; or `cut`, `join`, or `carry` a pouch as a file."""
    say: str
    side: str = ""
    to: str = ""
    by: str | None = None
    at: bounds.Moment | None = None
    args: dict[str, Any] = {}
    """What begins with `$` stands for the act that was saved under that name."""
    beyond: bool = False
    save: str | None = None
    effect: Literal["stands", "pending"] = "stands"
    refused: str | None = None
    """The rule by which it must be refused."""


class Show(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that must now be so at every side."""

    ask: str
    at: str
    """Where in the answer it stands: names and numbers, with dots between."""
    equals: Plain
    say: str
    args: dict[str, Any] = {}


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scene."""

    title: str
    story: str
    trust: str
    founding: bool = False
    step: tuple[Step, ...] = ()
    shows: tuple[Show, ...] = ()


class Story(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole story."""

    title: str
    office: str
    founded: bounds.Moment
    ends: bounds.Moment
    intro: str
    terms: Terms
    side: tuple[Cast, ...]
    scene: tuple[Scene, ...]


def read_story() -> Story:
    """The story that comes with comity."""
    raw = files("comity.cli").joinpath("story.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(raw), Story)


def fill_in(value: Any, saved: Mapping[str, str]) -> Any:
    """Arguments with the acts that were saved put in their places."""
    if isinstance(value, str) and value.startswith("$"):
        return saved[value[1:]]
    if isinstance(value, dict):
        return {key: fill_in(part, saved) for key, part in value.items()}
    if isinstance(value, list):
        return [fill_in(part, saved) for part in value]
    return value


def find(answer: Any, path: str) -> Any:
    """What stands at a place of an answer, as JSON has it."""
    loose = msgspec.json.decode(msgspec.json.encode(answer))
    for name in path.split("."):
        loose = loose[int(name)] if isinstance(loose, list) else loose[name]
    return loose
