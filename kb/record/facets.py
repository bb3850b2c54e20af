"""How many entries each value of each filter would give, with the other filters unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.record.entry_source import EntrySource
from kb.record.filters import (
    ENTRY_KIND_CHOICES,
    FORM_CHOICES,
    STANDING_CHOICES,
    Choice,
    place_labels,
)
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
# Beyond these a list of choices is no help; the pages of actors and sources are.
MAX_OPTIONS = 100


@dataclass(frozen=True)
class FacetOption:
    choice: Choice
    count: int
    selected: bool


def facet_options(
    query: TimelineQuery, source: EntrySource, names: Sequence[str] = SHOWN_VALUES
) -> dict[str, list[FacetOption]]:
    """By filter, its values with counts, most frequent first; chosen values always included.

    ``names`` are the filters. Asks the source once, once more for each filter in use; and costs one
    query for the names of records, and one for places if any.
    """
    free = [name for name in names if not query.values(name)]
    counts = source.value_counts(query, free)
    for name in names:
        if name not in free:
            counts |= source.value_counts(query.without(name), [name])
    ids = {value for (name, value) in counts if name not in _WORDS and name != "place"}
    titles = {
        public_id: (slug, title)
        for public_id, slug, title in Revision.objects.live()
        .filter(public_id__in=ids)
        .values_list("public_id", "slug", "title")
    }
    places = {value for (name, value) in counts if name == "place"}
    # An entry's place has no record of its own: its name is its slug.
    titles |= {value: (value, label) for value, label in place_labels(places).items()}
    facets: dict[str, list[FacetOption]] = {}
    for name in names:
        chosen = query.values(name)
        chosen_values = {choice.value for choice in chosen}
        options = [
            FacetOption(choice, count, choice.value in chosen_values)
            for (facet, value), count in counts.items()
            if facet == name and (choice := _choice(name, value, titles))
        ]
        counted = {option.choice.value for option in options}
        options += [
            FacetOption(choice, 0, True) for choice in chosen if choice.value not in counted
        ]
        if name in _WORDS:
            options += [
                FacetOption(Choice(word, word, str(label)), 0, False)
                for word, label in _WORDS[name].items()
                if word not in {option.choice.value for option in options}
            ]
        facets[name] = sorted(
            options,
            key=lambda option: (-option.count, option.choice.label, option.choice.value),
        )
    return facets


def listed_options(options: Sequence[FacetOption]) -> list[FacetOption]:
    """The chosen and the most frequent options, MAX_OPTIONS in all, in their order."""
    listed = set(sorted(options, key=lambda option: not option.selected)[:MAX_OPTIONS])
    return [option for option in options if option in listed]


def _choice(name: str, value: str, titles: dict[str, tuple[str, str]]) -> Choice | None:
    if name in _WORDS:
        return Choice(value, value, str(_WORDS[name].get(value, value)))
    return Choice(titles[value][0], value, titles[value][1]) if value in titles else None
