"""The filters of the timeline: labels, choices and errors, once for every page and format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kb.dates import DateError, FuzzyDate, parse, parse_edtf
from kb.record.models import Entry, Facet, Revision
from kb.record.search import SearchError, entries_matching
from kb.record.vocabulary import (
    ENTRY_KIND_LABELS,
    RELIABILITY_LABELS,
    STATEMENT_FORM_LABELS,
    RecordKind,
)
from kb.text.slugs import SLUG_LENGTH

MAX_VALUES = 10
MAX_PAGE_SIZE = 100
MAX_SEARCH_LENGTH = 200
INVALID_CURSOR = _("This page link is not valid. Go back to the first page.")
SLUG = r"[a-z0-9]+(?:[-_][a-z0-9]+)*"
# Where a page begins: a sort key in the order of time, a version's number in that of changes.
CURSOR = r"(?:[0-9]{7}\.[0-9]{7}\.[a-z0-9]{6,12}|[0-9]{1,18})"
_SLUG = re.compile(SLUG + r"\Z")
_CURSOR = re.compile(CURSOR + r"\Z")


@dataclass(frozen=True, order=True)
class Choice:
    """One value of one filter: as the address has it, as the index has it, as readers read it."""

    slug: str
    value: str
    label: str


class ValuesField(forms.Field):
    """One or more words from a fixed vocabulary."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, words: Mapping[str, Any], **options: Any) -> None:
        self.words = words
        super().__init__(**options)

    def to_python(self, values: list[str] | None) -> tuple[Choice, ...]:
        given = values or []
        # Repetitions count: the limit is one that programs can be told.
        if len(given) > MAX_VALUES:
            raise ValidationError(
                gettext("Choose no more than %(most)d values.") % {"most": MAX_VALUES}
            )
        return self.choose(sorted({value for value in given if value}))

    def choose(self, wanted: list[str]) -> tuple[Choice, ...]:
        for one in wanted:
            if one not in self.words:
                names = ", ".join(self.words)
                raise ValidationError(
                    gettext("“%(value)s” is not a valid value. Choose one of: %(values)s.")
                    % {"value": one[:40], "values": names}
                )
        return tuple(Choice(one, one, str(self.words[one])) for one in wanted)


