"""Every history of a few acts: what the sides may do, in every order and with every knowledge of each other.

A history is a set of acts with, for each, what its author had seen; the orders in which a node may receive them are
one history here. `explore` makes all histories of up to a number of acts, each from every history that lacks one of
its last acts. So it folds every interleaving: two orders of the same acts differ by swaps of neighbours that had not
seen each other, and after each such swap the two states are compared, byte by byte.

Acts that a rule sets aside are tried after every history, and must change nothing but their own entry and verdict.
They are then like a word without meaning (`say`), so only `say` is carried on, and only where it tells that its
author had seen something new: nothing else about it can matter to what follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product

from comity.office import fold, keys
from comity.office.acts import (
    Act,
    Adopt,
    Answer,
    Appoint,
    Body,
    Check,
    Confirm,
    Decline,
    Logged,
    OnWatch,
    Query,
    Read,
    Revoke,
    Table,
    Withdraw,
)
from comity.office.state import Roll, State
from comity.office.texts import Pointer, Tabled, dead, in_force, lapses, tabled
from comity.office.verdicts import SetAside
from tests.office_world import AT, charter, message

Vector = tuple[int, ...]
"""How many acts of each side an author had seen; of the own side, with this one."""
Move = tuple[str, int, int]
"""What is done, and to which text or own act."""
Step = tuple[Move, Vector]
History = tuple[tuple[Step, ...], ...]
Moves = Callable[[History, int, Vector], Iterator[Move]]

WORDING = "5" * 64
WORD = OnWatch(officer="-")


@dataclass(slots=True)
class World:
    """A history's state, and what nodes that hold parts of it believe."""

    records: dict[bytes, bytes]
    reached: int = 1
    """From how many histories that lack one of its last acts."""
    believed: frozenset[Pointer] = frozenset()
    """The texts that some node, holding any part of the history, believes in force."""
    buried: frozenset[Pointer] = frozenset()
    """The texts that some such node believes can never come into force."""

    def get(self, key: bytes) -> bytes | None:
        return self.records.get(key)

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        for key in sorted((key for key in self.records if key.startswith(prefix)), reverse=reverse):
            if after is None or (key < after if reverse else key > after):
                yield key, self.records[key]


@dataclass(slots=True)
class Tally:
    """What was covered; the tests assert that it is what they say."""

    histories: list[int] = field(default_factory=list)
    folds: int = 0
    set_aside: int = 0
    in_force: int = 0
    replaced: int = 0
    buried: int = 0
    crossed: int = 0
    """Histories in which a text is in force though a side let it lapse."""


