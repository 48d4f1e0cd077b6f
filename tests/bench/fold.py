"""What a fold step costs at act 1,000 and at act 1,000,000, and how large the state grows.

Run it with `python -m tests.bench.fold [ACTS] [OUT.json]`. Two sides exchange messages and log them; the state lies
in a dict and is settled every 500 acts. At each power of ten, every kind of act is folded some dozens of times and
the median is printed, in microseconds; the acts are made beforehand. `start_us` is a new State on the same base, its
charter read, and one act folded. `message_bytes` is what a message that nobody has logged adds to the state.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from statistics import median
from time import perf_counter_ns

from comity.office import fold
from comity.office.acts import (
    Act,
    Adopt,
    Answer,
    Appoint,
    Body,
    Book,
    Books,
    Check,
    Confirm,
    Decline,
    Handover,
    Initial,
    Letter,
    Logged,
    OnWatch,
    Query,
    Read,
    Revoke,
    Shown,
    Statement,
    Table,
    Withdraw,
)
from comity.office.state import State
from comity.office.verdicts import Verdict
from tests.office_world import AT, charter, message

NORTH, SOUTH = "north", "south"
ROUNDS = 40
GROUP = 500
WORDING = "5" * 64


class Base:
    """Records in a dict; the acts measured here look for no keys."""

    def __init__(self) -> None:
        self.records: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        return self.records.get(key)

    def scan(
        self, prefix: bytes, *, after: bytes | None = None, reverse: bool = False
    ) -> Iterator[tuple[bytes, bytes]]:
        raise AssertionError("the acts measured here look for no keys")

    def write(self, changes: Mapping[bytes, bytes | None]) -> None:
        for key, value in changes.items():
            if value is None:
                self.records.pop(key, None)
            else:
                self.records[key] = value

    def size(self) -> int:
        return sum(len(key) + len(value) for key, value in self.records.items())


class Bench:
    """Two sides that have seen all of each other."""

    def __init__(self) -> None:
        self.base = Base()
        self.state = State(self.base)
        fold.found(self.state, charter(NORTH, SOUTH))
        self.count = {NORTH: 0, SOUTH: 0}
        self.times: dict[str, list[int]] = {}

    def write(self, side: str, body: Body, by: str = "ri") -> Act:
        other = SOUTH if side == NORTH else NORTH
        self.count[side] += 1
        seen = {other: self.count[other]} if self.count[other] else {}
        return Act(side, self.count[side], body.tag, by, AT, seen, None, body)

    def fold(self, act: Act) -> Verdict:
        verdict = fold.fold(self.state, act)
        if sum(self.count.values()) % GROUP == 0:
            self.settle()
        return verdict

    def settle(self) -> None:
        self.base.write(self.state.changes())
        self.state.settle()

    def time(self, side: str, body: Body, by: str = "ri", name: str = "") -> str:
        act = self.write(side, body, by)
        start = perf_counter_ns()
        fold.fold(self.state, act)
        self.times.setdefault(name or act.kind, []).append(perf_counter_ns() - start)
        if sum(self.count.values()) % GROUP == 0:
            self.settle()
        return act.ref

    def fill(self, acts: int) -> None:
        body = message("ROUTINE")
        while sum(self.count.values()) < acts:
            ref = self.write(NORTH, body)
            self.fold(ref)
            self.fold(self.write(SOUTH, Logged(message=ref.ref), by="watch"))

    def round(self, turn: int) -> None:
        """Each kind of act once, or a few times."""
        time = self.time
        ref = time(NORTH, message())
        time(NORTH, Query(message=ref, asks="read"))
        for fact in (Logged(message=ref), Read(message=ref, reader="kim"), Shown(message=ref, to="The Minister")):
            time(SOUTH, fact)
        time(SOUTH, message(attention=("north/han",), ref=ref), name="message, for attention")
        books: Books = {side: (Book(max(1, n), "h"),) for side, n in self.count.items()}
        time(NORTH, Answer(check=time(SOUTH, Check(line="liaison", books=books)), books=books), by="watch")
        time(NORTH, OnWatch(officer="Capt. Pak"))
        time(NORTH, Handover(officer="Maj. O", lines={"liaison": "good", "military": "good"}))
        time(SOUTH, Letter(addressee="The Chairman", language="ko", text=""))
        time(SOUTH, Statement(title="S", language="ko", text=""))
        self.round_of_texts()
        name = f"p{turn}"
        time(NORTH, Appoint(name=name, title="Adviser"))
        time(NORTH, Revoke(name=name))

    def round_of_texts(self) -> None:
        """A text is countered, the counter-text adopted and replaced; one is withdrawn; an adoption is confirmed."""
        time = self.time
        first = time(NORTH, self.text())
        time(NORTH, Adopt(text=first, wording=WORDING))
        second = time(SOUTH, self.text(answers=first), name="table, a counter-text")
        time(SOUTH, Initial(text=second, wording=WORDING))
        for side in (SOUTH, NORTH):
            time(side, Adopt(text=second, wording=WORDING))
        third = time(NORTH, self.text(replaces=second), name="table, a replacement")
        for side in (SOUTH, NORTH):
            time(side, Adopt(text=third, wording=WORDING), name="adopt, a replacement")
        time(SOUTH, Decline(text=time(NORTH, self.text())))
        time(NORTH, Withdraw(text=time(NORTH, self.text())))
        last = time(NORTH, self.text())
        time(SOUTH, Adopt(text=last, wording=WORDING), by="kim", name="adopt, pending")
        time(SOUTH, Confirm(act=self.count[SOUTH]))

    @staticmethod
    def text(*, answers: str | None = None, replaces: str | None = None) -> Table:
        return Table(
            kind="agreement", title="T", texts={"en": ""}, wording=WORDING, answers=answers, replaces=replaces
        )


def measure(most: int) -> dict[str, object]:
    """The medians at each power of ten up to `most` acts, and the bytes of state that an act takes."""
    bench = Bench()
    points: dict[str, object] = {}
    acts = 1_000
    while acts <= most:
        bench.fill(acts)
        bench.settle()
        bench.times = {}
        for turn in range(ROUNDS):
            bench.round(turn)
        bench.settle()
        medians = {kind: median(times) / 1000 for kind, times in sorted(bench.times.items())}
        bytes_per_act = round(bench.base.size() / sum(bench.count.values()), 1)
        points[str(acts)] = {
            "fold_us": medians,
            "start_us": start(bench),
            "state_bytes_per_act": bytes_per_act,
            "message_bytes": message_bytes(bench),
        }
        acts *= 10
    return points


def message_bytes(bench: Bench) -> float:
    """What a message adds to the state before it is logged."""
    bench.settle()
    before = bench.base.size()
    for _ in range(100):
        bench.fold(bench.write(NORTH, message("ROUTINE")))
    bench.settle()
    return (bench.base.size() - before) / 100


def start(bench: Bench) -> float:
    times = []
    for _ in range(50):
        act = bench.write(NORTH, message())
        begin = perf_counter_ns()
        state = State(bench.base)
        fold.fold(state, act)
        times.append(perf_counter_ns() - begin)
        bench.base.write(state.changes())
        bench.state.discard()
    return median(times) / 1000


def main() -> None:
    most = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    points = measure(most)
    print(json.dumps(points, indent=1))
    if len(sys.argv) > 2:
        with open(sys.argv[2], "w") as out:
            json.dump(points, out, indent=1)


if __name__ == "__main__":
    main()
