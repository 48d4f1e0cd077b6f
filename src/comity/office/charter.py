"""The charter: who the sides are, what binds them, on which lines they speak. Its text founds the office."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from comity.errors import Objection, Refused
from comity.office import bounds as b
from comity.office.acts import BODIES, Powers

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Delegate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    name: b.Name
    title: b.Title
    key: b.Key
    chief: bool = False
    powers: Powers = Powers()


class Side(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    side: b.SideName
    title: b.Title
    language: b.Language
    seal: b.Key
    receipt: b.Key
    pouch: b.Key
    watch: b.Key
    delegates: Annotated[tuple[Delegate, ...], Meta(min_length=1, max_length=256)]
    urls: Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=512)], ...], Meta(max_length=8)] = ()
    seal_pq: b.Key | None = None
    receipt_pq: b.Key | None = None


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    line: b.LineName
    title: b.Title
    checks: Annotated[tuple[b.Clock, ...], Meta(max_length=48)]
    zone: Annotated[str, Meta(min_length=1, max_length=64)]
    """The IANA time zone of the check times."""
    window_min: b.Minutes
    caller: str = msgspec.field(name="from")
    """The side that calls, or `alternate`: the sides in the charter's order, one check after the other."""
    days: Annotated[tuple[Day, ...], Meta(min_length=1, max_length=7)] = DAYS


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Minutes from receipt until a message of each precedence is due to be logged."""

    flash: b.Minutes = msgspec.field(name="FLASH")
    immediate: b.Minutes = msgspec.field(name="IMMEDIATE")
    priority: b.Minutes = msgspec.field(name="PRIORITY")
    routine: b.Minutes = msgspec.field(name="ROUTINE")

    def minutes(self, precedence: str) -> int:
        return int(getattr(self, precedence.lower()))


class Charter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    format: Literal["comity/charter/v1"]
    office: Annotated[str, Meta(pattern=r"^[a-z0-9]([a-z0-9.-]{0,126}[a-z0-9])?(/[A-Za-z0-9._~-]{1,64}){0,4}\Z")]
    """The office's name: a URL without a scheme, such as kaesong.example."""
    title: b.Title
    founded: b.Moment
    sides: Annotated[tuple[Side, ...], Meta(min_length=2, max_length=b.SIDES)]
    lines: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=b.LINES)]
    due_min: Due
    policy: Annotated[str, Meta(max_length=1 << 16)]
    """Which receipts and witnesses settle an act: the text of a tlog-policy, opaque here."""
    languages: Annotated[tuple[b.Language, ...], Meta(min_length=1, max_length=32)]
    person: Annotated[tuple[b.Word, ...], Meta(max_length=64)] = ()
    """The kinds of acts that need a person's signature: a watch key may not sign them."""
    notice_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    """How long before a change of staff notice of it is due."""


def write_charter(charter: Charter) -> bytes:
    """The text of a charter, to be written once: its SHA-256 is the office's id."""
    return msgspec.json.format(msgspec.json.encode(charter), indent=2) + b"\n"


def read_charter(text: bytes, *, zones: Collection[str]) -> Charter:
    """Read a charter's text, naming all that is wrong with it at once.

    zones: the names of the time zones that exist.
    Raises: Refused, with an objection for each fault and its place, such as sides[1].delegates[0].key.
    """
    if len(text) > b.CHARTER_BYTES:
        raise Refused(Objection("C1", f"the charter has {len(text)} bytes; at most {b.CHARTER_BYTES} are read"))
    try:
        loose = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(Objection("C1", f"not JSON: {error}", hint="a charter is one JSON object in UTF-8")) from error
    if faults := list(_form(loose, Charter, "charter")):
        raise Refused(faults)
    charter = msgspec.convert(loose, Charter, strict=True)
    if faults := list(examine(charter, zones=zones)):
        raise Refused(faults)
    return charter


