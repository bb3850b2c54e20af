"""One page of a timeline: the rows, the counts, the filters in use, and the pages beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _

from kb.record.answers import UndecidedOrder
from kb.record.entry_source import EntrySlice, EntrySource
from kb.record.facets import FacetOptions, facet_options
from kb.record.filters import PARAMETERS
from kb.record.histogram import Histogram, histogram
from kb.record.models import Entry
from kb.record.order_notes import may_go_on, order_of, undecided_orders
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.rows import Row, rows_for_entries
from kb.record.sort_keys import key_of_year, year_of_key
from kb.record.time_limit import optional_part

MAX_YEARS = 60
# How many entries beside a page are read for runs that go on there.
MAX_BESIDE = 50


@dataclass(frozen=True)
class Count:
    """Entries certainly in the range, and those that only may be; without a range, all certain."""

    certain: int
    possible: int

    @property
    def shown(self) -> int:
        return self.certain + self.possible


@dataclass(frozen=True)
class ActiveFilter:
    """One filter in use: its group and its value in words, and the query without it."""

    group: str
    label: str
    without: TimelineQuery


@dataclass(frozen=True)
class Alternative:
    """A wider query for an empty page, and how many entries it gives."""

    label: str
    query: TimelineQuery
    count: int


@dataclass(frozen=True)
class AdjacentDates:
    """The days on which something else became known: the last before, the first after."""

    previous: date | None = None
    next: date | None = None


@dataclass(frozen=True)
class YearStart:
    """A year, and the query for the page that begins with it."""

    year: int
    query: TimelineQuery


@dataclass(frozen=True)
class TimelineView:
    """Everything that a page or a format shows of a timeline, without any address.

    ``total`` counts the entries of all days, those not yet known on the query's day included.
    The parts after ``undecided`` are made for pages alone: ``TimelinePage.view`` leaves them empty.
    ``new`` counts those that became known between two days; it is 0 where none are compared.
    ``is_incomplete``: for lack of time, a part for pages is empty. Unless ``is_counted``, ``count``
    and ``total`` are among them.
    """

    query: TimelineQuery
    count: Count
    total: int
    rows: Sequence[Row]
    next: TimelineQuery | None
    previous: TimelineQuery | None
    undecided: Sequence[UndecidedOrder] = ()
    facets: Mapping[str, FacetOptions] = field(default_factory=dict)
    filters: Sequence[ActiveFilter] = ()
    adjacent: AdjacentDates = field(default_factory=AdjacentDates)
    years: Sequence[YearStart] = ()
    histogram: Histogram | None = None
    alternatives: Sequence[Alternative] = ()
    all_incidents: Alternative | None = None
    is_incomplete: bool = False
    is_counted: bool = True
    new: int = 0

    @property
    def later(self) -> int:
        """How many entries no cited source had published by the query's day."""
        return self.total - self.count.shown


