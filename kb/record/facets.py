"""How many entries each value of each filter would give, with the other filters kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from kb.record.as_of import entries_contested_on
from kb.record.filters import ENTRY_KIND_CHOICES, FORM_CHOICES, STANDING_CHOICES, Choice
from kb.record.models import Facet, Revision
from kb.record.query import TimelineQuery
from kb.record.search_index import CONTESTED

SHOWN_VALUES = (
    "actor",
    "kind",
    "standing",
    "form",
    "by",
    "for",
    "to",
    "about",
    "publisher",
    "topic",
)
_WORDS = {"kind": ENTRY_KIND_CHOICES, "standing": STANDING_CHOICES, "form": FORM_CHOICES}
# Beyond these a list of choices is no help; the pages of actors and sources are.
MAX_OPTIONS = 100


@dataclass(frozen=True)
class FacetOption:
    choice: Choice
    count: int
    selected: bool


def facet_options(query: TimelineQuery) -> dict[str, list[FacetOption]]:
    """By filter, its values with counts, most frequent first; chosen values always included.

    Costs one query, one more for each filter in use, and one for the names.
    """
    free = [name for name in SHOWN_VALUES if not query.values(name)]
    counts = _counts(query, free)
    for name in SHOWN_VALUES:
        if name not in free:
            counts |= _counts(query.without(name), [name])
    ids = {value for (name, value) in counts if name not in _WORDS}
    titles = {
        public_id: (slug, title)
        for public_id, slug, title in Revision.objects.standing()
        .filter(public_id__in=ids)
        .values_list("public_id", "slug", "title")
    }
    found: dict[str, list[FacetOption]] = {}
    for name in SHOWN_VALUES:
        chosen = query.values(name)
        options = [
            FacetOption(choice, count, choice.value in {one.value for one in chosen})
            for (facet, value), count in counts.items()
            if facet == name and (choice := _choice(name, value, titles))
        ]
        known = {one.choice.value for one in options}
        options += [FacetOption(one, 0, True) for one in chosen if one.value not in known]
        if name in _WORDS:
            options += [
                FacetOption(Choice(word, word, str(label)), 0, False)
                for word, label in _WORDS[name].items()
                if word not in {one.choice.value for one in options}
            ]
        found[name] = sorted(options, key=lambda one: (-one.count, one.choice.label))
    return found


def listed_options(options: list[FacetOption]) -> list[FacetOption]:
    """The chosen and the most frequent of them, MOST_OPTIONS in all, in their order."""
    kept = set(sorted(options, key=lambda one: not one.selected)[:MAX_OPTIONS])
    return [one for one in options if one in kept]


def _choice(name: str, value: str, titles: dict[str, tuple[str, str]]) -> Choice | None:
    if name in _WORDS:
        return Choice(value, value, str(_WORDS[name].get(value, value)))
    return Choice(titles[value][0], value, titles[value][1]) if value in titles else None


def _counts(query: TimelineQuery, names: list[str]) -> dict[tuple[str, str], int]:
    if not names:
        return {}
    entries = query.entries().order_by()
    rows = (
        Facet.objects.filter(entry__in=entries.values("pk"), name__in=names)
        .values_list("name", "value")
        .annotate(entries=Count("entry"))
        .order_by("-entries", "value")
    )
    counts = {(name, value): count for name, value, count in rows}
    if query.known and "standing" in names:
        # The index holds what is contested today.
        then = entries.filter(pk__in=entries_contested_on(query.known.latest))
        counts["standing", CONTESTED] = then.count()
    return counts
