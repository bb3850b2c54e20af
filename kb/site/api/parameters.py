"""The parameters of lists, described from the FilterSet for OpenAPI and for the API page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kb.record.filter_fields import (
    CURSOR,
    MAX_SEARCH_LENGTH,
    MAX_VALUES,
    SLUG,
    Cursor,
    DateBound,
    PlacesField,
    PublicationBound,
    SearchWords,
    SlugsField,
    ValuesField,
)
from kb.record.filters import PARAMETERS
from kb.record.query import TimelineQuery
from kb.text.normalise import MAX_NAME_LENGTH
from kb.text.slugs import SLUG_LENGTH

# Control characters are not allowed in any text.
PRINTABLE = r"^[^\u0000-\u0008\u000a-\u001f\u007f]*$"


@dataclass(frozen=True)
class ParameterDescription:
    """One parameter: its name, label, help text and an example, and the field that reads it."""

    name: str
    label: str
    help: str
    example: str
    field: forms.Field

    @property
    def is_repeatable(self) -> bool:
        return isinstance(self.field, ValuesField)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The allowed values with their labels; empty if other values are allowed too."""
        if isinstance(self.field, ValuesField):
            return [(value, str(label)) for value, label in self.field.words.items()]
        if isinstance(self.field, forms.ChoiceField):
            # The choices of the field itself may be a callable, those of its widget never are.
            choices = self.field.widget.choices
            return [(str(value), str(label)) for value, label in choices if value]
        return []

    @property
    def default(self) -> str | int:
        """The value of an absent parameter; "" if that is no filter at all."""
        default: str | int | None = getattr(TimelineQuery(), self.name, None)
        return default or ""

    def openapi(self) -> dict[str, Any]:
        """The parameter as a Parameter Object of OpenAPI."""
        schema = _schema(self.field, [value for value, _label in self.choices])
        if self.is_repeatable:
            schema = {"type": "array", "items": schema, "maxItems": MAX_VALUES}
        elif self.default:
            schema["default"] = self.default
        labels = "; ".join(f"`{value}`: {label}" for value, label in self.choices)
        parameter: dict[str, Any] = {
            "name": self.name,
            "in": "query",
            "description": f"{self.label}. {self.help}" + (f" {labels}." if labels else ""),
            # A form sends its empty fields, which count as absent.
            "allowEmptyValue": True,
            "schema": schema,
        }
        if self.is_repeatable:
            parameter |= {"style": "form", "explode": True}
        if self.example:
            is_integer = schema.get("type") == "integer"
            example: str | int = int(self.example) if is_integer else self.example
            parameter["example"] = [example] if self.is_repeatable else example
        return parameter

    def takes(self) -> str:
        """The allowed values in a few words."""
        if self.choices:
            return ", ".join(value for value, _label in self.choices)
        if isinstance(self.field, SlugsField):
            return _("a slug")
        if isinstance(self.field, PlacesField):
            return _("text, up to %(most)d characters") % {"most": MAX_NAME_LENGTH}
        if isinstance(self.field, PublicationBound):
            return _("a day, or a time: 2023-12-14T15:30:00Z")
        if isinstance(self.field, DateBound):
            return _("a date: 2023, 2023-04, 15 Dec 2023, mid-2023")
        if isinstance(self.field, forms.IntegerField):
            return _("a number from %(least)d to %(most)d") % {
                "least": self.field.min_value,
                "most": self.field.max_value,
            }
        if isinstance(self.field, Cursor):
            return _("a cursor from a “next” or “previous” link")
        return _("text, up to %(most)d characters") % {"most": MAX_SEARCH_LENGTH}


def list_parameters() -> list[ParameterDescription]:
    """All parameters of a list, in the order of the FilterSet and the language of the page."""
    return [
        ParameterDescription(
            name,
            label=str(parameter.label),
            help=str(parameter.field.help_text),
            example=parameter.example,
            field=parameter.field,
        )
        for name, parameter in PARAMETERS.items()
    ]


def slug_schema(kind: str) -> dict[str, Any]:
    """The last part of an address; ``format`` names the kind of record that it belongs to."""
    return {
        "type": "string",
        "format": f"{kind}-slug",
        "pattern": f"^{SLUG}$",
        "maxLength": SLUG_LENGTH,
    }


def _schema(field: forms.Field, values: list[str]) -> dict[str, Any]:
    if isinstance(field, SlugsField):
        return slug_schema(field.kind)
    if values:
        return {"enum": values}
    if isinstance(field, PublicationBound):
        return {"type": "string", "format": "publication-time", "pattern": PRINTABLE}
    if isinstance(field, DateBound):
        return {"type": "string", "format": "fuzzy-date", "pattern": PRINTABLE}
    if isinstance(field, Cursor):
        return {"type": "string", "format": "page-mark", "pattern": f"^{CURSOR}$"}
    if isinstance(field, SearchWords):
        return {"type": "string", "maxLength": MAX_SEARCH_LENGTH, "pattern": PRINTABLE}
    if isinstance(field, PlacesField):
        return {"type": "string", "maxLength": MAX_NAME_LENGTH, "pattern": PRINTABLE}
    if isinstance(field, forms.IntegerField):
        return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
    raise TypeError(f"No schema for {type(field).__name__}.")
