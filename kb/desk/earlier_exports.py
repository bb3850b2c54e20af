"""Rows of exports that were written before a column moved, as they are stored today."""

from __future__ import annotations

from typing import Any

from kb.record.vocabulary import ASPECTS, StatementForm, Wording

_QUESTIONS = {aspect: question for question, aspect in ASPECTS.items()}


class EarlierRows:
    """Upgrades rows one by one, in the order of the file.

    The wording of a statement goes to its citations, which come after it. What a source derives
    from becomes a row of its own: ``relations`` has (source, parent, derivation) at the end.
    """

    def __init__(self) -> None:
        self.statements: dict[Any, dict[str, Any]] = {}
        self.quoted: set[Any] = set()
        self.relations: list[tuple[Any, Any, str]] = []

    def upgraded(self, table: str, key: Any, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields of a row as the newest release has them; unchanged if it wrote them."""
        if table == "desk.statement" and "wording" in fields:
            self.statements[key] = fields
            return {name: value for name, value in fields.items() if name != "wording"}
        if table == "desk.proposition" and "aspect" in fields:
            question = _QUESTIONS[fields["aspect"]]
            return {name: value for name, value in fields.items() if name != "aspect"} | {
                "question": question
            }
        if table == "desk.source" and "derives_from" in fields:
            return self._without_parent(key, fields)
        statement = self.statements.get(fields.get("statement"))
        if table != "desk.citation" or statement is None or not fields["exact"]:
            return fields
        return {**self._described(fields, statement), **fields}

    def _without_parent(self, key: Any, fields: dict[str, Any]) -> dict[str, Any]:
        if fields["derives_from"] is not None:
            self.relations.append((key, fields["derives_from"], fields.get("derivation", "")))
        moved = ("derives_from", "derivation")
        return {name: value for name, value in fields.items() if name not in moved}

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
