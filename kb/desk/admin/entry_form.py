"""The form of an event or a statement, with the wording of its date from its citations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.forms.formsets import DELETION_FIELD_NAME

from kb.dates import FuzzyDate
from kb.desk.admin.forms import DeskForm
from kb.text.cited_words import contains_words

# The field of an entry that holds its date, by kind.
DATE_FIELDS = {"statement": "said", "event": "happened", "request": "asked_on"}
_EXACT_WORDS = re.compile(r"(citations-\d+)-exact")


class EntryForm(DeskForm):
    """An entry. Words typed as its date become the wording of the source only if it has them.

    An empty box for the wording is filled with the words of the box for the date, if they occur in
    the exact words of a citation in this form. Otherwise they are the editor's, and not stored.
    """

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        name = DATE_FIELDS[self._meta.model.kind]
        when = cleaned.get(name)
        if not isinstance(when, FuzzyDate) or cleaned.get(f"{name}_phrase"):
            return cleaned
        if any(contains_words(exact, when.phrase) for exact in self._cited_words()):
            cleaned[f"{name}_phrase"] = when.phrase
        return cleaned

    def _cited_words(self) -> Iterator[str]:
        """The exact words of the citations as they were sent with this form."""
        for name, text in self.data.items():
            citation = _EXACT_WORDS.fullmatch(name)
            if citation and f"{citation[1]}-{DELETION_FIELD_NAME}" not in self.data:
                yield str(text)
