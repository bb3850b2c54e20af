"""Search over everything on the record: incidents, actors and sources by name, entries by text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from kb.record import publication_version
from kb.record.addresses import record_path
from kb.record.models import Entry, Revision
from kb.record.query import TimelineQuery
from kb.record.rows import Row, rows_for_entries
from kb.text.normalise import Term, matches, query_terms, search_text

NAMED_KINDS = ("incident", "actor", "source")
MAX_NAMED_RECORDS = 10
MAX_ENTRIES = 10
# Of the statements that hold the words somewhere, so many are read for "inside quotations only".
MAX_CANDIDATES = 500
VERBATIM_FORMS = ("verbatim", "document")


class NamedRecord(NamedTuple):
    """A record that is found by its names."""

    kind: str
    title: str
    slug: str
    also: tuple[str, ...]
    summary: str
    folded: str

    def is_named(self, terms: Sequence[Term]) -> bool:
        """Whether the words stand in one of its names, and not only in what is said of it."""
        return any(matches(search_text(name), terms) for name in (self.title, *self.also))


@dataclass(frozen=True)
class SearchResults:
    """The named records by kind, the first entries, how many there are of each, and by what."""

    named: dict[str, list[NamedRecord]]
    counts: dict[str, int]
    entries: list[Row]
    terms: list[Term]
    is_capped: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def search(q: str, *, quotations_only: bool = False) -> SearchResults:
    """Search the record for a reader's words (see ``kb.text.normalise.query_terms``).

    Costs the same few queries however much there is; the names are read once an epoch.
    """
    terms = query_terms(q)
    if not terms:
        return SearchResults({}, {}, [], [])
    if quotations_only:
        rows, count, is_capped = _quotations(q, terms)
        return SearchResults({}, {"entry": count}, rows, terms, is_capped)
    hits: dict[str, list[NamedRecord]] = {kind: [] for kind in NAMED_KINDS}
    for one in _names(*publication_version.current_version()):
        if matches(one.folded, terms):
            hits[one.kind].append(one)
    entries = TimelineQuery(q=q).entries()
    rows = rows_for_entries(list(entries.select_related("revision")[:MAX_ENTRIES]))
    counts = {kind: len(found) for kind, found in hits.items()} | {"entry": entries.count()}
    for found in hits.values():
        found.sort(key=lambda one: not one.is_named(terms))
    named = {kind: found[:MAX_NAMED_RECORDS] for kind, found in hits.items() if found}
    return SearchResults(named, counts, rows, terms)


def counts_without_each_word(q: str, *, quotations_only: bool) -> list[dict[str, Any]]:
    """For words that find nothing: what would be found without each of them."""
    words = _parts(q)
    if len(words) < 2:
        return []
    found = []
    for place, word in enumerate(words):
        rest = " ".join(words[:place] + words[place + 1 :])
        found.append(
            {
                "word": word,
                "q": rest,
                "count": search(rest, quotations_only=quotations_only).total,
            }
        )
    return found


def _parts(q: str) -> list[str]:
    """The words and quoted phrases of a search, as typed."""
    parts, inside, word = [], False, ""
    for character in q:
        if character == '"':
            inside = not inside
        if character.isspace() and not inside:
            parts.append(word)
            word = ""
        else:
            word += character
    return [part for part in [*parts, word] if part.strip('" ')][:8]


def _quotations(q: str, terms: list[Term]) -> tuple[list[Row], int, bool]:
    query = TimelineQuery(q=q)
    candidates = query.entries().filter(
        kind="statement", revision__document__form__in=VERBATIM_FORMS
    )
    read = list(candidates.select_related("revision")[: MAX_CANDIDATES + 1])
    own = [one for one in read[:MAX_CANDIDATES] if matches(_own_words(one), terms)]
    return rows_for_entries(own[:MAX_ENTRIES]), len(own), len(read) > MAX_CANDIDATES


def _own_words(entry: Entry) -> str:
    document = entry.revision.document
    original = document["original"] or {"text": ""}
    return search_text(document["text"], original["text"])


# The names change only with the epoch, which is the key; those of the one before are of no use.
@lru_cache(maxsize=1)
def _names(number: int, changed_at: datetime | None) -> tuple[NamedRecord, ...]:
    rows = Revision.objects.standing().filter(kind__in=NAMED_KINDS).order_by("title", "pk")
    return tuple(
        NamedRecord(
            kind,
            title,
            slug,
            _also(document),
            document.get("summary", ""),
            _folded(title, document),
        )
        for kind, title, slug, document in rows.values_list("kind", "title", "slug", "document")
    )


def _also(document: dict[str, Any]) -> tuple[str, ...]:
    return tuple(one["name"] for one in document.get("other_names", ()))


def _folded(title: str, document: dict[str, Any]) -> str:
    return search_text(title, *_also(document), *_more(document))


def _more(document: dict[str, Any]) -> list[str]:
    """What a record is found by besides its names; the page does not repeat it."""
    return [document.get(name) or "" for name in ("byline", "summary", "url")]


def result_path(one: NamedRecord) -> str:
    """Where a found record is read."""
    return record_path(one.kind, one.slug)
