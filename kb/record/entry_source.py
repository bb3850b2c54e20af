"""What lists of entries ask of the record, whichever way it is answered.

``kb.record.sql_source`` answers from the tables, ``kb.record.reading`` from the reading index. Both
give the same answers; ``kb.record.reading.current.entry_source`` says which serves.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol

from kb.record.documents import Date
from kb.record.models import Entry
from kb.record.query import TimelineQuery


class EntrySlice(NamedTuple):
    """The entries of one page, and whether there are more before and after them."""

    entries: list[Entry]
    has_before: bool
    has_after: bool


class FrequentValues(NamedTuple):
    """Values of a facet with their numbers of entries, and how many values there are in all."""

    counts: Mapping[str, int]
    total: int


class WideEnds(NamedTuple):
    """Dates wider than a column: how many begin in each column, and how many end; None is open."""

    starts: Mapping[int | None, int]
    ends: Mapping[int | None, int]

    @property
    def total(self) -> int:
        return sum(self.starts.values())


class DateCounts(NamedTuple):
    """How many entries have their whole date in each column, a wider date, and no date."""

    columns: Mapping[int, int]
    wide: int
    undated: int

    @property
    def total(self) -> int:
        return sum(self.columns.values()) + self.wide + self.undated


class PartGroup(NamedTuple):
    """Entries with one facet, of one kind and, if they are events, with one standing, else ""."""

    name: str
    kind: str
    standing: str


class EntrySource(Protocol):
    """``match`` and ``with_later`` are those of ``TimelineQuery.entries`` everywhere."""

    def count(self, query: TimelineQuery, *, match: str = "", with_later: bool = False) -> int:
        """The number of entries of a query."""

    def count_with_dates(self, query: TimelineQuery, shows: str) -> int:
        """The number of entries of a query whose dates can be shown (``entries_with_dates``)."""

    def value_counts(
        self, query: TimelineQuery, names: Collection[str]
    ) -> dict[tuple[str, str], int]:
        """By name and value, the number of entries of a query; no zeros, in no order.

        Contested means contested on the day of the query.
        """

    def frequent_values(
        self,
        query: TimelineQuery,
        names: Collection[str],
        *,
        most: int | None,
        also: Mapping[str, Collection[str]],
    ) -> dict[str, FrequentValues]:
        """By name, the values that most entries of a query have; no zeros, in no order.

        ``also`` are values of a name that are among them if any entry has them. Besides these, they
        are at least ``most`` others, or all if it is None, and all as frequent as the last.
        """

    def distinct_counts(self, query: TimelineQuery, names: Collection[str]) -> dict[str, int]:
        """By name, the number of different values that entries of a query have."""

    def page(self, query: TimelineQuery, *, with_later: bool = False) -> EntrySlice:
        """The entries of the page that the query asks for, with their revisions."""

    def revision_keys(self, query: TimelineQuery, *, limit: int) -> Sequence[int]:
        """The primary keys of the revisions of a query in its order, ``limit`` at most."""

    def beside(
        self, query: TimelineQuery, cursor: str, *, is_after: bool, limit: int, with_later: bool
    ) -> list[Entry]:
        """The entries after a cursor, or before it, nearest first, with their revisions."""

    def ends_in_years(
        self, query: TimelineQuery, *, with_later: bool = False
    ) -> tuple[str, str] | None:
        """The first and the last sort key of dates in one year, or open at one end."""

    def days_around(
        self, query: TimelineQuery, first: date, last: date
    ) -> tuple[date | None, date | None]:
        """The last day before ``first`` on which an entry became known, the first after ``last``.

        Entries that were not known on the day of the query are included.
        """

    def ends_of_dates(
        self, query: TimelineQuery, *, with_later: bool = False
    ) -> tuple[date, date] | None:
        """The first and the last of all first and last days of dated entries."""

    def column_counts(
        self, query: TimelineQuery, scale: str, day: date | None
    ) -> Mapping[tuple[int, str], int]:
        """By column and kind, the number of dated entries whose date lies in one column.

        A column is the ordinal of a day, or the number of a month, quarter, year or decade since
        the year 0. With ``day``, entries that were not known by then are included, as "later".
        """

    def wide_entries(
        self, query: TimelineQuery, scale: str, *, limit: int, with_later: bool
    ) -> list[Entry]:
        """The first dated entries whose date is wider than a column, with their revisions."""

    def wide_ends(self, query: TimelineQuery, scale: str, *, with_later: bool) -> WideEnds:
        """The first and the last columns of dates that are wider than one."""

    def totals(self, name: str, values: Collection[str]) -> dict[str, int]:
        """By value of a facet, the number of its entries; no zeros."""

    def source_totals(self, name: str, values: Collection[str]) -> dict[str, int]:
        """By value of a facet, the number of different sources that its entries cite; no zeros."""

    def spans(self, name: str, values: Collection[str]) -> dict[str, tuple[Date, Date]]:
        """By value of a facet, the stored dates of its first and its last dated entry."""

    def month_counts(
        self, name: str, values: Collection[str], scale: str
    ) -> dict[str, Counter[int]]:
        """By value, the dated entries by the first month of the column that holds their date."""

    def wide_days(
        self, name: str, values: Collection[str], scale: str, *, limit: int
    ) -> dict[str, Sequence[tuple[date | None, date | None]]]:
        """By value, its first different dates that are wider than a column, open ends first."""

    def date_counts(
        self, value: str, names: Collection[str], scale: str
    ) -> dict[PartGroup, DateCounts]:
        """When the entries were that have a value under one of these names of facets; no zeros."""

    def last_entries(
        self, name: str, values: Collection[str], *, limit: int
    ) -> dict[str, Sequence[int]]:
        """By value of a facet, the primary keys of its last dated entries, the last one first."""

    def latest(self, query: TimelineQuery) -> Entry | None:
        """The last entry in the order of time, with its revision; None without any."""


def most_frequent(
    counts: Mapping[str, int], *, most: int | None, also: Collection[str]
) -> FrequentValues:
    """The values of ``EntrySource.frequent_values``, from the counts of all."""
    if most is None or len(counts) <= most:
        return FrequentValues({**counts}, len(counts))
    least = heapq.nlargest(most + len(also), counts.values())[-1]
    frequent = {value: count for value, count in counts.items() if count >= least or value in also}
    return FrequentValues(frequent, len(counts))
