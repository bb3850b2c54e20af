"""The form of an event or a statement, with the wording of its date from its citations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.dates import DateError, FuzzyDate, FuzzyDateFormField, parse, typed_edtf
from kb.desk.admin.date_proposals import (
    USE_READING,
    proposals_in_form,
    refusal_with_proposals,
    typed_citations,
)
from kb.desk.admin.forms import DeskForm
from kb.desk.relative_dates import DateProposal
from kb.text.cited_words import contains_words


class EntryForm(DeskForm):
    """An entry. Words typed as its date become the wording of the source only if it has them.

    An empty box for the wording is filled with the words of the box for the date, if they occur in
    the exact words of a citation in this form. Otherwise they are the editor's, and not stored.
    Words that depend on the day of their source are refused with a proposal.
    """

    # `EntryAdmin.get_form` sets it for one request: the key that `?source=` names.
    address_source: ClassVar[str] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_reading_filled_in = False

    def full_clean(self) -> None:
        if self.is_bound and self.data.get(USE_READING):
            self._use_reading(*str(self.data[USE_READING]).partition(":")[::2])
        super().full_clean()
        if self._is_reading_filled_in:
            message = _("The reading is filled in but not saved. Check the date, then press Save.")
            self.add_error(None, ValidationError(message, "reading"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in self._date_names():
            if name in self.errors and (proposals := self._proposals(name)):
                del self.errors[name]
                refusal = refusal_with_proposals(name, proposals)
                self.add_error(name, ValidationError(refusal, "relative"))
        name = self._meta.model.date_field
        when = cleaned.get(name)
        if not isinstance(when, FuzzyDate) or cleaned.get(f"{name}_phrase"):
            return cleaned
        if self._is_cited(when.phrase):
            cleaned[f"{name}_phrase"] = when.phrase
        return cleaned

    def _date_names(self) -> list[str]:
        fields = self.fields.items()
        return [name for name, field in fields if isinstance(field, FuzzyDateFormField)]

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name)) or "").strip()

    def _is_cited(self, words: str) -> bool:
        return any(contains_words(row.exact, words) for row in typed_citations(self.data))

    def _proposals(self, name: str) -> list[DateProposal]:
        """What the words typed as a date mean in the sources of this form."""
        citations = typed_citations(self.data)
        return proposals_in_form(self._typed(name), citations, self.address_source)

    def _use_reading(self, name: str, day: str) -> None:
        """Put the reading that was chosen into the box of the date, and the words beside it.

        Words that are a date without a source have been typed since; they are left alone.
        """
        words = self._typed(name)
        if name not in self._date_names() or not _is_refused(words):
            return
        for proposal in self._proposals(name):
            if proposal.day.isoformat() == day and isinstance(self.data, QueryDict):
                data = self.data.copy()
                data[self.add_prefix(name)] = typed_edtf(proposal.edtf)
                phrase_name = self.add_prefix(f"{name}_phrase")
                if not data.get(phrase_name) and self._is_cited(words):
                    data[phrase_name] = words
                self.data = data
                self._is_reading_filled_in = True


def _is_refused(text: str) -> bool:
    try:
        parse(text)
    except DateError:
        return True
    return False
