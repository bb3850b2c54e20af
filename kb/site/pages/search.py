"""The context of the search page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from kb.record.addresses import record_path
from kb.record.citation_words import as_cited_in
from kb.record.filter_fields import Choice
from kb.record.models import ListedRecord
from kb.record.name_texts import NAMED_KINDS, NamedRecord
from kb.record.query import TimelineQuery
from kb.record.quotation import without_quotation_marks
from kb.record.record_search import (
    BEST,
    BY_DATE,
    MAX_RANKED_ENTRIES,
    SEARCHED_KINDS,
    EntryHit,
    SearchOutcome,
    SearchRequest,
    count_results,
    entries_by_key,
    search_record,
)
from kb.record.rendering import HtmlRow, row_with_html, summary_text
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import (
    ACTOR_KIND_LABELS,
    SOURCE_KIND_LABELS,
    WORDING_LABELS,
    Labels,
    Wording,
)
from kb.site.http.list_order import page_order
from kb.site.pages.list_paths import ListPath
from kb.site.pages.page_meta import Head, page_head
from kb.site.pages.pick import Pick
from kb.site.pages.search_suggestions import SearchSuggestions, search_suggestions
from kb.site.pages.timeline import FilterLink, filter_links
from kb.text.marking import EXCERPT_LENGTH, excerpt, first_match, has_match, mark_matches
from kb.text.normalise import Term
from kb.text.quoting import shorten_quotation

QUOTATIONS = "quotations"
KIND_HEADINGS: Labels = {
    "event": gettext_lazy("Events"),
    "statement": gettext_lazy("Statements"),
    "request": gettext_lazy("Requests for comment"),
    "actor": gettext_lazy("Actors"),
    "incident": gettext_lazy("Incidents"),
    "proposition": gettext_lazy("Claims"),
    "source": gettext_lazy("Sources"),
}
_NAMED_KIND_LABELS: Labels = {
    "actor": gettext_lazy("Actor"),
    "incident": gettext_lazy("Incident"),
    "proposition": gettext_lazy("Claim"),
    "source": gettext_lazy("Source"),
}
_LIST_NAMES = {"actor": "actors", "incident": "incidents", "source": "sources"}


class NamedResult(TypedDict):
    """A named record with its matches marked; ``summary`` is "" if a name matches."""

    url: str
    title: SafeString
    kind_words: str
    summary: SafeString | str
    also: list[SafeString]
    entries: int


class EntryResult(TypedDict):
    """An entry with its matches marked. ``passage`` is the cited source that has the words."""

    row: HtmlRow
    excerpt: SafeString
    passage: str


class MoreLink(TypedDict):
    url: str
    label: str


class SearchContext(TypedDict):
    """``words`` is what the results are for: ``q``, or what was nearly typed.

    ``total`` counts the results for ``q``. ``anywhere`` counts the results outside quotations if
    there are none inside. ``filters`` link to the values of each filter that the entries have.
    """

    q: str
    words: str
    total: int
    quotations_only: bool
    kind: str
    order: str
    outcome: SearchOutcome
    results: list[NamedResult | EntryResult]
    kinds: list[Pick]
    orders: list[Pick]
    more: list[MoreLink]
    filters: list[FilterLink]
    max_ranked: int
    suggestions: SearchSuggestions | None
    anywhere: NotRequired[int]
    head: Head
    nav: str


def search_context(request: HttpRequest, search: SearchRequest) -> SearchContext:
    outcome = search_record(search)
    total, suggestions = outcome.total, None
    context_of_none: dict[str, int] = {}
    if search.q and not total:
        suggestions = search_suggestions(search, search_url)
        if search.quotations_only:
            context_of_none["anywhere"] = count_results(SearchRequest(search.q))
        if suggestions["best"]:
            outcome = search_record(SearchRequest(suggestions["best"], order=search.order))
    context: SearchContext = {
        "q": search.q,
        "words": outcome.request.q,
        "total": total,
        "quotations_only": search.quotations_only,
        "kind": outcome.request.kind,
        "order": search.order,
        "outcome": outcome,
        "results": _results(outcome),
        "kinds": _kind_links(outcome),
        "orders": _order_links(outcome),
        "more": _more_links(outcome),
        "filters": _filters(outcome),
        "max_ranked": MAX_RANKED_ENTRIES,
        "suggestions": suggestions,
        "head": page_head(
            request, _("Search"), _("Find entries, actors, incidents, claims and sources.")
        ),
        "nav": "search",
    }
    if "anywhere" in context_of_none:
        context["anywhere"] = context_of_none["anywhere"]
    return context


def search_url(search: SearchRequest) -> str:
    """The address of a search, without what is the default."""
    pairs = {
        "q": search.q,
        "kind": search.kind,
        "order": search.order if search.order != BEST else "",
        "scope": QUOTATIONS if search.quotations_only else "",
    }
    return (
        f"{reverse('search')}?{urlencode({name: value for name, value in pairs.items() if value})}"
    )


def _kind_links(outcome: SearchOutcome) -> list[Pick]:
    """All results and those of each kind that has any; empty if there is no choice."""
    search, counts = outcome.request, outcome.counts
    kinds = [kind for kind in SEARCHED_KINDS if counts.get(kind) or kind == search.kind]
    if search.quotations_only or (len(kinds) < 2 and not search.kind):
        return []
    choices = [("", pgettext("kinds of record", "All"), outcome.total)]
    choices += [(kind, str(KIND_HEADINGS[kind]), counts.get(kind, 0)) for kind in kinds]
    return [
        {
            "label": label,
            "url": search_url(SearchRequest(search.q, kind, search.order)),
            "current": kind == search.kind,
            "count": count,
        }
        for kind, label, count in choices
    ]


def _order_links(outcome: SearchOutcome) -> list[Pick]:
    search = outcome.request
    if search.quotations_only or search.kind in NAMED_KINDS or outcome.total < 2:
        return []
    labels = {BEST: _("Best match"), BY_DATE: _("Date")}
    return [
        {
            "label": label,
            "url": search_url(SearchRequest(search.q, search.kind, order)),
            "current": order == search.order,
            "count": None,
        }
        for order, label in labels.items()
    ]


def _more_links(outcome: SearchOutcome) -> list[MoreLink]:
    """Links to the lists that have all results, if not all are shown."""
    search = outcome.request
    if search.quotations_only or outcome.listed <= len(outcome.hits):
        return []
    links: list[MoreLink] = []
    entries = [kind for kind in KIND_HEADINGS if kind not in NAMED_KINDS]
    shown = [search.kind] if search.kind else [*entries, *NAMED_KINDS]
    count = sum(outcome.counts.get(kind, 0) for kind in shown if kind in entries)
    if count:
        pairs = [("q", search.q)] + ([("kind", search.kind)] if search.kind else [])
        label = ngettext(
            "Show %(n)d entry on the timeline", "Show all %(n)d entries on the timeline", count
        )
        url = f"{reverse('timeline')}?{urlencode(pairs)}"
        links.append({"url": url, "label": label % {"n": count}})
    links += [
        {
            "url": f"{reverse(_LIST_NAMES[kind])}?{urlencode({'q': search.q})}",
            "label": _("%(kind)s in the list: %(n)d")
            % {"kind": KIND_HEADINGS[kind], "n": outcome.counts[kind]},
        }
        for kind in shown
        if kind in _LIST_NAMES and outcome.counts.get(kind)
    ]
    return links


def _filters(outcome: SearchOutcome) -> list[FilterLink]:
    search = outcome.request
    if search.quotations_only or search.kind in NAMED_KINDS:
        return []
    shown = sum(isinstance(hit, EntryHit) for hit in outcome.hits)
    if shown >= sum(outcome.counts.get(kind, 0) for kind in ("event", "statement", "request")):
        return []
    path = reverse("timeline")
    query = TimelineQuery(q=search.q, order=page_order(path))
    if search.kind:
        query = query.with_values("kind", (Choice(search.kind, search.kind, ""),))
    return filter_links(query, ListPath(path))


# --- Results -----------------------------------------------------------------------------------


def _results(outcome: SearchOutcome) -> list[NamedResult | EntryResult]:
    terms = outcome.request.terms
    keys = [hit.key for hit in outcome.hits if isinstance(hit, EntryHit)]
    entries = entries_by_key(keys) if keys else {}
    rows = dict(zip(keys, rows_for_entries([entries[key] for key in keys]), strict=True))
    named = [hit.public_id for hit in outcome.hits if isinstance(hit, NamedRecord)]
    listed = ListedRecord.objects.filter(public_id__in=named).order_by()
    counts = dict(listed.values_list("public_id", "entries")) if named else {}
    return [
        _entry_result(rows[hit.key], terms)
        if isinstance(hit, EntryHit)
        else _named_result(hit, terms, counts.get(hit.public_id, 0))
        for hit in outcome.hits
    ]


def _named_result(record: NamedRecord, terms: Sequence[Term], entries: int) -> NamedResult:
    summary = excerpt(summary_text(record.summary), terms)
    return {
        "url": record_path(record.kind, record.slug),
        "title": mark_matches(record.title, terms),
        "kind_words": kind_words(record),
        "summary": "" if record.is_named(terms) else mark_matches(summary, terms),
        "also": [mark_matches(name, terms) for name in record.also],
        "entries": entries,
    }


def kind_words(record: NamedRecord) -> str:
    """What kind of record it is: "Organisation", "Article", "Incident"."""
    labels = {**ACTOR_KIND_LABELS, **SOURCE_KIND_LABELS}
    return str(labels.get(record.own_kind) or _NAMED_KIND_LABELS[record.kind])


def _entry_result(row: Row, terms: Sequence[Term]) -> EntryResult:
    words = without_quotation_marks(row.get("text", ""))
    own = [row["title"], words, row.get("summary", "")]
    passage = ""
    if not all(any(has_match(text, [term]) for text in own) for term in terms):
        passage, cited = _cited_passage(row, terms)
    if passage:
        text = excerpt(cited, terms)
    elif words:
        place, language = first_match(words, terms), row.get("language", "")
        text = shorten_quotation(words, EXCERPT_LENGTH, language=language, place=place)
    else:
        text = excerpt(row["summary"], terms)
    return {
        "row": row_with_html(row, terms),
        "excerpt": mark_matches(text, terms),
        "passage": passage,
    }


def _cited_passage(row: Row, terms: Sequence[Term]) -> tuple[str, str]:
    """The first cited passage with words of the search: where it stands, and its exact words.

    Where the source does not have the original words, that is said too.
    """
    for citation in row["citations"]:
        if has_match(citation["exact"], terms):
            source, wording = citation["source"], citation["wording"]
            publisher = source["publisher"]
            name = as_cited_in(publisher["name"] if publisher else source["title"], citation)
            parts = [name, citation["locator"]]
            if wording and wording != Wording.ORIGINAL:
                parts.append(str(WORDING_LABELS[wording]))
            return " · ".join(part for part in parts if part), citation["exact"]
    return "", ""
