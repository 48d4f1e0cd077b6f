"""Letters from one principal to another."""

from __future__ import annotations

from comity.desk.filing import Done
from comity.desk.line import own_language
from comity.desk.noun import Noun, Pen
from comity.office.acts import Letter, Proposal

_NO_PEN = Pen()


class LetterDesk(Noun):
    """What can be done with letters."""

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