class TimelinePage:
    """Fetches the parts of a timeline; each when it is first needed, and once."""

    def __init__(self, query: TimelineQuery, *, with_later: bool = False) -> None:
        """``with_later``: the rows, not the counts, include what was not yet known."""
        self.query = query
        self.with_later = with_later

    @cached_property
    def source(self) -> EntrySource:
        """What answers for all parts, so that they are of one state of the record."""
        return entry_source()

    def view(self, *, with_facets: bool = False) -> TimelineView:
        """The view for a format or an embed: rows, counts and the pages beside this one."""
        return TimelineView(
            query=self.query,
            count=self.count,
            total=self.count.shown,
            rows=self.rows,
            next=self.next,
            previous=self.previous,
            undecided=self.undecided,
            facets=self.facets if with_facets else {},
        )

    def full_view(
        self,
        *,
        fixed: Sequence[str] = (),
        with_histogram: bool = True,
        with_facets: bool = True,
    ) -> TimelineView:
        """The view for a page with filters and navigation.

        ``fixed`` names the parameters that the page's address decides: they are no filters there.
        The rows come first; if time is short, parts that the page can do without are left out.
        """
        filters = active_filters(self.query, fixed)
        rows, undecided = self.rows, self.undecided
        is_empty = not rows
        counts = optional_part("count", lambda: (self.count, self._total(), self._new()))
        adjacent = optional_part("adjacent dates", lambda: adjacent_dates(self.query, self.source))
        facets = optional_part("facets", lambda: self.facets if with_facets else {})
        years = optional_part("years", self._years)
        # Boxed, because a timeline without dates has no histogram.
        chart = optional_part(
            "histogram",
            lambda: [histogram(self.query, self.source) if with_histogram else None],
        )
        alternatives = optional_part(
            "alternatives",
            lambda: [self._alternative(part) for part in filters] if is_empty else [],
        )
        count, total, new = counts or (Count(0, 0), 0, 0)
        return TimelineView(
            query=self.query,
            count=count,
            total=total,
            rows=rows,
            next=self.next,
            previous=self.previous,
            undecided=undecided,
            facets={name: options for name, options in (facets or {}).items() if name not in fixed},
            filters=filters,
            adjacent=adjacent or AdjacentDates(),
            years=years or (),
            histogram=chart[0] if chart else None,
            alternatives=alternatives or (),
            all_incidents=(
                self._all_incidents() if is_empty and filters and "incident" in fixed else None
            ),
            is_incomplete=None in (counts, adjacent, facets, years, chart, alternatives),
            is_counted=counts is not None,
            new=new,
        )

    @cached_property
    def count(self) -> Count:
        certain = self.source.count(self.query, match="certain")
        if not self.query.has_range or self.query.match == "certain":
            return Count(certain, 0)
        return Count(certain, self.source.count(self.query) - certain)

    @cached_property
    def facets(self) -> Mapping[str, FacetOptions]:
        return facet_options(self.query, self.source)

    @cached_property
    def _slice(self) -> EntrySlice:
        return self.source.page(self.query, with_later=self.with_later)

    @cached_property
    def rows(self) -> list[Row]:
        return rows_for_entries(self._slice[0], self.query)

    @cached_property
    def undecided(self) -> list[UndecidedOrder]:
        """Where the order of the rows is not stated; nowhere, if dates do not decide it."""
        entries, has_before, has_after = self._slice
        if not (self.query.is_by_time and entries):
            return []
        return undecided_orders(
            entries,
            before=self._continuation(entries, is_after=False) if has_before else (),
            after=self._continuation(entries, is_after=True) if has_after else (),
        )

    def _continuation(self, entries: Sequence[Entry], *, is_after: bool) -> list[Entry]:
        """The entries beside the page with which a run of its entries may go on.

        One query; a second one only if the nearest entry is among them.
        """
        neighbours = list(entries if is_after else reversed(entries))
        cursor = self._cursor(neighbours[-1])
        nearest = self._beside(cursor, is_after=is_after, limit=1)
        if nearest and may_go_on(neighbours, nearest[0], order_of):
            nearest = self._beside(cursor, is_after=is_after, limit=MAX_BESIDE)
        continuation: list[Entry] = []
        for entry in nearest:
            if not may_go_on([*neighbours, *continuation], entry, order_of):
                break
            continuation.append(entry)
        return continuation if is_after else continuation[::-1]

    def _beside(self, cursor: str, *, is_after: bool, limit: int) -> list[Entry]:
        return self.source.beside(
            self.query, cursor, is_after=is_after, limit=limit, with_later=self.with_later
        )

    @property
    def previous(self) -> TimelineQuery | None:
        entries, more, _after = self._slice
        return self.query.with_(before=self._cursor(entries[0])) if more and entries else None

    @property
    def next(self) -> TimelineQuery | None:
        entries, _before, more = self._slice
        return self.query.with_(after=self._cursor(entries[-1])) if more and entries else None

    def _cursor(self, entry: Entry) -> str:
        return str(entry.sort_key if self.query.is_by_time else entry.revision_id)

    def _total(self) -> int:
        if self.query.known is None:
            return self.count.shown
        return self.source.count(self.query, with_later=True)

    def _new(self) -> int:
        if self.query.known_after is None:
            return 0
        return self.source.count(self.query.with_(only_new=True))

    def _alternative(self, part: ActiveFilter) -> Alternative:
        """What an empty page would show without one filter."""
        label = f"{part.group}: {part.label}"
        return Alternative(label, part.without, self.source.count(part.without))

    def _all_incidents(self) -> Alternative:
        """What the same filters find in all incidents together."""
        wide = self.query.without("incident")
        return Alternative("", wide, self.source.count(wide))

    def _years(self) -> Sequence[YearStart]:
        """Where each year begins; empty when all is on one page or the order is another.

        Over long times every tenth year, or every hundredth. Costs one query, where it is needed.
        """
        if not (self.query.is_by_time and (self.previous or self.next)):
            return ()
        # A decade has no heading with a year (kb.site.pages.date_headings).
        ends = self.source.ends_in_years(self.query, with_later=self.with_later)
        if ends is None:
            return ()
        first, last = map(year_of_key, ends)
        if first == last:
            return ()
        step = next(step for step in (1, 10, 100, 1000) if (last - first) // step <= MAX_YEARS)
        years = [first, *(year for year in range(first + 1, last + 1) if year % step == 0)]
        is_newest_first = self.query.order == "newest"
        starts = [
            YearStart(year, self.query.with_(after=_cursor_before(year, is_newest_first)))
            for year in years
        ]
        return starts[::-1] if is_newest_first else starts


def active_filters(query: TimelineQuery, fixed: Sequence[str] = ()) -> list[ActiveFilter]:
    """Each filter in use, without those that the address decides."""
    filters = []
    for name, choices in query.chosen:
        if name not in fixed:
            group = str(PARAMETERS[name].label)
            filters += [
                ActiveFilter(group, choice.label, query.without(name, choice.slug))
                for choice in choices
            ]
    if query.q:
        filters.append(ActiveFilter(_("Text"), f"“{query.q}”", query.without("q")))
    if query.origins:
        words = _("at least %(count)d") % {"count": query.origins}
        filters.append(ActiveFilter(_("Independent origins"), words, query.without("origins")))
    if query.has_range:
        without_range = query.with_(since=None, until=None)
        filters.append(ActiveFilter(_("Date"), query.range_words(), without_range))
    if query.known:
        words = str(query.known.words())
        filters.append(ActiveFilter(_("As known on"), words, query.without("known")))
    if query.known_after:
        words = str(query.known_after.words())
        group = str(PARAMETERS["known_after"].label)
        filters.append(ActiveFilter(group, words, query.without("known_after")))
    return filters


def adjacent_dates(query: TimelineQuery, source: EntrySource) -> AdjacentDates:
    """The publication days before and after ``query.known``.

    Without that date: the last publication day there is, and none after it.
    """
    if query.known is None:
        last, _after = source.days_around(query, date.max, date.max)
        return AdjacentDates(last, None)
    known = query.known
    earliest, latest = known.earliest or date.min, known.latest or date.max
    return AdjacentDates(*source.days_around(query, earliest, latest))


def _cursor_before(year: int, is_newest_first: bool) -> str:
    """The cursor just before the first entry of a year, in the order of the list."""
    return key_of_year(year + 1 if is_newest_first else year)
