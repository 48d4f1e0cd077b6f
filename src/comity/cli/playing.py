"""From the first scene to the last word of the demo."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from comity.cli.player import Account, Player, SceneAccount, ShowAccount, StepAccount, identical
from comity.cli.stage import Stage
from comity.cli.story import Scene, Story
from comity.desk.ceremony import Founded
from comity.errors import Refused


class Audience(Protocol):
    """Who is told what happens."""

    def begin(self) -> None:
        """It begins."""

    def scene(self, scene: Scene) -> None:
        """A scene begins."""

    def founded(self, accounts: dict[str, Founded]) -> None:
        """The office is founded."""

    def nodes(self, urls: dict[str, str]) -> None:
        """The nodes are up."""

    def step(self, it: StepAccount) -> None:
        """A step was taken."""

    def show(self, it: ShowAccount) -> None:
        """Something is so at every side."""

    def scene_ends(self, scene: Scene) -> None:
        """A scene ends."""

    def verifying(self) -> None:
        """The copies are verified."""

    def end(self, account: Account) -> None:
        """It is over."""


class Silent:
    """Nobody: only the account is wanted."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_: None


def play(story: Story, root: Path, audience: Audience | Silent) -> Account:
    """Play the story in a folder; the nodes are ended whatever happens.

    Raises: Refused, if it does not go as the story says; Unavailable, if a node cannot work.
    """
    start = time.perf_counter()
    stage = Stage(root, story)
    player = Player(stage, story)
    scenes: list[SceneAccount] = []
    accounts: dict[str, Founded] = {}
    audience.begin()
    try:
        for scene in story.scene:
            audience.scene(scene)
            if scene.founding:
                accounts = stage.found()
                if len({it.fingerprint for it in accounts.values()}) != 1:
                    raise Refused("the sides read different fingerprints")
                audience.founded(accounts)
                audience.nodes(stage.open())
            scenes.append(_play_scene(player, scene, audience))
            audience.scene_ends(scene)
        stage.settle()
    finally:
        stage.close()
    audience.verifying()
    verified = stage.verify()
    first = next(iter(accounts.values()))
    account = Account(
        title=story.title,
        office=story.office,
        id=first.id,
        fingerprint=first.fingerprint,
        out=str(root),
        homes={side: str(stage.home(side)) for side in stage.sides},
        scenes=tuple(scenes),
        verified=verified,
        identical=identical(verified),
        seconds=round(time.perf_counter() - start, 2),
    )
    audience.end(account)
    return account


def _play_scene(player: Player, scene: Scene, audience: Audience | Silent) -> SceneAccount:
    steps, shows = [], []
    for it in player.play(scene):
        if isinstance(it, StepAccount):
            steps.append(it)
            audience.step(it)
        else:
            shows.append(it)
            audience.show(it)
    return SceneAccount(scene.title, tuple(steps), tuple(shows))
