"""How many entries each value of each filter would give, with the other filters unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.record.chunks import in_chunks
from kb.record.entry_source import EntrySource
from kb.record.filter_fields import Choice, place_labels
from kb.record.filters import ENTRY_KIND_CHOICES, FORM_CHOICES, STANDING_CHOICES
from kb.record.models import Revision
from kb.record.query import TimelineQuery

SHOWN_VALUES = (
    "actor",
    "kind",
    "standing",
    "form",
    "by",
    "for",
    "to",
    "about",
    "attributed_to",
    "asked",
    "publisher",
    "topic",
    "place",
)
_WORDS = {"kind": ENTRY_KIND_CHOICES, "standing": STANDING_CHOICES, "form": FORM_CHOICES}
# As many ids in one statement as every database takes.
MAX_IDS = 20_000
# Beyond these a list of choices is no help; the pages of actors and sources are.
MAX_OPTIONS = 100


@dataclass(frozen=True)
class FacetOption:
    choice: Choice
    count: int
    selected: bool


@dataclass(frozen=True)
class FacetOptions:
    """Values of a filter, most frequent first; ``total`` is how many there are.

    They are all of them, or the chosen ones, the most frequent, and all with as many entries as the
    last of these.
    """

    options: Sequence[FacetOption]
    total: int

    def listed(self) -> list[FacetOption]:
        """The chosen and the most frequent options, MAX_OPTIONS in all, in their order."""
        listed = set(sorted(self.options, key=lambda option: not option.selected)[:MAX_OPTIONS])
        return [option for option in self.options if option in listed]

    @property
    def unlisted(self) -> int:
        """How many values are not among the listed."""
        return max(0, self.total - MAX_OPTIONS)


def facet_options(
    query: TimelineQuery,
    source: EntrySource,
    names: Sequence[str] = SHOWN_VALUES,
    *,
    most: int | None = MAX_OPTIONS,
) -> dict[str, FacetOptions]:
    """By filter, its values with counts; values in use always included, also those left out.

    ``names`` are the filters. Of each, the ``most`` frequent values are named, or all if it is
    None: in a large record there are many thousands. Asks the source once, once more for each
    filter in use; and costs one query for the names of records, and one for places if any.
    """
    free = [name for name in names if not query.values(name)]
    chosen = {
        name: {choice.value: choice for choice in query.values(query.name_in_use(name))}
        for name in names
    }
    frequent = source.frequent_values(query, free, most=most, also=chosen)
    for name in names:
        if name not in free:
            wider = query.without(name)
            frequent |= source.frequent_values(wider, [name], most=most, also=chosen)
    titles = _titles({name: values.counts for name, values in frequent.items()})
    facets: dict[str, FacetOptions] = {}
    for name in names:
        values, total = frequent[name]
        options = [
            FacetOption(choice, count, value in chosen[name])
            for value, count in values.items()
            if (choice := _choice(name, value, titles))
        ]
        options += [
            FacetOption(choice, 0, True)
            for value, choice in chosen[name].items()
            if value not in values
        ]
        if name in _WORDS:
            options += [
                FacetOption(Choice(word, word, str(label)), 0, False)
                for word, label in _WORDS[name].items()
                if word not in {option.choice.value for option in options}
            ]
        options.sort(key=lambda option: (-option.count, option.choice.label, option.choice.value))
        facets[name] = FacetOptions(options, len(options) + total - len(values))
    return facets


def _titles(counted: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, str]]:
    """The slug and the label of each value that is no word of a vocabulary."""
    ids = {
        value
        for name, values in counted.items()
        if name not in _WORDS and name != "place"
        for value in values
    }
    titles: dict[str, tuple[str, str]] = {}
    for chunk in in_chunks(sorted(ids), MAX_IDS):
        rows = Revision.objects.live().filter(public_id__in=chunk)
        for public_id, slug, title in rows.values_list("public_id", "slug", "title"):
            titles[public_id] = (slug, title)
    # An entry's place has no record of its own: its name is its slug.
    places = place_labels(counted.get("place", ()))
    return titles | {value: (value, label) for value, label in places.items()}


def _choice(name: str, value: str, titles: dict[str, tuple[str, str]]) -> Choice | None:
    if name in _WORDS:
        return Choice(value, value, str(_WORDS[name].get(value, value)))
    return Choice(titles[value][0], value, titles[value][1]) if value in titles else None