class Explorer:
    """Makes all histories of one alphabet for a number of sides, and checks each."""

    def __init__(self, sides: int, moves: Moves, required: tuple[str, ...] | None = None) -> None:
        self.names = ("north", "south", "west")[:sides]
        self.roll = Roll(charter(*self.names))
        self.moves = moves
        self.required = required
        state = State(World({}))
        fold.found(state, self.roll.charter)
        self.start = {key: value for key, value in state.changes().items() if value is not None}
        self.tally = Tally()

    def explore(self, acts: int) -> Tally:
        level: dict[History, World] = {((),) * len(self.names): World(self.start)}
        for _ in range(acts):
            following: dict[History, World] = {}
            for history, world in level.items():
                for side, step in self.steps(history):
                    self.extend(world, history, side, step, following)
            for history, world in following.items():
                self.check(history, world)
            self.tally.histories.append(len(following))
            level = following
        return self.tally

    def steps(self, history: History) -> Iterator[tuple[int, Step]]:
        for side in range(len(self.names)):
            for vector in frontiers(history, side):
                for move in self.moves(history, side, vector):
                    yield side, (move, vector)

    def extend(self, world: World, history: History, side: int, step: Step, following: dict[History, World]) -> None:
        """Fold one more act, and compare with what the same history was when it ended in another of its acts."""
        act = self.act(side, step)
        state = State(world, self.roll)
        verdict = fold.fold(state, act)
        changes = state.changes()
        self.tally.folds += 1
        if isinstance(verdict, SetAside):
            self.tally.set_aside += 1
            own = {keys.act_key(table, side, act.no) for table in (keys.ACT, keys.VERDICT)}
            assert changes.keys() == own, f"{act} was set aside and yet had an effect"
            return
        records = world.records | {key: value for key, value in changes.items() if value is not None}
        for key, value in changes.items():
            if value is None:
                records.pop(key, None)
        longer = (*history[:side], (*history[side], step), *history[side + 1 :])
        known = following.setdefault(longer, World(records, 0))
        assert known.records == records, f"the order of the last acts matters: {longer}"
        known.reached += 1
        known.believed |= world.believed
        known.buried |= world.buried

    def act(self, side: int, step: Step) -> Act:
        move, vector = step
        seen = {name: n for name, n in zip(self.names, vector, strict=True) if name != self.names[side] and n}
        by, body = self.body(move)
        return Act(self.names[side], vector[side], body.tag, by, AT, seen, None, body)

    def body(self, move: Move) -> tuple[str, Body]:
        verb, side, no = move
        ref = self.roll.ref(side, no)
        by = "kim" if verb.startswith("unempowered ") else "han" if verb.startswith("han ") else "ri"
        match bare(verb):
            case "message":
                return by, message()
            case "address":
                return by, message(attention=(f"{self.names[side]}/han",))
            case "log":
                return by, Logged(message=ref)
            case "read":
                return by, Read(message=ref, reader="han")
            case "ask":
                return by, Query(message=ref, asks="logged")
            case "check":
                return by, Check(line="liaison", books={})
            case "answer":
                return by, Answer(check=ref, books={})
            case "revoke":
                return by, Revoke(name="han")
            case "appoint":
                return by, Appoint(name="han", title="Deputy")
            case "table":
                return by, self.table()
            case "counter":
                return by, self.table(answers=ref)
            case "replace":
                return by, self.table(replaces=ref)
            case "adopt":
                return by, Adopt(text=ref, wording=WORDING)
            case "refer":
                return by, Adopt(text=ref, wording=WORDING, ad_referendum=True)
            case "decline":
                return by, Decline(text=ref)
            case "withdraw":
                return by, Withdraw(text=ref)
            case "confirm":
                return by, Confirm(act=no)
        assert verb == "say"
        return by, WORD

    def table(self, *, answers: str | None = None, replaces: str | None = None) -> Table:
        return Table(
            kind="agreement",
            title="X",
            texts={"en": ""},
            wording=WORDING,
            required=self.required,
            answers=answers,
            replaces=replaces,
        )

    def check(self, history: History, world: World) -> None:
        """What holds after every history, whatever part of it a node may hold."""
        assert world.reached == lasts(history), f"an act has an effect in one order and none in another: {history}"
        state = State(world, self.roll)
        vector = [len(series) for series in history]
        texts: dict[Pointer, Tabled] = {}
        for key in world.records:
            if key.startswith(keys.TEXT):
                at = keys.unpointer(key)
                of = tabled(state, at)
                assert of is not None
                texts[at] = of
        binding = {at for at, of in texts.items() if in_force(state, vector, at, of)}
        world.believed |= binding
        world.buried |= {at for at, of in texts.items() if dead(state, vector, at, of)}
        assert not world.believed & world.buried, f"in force to one node, impossible to another: {history}"
        for one, other in product(world.believed, repeat=2):
            compatible = one == other or follows(texts, one, other) or follows(texts, other, one)
            assert compatible, f"two texts in force, neither replacing the other: {history}"
        self.tally.in_force += bool(binding)
        self.tally.replaced += len(binding) > 1
        self.tally.buried += bool(world.buried)
        self.tally.crossed += any(lapses(state, vector, at) for at in binding)


def bare(verb: str) -> str:
    """What is done, whoever does it: `han` was a delegate from the start, `unempowered` is one without powers."""
    return verb.rpartition(" ")[2]


def follows(texts: dict[Pointer, Tabled], later: Pointer, earlier: Pointer) -> bool:
    """Whether a text replaces an earlier one, directly or by way of others."""
    at: Pointer | None = later
    while at is not None and at != earlier:
        at = texts[at].replaces
    return at is not None


