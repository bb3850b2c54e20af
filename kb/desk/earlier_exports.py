"""Rows of exports that were written before a column moved, as they are stored today."""

from __future__ import annotations

from typing import Any

from kb.record.vocabulary import StatementForm, Wording


class EarlierRows:
    """Hands the wording of statements to their citations, which come after them in the file."""

    def __init__(self) -> None:
        self.statements: dict[Any, dict[str, Any]] = {}
        self.quoted: set[Any] = set()

    def upgraded(self, table: str, key: Any, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a row as the newest release has them; unchanged if it wrote them."""
        if table == "desk.statement" and "wording" in fields:
            self.statements[key] = fields
            return {name: value for name, value in fields.items() if name != "wording"}
        statement = self.statements.get(fields.get("statement"))
        if table != "desk.citation" or statement is None or not fields["exact"]:
            return fields
        return {**self._described(fields, statement), **fields}

    def _described(self, fields: dict[str, Any], statement: dict[str, Any]) -> dict[str, Any]:
        is_paraphrase = statement["form"] == StatementForm.PARAPHRASE
        is_same = fields["exact"].strip() == statement["text"].strip() != ""
        shows = is_same and not is_paraphrase and fields["statement"] not in self.quoted
        if shows:
            self.quoted.add(fields["statement"])
        return {
            "wording": Wording.PARAPHRASE.value if is_paraphrase else statement["wording"],
            "language": statement["language"],
            "quoted": shows,
        }
