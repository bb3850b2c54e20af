"""The form of everything on the desk: it knows which version it was opened with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst

from kb.dates import FuzzyDate
from kb.desk.models import Publishable, Transfer
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.saving import StaleVersion
from kb.record.document_diff import Piece, diff_pieces
from kb.record.vocabulary import Change
from kb.text.clean import TextError, clean_text, validate_text
from kb.text.slugs import unique_slug

# The field that a slug is made from: the first of these that the form has.
NAMING_FIELDS = ("name", "title", "headline", "text")
# The highest key of a row. What is beyond it is no key, and SQLite cannot even compare it.
MAX_KEY = 2**63 - 1
MAX_VERSION = 2**31 - 1
MAX_NOTE_LENGTH = 2000


def is_primary_key(value: object) -> bool:
    """Whether this can be the key of a row at all."""
    text = str(value)
    return len(text) < 20 and text.isascii() and text.isdigit() and int(text) <= MAX_KEY


class KnownKeysMixin:
    """Draws an autocomplete whose value is no key without asking the database for it."""

    def optgroups(self, name: str, value: Iterable[str], attr: Any = None) -> Any:
        return super().optgroups(name, [one for one in value if is_primary_key(one)], attr)  # type: ignore[misc]


class ForeignKeyAutocomplete(KnownKeysMixin, AutocompleteSelect):
    """The autocomplete of a foreign key."""


class ManyToManyAutocomplete(KnownKeysMixin, AutocompleteSelectMultiple):
    """The autocomplete of a many-to-many relation."""


def refuse_merged(things: Iterable[models.Model]) -> None:
    """Raise ValidationError, with what to choose instead, for what was merged away."""
    gone = [one.public_id for one in things if getattr(one, "state", "") == WorkflowState.WITHDRAWN]  # type: ignore[attr-defined]
    said = [
        f"“{one.origin_title}” was merged into “{one.target_title}”: choose that."
        for one in Transfer.objects.merges_of(gone)
    ]
    if said:
        raise ValidationError(said, code="merged")


class RowChoiceField(forms.ModelChoiceField):
    """Refuses what was merged into something else, and says into what."""

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        refuse_merged([found] if found is not None else [])
        return found


class RowsChoiceField(forms.ModelMultipleChoiceField):
    """Refuses what is no key in words; Django's own asks the database, which then fails."""

    def clean(self, value: Any) -> Any:
        for one in value if isinstance(value, list | tuple) else []:
            if not is_primary_key(one):
                raise ValidationError(
                    self.error_messages["invalid_pk_value"],
                    code="invalid_pk_value",
                    params={"pk": one},
                )
        found = super().clean(value)
        refuse_merged(found)
        return found


class MultilineField(forms.CharField):
    """A text of several lines, with plain line ends and composed letters.

    Browsers send CRLF; kept as sent, every text would look changed when it comes back.
    """

    def to_python(self, value: Any) -> str:
        try:
            return clean_text(super().to_python(value))
        except TextError as problem:
            raise ValidationError(str(problem), code="invalid") from problem


class DeskForm(forms.ModelForm):
    """A row, the version it was opened with, and what is said about publishing it again."""

    version = forms.IntegerField(
        required=False, min_value=1, max_value=MAX_VERSION, widget=forms.HiddenInput
    )
    publication_change = forms.ChoiceField(
        label="Kind of change",
        required=False,
        choices=[(one.value, one.label.lower()) for one in (Change.UPDATE, Change.CORRECTION)],
        initial=Change.UPDATE.value,
        help_text="A correction says that the published text was wrong; it is listed for readers.",
    )
    publication_note = forms.CharField(
        required=False,
        max_length=MAX_NOTE_LENGTH,
        validators=[validate_text],
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
        help_text="Readers see it beside the change. A correction needs one.",
    )

    # Set on the class made for one request: a note typed earlier that no publication has used,
    # whether the row was deleted while this form was open, and whether somebody else was writing
    # for so long that nothing could be stored.
    kept: dict[str, str] = {}
    was_deleted = False
    was_kept_waiting = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_stale = False
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "The readable part of the address. Empty: made for you."
        if self.instance.pk:
            self.initial["version"] = self.instance.version
            self.initial.update(self.kept)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_version(cleaned)
        if self.was_deleted:
            said = (
                "Somebody deleted this while you had it open. What you typed is all here: save it "
                "to make it anew, or leave the page to let it go."
            )
            self.add_error(None, ValidationError(said, "deleted"))
        if self.was_kept_waiting:
            said = (
                "Nothing is saved yet: somebody else is storing a lot just now, an import perhaps. "
                "What you typed is all here. Press the button again in a moment."
            )
            self.add_error(None, ValidationError(said, "busy"))
        if "slug" in cleaned and not cleaned["slug"]:
            named = next((name for name in NAMING_FIELDS if name in self.fields), "")
            cleaned["slug"] = free_slug(self.instance, cleaned.get(named) or "")
        return cleaned

    def _check_version(self, cleaned: dict[str, Any]) -> None:
        """Refuse what was opened before somebody else saved; the next try is on what is stored.

        The admin claims the version again while it saves: this check is for the editor, that one
        for two who save in the same instant.
        """
        if not self.instance.pk or cleaned.get("version") == self.instance.version:
            return
        self.is_stale = True
        stored = self.instance.version
        self.add_error(None, ValidationError(str(StaleVersion(self.instance, stored)), "stale"))
        self.errors.pop("version", None)
        self.data = self.data.copy()
        self.data["version"] = str(stored)