def frontiers(history: History, side: int) -> Iterator[Vector]:
    """All that a side may have seen when it acts next: no less than before, and with each act what its author saw."""
    own = history[side]
    before = own[-1][1] if own else (0,) * len(history)
    choices = [
        [len(own) + 1] if other == side else range(before[other], len(series) + 1)
        for other, series in enumerate(history)
    ]
    for vector in product(*choices):
        if all(
            history[other][n - 1][1][third] <= vector[third]
            for other, n in enumerate(vector)
            if other != side and n
            for third in range(len(history))
        ):
            yield vector


def lasts(history: History) -> int:
    """How many acts no other act has seen."""
    return sum(
        bool(series)
        and all(not other or other[-1][1][side] < len(series) for other in history if other is not series)
        for side, series in enumerate(history)
    )


def tabled_in(history: History, side: int, vector: Vector) -> list[Pointer]:
    """The texts that a side may act on: those whose tabling it has seen."""
    return [
        (author, no)
        for author, series in enumerate(history)
        for no, ((verb, _, _), _) in enumerate(series[: vector[author]], 1)
        if bare(verb) in ("table", "counter", "replace")
    ]


def learns_of_a_lapse(history: History, side: int, vector: Vector) -> bool:
    """Whether a frontier holds a lapse of which the side's last act told nothing.

    Only so can a word matter: the rules ask of another side's acts what they did, and whether their authors had seen
    a text lapse.
    """
    before = history[side][-1][1] if history[side] else (0,) * len(history)
    return any(
        bare(verb) in ("decline", "withdraw", "counter", "confirm")
        for other, series in enumerate(history)
        if other != side
        for (verb, _, _), _ in series[before[other] : vector[other]]
    )


def waiting_of(history: History, side: int) -> list[int]:
    """The side's own acts that a confirmation might lift."""
    return [no for no, ((verb, _, _), _) in enumerate(history[side], 1) if verb == "refer" or verb != bare(verb)]


def alphabet(*verbs: str, texts: int, first: int = 0, futile: int = 4) -> Moves:
    """The moves of these verbs, on at most so many texts of one matter, which the side `first` begins.

    What a side says again about a text that it adopted or let lapse already is tried after histories of at most
    `futile` acts: later such acts only repeat that they are set aside. Each act beyond its signer's powers is tried
    once a side, since there is no end to what may wait.
    """
    makes = ("table", "counter", "replace")

    def moves(history: History, side: int, vector: Vector) -> Iterator[Move]:
        acts = [bare(verb) for series in history for (verb, _, _), _ in series]
        if not acts:
            if side == first:
                yield from ((verb, 0, 0) for verb in verbs if bare(verb) == "table")
            return
        own = {move for move, _ in history[side]}
        settled = own if len(acts) > futile else set()
        for at in tabled_in(history, side, vector):
            lapsed = any((verb, *at) in settled for verb in ("decline", "withdraw", "counter"))
            for verb in verbs:
                what = bare(verb)
                if what in ("table", "confirm") or (what in makes and sum(act in makes for act in acts) == texts):
                    continue
                if verb != what:
                    if (verb, *at) not in own:
                        yield (verb, *at)
                    continue
                adopted = ("adopt", *at) in settled
                if (what in ("adopt", "refer") and (adopted or lapsed)) or (
                    what in ("decline", "withdraw") and lapsed
                ):
                    continue
                yield (verb, *at)
        if "confirm" in verbs:
            yield from (("confirm", side, no) for no in waiting_of(history, side))
        if learns_of_a_lapse(history, side, vector):
            yield ("say", 0, 0)

    return moves


def line_alphabet(*verbs: str) -> Moves:
    """The moves of these verbs about delegates and the line; each side does the same thing once."""
    about = {"log": "message", "read": "message", "ask": "message", "answer": "check"}

    def moves(history: History, side: int, vector: Vector) -> Iterator[Move]:
        own = {move for move, _ in history[side]}
        for verb in verbs:
            targets: list[Pointer] = [(side, 0)]
            if bare(verb) in about:
                targets = [
                    (author, no)
                    for author, series in enumerate(history)
                    for no, ((said, _, _), _) in enumerate(series[: vector[author]], 1)
                    if bare(said) == about[bare(verb)]
                ]
            elif bare(verb) == "address":
                targets = [(other, 0) for other in range(len(history)) if other != side]
            elif verb == "confirm":
                targets = [(side, no) for no in waiting_of(history, side)]
            yield from ((verb, *at) for at in targets if (verb, *at) not in own)

    return moves
