"""The filters of the timeline: labels, choices and errors, once for every page and format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import QueryDict

from kb.dates import DateError, FuzzyDate, parse, parse_edtf
from kb.record.models import Entry, Facet, Revision
from kb.record.search import SearchError, matching

MOST_VALUES = 10
MOST_ROWS = 100
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*\Z")
_CURSOR = re.compile(r"[0-9]{7}\.[0-9]{7}\.[a-z0-9]{6,12}\Z")


@dataclass(frozen=True, order=True)
class Choice:
    """One value of one filter: as the address has it, as the index has it, as readers read it."""

    slug: str
    value: str
    label: str


class ValuesField(forms.Field):
    """One or more words from a fixed vocabulary."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, words: dict[str, str], **options: Any) -> None:
        self.words = words
        super().__init__(**options)

    def to_python(self, values: list[str] | None) -> tuple[Choice, ...]:
        wanted = sorted({value for value in values or [] if value})
        if len(wanted) > MOST_VALUES:
            raise ValidationError(f"Choose at most {MOST_VALUES} values.")
        return self.choose(wanted)

    def choose(self, wanted: list[str]) -> tuple[Choice, ...]:
        for one in wanted:
            if one not in self.words:
                raise ValidationError(f"“{one[:40]}” is none of {', '.join(self.words)}.")
        return tuple(Choice(one, one, self.words[one]) for one in wanted)


class SlugsField(ValuesField):
    """One or more records of one kind, by the slugs of their addresses, old ones included."""

    def __init__(self, *, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(words={}, **options)

    def choose(self, wanted: list[str]) -> tuple[Choice, ...]:
        for one in wanted:
            if not (len(one) <= 80 and _SLUG.match(one)):
                raise ValidationError(f"“{one[:40]}” is not the address of any {self.kind}.")
        if not wanted:
            return ()
        known = Revision.objects.filter(kind=self.kind, slug__in=wanted)
        current = Revision.objects.standing().filter(
            public_id__in=known.values("public_id"), kind=self.kind
        )
        titles = dict(current.values_list("public_id", "title"))
        ids = dict(known.order_by("number").values_list("slug", "public_id"))
        for one in wanted:
            if ids.get(one) not in titles:
                raise ValidationError(f"There is no {self.kind} “{one}” on the record.")
        return tuple(Choice(one, ids[one], titles[ids[one]]) for one in wanted)


class DateBound(forms.CharField):
    """A date in EDTF or plain words; returns a FuzzyDate that has both ends."""

    def to_python(self, value: Any) -> FuzzyDate | None:
        text = super().to_python(value)
        if not text:
            return None
        try:
            when = parse(text)
        except DateError as problem:
            raise ValidationError(str(problem)) from problem
        if when.earliest is None or when.latest is None:
            raise ValidationError("Give a date with both ends known, such as 2023-04.")
        return parse_edtf(when.edtf)  # the range, not the way it was typed


class Cursor(forms.CharField):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and not _CURSOR.match(text):
            raise ValidationError("This page mark is not one of ours: start from the first page.")
        return text


class SearchWords(forms.CharField):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if len(text) > 200:
            raise ValidationError("Search for at most 200 characters.")
        return text


class FacetFilter(django_filters.Filter):
    """Entries that have any of the values under this name."""

    field_class = ValuesField

    def filter(self, entries: QuerySet[Entry], values: tuple[Choice, ...]) -> QuerySet[Entry]:
        if not values:
            return entries
        found = Facet.objects.filter(
            entry=OuterRef("pk"), name=self.field_name, value__in=[one.value for one in values]
        )
        return entries.filter(Exists(found))


class SlugFilter(FacetFilter):
    field_class = SlugsField


class SearchFilter(django_filters.Filter):
    field_class = SearchWords

    def filter(self, entries: QuerySet[Entry], words: str) -> QuerySet[Entry]:
        try:
            return matching(entries, words) if words else entries
        except SearchError:
            return entries.none()


class KnownFilter(django_filters.Filter):
    """Entries that some cited source had made public by the end of that date."""

    field_class = DateBound

    def filter(self, entries: QuerySet[Entry], when: FuzzyDate | None) -> QuerySet[Entry]:
        return entries.filter(known_since__lte=when.latest) if when else entries


class Setting(django_filters.Filter):
    """A parameter that the query itself applies: ranges, order and pages."""

    def filter(self, entries: QuerySet[Entry], value: Any) -> QuerySet[Entry]:
        return entries


class OneOf(Setting):
    field_class = forms.ChoiceField


class BoundSetting(Setting):
    field_class = DateBound


class CursorSetting(Setting):
    field_class = Cursor


class SizeSetting(Setting):
    field_class = forms.IntegerField


KINDS = {"event": "Event", "statement": "Statement"}
STANDINGS = {
    "undisputed": "Undisputed",
    "contested": "Contested",
    "one_party": "One party’s account",
    "reported": "Reported",
    "announced": "Announced",
}
FORMS = {"verbatim": "Quotation", "paraphrase": "Paraphrase", "document": "Document"}


class TimelineFilter(django_filters.FilterSet):
    """Every parameter that a list of entries takes, in the order that the form shows them."""

    q = SearchFilter(label="Words")
    kind = FacetFilter(label="Kind", words=KINDS)
    actor = SlugFilter(label="Actor", kind="actor")
    by = SlugFilter(label="Said by", kind="actor")
    to = SlugFilter(label="Said to", kind="actor")
    about = SlugFilter(label="Said about", kind="actor")
    incident = SlugFilter(label="Incident", kind="incident")
    topic = SlugFilter(label="Topic", kind="topic")
    publisher = SlugFilter(label="Publisher", kind="actor")
    source = SlugFilter(label="Source", kind="source")
    standing = FacetFilter(label="Standing", words=STANDINGS)
    form = FacetFilter(label="Form", words=FORMS)
    until = BoundSetting(label="Until")
    match = OneOf(
        label="Dates", choices=[("possible", "Possible matches"), ("certain", "Certain only")]
    )
    known = KnownFilter(label="As known on")
    later = OneOf(
        label="Later entries", choices=[("mark", "Marked as not yet known"), ("hide", "Left out")]
    )
    order = OneOf(label="Order", choices=[("oldest", "Oldest first"), ("newest", "Newest first")])
    after = CursorSetting(label="Page after")
    before = CursorSetting(label="Page before")
    size = SizeSetting(label="Page size", min_value=1, max_value=MOST_ROWS)

    # "for" and "from" are words of Python's own, so they cannot be written above.
    locals()["for"] = SlugFilter(field_name="for", label="Said for", kind="actor")
    locals()["from"] = BoundSetting(label="From")

    class Meta:
        model = Entry
        fields: list[str] = []


for _name, _filter in TimelineFilter.base_filters.items():
    _filter.field_name = _name
FACETS = tuple(
    name for name, one in TimelineFilter.base_filters.items() if isinstance(one, FacetFilter)
)


def errors_of(data: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """Clean a query string; return the cleaned values and, by parameter, what is wrong."""
    bound = TimelineFilter(data, queryset=Entry.objects.none())
    errors = {name: " ".join(map(str, found)) for name, found in bound.form.errors.items()}
    known = TimelineFilter.base_filters
    for name in data:
        if name not in known:
            errors[name] = f"There is no filter of this name. There are: {', '.join(known)}."
        elif name not in FACETS and len(data.getlist(name)) > 1:
            errors[name] = "Give this parameter once."
    return bound.form.cleaned_data, errors
