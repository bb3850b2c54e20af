"""The form of every record in the admin. It knows which version it was opened with."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.desk.admin.generics import ModelForm
from kb.desk.models import Publishable
from kb.desk.verbs.publishing import MAX_NOTE_LENGTH
from kb.desk.verbs.saving import StaleVersion
from kb.record.unavailable import UnavailableReason
from kb.record.vocabulary import Change
from kb.text.clean import TextError, clean_text, validate_text
from kb.text.slugs import unique_slug

# The field that a slug is made from: the first of these that the form has.
NAMING_FIELDS = ("name", "title", "headline", "text")
# The highest key of a row. SQLite cannot even compare a number beyond it.
MAX_KEY = 2**63 - 1
MAX_VERSION = 2**31 - 1


def is_primary_key(value: object) -> bool:
    """Whether this can be the key of a row."""
    text = str(value)
    return len(text) < 20 and text.isascii() and text.isdigit() and int(text) <= MAX_KEY


class MultilineField(forms.CharField):
    """A text of several lines, with plain line ends and composed letters.

    Browsers send CRLF. Stored like that, every text would look changed when it is sent again.
    """

    def to_python(self, value: Any) -> str:
        try:
            return clean_text(super().to_python(value) or "")
        except TextError as problem:
            raise ValidationError(str(problem), code="invalid") from problem


class DeskForm(ModelForm[Publishable]):
    """The fields of a row, the version it was opened with, and the note for publishing again."""

    version = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_VERSION, widget=forms.HiddenInput
    )
    publication_change = forms.ChoiceField(
        label=_("Kind of change"),
        required=False,
        choices=[
            (change.value, change.label.lower()) for change in (Change.UPDATE, Change.CORRECTION)
        ],
        initial=Change.UPDATE.value,
        help_text=_(
            "Choose “correction” if the published text was wrong. "
            "Corrections are listed for readers."
        ),
    )
    publication_note = forms.CharField(
        required=False,
        max_length=MAX_NOTE_LENGTH,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text=_("Readers see this note with the change. It is required for a correction."),
    )

    # `DeskAdmin.get_form` sets these on the class that it makes for one request.
    # A note that was typed earlier and that no publication has used yet.
    draft_note: ClassVar[dict[str, str]] = {}
    # The row was deleted while this form was open.
    was_deleted: ClassVar[bool] = False
    # Why nothing could be stored: another connection was writing for too long, or the disk.
    unavailable: ClassVar[UnavailableReason | None] = None
    # The form was kept during a sign-in and is shown again. It is never valid.
    is_restored: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_stale = False
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = gettext(
                "The last part of the URL. Leave empty to generate it automatically."
            )
        if self.instance.pk:
            self.initial["version"] = self.instance.version
            self.initial.update(self.draft_note)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_restored:
            self.add_error(
                None, gettext("Your text was restored but is not saved. Press Save again.")
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_version(cleaned)
        if self.was_deleted:
            message = gettext(
                "Someone deleted this record while you had it open. Your text is "
                "still here. Save to create the record again, or leave the page "
                "to discard your text."
            )
            self.add_error(None, ValidationError(message, "deleted"))
        if self.unavailable is UnavailableReason.BUSY:
            message = gettext(
                "Your changes are not saved yet because the database is busy, "
                "for example with an import. Your text is still here. Press Save "
                "again in a moment."
            )
            self.add_error(None, ValidationError(message, "busy"))
        elif self.unavailable is not None:
            message = gettext(
                "Your changes are not saved because the disk of the server is full or read-only. "
                "Your text is still here. Keep this page open, tell the person who operates the "
                "server, then press Save again."
            )
            self.add_error(None, ValidationError(message, "unavailable"))
        if "slug" in cleaned and not cleaned["slug"]:
            cleaned["slug"] = free_slug(self.instance, self.slug_text(cleaned))
        return cleaned

    def slug_text(self, cleaned: dict[str, Any]) -> str:
        """The name that an empty slug is made from."""
        naming_field = next((name for name in NAMING_FIELDS if name in self.fields), "")
        return cleaned.get(naming_field) or ""

    def _check_version(self, cleaned: dict[str, Any]) -> None:
        """Add an error if another editor has saved since the form was opened.

        The form then holds the stored version, so that saving it once more succeeds. This check
        informs the editor; the admin checks again while it saves, for two editors who save at the
        same time.
        """
        if not self.instance.pk or cleaned.get("version") == self.instance.version:
            return
        self.is_stale = True
        stored = self.instance.version
        self.add_error(None, ValidationError(str(StaleVersion(self.instance, stored)), "stale"))
        self.errors.pop("version", None)
        if isinstance(self.data, QueryDict):
            data = self.data.copy()
            data["version"] = str(stored)
            self.data = data


def free_slug(row: Publishable, name: str) -> str:
    """A slug for ``row``, made from its name, that no other row of its kind has."""
    others = type(row)._default_manager.exclude(pk=row.pk)
    return unique_slug(name, row.public_id, lambda slug: others.filter(slug=slug).exists())