def _form(loose: Any, wanted: Any, place: str) -> Iterator[Objection]:
    """Every fault of form, not only the first: down into structs and their lists, field by field."""
    if get_origin(wanted) is Annotated:
        inner = get_args(wanted)[0]
        if get_origin(inner) is tuple and isinstance(loose, list) and _is_struct(item := get_args(inner)[0]):
            for index, part in enumerate(loose[:512]):
                yield from _form(part, item, f"{place}[{index}]")
            loose, wanted = [None] * len(loose), Annotated[tuple[None, ...], *get_args(wanted)[1:]]
    elif _is_struct(wanted) and isinstance(loose, dict):
        hints = get_type_hints(wanted, include_extras=True)
        fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
        for name in sorted(loose.keys() - fields.keys()):
            yield Objection("C1", f"there is no field {name!r:.80}", see=place)
        for name, field in fields.items():
            if name in loose:
                yield from _form(loose[name], hints[field.name], name if place == "charter" else f"{place}.{name}")
            elif field.required:
                yield Objection("C1", f"the field {name!r} is missing", see=place)
        return
    try:
        msgspec.convert(loose, wanted, strict=True)
    except msgspec.ValidationError as error:
        yield Objection("C1", str(error)[:400], see=place)


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def examine(charter: Charter, *, zones: Collection[str]) -> Iterator[Objection]:
    """All that is wrong with a well-formed charter."""
    yield from _twice("C2", "side", [(s.side, f"sides[{i}].side") for i, s in enumerate(charter.sides)])
    yield from _twice("C2", "line", [(n.line, f"lines[{i}].line") for i, n in enumerate(charter.lines)])
    yield from _twice("C2", "language", [(n, f"languages[{i}]") for i, n in enumerate(charter.languages)])
    yield from _twice("C3", "key", list(_keys(charter)), "one key has one role, always: make another key")
    for i, side in enumerate(charter.sides):
        yield from _examine_side(side, f"sides[{i}]", charter)
    for i, line in enumerate(charter.lines):
        yield from _examine_line(line, f"lines[{i}]", {s.side for s in charter.sides}, zones)
    times = [charter.due_min.minutes(p) for p in ("FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE")]
    if times != sorted(times):
        yield Objection("C7", "a higher precedence is due later than a lower one", see="due_min")
    for i, kind in enumerate(charter.person):
        if kind not in BODIES:
            yield Objection("C8", f"no kind of act is called {kind!r}", see=f"person[{i}]")


def _twice(rule: str, what: str, named: list[tuple[str, str]], hint: str = "") -> Iterator[Objection]:
    count = Counter(name for name, _ in named)
    first: dict[str, str] = {}
    for name, place in named:
        if count[name] > 1 and first.setdefault(name, place) != place:
            yield Objection(rule, f"the {what} {name[:80]!r} is also at {first[name]}", see=place, hint=hint)


def _keys(charter: Charter) -> Iterator[tuple[str, str]]:
    """Every key with its place; a role is a place."""
    for i, side in enumerate(charter.sides):
        for role in ("seal", "receipt", "pouch", "watch", "seal_pq", "receipt_pq"):
            if key := getattr(side, role):
                yield key, f"sides[{i}].{role}"
        for j, delegate in enumerate(side.delegates):
            yield delegate.key, f"sides[{i}].delegates[{j}].key"


def _examine_side(side: Side, place: str, charter: Charter) -> Iterator[Objection]:
    names = [(d.name, f"{place}.delegates[{j}].name") for j, d in enumerate(side.delegates)]
    yield from _twice("C2", "delegate", names)
    for name, where in names:
        if name == b.WATCH:
            yield Objection("C4", f"{name!r} is the name under which the watch key signs", see=where)
    if not any(delegate.chief for delegate in side.delegates):
        yield Objection(
            "C4", f"{side.side} has no chief delegate", see=f"{place}.delegates", hint="mark one as chief"
        )
    if side.language not in charter.languages:
        yield Objection("C5", f"{side.language!r} is not a language of the office", see=f"{place}.language")


def _examine_line(line: Line, place: str, sides: set[str], zones: Collection[str]) -> Iterator[Objection]:
    if line.caller not in sides | {"alternate"}:
        yield Objection("C6", f"no side is called {line.caller[:80]!r}", see=f"{place}.from", hint="or `alternate`")
    if line.zone not in zones:
        yield Objection("C6", f"no time zone is called {line.zone!r}", see=f"{place}.zone", hint="such as Asia/Seoul")
    if list(line.checks) != sorted(set(line.checks)):
        yield Objection("C6", "check times are not in order, each once", see=f"{place}.checks")
    if list(line.days) != [day for day in DAYS if day in line.days]:
        yield Objection("C6", "days are not in the week's order, each once", see=f"{place}.days")
