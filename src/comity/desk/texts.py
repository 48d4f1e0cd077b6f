"""Joint texts: tabled, initialled, adopted, declined, withdrawn, confirmed."""

from __future__ import annotations

import msgspec

from comity.desk.filing import Done
from comity.desk.noun import Noun, Pen
from comity.desk.sheets.listing import Listing
from comity.desk.sheets.texts import TextSheet, list_texts, one_text
from comity.errors import Refused
from comity.office.acts import Adopt, Decline, Initial, Table, Withdraw, wording
from comity.record.digest import hex_digest

_NO_PEN = Pen()


class TextDesk(Noun):
    """What can be done with joint texts."""

    def list(self, *, after: str | None = None, limit: int = 50) -> Listing[TextSheet]:
        """All texts, newest first, each with how it stands and what it still needs."""
        return list_texts(self._bench, after, limit)

    def show(self, *, text: str) -> TextSheet:
        """One text with its wording in all its languages."""
        return one_text(self._bench, text)

    def table(
        self,
        *,
        kind: str,
        title: str,
        texts: dict[str, str],
        prevails: str | None = None,
        required: tuple[str, ...] | None = None,
        answers: str | None = None,
        replaces: str | None = None,
        pen: Pen = _NO_PEN,
    ) -> Done:
        """Table a text in one or more languages; a text that `answers` another is its counter-text."""
        draft = Table(
            kind=kind,
            title=title,
            texts=texts,
            wording="0" * 64,
            prevails=prevails,
            required=required,
            answers=answers,
            replaces=replaces,
        )
        body = msgspec.structs.replace(draft, wording=hex_digest(wording(draft)))
        return self._bench.sign_and_file(body, pen)

    def initial(self, *, text: str, digest: str | None = None, pen: Pen = _NO_PEN) -> Done:
        """Initial a text: its wording is fixed, and binds nobody yet."""
        return self._bench.sign_and_file(Initial(text=text, wording=digest or self._wording(text)), pen)

    def adopt(
        self,
        *,
        text: str,
        digest: str | None = None,
        ad_referendum: bool = False,
        declaration: dict[str, str] | None = None,
        pen: Pen = _NO_PEN,
    ) -> Done:
        """Adopt exactly the wording held here, or the one whose digest is given."""
        body = Adopt(
            text=text,
            wording=digest or self._wording(text),
            ad_referendum=ad_referendum,
            declaration=declaration or {},
        )
        return self._bench.sign_and_file(body, pen)

    def decline(self, *, text: str, reason: str = "", pen: Pen = _NO_PEN) -> Done:
        """Decline a text."""
        return self._bench.sign_and_file(Decline(text=text, reason=reason), pen)

    def withdraw(self, *, text: str, reason: str = "", pen: Pen = _NO_PEN) -> Done:
        """Withdraw a text that this side tabled or adopted, for all who had not adopted it before they see this."""
        return self._bench.sign_and_file(Withdraw(text=text, reason=reason), pen)

    def _wording(self, text: str) -> str:
        body = self._bench.body(text)
        if not isinstance(body, Table):
            raise Refused(f"{text} is not a text", hint="see `comity text list`")
        return body.wording
