"""The filters of the timeline: labels, choices and errors, once for every page and format."""

from __future__ import annotations

from functools import cache
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kb.dates import FuzzyDate
from kb.record.entry_origins import ORIGINS, origins_value
from kb.record.filter_fields import (
    MAX_ORIGINS,
    MAX_PAGE_SIZE,
    Choice,
    Cursor,
    DateBound,
    PlacesField,
    PublicationBound,
    SearchWords,
    SlugsField,
    ValuesField,
)
from kb.record.models import Entry, Facet
from kb.record.parameter_errors import repeated_parameter, unknown_parameter
from kb.record.search import SearchError, entries_matching
from kb.record.vocabulary import (
    ENTRY_KIND_LABELS,
    RELIABILITY_LABELS,
    STATEMENT_FORM_LABELS,
    Labels,
)


def entries_with(name: str, choices: tuple[Choice, ...]) -> Q:
    """Entries that have any of these values under this name in the index."""
    values = [choice.value for choice in choices]
    return Q(Exists(Facet.objects.filter(entry=OuterRef("pk"), name=name, value__in=values)))


class DescribedParameter(django_filters.Filter):
    """One parameter of the address, described for people and programs at once.

    ``label`` and ``help_text`` are for both; ``example`` is a value that any record accepts, ""
    where only the record itself can give one.
    """

    def __init__(self, *, example: str = "", **options: Any) -> None:
        self.example = example
        super().__init__(**options)


class FacetFilter(DescribedParameter):
    """Entries that have any of the chosen values under the name of the parameter."""

    field_class: type[ValuesField] = ValuesField

    def filter(self, entries: QuerySet[Entry], choices: tuple[Choice, ...]) -> QuerySet[Entry]:
        return entries.filter(entries_with(self.field_name, choices)) if choices else entries


class SlugFilter(FacetFilter):
    field_class = SlugsField


class PlaceFilter(FacetFilter):
    field_class = PlacesField


class AllFilter(SlugFilter):
    """Entries that have each of the chosen values under the name of another filter."""

    def filter(self, entries: QuerySet[Entry], choices: tuple[Choice, ...]) -> QuerySet[Entry]:
        for choice in choices:
            entries = entries.filter(entries_with(ALL_OF[self.field_name], (choice,)))
        return entries


def without_filter(base: FacetFilter) -> FacetFilter:
    """A filter for entries that have none of the chosen values of ``base``.

    It reads values as ``base`` does, and is applied by the query (``TimelineQuery.entries``).
    """
    # Translated when it is shown, as the label in it is.
    label = format_lazy(_("Without {filter}"), filter=base.label)
    help_text = format_lazy(_("Leaves these entries out. {help}"), help=base.extra["help_text"])
    options = {**base.extra, "help_text": help_text}
    return type(base)(label=label, example=base.example, **options)


class SearchFilter(DescribedParameter):
    """Entries that contain all words of a search."""

    field_class = SearchWords

    def filter(self, entries: QuerySet[Entry], words: str) -> QuerySet[Entry]:
        try:
            return entries_matching(entries, words) if words else entries
        except SearchError:
            return entries.none()


class KnownFilter(DescribedParameter):
    """Entries that a cited source had made public by the end of that date."""

    field_class = DateBound

    def filter(self, entries: QuerySet[Entry], when: FuzzyDate | None) -> QuerySet[Entry]:
        return entries.filter(known_since__lte=when.latest) if when else entries


class OriginsFilter(DescribedParameter):
    """Entries whose supporting sources have at least as many independent origins."""

    field_class = forms.IntegerField

    def filter(self, entries: QuerySet[Entry], number: int | None) -> QuerySet[Entry]:
        if not number:
            return entries
        facets = Facet.objects.filter(
            entry=OuterRef("pk"), name=ORIGINS, value__gte=origins_value(number)
        )
        return entries.filter(Exists(facets))


class QuerySetting(DescribedParameter):
    """A parameter that the query itself applies: ranges, order and pages."""

    def filter(self, entries: QuerySet[Entry], value: object) -> QuerySet[Entry]:
        return entries


class ChoiceSetting(QuerySetting):
    field_class = forms.ChoiceField


