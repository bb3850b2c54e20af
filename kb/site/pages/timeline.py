"""The context of a timeline page: a ``TimelineView`` with the addresses of one page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TypedDict

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.facets import MAX_OPTIONS, FacetOption
from kb.record.filters import ORDERS, TimelineFilter
from kb.record.page import Alternative, TimelinePage, TimelineView
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.rendering import HtmlRow, row_with_html
from kb.record.rows import Row
from kb.site.charts.histogram import HistogramChart, histogram_chart
from kb.site.http.representations import FormatLink, format_links
from kb.site.pages.as_of_bar import Address, AsOfBar, as_of_bar
from kb.site.pages.date_groups import RowSection, groups_by_date, row_group, row_section
from kb.site.pages.date_words import day_words
from kb.text.normalise import query_terms

SHOWN_OPTIONS = 5
Pairs = Sequence[tuple[str, str]]


class FacetValue(TypedDict):
    value: str
    label: str
    count: int
    selected: bool


class FacetGroup(TypedDict):
    name: str
    label: str
    options: list[FacetValue]
    more: list[FacetValue]
    unlisted: int


class Chip(TypedDict):
    group: str
    label: str
    url: str


class OrderLink(TypedDict):
    label: str
    url: str
    current: bool


class YearLink(TypedDict):
    year: int
    url: str


class AlternativeLink(TypedDict):
    label: str
    url: str
    count: int


class PageCounts(TypedDict):
    certain: int
    possible: int
    total: int


class PageContext(TypedDict):
    """The template variable ``page``: one page of the list."""

    rows: list[HtmlRow]
    count: PageCounts | None
    is_incomplete: bool
    groups: list[RowSection]
    facets: list[FacetGroup]
    chips: list[Chip]
    previous: str | None
    next: str | None
    orders: list[OrderLink]
    words: str
    clear_url: str
    known: AsOfBar
    jumps: list[YearLink]
    formats: list[FormatLink]


# "from" is a keyword, so the class form cannot name it.
FormContext = TypedDict(
    "FormContext",
    {
        "from": str,
        "until": str,
        "known": str,
        "origins": str,
        "match": str,
        "q": str,
        "errors": dict[str, str],
    },
)


class TimelineContext(TypedDict):
    """Everything that ``timeline/timeline.html`` needs of a list."""

    page: PageContext
    form: FormContext
    action: str
    hidden: list[tuple[str, str]]
    relief: list[AlternativeLink]
    elsewhere: AlternativeLink | None
    histogram: HistogramChart | None
    formats: list[FormatLink]


def timeline_context(
    query: TimelineQuery,
    *,
    path: str,
    fixed: Sequence[str] = (),
    extra: Pairs = (),
    with_histogram: bool = True,
) -> TimelineContext:
    """The context of the list at ``path``.

    ``fixed`` names the parameters that the address decides: they get no chip. ``extra`` are
    parameters of the page itself, which every link to it carries on.
    """
    page = TimelinePage(query, with_later=query.later == "mark")
    view = page.full_view(fixed=fixed, with_histogram=with_histogram)
    own_pairs = [*extra, *(pair for pair in query.pairs() if pair[0] not in fixed)]
    formats = format_links("timeline", path, own_pairs)

    def url(other: TimelineQuery) -> str:
        pairs = QueryDict(mutable=True)
        for name, value in (*extra, *other.pairs()):
            if name not in fixed:
                pairs.appendlist(name, value)
        return f"{path}?{pairs.urlencode()}" if pairs else path

    return {
        "page": _page_context(view, url, fixed, formats),
        "form": _form_context(query),
        "action": path,
        "hidden": [
            *extra,
            *(pair for pair in query.pairs() if pair[0] in ("order", "size", "later")),
        ],
        "relief": [_alternative_link(part, url) for part in view.alternatives],
        "elsewhere": _timeline_link(view.all_incidents),
        "histogram": histogram_chart(view.histogram, query, url),
        "formats": formats,
    }


def refused_filter_context(
    problem: InvalidQuery, *, path: str, typed: QueryDict
) -> TimelineContext:
    """The filter form after a query that cannot be read, with everything as it was typed.

    The facets are those of the part that can be read. ``typed`` is what the reader sent; what the
    address decides besides is in the problem's own data.
    """
    readable = problem.data.copy()
    for name in problem.errors:
        readable.pop(name, None)
    fixed = tuple(name for name in problem.data if name not in typed)
    try:
        query = TimelineQuery.parse(readable)
    except InvalidQuery:
        query = TimelineQuery()
    context = timeline_context(query, path=path, fixed=fixed)
    context["form"] = {
        "from": typed.get("from", "")[:200],
        "until": typed.get("until", "")[:200],
        "known": typed.get("known", "")[:200],
        "origins": typed.get("origins", "")[:200],
        "match": typed.get("match", "")[:200],
        "q": typed.get("q", "")[:200],
        "errors": problem.errors,
    }
    return context


def groups_by_change(rows: Sequence[Row]) -> list[RowSection]:
    """Days of publication, each with its rows, in their order."""
    sections = []
    for day, group in groupby(rows, key=lambda row: day_words(row["published_at"])):
        day_rows = list(group)
        label = _("Changed %(day)s") % {"day": day}
        sections.append(row_section(label, [row_group("", day_rows)], day_rows))
    return sections


def _page_context(
    view: TimelineView, url: Address, fixed: Sequence[str], formats: list[FormatLink]
) -> PageContext:
    query, count = view.query, view.count
    terms = query_terms(query.q)
    rows = [row_with_html(row, terms) for row in view.rows]
    bare = TimelineQuery(chosen=tuple(pair for pair in query.chosen if pair[0] in fixed))
    return {
        "rows": rows,
        "count": (
            {"certain": count.certain, "possible": count.possible, "total": count.shown}
            if view.is_counted
            else None
        ),
        "is_incomplete": view.is_incomplete,
        "groups": (
            groups_by_date(rows, view.undecided) if query.is_by_time else groups_by_change(rows)
        ),
        "facets": [_facet(name, options) for name, options in view.facets.items() if options],
        "chips": [
            {"group": part.group, "label": part.label, "url": url(part.without)}
            for part in view.filters
        ],
        "previous": url(view.previous) if view.previous else None,
        "next": url(view.next) if view.next else None,
        "orders": [
            {
                "label": str(label),
                "url": url(query.with_(order=order)),
                "current": order == query.order,
            }
            for order, label in ORDERS.items()
        ],
        "words": query.describe(),
        "clear_url": url(bare),
        "known": as_of_bar(view, url, fixed),
        "jumps": [{"year": start.year, "url": url(start.query)} for start in view.years],
        "formats": formats,
    }


def _form_context(query: TimelineQuery) -> FormContext:
    return {
        "from": query.since.edtf if query.since else "",
        "until": query.until.edtf if query.until else "",
        "known": query.known.edtf if query.known else "",
        "origins": str(query.origins or ""),
        "match": query.match,
        "q": query.q,
        "errors": {},
    }


def _facet(name: str, options: Sequence[FacetOption]) -> FacetGroup:
    values: list[FacetValue] = [
        {
            "value": option.choice.slug,
            "label": option.choice.label,
            "count": option.count,
            "selected": option.selected,
        }
        for option in sorted(options, key=lambda option: not option.selected)
    ]
    return {
        "name": name,
        "label": str(TimelineFilter.base_filters[name].label),
        "options": values[:SHOWN_OPTIONS],
        "more": values[SHOWN_OPTIONS:MAX_OPTIONS],
        "unlisted": max(0, len(values) - MAX_OPTIONS),
    }


def _alternative_link(part: Alternative, url: Address) -> AlternativeLink:
    return {"label": part.label, "url": url(part.query), "count": part.count}


def _timeline_link(part: Alternative | None) -> AlternativeLink | None:
    """A link to the timeline of everything."""
    if part is None:
        return None
    return _alternative_link(part, lambda query: f"{reverse('timeline')}?{query.canonical()}")
