"""A timeline page as the templates want it: groups, chips, facets, and links to other views."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.facets import MAX_OPTIONS
from kb.record.filters import ORDERS, TimelineFilter
from kb.record.page import TimelinePage
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.rendering import row_with_html
from kb.record.rows import Row
from kb.site.charts.histogram import histogram_chart
from kb.site.http.representations import format_links
from kb.site.pages.as_of_bar import as_of_bar
from kb.site.pages.year_links import year_links
from kb.site.templatetags.pages import day_words
from kb.text.normalise import query_terms

SHOWN_OPTIONS = 5


def timeline_query(request: HttpRequest, **fixed: str) -> TimelineQuery:
    """The request's query; ``fixed`` are parameters that the page's address decides."""
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    for name, value in fixed.items():
        data.setlist(name, [value])
    return TimelineQuery.parse(data)


def timeline_context(
    query: TimelineQuery,
    *,
    path: str,
    fixed: tuple[str, ...] = (),
    keep: tuple[tuple[str, str], ...] = (),
    with_ribbon: bool = True,
) -> dict[str, Any]:
    """The template's ``page`` and what stands beside it.

    ``fixed`` names are decided by the address, so they need no chip; ``keep`` are parameters of
    the page itself, which every link to it carries on.
    """
    page = TimelinePage(query, with_later=query.later == "mark")

    def own(other: TimelineQuery) -> list[tuple[str, str]]:
        return [pair for pair in other.pairs() if pair[0] not in fixed]

    def url(other: TimelineQuery) -> str:
        pairs = [*keep, *own(other)]
        text = QueryDict(mutable=True)
        for name, value in pairs:
            text.appendlist(name, value)
        return f"{path}?{text.urlencode()}" if pairs else path

    bare = TimelineQuery(chosen=tuple(one for one in query.chosen if one[0] in fixed))
    count = page.count
    known = as_of_bar(page, url, fixed)
    terms = query_terms(query.q)
    rows = [row_with_html(row, terms) for row in page.rows]
    view = {
        "rows": rows,
        "count": {"certain": count.certain, "possible": count.possible, "total": count.shown},
        "groups": groups_by_date(rows) if query.is_by_time else groups_by_change(rows),
        "facets": _facets(page, fixed),
        "chips": _chips(query, fixed, url),
        "previous": url(page.previous) if page.previous else None,
        "next": url(page.next) if page.next else None,
        "orders": [
            {"label": label, "url": url(query.with_(order=order)), "current": order == query.order}
            for order, label in ORDERS.items()
        ],
        "words": query.describe(),
        "clear_url": url(bare),
        "known": known,
        "jumps": year_links(page, url),
        "formats": format_links("timeline", path, [*keep, *own(query)]),
    }
    relief = [] if rows else _relief(query, fixed, url)
    form = {
        "from": query.since.edtf if query.since else "",
        "until": query.until.edtf if query.until else "",
        "known": query.known.edtf if query.known else "",
        "match": query.match,
        "q": query.q,
        "errors": {},
    }
    return {
        "page": view,
        "form": form,
        "action": path,
        "hidden": [
            *keep,
            *(pair for pair in query.pairs() if pair[0] in ("order", "size", "later")),
        ],
        "relief": relief,
        "elsewhere": _elsewhere(query) if relief and "incident" in fixed else None,
        "ribbon": histogram_chart(query, url) if with_ribbon else None,
        "formats": view["formats"],
    }


def refused_filter_context(problem: InvalidQuery, *, path: str, given: QueryDict) -> dict[str, Any]:
    """What the filter form needs after a query that cannot be read: nothing typed is lost.

    The facets are those of the part that can be read; ``given`` is what the reader sent, and
    what the address decides besides is in the problem's own data.
    """
    readable = problem.data.copy()
    for name in problem.errors:
        readable.pop(name, None)
    fixed = tuple(name for name in problem.data if name not in given)
    try:
        query = TimelineQuery.parse(readable)
    except InvalidQuery:
        query = TimelineQuery()
    ctx = timeline_context(query, path=path, fixed=fixed)
    typed = {name: given.get(name, "")[:200] for name in ("from", "until", "known", "q", "match")}
    return {**ctx, "form": {**typed, "errors": problem.errors}}


def groups_by_date(rows: list[Row]) -> list[dict[str, Any]]:
    """Years, and within them months or the words of a wider date, in the order of the rows."""
    years = []
    for year, of_year in groupby(rows, key=_year):
        found = list(of_year)
        months = [
            {"label": label, "rows": list(of_month)}
            for label, of_month in groupby(found, key=_month)
        ]
        years.append({"label": year or _("Date not stated"), "months": months, **_counts(found)})
    return years


def groups_by_change(rows: list[Row]) -> list[dict[str, Any]]:
    """Days of publication, each with its rows, in their order."""
    days = []
    for day, of_day in groupby(rows, key=lambda row: day_words(row["published_at"])):
        found = list(of_day)
        label = _("Changed %(day)s") % {"day": day}
        days.append({"label": label, "months": [{"label": "", "rows": found}], **_counts(found)})
    return days


def _counts(rows: list[Row]) -> dict[str, int]:
    shown = [row for row in rows if _shown(row)]
    return {
        "certain": sum(row["certain"] is not False for row in shown),
        "possible": sum(row["certain"] is False for row in shown),
        "later": len(rows) - len(shown),
    }


def _shown(row: Row) -> bool:
    """Whether it counts: what was not yet known is marked on the page, but not counted."""
    return not row.get("later")


def _year(row: Row) -> str:
    day = _middle(row)
    return f"{day.year:04d}" if day else ""


def _middle(row: Row) -> date | None:
    when = FuzzyDate.from_json(row["date"])
    return None if when.is_unknown else date.fromordinal(when.sort_key[0])


def _month(row: Row) -> str:
    """The month, when the date lies in one; else the date's own words."""
    when = FuzzyDate.from_json(row["date"])
    day = _middle(row)
    if day is None:
        return ""
    ends = [one for one in (when.earliest, when.latest) if one]
    if all((one.year, one.month) == (day.year, day.month) for one in ends):
        return str(MONTHS[day.month])
    return str(when.words())


