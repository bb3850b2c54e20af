"""The form of a statement: required fields that follow from others are filled in.

Saving a draft fills them in. Publishing does not: it shows the form with the filled fields first.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from kb.desk.admin.entry_form import EntryForm
from kb.desk.admin.publishing_buttons import PUBLISH_NEXT
from kb.desk.admin.statement_defaults import REQUIRED_DEFAULTS, statement_defaults


class StatementEntryForm(EntryForm):
    """A statement. Required fields that are empty are filled in from the others, if that is known.

    A date that is left empty stays empty: it means that no source states it.
    """

    def full_clean(self) -> None:
        filled = self._fill_in() if self.is_bound else []
        super().full_clean()
        is_publishing = "_publish" in self.data or PUBLISH_NEXT in self.data
        if filled and is_publishing:
            labels = ", ".join(str(self.fields[name].label) for name in filled)
            message = _("Filled in but not saved: %(fields)s. Check them, then press Publish.")
            error = ValidationError(message % {"fields": labels}, "filled")
            self.add_error(None, error)

    def _fill_in(self) -> list[str]:
        """Put the defaults into empty fields of the sent form. Returns their names."""
        if not isinstance(self.data, QueryDict):
            return []
        data = self.data.copy()
        filled = []
        for default in statement_defaults(data):
            is_empty = not str(data.get(default.name) or "").strip()
            if is_empty and default.name in REQUIRED_DEFAULTS and default.name in self.fields:
                data[default.name] = default.value
                filled.append(default.name)
        if filled:
            self.data = data
        return filled
