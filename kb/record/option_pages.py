"""The values of one filter, a page at a time, with a search by name.

A page with filters shows the most frequent values only. These pages reach all others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kb.record import publication_version
from kb.record.facets import FacetOption, facet_options
from kb.record.filters import FACETS, PARAMETERS, SlugFilter
from kb.record.models import ListedRecord, Revision
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.vocabulary import RecordKind
from kb.text.normalise import Term, matches, query_terms, search_text

PAGE_SIZE = 50
# The count of the last value of the page before, and its slug.
_CURSOR = re.compile(r"([0-9]{1,12})\.(.{1,200})\Z", re.DOTALL)


@dataclass(frozen=True)
class OptionCursor:
    """Where a page of values begins: after the value with this count and this slug."""

    count: int
    slug: str

    @classmethod
    def parse(cls, text: str) -> OptionCursor | None:
        """The cursor that ``str()`` wrote; None for any other text."""
        match = _CURSOR.match(text)
        return cls(int(match[1]), match[2]) if match else None

    def __str__(self) -> str:
        return f"{self.count}.{self.slug}"


@dataclass(frozen=True)
class OptionPage:
    """A page of the values that can be added to a filter, most frequent first.

    ``chosen`` are the values in use, whatever the page and the search; ``total`` counts those of
    all pages.
    """

    chosen: Sequence[FacetOption]
    options: Sequence[FacetOption]
    total: int
    next: OptionCursor | None


def option_page(
    query: TimelineQuery,
    name: str,
    *,
    find: str = "",
    after: OptionCursor | None = None,
    size: int = PAGE_SIZE,
) -> OptionPage:
    """The values of the filter ``name`` (one of FACETS), with the counts they would give.

    ``find`` keeps those with a name, in any language, in which each of its words begins a word.
    Costs the queries of ``facet_options`` for one filter, and at most two for the names.
    """
    options = facet_options(query, entry_source(), (name,), most=None)[name].options
    others = [option for option in options if not option.selected and option.count]
    if find:
        others = _matching(others, name, find)
    first = _place_after(others, after) if after else 0
    page = others[first : first + size]
    has_more = len(others) > first + size
    return OptionPage(
        chosen=[option for option in options if option.selected],
        options=page,
        total=len(others),
        next=OptionCursor(page[-1].count, page[-1].choice.slug) if page and has_more else None,
    )


def has_options(name: str) -> bool:
    """Whether a filter of this name has values that can be listed."""
    return name in FACETS


def _place_after(options: Sequence[FacetOption], cursor: OptionCursor) -> int:
    """The place behind the cursor.

    If its value is no longer listed, that of the first value with its count or a lower one: a
    reader may see a value twice, but misses none.
    """
    for place, option in enumerate(options):
        if option.choice.slug == cursor.slug and option.count == cursor.count:
            return place + 1
    return next(
        (place for place, option in enumerate(options) if option.count <= cursor.count),
        len(options),
    )


def _matching(options: Sequence[FacetOption], name: str, find: str) -> list[FacetOption]:
    terms = [term.as_prefix() for term in query_terms(find)]
    if not terms:
        return []
    texts = _texts(name)
    return [option for option in options if _is_named(option, texts, terms)]


def _is_named(option: FacetOption, texts: Mapping[str, str], terms: Sequence[Term]) -> bool:
    text = texts.get(option.choice.value)
    return matches(search_text(option.choice.label) if text is None else text, terms)


def _texts(name: str) -> Mapping[str, str]:
    """The normalised names of the records that a filter takes; empty if it takes no records."""
    parameter = PARAMETERS[name]
    if not isinstance(parameter, SlugFilter):
        return {}
    return _names_of_kind(parameter.extra["kind"], *publication_version.current_version())


# Names change only with the publication version, which is part of the key.
@lru_cache(maxsize=8)
def _names_of_kind(kind: str, _number: int, _changed_at: datetime | None) -> Mapping[str, str]:
    if kind == RecordKind.ACTOR:
        # With all names of the actor.
        actors = ListedRecord.objects.filter(kind=kind).order_by()
        return dict(actors.values_list("public_id", "search_text"))
    rows = Revision.objects.live().filter(kind=kind).order_by()
    return {
        public_id: search_text(title) for public_id, title in rows.values_list("public_id", "title")
    }
