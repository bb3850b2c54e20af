"""Rows of exports from before the second edition of the model, as they are stored now."""

from __future__ import annotations

from typing import Any

from kb.record.vocabulary import ASPECTS

_QUESTIONS = {aspect: question for question, aspect in ASPECTS.items()}


class OldRows:
    """Upgrades rows one by one, and keeps what becomes a row of its own until the end."""

    def __init__(self) -> None:
        # What each source derives from: (source, parent, derivation).
        self.relations: list[tuple[Any, Any, str]] = []

    def upgrade(self, table: str, key: Any, fields: dict[str, Any]) -> None:
        """Change the fields of an old row in place; those of a newer row stay as they are."""
        if table == "desk.proposition" and "aspect" in fields:
            fields["question"] = _QUESTIONS[fields.pop("aspect")]
        elif table == "desk.source" and "derives_from" in fields:
            parent, derivation = fields.pop("derives_from"), fields.pop("derivation", "")
            if parent is not None:
                self.relations.append((key, parent, derivation))
