"""The line: messages, the four acknowledgements, checks and answers."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from comity.desk.filing import Done
from comity.desk.noun import Bench, File, Noun, Pen
from comity.desk.sheets.listing import Listing
from comity.desk.sheets.messages import MessageSheet, list_messages, one_message
from comity.errors import Refused
from comity.office.acts import (
    Answer,
    Attachment,
    Book,
    Check,
    Fact,
    Logged,
    Message,
    Precedence,
    Query,
    Read,
    Shown,
)
from comity.office.views.lines import LineView, lines, parse_time
from comity.record.digest import hex_digest

_NO_PEN = Pen()


class LineDesk(Noun):
    """What can be done on the line."""

    def status(self, *, checks: int = 14, as_of: str | None = None) -> tuple[LineView, ...]:
        """Each line: its checks against their schedule up to now, and what the last answer showed of the books."""
        now = self._bench.moment() if as_of is None else parse_time(as_of)
        if now is None:
            raise Refused(f"{as_of!r} is no time", hint="write it as 2018-09-14T18:00:00+09:00")
        state = self._bench.view()
        zones = {line.zone: ZoneInfo(line.zone) for line in state.charter.lines}
        return tuple(lines(state, now, zones, checks=min(max(checks, 1), 400)))

    def messages(self, *, line: str, after: str | None = None, limit: int = 50) -> Listing[MessageSheet]:
        """The messages of a line, newest first, each with its four acknowledgements."""
        return list_messages(self._bench, line, after, limit)

    def message(self, *, message: str) -> MessageSheet:
        """One message in full."""
        return one_message(self._bench, message)

    def send(
        self,
        *,
        line: str,
        subject: str,
        text: str,
        precedence: Precedence = "ROUTINE",
        language: str | None = None,
        translations: dict[str, str] | None = None,
        attach: tuple[File, ...] = (),
        attention: tuple[str, ...] = (),
        ref: str | None = None,
        pen: Pen = _NO_PEN,
    ) -> Done:
        """Send a message, in the author's own language, with courtesy translations marked as such."""
        body = Message(
            line=line,
            precedence=precedence,
            subject=subject,
            language=language or own_language(self._bench),
            text=text,
            translations=translations or {},
            attachments=tuple(describe(file) for file in attach),
            attention=attention,
            ref=ref,
        )
        return self._bench.sign_and_file(body, pen, attachments=attach)

    def log(self, *, message: str, pen: Pen = _NO_PEN) -> Done:
        """State that the watch logged a message."""
        return self._bench.sign_and_file(Logged(message=message), pen)

    def read(self, *, message: str, reader: str | None = None, pen: Pen = _NO_PEN) -> Done:
        """State that its addressee read a message."""
        return self._bench.sign_and_file(Read(message=message, reader=reader), pen)

    def shown(self, *, message: str, to: str, pen: Pen = _NO_PEN) -> Done:
        """State that a message was shown to a principal."""
        return self._bench.sign_and_file(Shown(message=message, to=to), pen)

    def query(self, *, message: str, asks: Fact, note: str = "", pen: Pen = _NO_PEN) -> Done:
        """Ask for the next acknowledgement of a message."""
        return self._bench.sign_and_file(Query(message=message, asks=asks, note=note), pen)

    def check(self, *, line: str, slot: str | None = None, note: str = "", pen: Pen = _NO_PEN) -> Done:
        """Call on a line, with the heads of all that this side holds."""
        return self._bench.sign_and_file(Check(line=line, slot=slot, note=note, books=_books(self._bench, {})), pen)

    def answer(self, *, check: str, note: str = "", pen: Pen = _NO_PEN) -> Done:
        """Answer a check with this side's own heads, at the sizes that the check gave and at its own frontier."""
        asked = self._bench.body(check)
        sizes = (
            {side: [book.size for book in books] for side, books in asked.books.items()}
            if isinstance(asked, Check)
            else {}
        )
        return self._bench.sign_and_file(Answer(check=check, note=note, books=_books(self._bench, sizes)), pen)


def own_language(bench: Bench) -> str:
    """The language of this side."""
    return next(party.language for party in bench.registry.charter.sides if party.side == bench.side)


def describe(file: File) -> Attachment:
    """How a body speaks of a file that goes with it."""
    return Attachment(hex_digest(file.content), file.name, len(file.content), file.media_type)


def _books(bench: Bench, asked: dict[str, list[int]]) -> dict[str, tuple[Book, ...]]:
    books = {}
    for side, held in bench.registry.shelf.holdings().items():
        sizes = sorted({size for size in (*asked.get(side, ()), held) if 0 < size <= held})
        if sizes:
            books[side] = tuple(Book(size, bench.registry.root_at(side, size).hex()) for size in sizes)
    return books
