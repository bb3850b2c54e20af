"""The forms of facts: those of the desk, with new actors, and with rarely used fields apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.admin.forms import free_slug
from kb.desk.admin.quick_entry import actors_with_name
from kb.desk.admin.statement_form import StatementEntryForm
from kb.desk.models import Actor, Statement
from kb.record.vocabulary import ActorKind, Label
from kb.text.clean import validate_line

# The fields that most facts of a kind need, in rows. A name with "@" is in the citation. All
# other fields are folded.
USUAL_FIELDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "statement": (
        ("text",),
        ("speaker", "role_as_of", "on_behalf_of"),
        ("new_speaker", "new_on_behalf_of"),
        ("addressees", "said"),
        ("form", "@wording"),
        ("headline",),
        ("incidents",),
    ),
    "event": (("title",), ("happened", "standing"), ("incidents",), ("@exact",)),
    "position": (
        ("proposition",),
        ("position", "statement"),
        ("exact",),
        ("dated", "number_low"),
        ("option", "actor"),
    ),
    "request": (("asked_by", "asked"), ("asked_on", "outcome"), ("incidents",), ("@exact",)),
}
# Shown only if they have a value or an error.
OCCASIONAL_FIELDS = ("new_speaker", "new_on_behalf_of")
NEW_ACTORS = {"speaker": ActorKind.PERSON, "on_behalf_of": ActorKind.ORGANISATION}


def new_actor_field(label: Any) -> forms.CharField:
    """A field for the name of an actor who is created with the statement."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=200,
        validators=[validate_line],
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("Created as a draft when you save."),
    )


class FactStatementForm(StatementEntryForm):
    """A statement. Its speaker and the represented party may be new, and are saved with it."""

    new_speaker = new_actor_field(gettext_lazy("New person"))
    new_on_behalf_of = new_actor_field(gettext_lazy("New organisation"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, actor_kind in NEW_ACTORS.items():
            typed = cleaned.get(f"new_{name}")
            if not typed:
                continue
            if cleaned.get(name):
                message = _("Choose an existing actor or enter a new one, not both.")
                self.add_error(f"new_{name}", message)
            elif actors_with_name(typed):
                message = _("“%(name)s” already exists. Choose it, and leave this field empty.")
                self.add_error(f"new_{name}", message % {"name": typed})
            else:
                actor = Actor(name=typed, actor_kind=actor_kind)
                actor.slug = free_slug(actor, typed)
                cleaned[name] = actor
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """Leave out what is checked by key: a new actor has none yet."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        for name in NEW_ACTORS:
            actor = self.cleaned_data.get(name)
            if isinstance(actor, Actor) and actor.pk is None:
                excluded.add(name)
        return excluded


def save_new_actors(statement: Statement, by: Any) -> list[Actor]:
    """Save the actors that the form adds, and name them in the statement."""
    added = []
    for name in NEW_ACTORS:
        actor = getattr(statement, name)
        if actor is not None and actor.pk is None:
            actor.created_by = actor.updated_by = by
            actor.save()
            setattr(statement, name, actor)
            added.append(actor)
    return added


@dataclass
class FactField:
    """A field of a form with the reason for its value."""

    field: BoundField
    reason: Label = ""

    @property
    def is_filled(self) -> bool:
        """Whether it has a value that was worked out from the text."""
        return bool(self.reason and self.field.value())


@dataclass
class FactLayout:
    """The fields of a form and its citation: rows of usual ones, rare ones, hidden ones."""

    rows: list[list[FactField]] = field(default_factory=list)
    rare: list[FactField] = field(default_factory=list)
    hidden: list[BoundField] = field(default_factory=list)

    @property
    def has_rare_errors(self) -> bool:
        return any(item.field.errors for item in self.rare)


def fact_layout(
    kind: str,
    form: forms.ModelForm[Any],
    citation: forms.ModelForm[Any] | None,
    reasons: dict[str, Label],
) -> FactLayout:
    """Divide the fields of a form and of its citation for the page."""
    by_name = dict(_named_fields(form, citation))
    layout = FactLayout()
    for names in USUAL_FIELDS[kind]:
        row = [
            FactField(by_name.pop(name), reasons.get(name.lstrip("@"), ""))
            for name in names
            if name in by_name and _is_shown(name, by_name[name])
        ]
        if row:
            layout.rows.append(row)
    for name, bound in by_name.items():
        if bound.is_hidden:
            layout.hidden.append(bound)
        else:
            layout.rare.append(FactField(bound, reasons.get(name.lstrip("@"), "")))
    return layout


def _is_shown(name: str, bound: BoundField) -> bool:
    return name not in OCCASIONAL_FIELDS or bool(bound.value() or bound.errors)


def _named_fields(
    form: forms.ModelForm[Any], citation: forms.ModelForm[Any] | None
) -> Iterator[tuple[str, BoundField]]:
    skipped = ("publication_change", "publication_note", "version")
    for bound in form:
        if bound.name not in skipped:
            yield bound.name, bound
    for bound in citation or ():
        yield f"@{bound.name}", bound
