"""The context of a timeline page: a ``TimelineView`` with the addresses of one page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import groupby
from typing import TypedDict

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.facets import FacetOption, FacetOptions
from kb.record.filters import FACETS, ORDERS, PARAMETERS, VALUE_PARAMETERS
from kb.record.frozen.freezing import query_to_freeze
from kb.record.option_pages import OptionCursor
from kb.record.page import Alternative, TimelinePage, TimelineView
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.rendering import HtmlRow, row_with_html, with_corrections
from kb.record.rows import Row
from kb.site.charts.histogram import HistogramChart, histogram_chart
from kb.site.embed.snippets import EmbedPanel
from kb.site.http.compare_parameters import MAX_ACTORS, MIN_ACTORS, compare_url
from kb.site.http.list_order import page_query
from kb.site.http.representations import FormatLink, format_links
from kb.site.pages.actor_mode import NAMES, actor_mode
from kb.site.pages.as_of_bar import Address, AsOfBar, as_of_bar
from kb.site.pages.cite import CitePanel
from kb.site.pages.date_groups import RowSection, groups_by_date, row_group, row_section
from kb.site.pages.date_words import day_words
from kb.site.pages.densities import FULL, PARAMETER, DensityLink, density_links
from kb.site.pages.entry_table import TableColumn, table_columns
from kb.site.pages.follow import FollowLink, download_links, follow_links
from kb.site.pages.list_paths import ListPath
from kb.text.normalise import query_terms

# The values of a filter that its group shows; a few more, where a link to all would save nothing.
SHOWN_OPTIONS = 8
MAX_SHOWN_OPTIONS = 10
Pairs = Sequence[tuple[str, str]]


class FacetValue(TypedDict):
    value: str
    label: str
    count: int
    selected: bool


class FacetGroup(TypedDict):
    """A filter with its chosen and its most frequent values.

    ``more`` counts the others, which are at ``url``; ``start`` is the cursor of the last one shown.
    """

    name: str
    label: str
    options: list[FacetValue]
    more: int
    url: str
    start: str


class FilterLink(TypedDict):
    """A filter without a group in the form, and the address of its values."""

    label: str
    url: str


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
    """The template variable ``page``: one page of the list.

    ``frozen_query`` is what the button "Cite this list" sends.
    """

    rows: list[HtmlRow]
    count: PageCounts | None
    is_incomplete: bool
    groups: list[RowSection]
    facets: list[FacetGroup]
    filters: list[FilterLink]
    chips: list[Chip]
    previous: str | None
    next: str | None
    orders: list[OrderLink]
    density: str
    densities: list[DensityLink]
    columns: list[TableColumn]
    words: str
    clear_url: str
    compare_url: str
    known: AsOfBar
    jumps: list[YearLink]
    follow: list[FollowLink]
    downloads: list[FormatLink]
    frozen_query: str


# "from" is a keyword, so the class form cannot name it.
FormContext = TypedDict(
    "FormContext",
    {
        "from": str,
        "until": str,
        "known": str,
        "known_after": str,
        "origins": str,
        "match": str,
        "actors": str,
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
    fragment: str
    numbers_url: str


class ListParts(TimelineContext):
    """Everything that ``timeline/_view.html`` shows; ``title`` is that of the page."""

    title: str
    cite: CitePanel
    embed: EmbedPanel


def timeline_context(
    query: TimelineQuery,
    list_path: ListPath,
    *,
    with_histogram: bool = True,
    with_groups: bool = True,
) -> TimelineContext:
    """The context of a list.

    Parameters that ``list_path`` fixes get no chip. Without ``with_groups``, no values of filters
    are counted, and every filter has a link to its values.
    """
    fixed, url = list_path.fixed, list_path.url
    page = TimelinePage(query, with_later=query.shows_later)
    view = page.full_view(fixed=fixed, with_histogram=with_histogram, with_facets=with_groups)
    formats = format_links("timeline", list_path.path, list_path.file_pairs(query))
    return {
        "page": _page_context(view, list_path, formats),
        "form": _form_context(query),
        "action": list_path.path,
        "hidden": _hidden_pairs(view, list_path),
        "relief": [_alternative_link(part, url) for part in view.alternatives],
        "elsewhere": _timeline_link(view.all_incidents),
        "histogram": histogram_chart(view.histogram, query, url),
        "formats": formats,
        "fragment": list_path.fragment_path,
        "numbers_url": list_path.numbers_url(query),
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
        query = page_query(readable, path)
    except InvalidQuery:
        query = page_query(QueryDict(), path)
    context = timeline_context(query, ListPath(path, fixed))
    context["form"] = {
        "from": typed.get("from", "")[:200],
        "until": typed.get("until", "")[:200],
        "known": typed.get("known", "")[:200],
        "known_after": typed.get("known_after", "")[:200],
        "origins": typed.get("origins", "")[:200],
        "match": typed.get("match", "")[:200],
        "actors": typed.get("actors", "")[:200],
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


def _hidden_pairs(view: TimelineView, list_path: ListPath) -> list[tuple[str, str]]:
    """What the filter form sends besides its fields: also filters that have no group in it."""
    names = {"order", "size", "later", *VALUE_PARAMETERS} - {*view.facets, *list_path.fixed}
    if "actor" in view.facets:
        names.discard(NAMES[actor_mode(view.query)])  # the boxes send them
    own_pairs = (pair for pair in list_path.own_pairs(view.query) if pair[0] in names)
    return [*list_path.display, *list_path.extra, *own_pairs]


def _page_context(
    view: TimelineView, list_path: ListPath, formats: list[FormatLink]
) -> PageContext:
    query, count, fixed, url = view.query, view.count, list_path.fixed, list_path.url
    terms = query_terms(query.q)
    rows = with_corrections([row_with_html(row, terms) for row in view.rows])
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
        "facets": [
            _facet(name, options, query, list_path)
            for name, options in view.facets.items()
            if options.options
        ],
        "filters": filter_links(query, list_path, without=view.facets),
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
        "density": dict(list_path.display).get(PARAMETER, FULL),
        "densities": density_links(query, list_path),
        "columns": table_columns(query, url),
        "words": query.describe(),
        "clear_url": url(bare),
        "compare_url": _compare_url(query),
        "known": as_of_bar(view, url, fixed),
        "jumps": [{"year": start.year, "url": url(start.query)} for start in view.years],
        "follow": follow_links(formats),
        "downloads": download_links(formats),
        "frozen_query": query_to_freeze(query).canonical(),
    }


def _compare_url(query: TimelineQuery) -> str:
    """The address that compares the actors which all entries name; "" for one or too many."""
    slugs = [choice.slug for choice in query.values("all_actor")]
    return compare_url(slugs) if MIN_ACTORS <= len(slugs) <= MAX_ACTORS else ""


def _form_context(query: TimelineQuery) -> FormContext:
    return {
        "from": query.since.edtf if query.since else "",
        "until": query.until.edtf if query.until else "",
        "known": query.known.edtf if query.known else "",
        "known_after": query.known_after.edtf if query.known_after else "",
        "origins": str(query.origins or ""),
        "match": query.match,
        "actors": actor_mode(query),
        "q": query.q,
        "errors": {},
    }


def _facet(
    name: str, options: FacetOptions, query: TimelineQuery, list_path: ListPath
) -> FacetGroup:
    values = sorted(options.options, key=lambda option: not option.selected)
    # A link to one or two more values would take as much room as they do.
    limit = SHOWN_OPTIONS if options.total > MAX_SHOWN_OPTIONS else MAX_SHOWN_OPTIONS
    shown = values[: max(limit, sum(option.selected for option in values))]
    more = options.total - len(shown)
    last = next((option for option in reversed(shown) if not option.selected), None)
    return {
        "name": name,
        "label": filter_label(name),
        "options": [option_value(option) for option in shown],
        "more": more,
        "url": list_path.options_url(query, name) if more else "",
        "start": str(OptionCursor(last.count, last.choice.slug)) if more and last else "",
    }


def filter_links(
    query: TimelineQuery, list_path: ListPath, *, without: Collection[str] = ()
) -> list[FilterLink]:
    """Links to the values of every filter, except those in ``without`` and those that are fixed."""
    return [
        {"label": filter_label(name), "url": list_path.options_url(query, name)}
        for name in FACETS
        if name not in without and name not in list_path.fixed
    ]


def option_value(option: FacetOption) -> FacetValue:
    """A value as its checkbox shows it."""
    return {
        "value": option.choice.slug,
        "label": option.choice.label,
        "count": option.count,
        "selected": option.selected,
    }


def filter_label(name: str) -> str:
    """The label of a filter."""
    return str(PARAMETERS[name].label)


def _alternative_link(part: Alternative, url: Address) -> AlternativeLink:
    return {"label": part.label, "url": url(part.query), "count": part.count}


def _timeline_link(part: Alternative | None) -> AlternativeLink | None:
    """A link to the timeline of everything."""
    if part is None:
        return None
    return _alternative_link(part, lambda query: f"{reverse('timeline')}?{query.canonical()}")