def free_slug(row: Publishable, name: str) -> str:
    """A slug for ``row``, made from its name, that no other row of its kind has."""
    others = type(row)._default_manager.exclude(pk=row.pk)
    return unique_slug(name, row.public_id, lambda slug: others.filter(slug=slug).exists())


class StoredAndTyped(NamedTuple):
    """One field as it is stored now and as it was typed, with the pieces in which they differ."""

    label: str
    stored: str
    pieces: list[Piece]


def stored_and_typed(form: forms.ModelForm) -> list[StoredAndTyped]:
    """Every field in which the form differs from its row."""
    row = type(form.instance)._default_manager.filter(pk=form.instance.pk).first()
    if row is None:
        return []
    names = {field.name for field in (*row._meta.fields, *row._meta.many_to_many)}
    found = []
    for name in form.changed_data:
        if name in names and name != "version":
            stored, typed = stored_label(row, name), typed_label(form, name)
            label = capfirst(str(form[name].label))
            found.append(StoredAndTyped(label, stored, diff_pieces(stored, typed)))
    return found


def typed_label(form: forms.ModelForm, name: str) -> str:
    """One typed value as an editor would read it; as it was typed where it is not valid."""
    value = form.cleaned_data.get(name) if hasattr(form, "cleaned_data") else None
    if value is None and name in form.errors:
        return str(form[name].value() or "(empty)")
    field = form.instance._meta.get_field(name)
    if field.many_to_many:
        said = "; ".join(str(one) for one in value or ())
    elif isinstance(value, FuzzyDate):
        said = value.edtf and date_reading(value)
    elif getattr(field, "choices", None):
        said = str(dict(field.flatchoices).get(value, value or ""))
    else:
        said = "" if value is None else str(value)
    return str(said or "(empty)")


def stored_label(row: models.Model, name: str) -> str:
    """One stored value as an editor would read it."""
    field = row._meta.get_field(name)
    value = getattr(row, name)
    if field.many_to_many:
        said = "; ".join(str(one) for one in value.all())
    elif isinstance(value, FuzzyDate):
        said = value.edtf and date_reading(value)
    elif getattr(field, "choices", None):
        said = getattr(row, f"get_{name}_display")()
    else:
        said = "" if value is None else str(value)
    return str(said or "(empty)")


def date_reading(when: FuzzyDate) -> str:
    """How a date was read: "Mid-2023 (1 May – 31 August)"."""
    return capfirst(when.span_words())


def with_new_rows(data: Any, prefix: str, existing: set[str]) -> Any:
    """The data of a formset, in which rows that are no longer stored have become new ones.

    Somebody may delete a citation while somebody else edits it. Django would drop that row from
    the form, with all that was typed in it.
    """
    total, initial = f"{prefix}-TOTAL_FORMS", f"{prefix}-INITIAL_FORMS"
    try:
        rows, stored = int(data[total]), int(data[initial])
    except (KeyError, ValueError):
        return data
    if not 0 <= stored <= rows <= forms.formsets.DEFAULT_MAX_NUM:
        return data
    gone = [row for row in range(stored) if data.get(f"{prefix}-{row}-id") not in existing]
    if not gone:
        return data
    kept = [row for row in range(stored) if row not in gone]
    order = {old: new for new, old in enumerate([*kept, *gone, *range(stored, rows)])}
    moved = data.copy()
    for name in data:
        number, _, field = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and field and number.isdecimal() and int(number) in order:
            moved.pop(name, None)
    for old, new in order.items():
        start = f"{prefix}-{old}-"
        for name in data:
            if name.startswith(start):
                field = name.removeprefix(start)
                is_lost = field == "id" and old in gone
                moved.setlist(f"{prefix}-{new}-{field}", [""] if is_lost else data.getlist(name))
    moved[initial] = str(len(kept))
    return moved


def without_parent_keys(data: Any, prefix: str, parent: str) -> Any:
    """The data of a formset whose rows no longer name what they belonged to: it is gone."""
    cut = data.copy()
    for name in data:
        if name.startswith(f"{prefix}-") and name.endswith(f"-{parent}"):
            cut[name] = ""
    return cut
