"""Statements: one side's alone, public or not; or a third party's, with its source."""

from __future__ import annotations

from comity.desk.filing import Done
from comity.desk.line import own_language
from comity.desk.noun import Noun, Pen
from comity.desk.sheets.listing import Listing
from comity.desk.sheets.messages import StatementSheet, list_statements, one_statement
from comity.office.acts import Source, Statement

_NO_PEN = Pen()


class StatementDesk(Noun):
    """What can be done with statements."""

    def list(self, *, public: bool = False, after: str | None = None, limit: int = 50) -> Listing[StatementSheet]:
        """Statements, newest first; on request, only the public ones."""
        return list_statements(self._bench, public, after, limit)

    def show(self, *, statement: str) -> StatementSheet:
        """One statement."""
        return one_statement(self._bench, statement)

    def make(
        self,
        *,
        title: str,
        text: str,
        language: str | None = None,
        public: bool = False,
        translations: dict[str, str] | None = None,
        source: Source | None = None,
        concerns: tuple[str, ...] = (),
        pen: Pen = _NO_PEN,
    ) -> Done:
        """State something, in this side's name alone."""
        body = Statement(
            title=title,
            language=language or own_language(self._bench),
            text=text,
            public=public,
            translations=translations or {},
            source=source,
            concerns=concerns,
        )
        return self._bench.sign_and_file(body, pen)
