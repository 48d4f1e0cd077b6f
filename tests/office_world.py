"""An office to test in: a small charter, a shelf to keep its state on, and hands that write acts."""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from typing import Any

from comity.errors import Objection
from comity.office import acts, fold, keys
from comity.office.acts import Act, Body, Message, Powers, Precedence, Table
from comity.office.charter import Charter, Delegate, Due, Line, Side
from comity.office.state import State
from comity.office.verdicts import SetAside, Verdict

AT = "2018-09-14T10:30:00+09:00"
NAMES = ("north", "south", "west")
ZONES = frozenset({"Asia/Seoul", "UTC"})
NEGOTIATOR = Powers(negotiate=("*",), initial=("*",), sign=("meeting",))


class Shelf:
    """Records by key, in order: the least that a State needs below it."""

    def __init__(self) -> None:
        self.records: dict[bytes, bytes] = {}
        self._order: list[bytes] = []

    def get(self, key: bytes) -> bytes | None:
        return self.records.get(key)

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        end = keys.beyond(prefix)
        low = bisect_left(self._order, prefix)
        high = len(self._order) if end is None else bisect_left(self._order, end)
        if after is not None and reverse:
            high = min(high, bisect_left(self._order, after))
        elif after is not None:
            low = max(low, bisect_right(self._order, after))
        found = self._order[low:high]
        for key in reversed(found) if reverse else found:
            yield key, self.records[key]

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        for key, value in changes.items():
            if value is None:
                if self.records.pop(key, None) is not None:
                    del self._order[bisect_left(self._order, key)]
                continue
            if key not in self.records:
                insort(self._order, key)
            self.records[key] = value


def side(name: str, *, delegates: tuple[Delegate, ...] | None = None) -> Side:
    return Side(
        side=name,
        title=f"The side of the {name}",
        language="ko",
        seal=f"{name}+seal",
        receipt=f"{name}+receipt",
        pouch=f"{name}+pouch",
        watch=f"watch.{name}+key",
        delegates=delegates
        or (
            Delegate(name="ri", title="Head of the office", key=f"ri.{name}+key", chief=True),
            Delegate(name="han", title="Deputy", key=f"han.{name}+key", powers=NEGOTIATOR),
            Delegate(name="kim", title="Secretary", key=f"kim.{name}+key"),
        ),
    )


def charter(*names: str, **changes: Any) -> Charter:
    fields: dict[str, Any] = {
        "format": "comity/charter/v1",
        "office": "kaesong.example",
        "title": "The joint liaison office",
        "founded": "2018-09-14T10:30:00+09:00",
        "sides": tuple(side(name) for name in names or NAMES[:2]),
        "lines": (
            Line("liaison", "Liaison", ("09:00", "17:00"), "Asia/Seoul", window_min=30, caller="south"),
            Line("military", "Military", ("07:00",), "Asia/Seoul", window_min=15, caller="alternate"),
        ),
        "due_min": Due(flash=10, immediate=60, priority=360, routine=1440),
        "policy": "quorum none\n",
        "languages": ("ko", "en"),
        "person": ("message",),
        "notice_days": 7,
    }
    return Charter(**(fields | changes))


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def text(kind: str = "agreement", title: str = "On railways", **changes: Any) -> Table:
    """A text with its digest."""
    fields: dict[str, Any] = {"kind": kind, "title": title, "texts": {"ko": "제1조", "en": "Article 1"}} | changes
    return Table(wording=digest_of(acts.wording(Table(wording="0" * 64, **fields))), **fields)


def message(
    precedence: Precedence = "FLASH",
    line: str = "liaison",
    *,
    translations: dict[str, str] | None = None,
    attention: tuple[str, ...] = (),
    ref: str | None = None,
) -> Message:
    return Message(
        line=line,
        precedence=precedence,
        subject="Opening",
        language="ko",
        text="안녕하십니까",
        translations=translations or {},
        attention=attention,
        ref=ref,
    )


class World:
    """One node's fold, fed by hand; `north(body)` is an act of the north that has seen all that is there."""

    def __init__(self, *names: str, charter_: Charter | None = None) -> None:
        self.shelf = Shelf()
        self.state = State(self.shelf)
        self.charter = charter_ or charter(*names)
        fold.found(self.state, self.charter)
        self.count = {side.side: 0 for side in self.charter.sides}
        self.acts: dict[str, Act] = {}
        self.verdicts: dict[str, Verdict] = {}

    def write(
        self,
        side: str,
        body: Body | None,
        *,
        by: str = "ri",
        kind: str | None = None,
        to: tuple[str, ...] | None = None,
        seen: Mapping[str, int] | None = None,
        at: str = AT,
        **entry: Any,
    ) -> Act:
        """An act, not folded yet."""
        known = {name: n for name, n in (self.count | dict(seen or {})).items() if name != side and n}
        kind = kind or (body.tag if body is not None else "message")
        return Act(side=side, no=self.count[side] + 1, kind=kind, by=by, at=at, seen=known, to=to, body=body, **entry)

    def do(self, side: str, body: Body | None, **options: Any) -> str:
        """Fold an act and return its reference."""
        act = self.write(side, body, **options)
        self.count[side] += 1
        self.acts[act.ref] = act
        self.verdicts[act.ref] = fold.fold(self.state, act)
        return act.ref

    def why(self, ref: str) -> list[str]:
        """The rules by which an act was set aside."""
        found = self.verdicts[ref]
        return [o.rule for o in found.objections] if isinstance(found, SetAside) else []

    def objections(self, side: str, body: Body | None, **options: Any) -> list[Objection]:
        return fold.judge(self.state, self.write(side, body, **options))

    def settle(self) -> None:
        self.shelf.write(self.state.changes())
        self.state.settle()

    def records(self) -> dict[bytes, bytes]:
        """All of the state."""
        self.settle()
        return dict(self.shelf.records)
