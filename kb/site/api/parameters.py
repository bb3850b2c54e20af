"""The parameters of lists, described from the FilterSet: for the API's schema and for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kb.record.filters import (
    CURSOR,
    MAX_SEARCH_LENGTH,
    MAX_VALUES,
    SLUG,
    Cursor,
    DateBound,
    SearchWords,
    SlugsField,
    TimelineFilter,
    ValuesField,
)
from kb.record.query import TimelineQuery
from kb.text.slugs import SLUG_LENGTH

# Control characters are refused wherever they stand.
PRINTABLE = r"^[^\u0000-\u0008\u000a-\u001f\u007f]*$"


@dataclass(frozen=True)
class ParameterDescription:
    """One parameter: its name, its words, and the field that reads it."""

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
        """The words it may be, with what each is called; none where it may be others."""
        if isinstance(self.field, ValuesField):
            return [(value, str(label)) for value, label in self.field.words.items()]
        if isinstance(self.field, forms.ChoiceField):
            return [(str(value), str(label)) for value, label in self.field.choices if value]
        return []

    @property
    def default(self) -> Any:
        """What holds where it is not given; "" where that is no filter at all."""
        return getattr(TimelineQuery(), self.name, "") or ""

    def openapi(self) -> dict[str, Any]:
        """The parameter as OpenAPI has it."""
        schema = _schema(self.field, [value for value, _label in self.choices])
        if self.is_repeatable:
            schema = {"type": "array", "items": schema, "maxItems": MAX_VALUES}
        elif self.default:
            schema["default"] = self.default
        words = "; ".join(f"`{value}`: {label}" for value, label in self.choices)
        found = {
            "name": self.name,
            "in": "query",
            "description": f"{self.label}. {self.help}" + (f" {words}." if words else ""),
            # A form sends what is left empty; it counts as not given.
            "allowEmptyValue": True,
            "schema": schema,
        }
        if self.is_repeatable:
            found |= {"style": "form", "explode": True}
        if self.example:
            example: Any = int(self.example) if schema.get("type") == "integer" else self.example
            found["example"] = [example] if self.is_repeatable else example
        return found

    def takes(self) -> str:
        """In a few words, what may be given."""
        if self.choices:
            return ", ".join(value for value, _label in self.choices)
        if isinstance(self.field, SlugsField):
            return _("a slug")
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
    """Every parameter of a list, in the order of the FilterSet, in the language of the page."""
    return [
        ParameterDescription(name, str(one.label), str(one.field.help_text), one.example, one.field)
        for name, one in TimelineFilter.base_filters.items()
    ]


def slug_schema(kind: str) -> dict[str, Any]:
    """The last part of an address. The format says of which kind: only the record has the list."""
    return {
        "type": "string",
        "format": f"{kind}-slug",
        "pattern": f"^{SLUG}$",
        "maxLength": SLUG_LENGTH,
    }


def _schema(field: forms.Field, words: list[str]) -> dict[str, Any]:
    if isinstance(field, SlugsField):
        return slug_schema(field.kind)
    if words:
        return {"enum": words}
    if isinstance(field, DateBound):
        return {"type": "string", "format": "fuzzy-date", "pattern": PRINTABLE}
    if isinstance(field, Cursor):
        return {"type": "string", "format": "page-mark", "pattern": f"^{CURSOR}$"}
    if isinstance(field, SearchWords):
        return {"type": "string", "maxLength": MAX_SEARCH_LENGTH, "pattern": PRINTABLE}
    if isinstance(field, forms.IntegerField):
        return {"type": "integer", "minimum": field.min_value, "maximum": field.max_value}
    raise TypeError(f"No schema for {type(field).__name__}.")
