"""What an act is judged by: the state as its author had seen it, and nothing else that happens to be folded.

The law of the office is that the same acts give the same state, in whatever order they came. Two habits make it so:
a rule reads another side's records only through `sees`, and an act writes only records of which its own side is the
one writer. (Lists of what is open may lose an entry to another side's act, but only to one that had seen it put
there.) So each record is a function of the acts, and of no order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import msgspec

from comity.errors import Objection
from comity.office import keys
from comity.office.state import Roll, State

Level = Literal["negotiate", "initial", "sign"]
Needs = Callable[["Past", Any], tuple[Level, str] | None]


class Granted(NamedTuple):
    """The delegates whose keys an act's entry grants and drops."""

    key: str | None = None
    chief: bool = False
    drops: str | None = None


NOTHING_GRANTED = Granted()


@dataclass(slots=True)
class Past:
    """The causal past of an act, or of the confirmation by which a pending act takes effect."""

    state: State
    roll: Roll
    side: int
    no: int
    """The number of the act itself."""
    place: int
    """The number at which it takes effect: its own, or that of its confirmation."""
    vector: list[int]
    """How many acts of each side are in the past; of the own side, `place`."""
    by: str
    at: str
    """The author's own clock, to be shown: no rule reads it."""
    to: int
    """The sides it is addressed to and its author, as bits."""
    granted: Granted = NOTHING_GRANTED

    @property
    def ref(self) -> str:
        return self.roll.ref(self.side, self.no)

    def sees(self, side: int, no: int) -> bool:
        """Whether what took effect at that number of that side is in the past."""
        return no <= self.vector[side]

    def find(self, ref: str) -> tuple[int, int] | None:
        """The act that a reference names, if it is in the past."""
        at = self.roll.find(ref)
        if at is None or not self.sees(*at) or (at[0] == self.side and at[1] >= self.place):
            return None
        return at

    def closed(self, side: int, no: int) -> bool:
        """Whether that act's body is not for this node, so that it cannot be judged here."""
        return self.state.get(keys.act_key(keys.CLOSED, side, no)) is not None


@dataclass(frozen=True, slots=True)
class Rules:
    """How one kind of act is judged and what it does."""

    judge: Callable[[Past, Any], list[Objection]]
    """All objections to the body, as its author could have known them. Reads only."""
    apply: Callable[[Past, Any], None]
    """Its effect, when there was no objection."""
    needs: Needs | None = None
    """The power that a delegate needs for it, and on what; None: any delegate in office may."""
    chief: bool = False
    """Only a chief delegate may."""
    watch: bool = False
    """The watch key may, unless the charter wants a person for it."""
    public: bool = False
    """It is for all parties or it has no effect."""


def power(level: Level, subject: str) -> Needs:
    """The same power, whatever the act says."""
    needed = (level, subject)
    return lambda _past, _body: needed


_VECTOR = msgspec.msgpack.Decoder(list[int])


def vector_of(state: State, side: int, no: int) -> list[int]:
    """What an act had seen, itself included: how many acts of each side."""
    raw = state.get(keys.act_key(keys.ACT, side, no))
    assert raw is not None, "an act was folded before what its author had seen"
    return _VECTOR.decode(raw)


def close(state: State, roll: Roll, side: int, no: int, seen: dict[str, int]) -> list[int]:
    """The author's frontier, closed: who has seen an act has seen all that its author had seen."""
    if no > 1:
        vector = vector_of(state, side, no - 1)
        vector[side] = no
    else:
        vector = [0] * len(roll.names)
        vector[side] = no
    for name, count in seen.items():
        other = roll.sides.get(name)
        if other is None or other == side or count <= vector[other]:
            continue
        for index, theirs in enumerate(vector_of(state, other, count)):
            if index != side and theirs > vector[index]:
                vector[index] = theirs
    return vector


def mask(roll: Roll, side: int, to: tuple[str, ...] | None) -> int:
    """The sides that may read an act, as bits."""
    if to is None:
        return (1 << len(roll.names)) - 1
    bits = 1 << side
    for name in to:
        if (index := roll.sides.get(name)) is not None:
            bits |= 1 << index
    return bits