class SlugsField(ValuesField):
    """One or more records of one kind, by the slugs of their addresses, old ones included."""

    def __init__(self, *, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(words={}, **options)

    def choose(self, wanted: list[str]) -> tuple[Choice, ...]:
        for one in wanted:
            if not (len(one) <= SLUG_LENGTH and _SLUG.match(one)):
                raise ValidationError(
                    gettext(
                        "“%(value)s” is not a valid %(kind)s slug. A slug has only lowercase "
                        "letters, digits and hyphens."
                    )
                    % {"value": one[:40], "kind": RecordKind(self.kind).label}
                )
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
                raise ValidationError(
                    gettext("No published %(kind)s has the slug “%(value)s”. Check the spelling.")
                    % {"kind": RecordKind(self.kind).label, "value": one}
                )
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
            raise ValidationError(
                gettext("Enter a date with a known start and end, such as 2023-04.")
            )
        return parse_edtf(when.edtf)  # the range, not the way it was typed


class Cursor(forms.CharField):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text and not _CURSOR.match(text):
            raise ValidationError(str(INVALID_CURSOR))
        return text


class SearchWords(forms.CharField):
    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if len(text) > MAX_SEARCH_LENGTH:
            raise ValidationError(gettext("Shorten the search to 200 characters or fewer."))
        return text


def entries_with(name: str, values: tuple[Choice, ...]) -> Q:
    """Entries that can be found by any of the values under this name."""
    wanted = [one.value for one in values]
    return Q(Exists(Facet.objects.filter(entry=OuterRef("pk"), name=name, value__in=wanted)))


class DescribedParameter(django_filters.Filter):
    """One parameter of the address, described for people and programs at once.

    ``label`` and ``help_text`` are for both; ``example`` is a value that any record accepts, ""
    where only the record itself can give one.
    """

    def __init__(self, *, example: str = "", **options: Any) -> None:
        self.example = example
        super().__init__(**options)


class FacetFilter(DescribedParameter):
    """Entries that have any of the values under this name."""

    field_class = ValuesField

    def filter(self, entries: QuerySet[Entry], values: tuple[Choice, ...]) -> QuerySet[Entry]:
        return entries.filter(entries_with(self.field_name, values)) if values else entries


class SlugFilter(FacetFilter):
    field_class = SlugsField


class SearchFilter(DescribedParameter):
    field_class = SearchWords

    def filter(self, entries: QuerySet[Entry], words: str) -> QuerySet[Entry]:
        try:
            return entries_matching(entries, words) if words else entries
        except SearchError:
            return entries.none()


class KnownFilter(DescribedParameter):
    """Entries that some cited source had made public by the end of that date."""

    field_class = DateBound

    def filter(self, entries: QuerySet[Entry], when: FuzzyDate | None) -> QuerySet[Entry]:
        return entries.filter(known_since__lte=when.latest) if when else entries


class QuerySetting(DescribedParameter):
    """A parameter that the query itself applies: ranges, order and pages."""

    def filter(self, entries: QuerySet[Entry], value: Any) -> QuerySet[Entry]:
        return entries


class ChoiceSetting(QuerySetting):
    field_class = forms.ChoiceField


class BoundSetting(QuerySetting):
    field_class = DateBound


class CursorSetting(QuerySetting):
    field_class = Cursor


class SizeSetting(QuerySetting):
    field_class = forms.IntegerField


ENTRY_KIND_CHOICES = ENTRY_KIND_LABELS
STANDING_CHOICES = RELIABILITY_LABELS
FORM_CHOICES = STATEMENT_FORM_LABELS
ORDERS = {
    "oldest": _("Oldest first"),
    "newest": _("Newest first"),
    "changed": _("Recently changed first"),
}


class TimelineFilter(django_filters.FilterSet):
    """Every parameter that a list of entries takes, in the order that the form shows them."""

    q = SearchFilter(
        label=_("Text"),
        help_text=_(
            "Words in the title, text or summary of the entry. Use quotation marks for an exact "
            "phrase."
        ),
        example="account",
    )
    kind = FacetFilter(
        label=_("Kind"),
        words=ENTRY_KIND_LABELS,
        help_text=_("Whether the entry is an event or a statement."),
        example="event",
    )
    actor = SlugFilter(
        label=_("Actor"), kind="actor", help_text=_("Slug of an actor with any role in the entry.")
    )
    by = SlugFilter(label=_("Said by"), kind="actor", help_text=_("Slug of the speaker."))
    to = SlugFilter(
        label=_("Said to"), kind="actor", help_text=_("Slug of the actor who was addressed.")
    )
    about = SlugFilter(
        label=_("Said about"), kind="actor", help_text=_("Slug of an actor the statement is about.")
    )
    incident = SlugFilter(
        label=_("Incident"),
        kind="incident",
        help_text=_("Slug of the incident the entry belongs to."),
    )
    topic = SlugFilter(
        label=_("Topic"), kind="topic", help_text=_("Slug of the topic the entry belongs to.")
    )
    publisher = SlugFilter(
        label=_("Publisher"),
        kind="actor",
        help_text=_("Slug of the publisher of a cited source."),
    )
    source = SlugFilter(label=_("Source"), kind="source", help_text=_("Slug of a cited source."))
    standing = FacetFilter(
        label=_("Reliability"),
        words=RELIABILITY_LABELS,
        help_text=_("How well the event is established by its sources."),
        example="reported",
    )
    form = FacetFilter(
        label=_("Form"),
        words=STATEMENT_FORM_LABELS,
        help_text=_("Whether the statement is quoted, paraphrased or taken from a document."),
        example="verbatim",
    )
    until = BoundSetting(
        label=_("Until"),
        help_text=_("Last day to include. Enter a date, such as 2023-04 or mid-2023."),
        example="2023-12",
    )
    match = ChoiceSetting(
        label=_("Dates"),
        choices=[("possible", _("Possible matches")), ("certain", _("Certain matches only"))],
        help_text=_("Whether to include dates that may or may not fall within the range."),
        example="certain",
    )
    known = KnownFilter(
        label=_("As known on"),
        help_text=_("Only entries that a cited source had published by the end of that day."),
        example="2023-12-16",
    )
    later = ChoiceSetting(
        label=_("Later entries"),
        choices=[("mark", _("Shown, marked as not yet known")), ("hide", _("Hidden"))],
        help_text=_(
            "How pages treat entries that were not yet known on that day. Downloads always omit "
            "them."
        ),
        example="hide",
    )
    order = ChoiceSetting(
        label=_("Order"),
        choices=list(ORDERS.items()),
        help_text=_("Sort order of the entries."),
        example="newest",
    )
    after = CursorSetting(
        label=_("Next page"),
        help_text=_("Cursor from a link to the next page."),
    )
    before = CursorSetting(
        label=_("Previous page"),
        help_text=_("Cursor from a link to the previous page."),
    )
    size = SizeSetting(
        label=_("Page size"),
        min_value=1,
        max_value=MAX_PAGE_SIZE,
        help_text=_("Number of entries per page. Formats that contain all entries ignore it."),
        example="50",
    )

    # "for" and "from" are words of Python's own, so they cannot be written above.
    locals()["for"] = SlugFilter(
        field_name="for",
        label=_("On behalf of"),
        kind="actor",
        help_text=_("Slug of the actor the speaker represents."),
    )
    locals()["from"] = BoundSetting(
        label=_("From"),
        help_text=_("First day to include. Enter a date, such as 2023-04 or mid-2023."),
        example="2023-04",
    )

    class Meta:
        model = Entry
        fields: list[str] = []


for _name, _filter in TimelineFilter.base_filters.items():
    _filter.field_name = _name
FACETS = tuple(
    name for name, one in TimelineFilter.base_filters.items() if isinstance(one, FacetFilter)
)


def clean_query(data: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """Clean a query string; return the cleaned values and, by parameter, what is wrong."""
    bound = TimelineFilter(data, queryset=Entry.objects.none())
    errors = {name: " ".join(map(str, found)) for name, found in bound.form.errors.items()}
    known = TimelineFilter.base_filters
    for name in data:
        if name not in known:
            errors[name] = gettext("No filter has this name. Choose one of: %(names)s.") % {
                "names": ", ".join(known)
            }
        elif name not in FACETS and len(data.getlist(name)) > 1:
            errors[name] = gettext("This parameter can be given only once.")
    return bound.form.cleaned_data, errors
