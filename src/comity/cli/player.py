"""Playing a story on a stage, and the account of what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from comity.cli.stage import Stage
from comity.cli.story import Scene, Show, Step, Story, fill_in, find
from comity.desk.noun import Pen
from comity.desk.office import CALLS
from comity.desk.verification import Verified
from comity.errors import Objection, Refused

RECEIPT_S = 15.0


class StepAccount(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a step."""

    say: str
    do: str
    side: str = ""
    words: str = ""
    """What was said, in the language of this account, where it was."""
    act: str | None = None
    effect: str | None = None
    held_by: tuple[str, ...] = ()
    """The sides whose receipts came."""
    objections: tuple[Objection, ...] = ()
    """Why it was refused."""
    file: str | None = None
    size_bytes: int = 0
    admitted: int = 0
    """How many acts a pouch brought."""
    seconds: float = 0.0


class ShowAccount(msgspec.Struct, frozen=True):
    """What every side holds to be so."""

    say: str
    ask: str
    values: dict[str, Any]


class SceneAccount(msgspec.Struct, frozen=True):
    """What came of a scene."""

    title: str
    steps: tuple[StepAccount, ...]
    shows: tuple[ShowAccount, ...]


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the whole story."""

    title: str
    office: str
    id: str
    fingerprint: str
    out: str
    homes: dict[str, str]
    scenes: tuple[SceneAccount, ...]
    verified: dict[str, Verified]
    identical: bool
    """Whether all copies have the same entries under the same roots, each series receipted in full by the others."""
    seconds: float


class Player:
    """Plays scenes; what a step saves is there for later ones."""

    def __init__(self, stage: Stage, story: Story) -> None:
        self._stage, self._story = stage, story
        self._saved: dict[str, str] = {}

    def play(self, scene: Scene) -> Iterator[StepAccount | ShowAccount]:
        """Play a scene, telling what came of each step as it comes."""
        for step in scene.step:
            yield self._step(step)
        for show in scene.shows:
            yield self._show(show)

    def _step(self, step: Step) -> StepAccount:
        start = time.perf_counter()
        match step.do:
            case "cut":
                self._stage.cut()
                return StepAccount(say=step.say, do=step.do)
            case "join":
                self._stage.join()
                return StepAccount(say=step.say, do=step.do, seconds=time.perf_counter() - start)
            case "carry":
                path, size, opened = self._stage.carry(step.side, step.to)
                admitted = sum(opened.admitted.values())
                file = str(path.relative_to(self._stage.root))
                return StepAccount(
                    say=step.say, do=step.do, side=step.side, file=file, size_bytes=size, admitted=admitted
                )
            case _:
                return self._act(step, start)

    def _act(self, step: Step, start: float) -> StepAccount:
        desk = self._stage.desk(step.side)
        pen = Pen(by=step.by, at=step.at, beyond=step.beyond)
        try:
            done = self._call(step.side, step.do, {**step.args, "pen": msgspec.to_builtins(pen)})
        except Refused as refusal:
            if step.refused not in {objection.rule for objection in refusal.objections}:
                raise
            return StepAccount(say=step.say, do=step.do, side=step.side, objections=refusal.objections)
        if step.refused is not None or done.effect != step.effect:
            raise Refused(f"the demo did not go as its story says: {step.say}: {done.effect}")
        if step.save is not None:
            self._saved[step.save] = done.act
        held: tuple[str, ...] = ()
        if self._stage.linked:
            receipts = desk.record.await_receipts(act=done.act, wait_s=RECEIPT_S)
            held = tuple(side for side, is_held in receipts.items() if is_held)
        return StepAccount(
            say=step.say,
            do=step.do,
            side=step.side,
            words=_words(step),
            act=done.act,
            effect=done.effect,
            held_by=held,
            seconds=time.perf_counter() - start,
        )

    def _show(self, show: Show) -> ShowAccount:
        values = {side: find(self._call(side, show.ask, show.args), show.at) for side in self._stage.sides}
        wanted = fill_in(show.equals, self._saved)
        if any(value != wanted for value in values.values()):
            raise Refused(f"the demo did not go as its story says: {show.say}: {values}")
        return ShowAccount(show.say, show.ask, values)

    def _call(self, side: str, name: str, loose: dict[str, Any]) -> Any:
        """Carry out a call of the desk, its arguments held to its form."""
        call = CALLS[name]
        arguments = msgspec.convert(fill_in(loose, self._saved), call.arguments)
        values = {field: getattr(arguments, field) for field in arguments.__struct_fields__}
        noun = getattr(self._stage.desk(side), call.noun)
        return getattr(noun, call.verb)(**values)


def _words(step: Step) -> str:
    """What a step says in English, the language in which the story is told."""
    for field in ("translations", "texts"):
        if words := step.args.get(field, {}).get("en"):
            return str(words)
    return ""


def identical(verified: dict[str, Verified]) -> bool:
    """Whether the copies are one record: good, of one size and root, receipted in full by every other side."""
    copies = list(verified.values())
    first = copies[0]
    for copy in copies:
        same = [(s.side, s.size, s.root) for s in copy.series] == [(s.side, s.size, s.root) for s in first.series]
        receipted = all(
            series.receipts.get(other.side) == series.size
            for series in copy.series
            for other in copy.series
            if other.side != series.side
        )
        if not (copy.good and same and receipted and copy.id == first.id):
            return False
    return True