class BoundSetting(QuerySetting):
    field_class = DateBound


class PublicationSetting(QuerySetting):
    field_class = PublicationBound


class CursorSetting(QuerySetting):
    field_class = Cursor


class SizeSetting(QuerySetting):
    field_class = forms.IntegerField


ORDERS: Labels = {
    "oldest": _("Oldest first"),
    "newest": _("Newest first"),
    "changed": _("Recently changed first"),
}
ENTRY_KIND_CHOICES = ENTRY_KIND_LABELS
STANDING_CHOICES = RELIABILITY_LABELS
FORM_CHOICES = STATEMENT_FORM_LABELS


# Every parameter that a list of entries takes, by name, in the order of the form. A mapping and
# not the attributes of a class, because "for" and "from" are keywords of Python.
PARAMETERS: dict[str, DescribedParameter] = {
    "q": SearchFilter(
        label=_("Text"),
        help_text=_(
            "Words in the title, text or summary of the entry, names of its actors or cited words "
            "of its sources, in any spelling. Use quotation marks for an exact phrase, and - "
            "before a word to leave it out."
        ),
        example="account",
    ),
    "kind": FacetFilter(
        label=_("Kind"),
        words=ENTRY_KIND_LABELS,
        help_text=_("Whether the entry is an event, a statement or a request for comment."),
        example="event",
    ),
    "actor": SlugFilter(
        label=_("Actor"), kind="actor", help_text=_("Slug of an actor with any role in the entry.")
    ),
    "by": SlugFilter(label=_("Said by"), kind="actor", help_text=_("Slug of the speaker.")),
    "for": SlugFilter(
        label=_("On behalf of"),
        kind="actor",
        help_text=_("Slug of the actor the speaker represents."),
    ),
    "to": SlugFilter(
        label=_("Said to"), kind="actor", help_text=_("Slug of the actor who was addressed.")
    ),
    "about": SlugFilter(
        label=_("Said about"), kind="actor", help_text=_("Slug of an actor the statement is about.")
    ),
    "attributed_to": SlugFilter(
        label=_("Attributed to"),
        kind="actor",
        help_text=_("Slug of an actor to whom an outlet ascribes words that are not on record."),
    ),
    "asked": SlugFilter(
        label=_("Asked for comment"),
        kind="actor",
        help_text=_("Slug of an actor who was asked for comment."),
    ),
    "asked_by": SlugFilter(
        label=_("Asked by"),
        kind="actor",
        help_text=_("Slug of the actor who asked others for comment."),
    ),
    "incident": SlugFilter(
        label=_("Incident"),
        kind="incident",
        help_text=_("Slug of the incident the entry belongs to."),
    ),
    "topic": SlugFilter(
        label=_("Topic"), kind="topic", help_text=_("Slug of the topic the entry belongs to.")
    ),
    "publisher": SlugFilter(
        label=_("Publisher"),
        kind="actor",
        help_text=_("Slug of the publisher of a cited source."),
    ),
    "source": SlugFilter(label=_("Source"), kind="source", help_text=_("Slug of a cited source.")),
    "origins": OriginsFilter(
        label=_("Independent origins"),
        min_value=1,
        max_value=MAX_ORIGINS,
        help_text=_(
            "Only entries whose supporting sources have at least this many independent origins."
        ),
        example="2",
    ),
    "standing": FacetFilter(
        label=_("Reliability"),
        words=RELIABILITY_LABELS,
        help_text=_("How well the event is established by its sources."),
        example="reported",
    ),
    "form": FacetFilter(
        label=_("Form"),
        words=STATEMENT_FORM_LABELS,
        help_text=_("Whether the statement is quoted, paraphrased or taken from a document."),
        example="verbatim",
    ),
    "place": PlaceFilter(
        label=_("Place"),
        help_text=_("Name of a place as a source gives it. Case and accents do not count."),
    ),
    "from": BoundSetting(
        label=_("From"),
        help_text=_("First day to include. Enter a date, such as 2023-04 or mid-2023."),
        example="2023-04",
    ),
    "until": BoundSetting(
        label=_("Until"),
        help_text=_("Last day to include. Enter a date, such as 2023-04 or mid-2023."),
        example="2023-12",
    ),
    "match": ChoiceSetting(
        label=_("Dates"),
        choices=[("possible", _("Possible matches")), ("certain", _("Certain matches only"))],
        help_text=_("Whether to include dates that may or may not fall within the range."),
        example="certain",
    ),
    "known": KnownFilter(
        label=_("As known on"),
        help_text=_("Only entries that a cited source had published by the end of that day."),
        example="2023-12-16",
    ),
    "known_after": BoundSetting(
        label=_("Became known after"),
        help_text=_(
            "Only entries about which a cited source was published after that day: new ones, and "
            "earlier ones with a further source. Together with “known”, what became known between "
            "the two days."
        ),
        example="2023-12-14",
    ),
    "on": PublicationSetting(
        label=_("As published on"),
        help_text=_(
            "The record as this site had published it at the end of that day, or at a time such "
            "as 2023-12-14T15:30:00Z: entries withdrawn since are there, and later ones are not."
        ),
    ),
    "later": ChoiceSetting(
        label=_("Later entries"),
        choices=[("mark", _("Shown, marked as not yet known")), ("hide", _("Hidden"))],
        help_text=_(
            "How pages treat entries that were not yet known on that day. Downloads always omit "
            "them."
        ),
        example="hide",
    ),
    "order": ChoiceSetting(
        label=_("Order"),
        choices=list(ORDERS.items()),
        help_text=_("Sort order of the entries."),
        example="newest",
    ),
    "after": CursorSetting(
        label=_("Next page"),
        help_text=_("Cursor from a link to the next page."),
    ),
    "before": CursorSetting(
        label=_("Previous page"),
        help_text=_("Cursor from a link to the previous page."),
    ),
    "size": SizeSetting(
        label=_("Page size"),
        min_value=1,
        max_value=MAX_PAGE_SIZE,
        help_text=_("Number of entries per page. Formats that contain all entries ignore it."),
        example="50",
    ),
}
# The parameters that choose entries by any of some values in the index.
FACETS = tuple(name for name, parameter in PARAMETERS.items() if isinstance(parameter, FacetFilter))
# The parameters that ask for all values, and for none of them, each with the filter whose values
# they take. They stand after the others, because they are used least.
ALL_OF = {"all_actor": "actor", "all_topic": "topic"}
WITHOUT = {f"not_{name}": name for name in FACETS}
PARAMETERS |= {
    "all_actor": AllFilter(
        label=_("All of these actors"),
        kind="actor",
        help_text=_("Slug of an actor with any role. Repeat it: only entries with all of them."),
    ),
    "all_topic": AllFilter(
        label=_("All of these topics"),
        kind="topic",
        help_text=_("Slug of a topic. Repeat it: only entries with all of them."),
    ),
}
PARAMETERS |= {name: without_filter(PARAMETERS[base]) for name, base in WITHOUT.items()}
# The parameters that take values of the index, in the order in which a query keeps them.
VALUE_PARAMETERS = (*FACETS, *ALL_OF, *WITHOUT)
for _name, _parameter in PARAMETERS.items():
    _parameter.field_name = _name


def clean_query(data: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """Clean a query string.

    Returns the cleaned value of each parameter, and a message for each parameter that is wrong.
    Only the parameters that are there are cleaned: a form of all of them would copy every field.
    """
    values, errors = dict(_absent_values()), dict[str, str]()
    for name in data:
        if name not in PARAMETERS:
            errors[name] = unknown_parameter(PARAMETERS)
        elif name not in VALUE_PARAMETERS and len(data.getlist(name)) > 1:
            errors[name] = repeated_parameter()
        else:
            try:
                values[name] = _cleaned(name, data)
            except ValidationError as problem:
                errors[name] = " ".join(problem.messages)
    return values, errors


@cache
def _absent_values() -> dict[str, Any]:
    """What each parameter is cleaned to where it is absent."""
    return {name: _cleaned(name, QueryDict()) for name in PARAMETERS}


def _cleaned(name: str, data: QueryDict) -> Any:
    field = PARAMETERS[name].field
    return field.clean(field.widget.value_from_datadict(data, {}, name))
