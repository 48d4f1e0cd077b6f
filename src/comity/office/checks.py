"""Line checks, their answers, and the watch. Rules L1, L7 to L9."""

from __future__ import annotations

import msgspec

from comity.errors import Objection
from comity.office import keys
from comity.office.acts import Answer, Book, Check, Handover, OnWatch
from comity.office.messages import unknown_line, unseen
from comity.office.past import Past, Rules
from comity.office.state import State


class Checked(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A check: its slot, and the heads its author held, by the side's place in the charter."""

    slot: str
    at: str
    place: int
    """The number at which it took effect."""
    books: dict[int, tuple[Book, ...]]


class Compared(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Two sides' copies of a series, by the sizes at which both named a head."""

    same: int = 0
    """The greatest size at which both hold the same head."""
    differ: int = 0
    """The least size at which they do not; 0: nowhere. The first entry that differs is after `same`, up to this."""


class Answered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The answer to a check, and what the two sets of heads show."""

    no: int
    at: str
    books: dict[int, Compared]

    @property
    def agree(self) -> bool:
        """No series differs, and at least one could be compared."""
        compared = [book for book in self.books.values() if book.same or book.differ]
        return bool(compared) and not any(book.differ for book in compared)


class Watch(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Who is on watch for a side, since which act; lines as their places in the charter, none: all."""

    no: int
    at: str
    officer: str
    lines: tuple[int, ...]


CHECKED = msgspec.msgpack.Decoder(Checked)
_ANSWERED = msgspec.msgpack.Decoder(Answered)
_WATCH = msgspec.msgpack.Decoder(Watch)
_encode = msgspec.msgpack.encode


def check_key(line: int, side: int, no: int) -> bytes:
    return keys.CHECK + bytes([line]) + keys.pointer(side, no)


def slot_key(line: int, slot: str, side: int) -> bytes:
    return keys.CHECK_SLOT + bytes([line]) + slot.encode() + bytes([side])


def checked(state: State, side: int, no: int) -> tuple[int, Checked] | None:
    """The line and the record of a check."""
    line = state.get(keys.act_key(keys.CHECK_LINE, side, no))
    if line is None:
        return None
    raw = state.get(check_key(line[0], side, no))
    assert raw is not None
    return line[0], CHECKED.decode(raw)


def answered(state: State, side: int, no: int, by: int) -> Answered | None:
    """The answer of the side `by` to a check."""
    raw = state.get(keys.act_key(keys.ANSWER, side, no) + bytes([by]))
    return None if raw is None else _ANSWERED.decode(raw)


def watch(state: State, side: int) -> Watch | None:
    raw = state.get(keys.ON_WATCH + bytes([side]))
    return None if raw is None else _WATCH.decode(raw)


def _books(past: Past, books: dict[str, tuple[Book, ...]]) -> list[Objection]:
    found = []
    for name, marks in books.items():
        if name not in past.roll.sides:
            found.append(Objection("A4", f"no side is called {name!r}", see=past.ref))
        sizes = [book.size for book in marks]
        if sizes != sorted(set(sizes)):
            found.append(Objection("L7", f"the sizes of {name} are not ascending, each once", see=past.ref))
    return found


def judge_check(past: Past, act: Check) -> list[Objection]:
    found = _books(past, act.books)
    line = past.roll.lines.get(act.line)
    if line is None:
        found.append(unknown_line(past, act.line))
    elif act.slot is not None and act.slot[11:] not in past.roll.charter.lines[line].checks:
        times = ", ".join(past.roll.charter.lines[line].checks)
        found.append(Objection("L7", f"no check is set for {act.slot[11:]}", see=past.ref, hint=f"set: {times}"))
    elif act.slot is not None and (before := past.state.get(slot_key(line, act.slot, past.side))):
        see = past.roll.ref(past.side, int(msgspec.msgpack.decode(before, type=int)))
        found.append(Objection("L7", f"the check of {act.slot} is made already", see=see))
    return found


def apply_check(past: Past, act: Check) -> None:
    line = past.roll.lines[act.line]
    books = {past.roll.sides[name]: marks for name, marks in sorted(act.books.items())}
    past.state.put(check_key(line, past.side, past.no), _encode(Checked(act.slot or "", past.at, past.place, books)))
    past.state.put(keys.act_key(keys.CHECK_LINE, past.side, past.no), bytes([line]))
    if act.slot is not None:
        past.state.put(slot_key(line, act.slot, past.side), _encode(past.no))


def _check(past: Past, at: tuple[int, int]) -> Checked | None:
    """The check of that number, if it had taken effect as the author had seen it."""
    found = checked(past.state, *at)
    return found[1] if found is not None and past.sees(at[0], found[1].place) else None


def judge_answer(past: Past, act: Answer) -> list[Objection]:
    found = _books(past, act.books)
    at = past.find(act.check)
    if at is None:
        found.append(unseen(past, act.check))
    elif past.closed(*at):
        return found
    elif _check(past, at) is None or at[0] == past.side:
        found.append(Objection("L8", f"{act.check} is not another side's check", see=past.ref))
    elif (before := answered(past.state, *at, past.side)) is not None:
        found.append(Objection("L8", f"{act.check} is answered already", see=past.roll.ref(past.side, before.no)))
    return found


def apply_answer(past: Past, act: Answer) -> None:
    at = past.find(act.check)
    assert at is not None
    check = _check(past, at)
    if check is None:
        return
    compared = {}
    for name, marks in sorted(act.books.items()):
        side = past.roll.sides[name]
        compared[side] = compare(check.books.get(side, ()), marks)
    past.state.put(keys.act_key(keys.ANSWER, *at) + bytes([past.side]), _encode(Answered(past.no, past.at, compared)))


def compare(one: tuple[Book, ...], other: tuple[Book, ...]) -> Compared:
    """Whether two copies of a series are one, at the sizes that both name."""
    theirs = {book.size: book.head for book in other}
    same = differ = 0
    for book in one:
        if (head := theirs.get(book.size)) is None:
            continue
        if head != book.head:
            differ = book.size
            break
        same = book.size
    return Compared(same, differ)


def _lines(past: Past, lines: list[str]) -> list[Objection]:
    return [unknown_line(past, line) for line in lines if line not in past.roll.lines]


def judge_on_watch(past: Past, act: OnWatch) -> list[Objection]:
    return _lines(past, list(act.lines))


def apply_on_watch(past: Past, act: OnWatch) -> None:
    lines = tuple(sorted({past.roll.lines[line] for line in act.lines}))
    past.state.put(keys.ON_WATCH + bytes([past.side]), _encode(Watch(past.no, past.at, act.officer, lines)))


def judge_handover(past: Past, act: Handover) -> list[Objection]:
    found = _lines(past, list(act.lines))
    now = watch(past.state, past.side)
    for line, index in past.roll.lines.items():
        if line not in act.lines and (now is None or not now.lines or index in now.lines):
            found.append(Objection("L9", f"the condition of the line {line} is not handed over", see=past.ref))
    return found


def apply_handover(past: Past, act: Handover) -> None:
    now = watch(past.state, past.side)
    lines = now.lines if now is not None else ()
    past.state.put(keys.ON_WATCH + bytes([past.side]), _encode(Watch(past.no, past.at, act.officer, lines)))
    past.state.put(keys.act_key(keys.HANDOVER, past.side, past.no), b"")


RULES = {
    "check": Rules(judge_check, apply_check, watch=True),
    "answer": Rules(judge_answer, apply_answer, watch=True),
    "on_watch": Rules(judge_on_watch, apply_on_watch, watch=True),
    "handover": Rules(judge_handover, apply_handover, watch=True),
}
