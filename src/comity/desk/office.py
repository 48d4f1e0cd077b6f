"""An office as one side works in it: the nouns, here or in the node that has the office."""

from __future__ import annotations

from typing import Any

from comity.desk.calls import Call, calls_of, carry_out
from comity.desk.delegates import DelegateDesk
from comity.desk.letters import LetterDesk
from comity.desk.line import LineDesk
from comity.desk.links import LinkDesk
from comity.desk.noun import Bench, Noun
from comity.desk.pouches import PouchDesk
from comity.desk.record import RecordDesk
from comity.desk.statements import StatementDesk
from comity.desk.texts import TextDesk
from comity.desk.watch import WatchDesk
from comity.errors import Refused

NOUNS: dict[str, type[Noun]] = {
    "delegate": DelegateDesk,
    "letter": LetterDesk,
    "line": LineDesk,
    "link": LinkDesk,
    "pouch": PouchDesk,
    "record": RecordDesk,
    "statement": StatementDesk,
    "text": TextDesk,
    "watch": WatchDesk,
}
CALLS: dict[str, Call] = {name: call for noun, kind in NOUNS.items() for name, call in calls_of(noun, kind).items()}


class Office:
    """The desk of one side in one office."""

    delegate: DelegateDesk
    letter: LetterDesk
    line: LineDesk
    link: LinkDesk
    pouch: PouchDesk
    record: RecordDesk
    statement: StatementDesk
    text: TextDesk
    watch: WatchDesk


class LocalOffice(Office):
    """The desk in the process that holds the office."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.delegate = DelegateDesk(bench)
        self.letter = LetterDesk(bench)
        self.line = LineDesk(bench)
        self.link = LinkDesk(bench)
        self.pouch = PouchDesk(bench)
        self.record = RecordDesk(bench)
        self.statement = StatementDesk(bench)
        self.text = TextDesk(bench)
        self.watch = WatchDesk(bench)

    def carry_out(self, name: str, raw: bytes) -> bytes:
        """Carry out a call that came from another process.

        Raises: Refused, if there is no such call; what the call raises.
        """
        call = CALLS.get(name)
        if call is None:
            raise Refused(f"there is nothing called {name[:80]!r} to do")
        noun: Any = getattr(self, call.noun)
        return carry_out(call, noun, raw)
