"""The search of the whole record, and the context of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple, NotRequired, TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kb.record import publication_version
from kb.record.addresses import record_path
from kb.record.documents import Document
from kb.record.filter_fields import Choice
from kb.record.models import Entry, Revision
from kb.record.query import TimelineQuery
from kb.record.quotation import without_quotation_marks
from kb.record.reading.current import entry_source
from kb.record.rendering import HtmlRow, row_with_html
from kb.record.rows import Row, rows_for_entries
from kb.site.pages.list_paths import ListPath
from kb.site.pages.page_meta import Head, page_head
from kb.site.pages.timeline import FilterLink, filter_links
from kb.text.markdown import markdown_to_text
from kb.text.marking import EXCERPT_LENGTH, excerpt, first_match, mark_matches
from kb.text.normalise import Term, matches, query_terms, search_text
from kb.text.quoting import shorten_quotation

NAMED_KINDS = ("incident", "actor", "source")
MAX_NAMED_RECORDS = 10
MAX_ENTRIES = 10
# Statements that are read to find the words in the quotation itself.
MAX_CANDIDATES = 500
MAX_WORDS = 8  # for which the page counts the results without them
VERBATIM_FORMS = ("verbatim", "document")


class NamedRecord(NamedTuple):
    """A record that is found by its names; ``search_text`` is everything it is found by."""

    kind: str
    title: str
    slug: str
    also: tuple[str, ...]
    summary: str
    search_text: str

    def is_named(self, terms: Sequence[Term]) -> bool:
        """Whether one of its names matches, and not only its summary or other text."""
        return any(matches(search_text(name), terms) for name in (self.title, *self.also))


@dataclass(frozen=True)
class SearchResults:
    """The first named records and entries, the number of all by kind, and the search terms."""

    named: dict[str, list[NamedRecord]]
    counts: dict[str, int]
    entries: list[Row]
    terms: list[Term]
    is_capped: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def search(q: str, *, quotations_only: bool = False) -> SearchResults:
    """Search the record for the words of a reader (see ``kb.text.normalise.query_terms``).

    Costs a fixed number of queries. The names are read once for each publication version.
    """
    terms = query_terms(q)
    if not terms:
        return SearchResults({}, {}, [], [])
    if quotations_only:
        rows, count, is_capped = _quotations(q, terms)
        return SearchResults({}, {"entry": count}, rows, terms, is_capped)
    records: dict[str, list[NamedRecord]] = {kind: [] for kind in NAMED_KINDS}
    for record in _named_records(*publication_version.current_version()):
        if matches(record.search_text, terms):
            records[record.kind].append(record)
    query, source = TimelineQuery(q=q, size=MAX_ENTRIES), entry_source()
    rows = rows_for_entries(source.page(query).entries)
    counts = {kind: len(matching) for kind, matching in records.items()}
    counts["entry"] = source.count(query)
    for matching in records.values():
        matching.sort(key=lambda record: not record.is_named(terms))
    named = {kind: matching[:MAX_NAMED_RECORDS] for kind, matching in records.items() if matching}
    return SearchResults(named, counts, rows, terms)


class WithoutWord(TypedDict):
    """A search without one of its words, and the number of its results."""

    word: str
    q: str
    count: int


def counts_without_each_word(q: str, *, quotations_only: bool) -> list[WithoutWord]:
    """For a search without results: how many results it has without each of its words."""
    words = _words_as_typed(q)
    if len(words) < 2:
        return []
    counts: list[WithoutWord] = []
    for index, word in enumerate(words):
        rest = " ".join(words[:index] + words[index + 1 :])
        count = search(rest, quotations_only=quotations_only).total
        counts.append({"word": word, "q": rest, "count": count})
    return counts


def _words_as_typed(q: str) -> list[str]:
    """The words and quoted phrases of a search."""
    words, is_quoted, word = [], False, ""
    for character in q:
        if character == '"':
            is_quoted = not is_quoted
        if character.isspace() and not is_quoted:
            words.append(word)
            word = ""
        else:
            word += character
    return [word for word in [*words, word] if word.strip('" ')][:MAX_WORDS]


def _quotations(q: str, terms: list[Term]) -> tuple[list[Row], int, bool]:
    forms = tuple(Choice(form, form, "") for form in VERBATIM_FORMS)
    query = TimelineQuery(q=q, size=MAX_CANDIDATES).with_values("form", forms)
    statements, _has_before, is_capped = entry_source().page(query)
    matching = [statement for statement in statements if matches(_quotation_text(statement), terms)]
    return rows_for_entries(matching[:MAX_ENTRIES]), len(matching), is_capped


def _quotation_text(entry: Entry) -> str:
    document = entry.revision.document
    original = document["original"] or {"text": ""}
    return search_text(document["text"], original["text"])


# The names change only with the publication version, which is the key of the cache.
@lru_cache(maxsize=1)
def _named_records(number: int, changed_at: datetime | None) -> tuple[NamedRecord, ...]:
    rows = Revision.objects.live().filter(kind__in=NAMED_KINDS).order_by("title", "pk")
    return tuple(
        NamedRecord(
            kind,
            title,
            slug,
            _also(document),
            document.get("summary", ""),
            search_text(title, *_also(document), *_other_texts(document)),
        )
        for kind, title, slug, document in rows.values_list("kind", "title", "slug", "document")
    )


def _also(document: Document) -> tuple[str, ...]:
    return tuple(name["name"] for name in document.get("other_names", ()))


def _other_texts(document: Document) -> list[str]:
    """Texts besides the names by which a record is found, but which the page does not show."""
    return [document.get("byline", ""), document.get("summary", ""), document.get("url", "")]


class NamedResult(TypedDict):
    """A named record with its matches marked; ``summary`` is "" if a name matches."""

    url: str
    title: SafeString
    summary: SafeString | str
    also: list[SafeString]


class SearchSection(TypedDict):
    kind: str
    title: str
    count: int
    more: int
    rows: list[NamedResult]


class EntryResult(TypedDict):
    row: HtmlRow
    excerpt: SafeString


class SearchContext(TypedDict):
    """``anywhere`` counts the results outside quotations if there are none inside.

    ``filters`` link to the values of each filter that the entries found have.
    """

    q: str
    quotations_only: bool
    results: SearchResults
    sections: list[SearchSection]
    entries: list[EntryResult]
    filters: list[FilterLink]
    alternatives: list[WithoutWord]
    anywhere: NotRequired[int]
    head: Head
    nav: str


def search_context(request: HttpRequest, q: str, *, quotations_only: bool) -> SearchContext:
    results = search(q, quotations_only=quotations_only)
    has_no_results = bool(q) and not results.total
    description = _("Find entries, actors, incidents and sources.")
    context: SearchContext = {
        "q": q,
        "quotations_only": quotations_only,
        "results": results,
        "sections": _sections(results),
        "entries": [_entry_result(row, results.terms) for row in results.entries],
        "filters": (
            filter_links(TimelineQuery(q=q), ListPath(reverse("timeline")))
            if len(results.entries) < results.counts.get("entry", 0) and not quotations_only
            else []
        ),
        "alternatives": counts_without_each_word(q, quotations_only=quotations_only)
        if has_no_results
        else [],
        "head": page_head(request, _("Search"), description),
        "nav": "search",
    }
    if has_no_results and quotations_only:
        context["anywhere"] = search(q).total
    return context


def _sections(results: SearchResults) -> list[SearchSection]:
    titles = {"incident": _("Incidents"), "actor": _("Actors"), "source": _("Sources")}
    return [
        {
            "kind": kind,
            "title": titles[kind],
            "count": results.counts[kind],
            "more": results.counts[kind] - len(records),
            "rows": [_named_result(record, results.terms) for record in records],
        }
        for kind, records in results.named.items()
    ]


def _named_result(record: NamedRecord, terms: Sequence[Term]) -> NamedResult:
    summary = excerpt(markdown_to_text(record.summary), terms)
    return {
        "url": record_path(record.kind, record.slug),
        "title": mark_matches(record.title, terms),
        "summary": "" if record.is_named(terms) else mark_matches(summary, terms),
        "also": [mark_matches(name, terms) for name in record.also],
    }


def _entry_result(row: Row, terms: Sequence[Term]) -> EntryResult:
    words = without_quotation_marks(row.get("text", ""))
    if words:
        place, language = first_match(words, terms), row.get("language", "")
        text = shorten_quotation(words, EXCERPT_LENGTH, language=language, place=place)
    else:
        text = excerpt(row["summary"], terms)
    return {"row": row_with_html(row, terms), "excerpt": mark_matches(text, terms)}
