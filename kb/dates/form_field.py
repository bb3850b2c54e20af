"""The form field for a date."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kb.dates.edtf import DateError
from kb.dates.reading import MAX_TEXT, parse
from kb.dates.value import UNKNOWN, FuzzyDate


class FuzzyDateFormField(forms.CharField):
    """Text in EDTF, English or Chinese. Cleans to a FuzzyDate; empty text is an unknown date.

    An existing date is shown as EDTF, which reads back as the same day; its time and zone have
    their own fields. Text that cannot be read stays in the box, with the message of the DateError
    as the error.
    """

    default_error_messages = {"required": _("Enter the date, as far as it is known.")}

    def __init__(self, *, max_length: int | None = MAX_TEXT, **kwargs: Any) -> None:
        kwargs.pop("empty_value", None)
        kwargs.setdefault(
            "help_text",
            _(
                "For example: 15 December 2023, April 2023, mid-2023, by May 2023, 2023年4月, or a "
                "date in EDTF."
            ),
        )
        super().__init__(max_length=max_length, empty_value="", **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.edtf if isinstance(value, FuzzyDate) else value

    def clean(self, value: Any) -> FuzzyDate:
        text = super().clean(self.prepare_value(value))
        try:
            return parse(text) if text else UNKNOWN
        except DateError as error:
            raise ValidationError(str(error), code="invalid") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        try:
            before = initial if isinstance(initial, FuzzyDate) else parse(initial or "")
            after = parse(data or "")
        except DateError:
            return (initial or "") != (data or "")
        return after.edtf != before.edtf or any(
            getattr(after, part) not in ("", getattr(before, part))
            for part in ("phrase", "zone", "time")
        )