def _facets(page: TimelinePage, fixed: tuple[str, ...]) -> list[dict[str, Any]]:
    found = []
    for name, options in page.facets.items():
        if name in fixed or not options:
            continue
        shown = [
            {
                "value": one.choice.slug,
                "label": one.choice.label,
                "count": one.count,
                "selected": one.selected,
            }
            for one in sorted(options, key=lambda one: not one.selected)
        ]
        label = str(TimelineFilter.base_filters[name].label)
        found.append(
            {
                "name": name,
                "label": label,
                "options": shown[:SHOWN_OPTIONS],
                "more": shown[SHOWN_OPTIONS:MAX_OPTIONS],
                "unlisted": max(0, len(shown) - MAX_OPTIONS),
            }
        )
    return found


def _in_use(query: TimelineQuery, fixed: tuple[str, ...]) -> list[tuple[str, str, TimelineQuery]]:
    """Each filter in use: its group, its value in words, and the query without it."""
    found = []
    for name, choices in query.chosen:
        if name not in fixed:
            group = str(TimelineFilter.base_filters[name].label)
            found += [(group, one.label, query.without(name, one.slug)) for one in choices]
    if query.q:
        found.append((_("Text"), f"“{query.q}”", query.without("q")))
    if query.has_range:
        found.append((_("Date"), query.range_words(), query.with_(since=None, until=None)))
    if query.known:
        found.append((_("As known on"), str(query.known.words()), query.without("known")))
    return found


def _chips(query: TimelineQuery, fixed: tuple[str, ...], url: Any) -> list[dict[str, str]]:
    return [
        {"group": group, "label": label, "url": url(without)}
        for group, label, without in _in_use(query, fixed)
    ]


def _relief(query: TimelineQuery, fixed: tuple[str, ...], url: Any) -> list[dict[str, Any]]:
    """For an empty page: what dropping each filter would give."""
    return [
        {"label": f"{group}: {label}", "url": url(without), "count": without.entries().count()}
        for group, label, without in _in_use(query, fixed)
    ]


def _elsewhere(query: TimelineQuery) -> dict[str, Any]:
    """For an empty page of an incident: the same filters on the whole record."""
    wide = query.without("incident")
    url = f"{reverse('timeline')}?{wide.canonical()}"
    return {"url": url, "count": wide.entries().count()}
