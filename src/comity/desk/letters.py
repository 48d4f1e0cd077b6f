"""Letters from one principal to another."""

from __future__ import annotations

from comity.desk.filing import Done
from comity.desk.line import own_language
from comity.desk.noun import Noun, Pen
from comity.desk.sheets.listing import Listing
from comity.desk.sheets.messages import LetterSheet, list_letters, one_letter
from comity.office.acts import Letter, Proposal

_NO_PEN = Pen()


class LetterDesk(Noun):
    """What can be done with letters."""

    def list(self, *, after: str | None = None, limit: int = 50) -> Listing[LetterSheet]:
        """The letters that this side may read, newest first."""
        return list_letters(self._bench, after, limit)

    def show(self, *, letter: str) -> LetterSheet:
        """One letter."""
        return one_letter(self._bench, letter)

    def send(
        self,
        *,
        addressee: str,
        text: str,
        language: str | None = None,
        translations: dict[str, str] | None = None,
        proposes: Proposal | None = None,
        ref: str | None = None,
        pen: Pen = _NO_PEN,
    ) -> Done:
        """Send a letter; it may propose a meeting, which binds nobody."""
        body = Letter(
            addressee=addressee,
            language=language or own_language(self._bench),
            text=text,
            translations=translations or {},
            proposes=proposes,
            ref=ref,
        )
        return self._bench.sign_and_file(body, pen)
