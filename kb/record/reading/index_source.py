"""What lists of entries ask, answered from a reading index; the entries are of the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from pyroaring import BitMap

from kb.record.documents import Date
from kb.record.entries_with_dates import DAYS_OF_YEAR
from kb.record.entry_source import (
    DateCounts,
    EntrySlice,
    FrequentValues,
    PartGroup,
    WideEnds,
    most_frequent,
)
from kb.record.models import Entry
from kb.record.query import TimelineQuery
from kb.record.reading import dates, pages
from kb.record.reading.build import SOURCE
from kb.record.reading.index import ReadingIndex
from kb.record.reading.key_columns import key_text
from kb.record.reading.select import known_by, rows_contested_on, select_rows
from kb.record.reading.table import Table
from kb.record.reading.value_totals import value_totals
from kb.record.vocabulary import CONTESTED, Reliability

Parts = list[tuple[Table, BitMap]]
Answer = TypeVar("Answer")


class IndexSource:
    """An ``EntrySource`` for one page: what it has selected once, it selects no second time."""

    def __init__(self, index: ReadingIndex) -> None:
        self.index = index
        self._selected: dict[tuple[TimelineQuery, str, bool], Parts] = {}
        self._having: dict[tuple[str, str], Parts] = {}

    def count(self, query: TimelineQuery, *, match: str = "", with_later: bool = False) -> int:
        return _size(self._rows(query, match=match, with_later=with_later))

    def count_with_dates(self, query: TimelineQuery, shows: str) -> int:
        parts = self._rows(query)
        if shows == "dated":
            return sum(rows.intersection_cardinality(table.dated) for table, rows in parts)
        return dates.count_within_days(parts, DAYS_OF_YEAR) if shows == "days" else _size(parts)

    def value_counts(
        self, query: TimelineQuery, names: Collection[str]
    ) -> dict[tuple[str, str], int]:
        if not names:
            return {}
        totals = value_totals(self._rows(query), names)
        counts = {
            (name, value): count
            for name, values in totals.items()
            for value, count in values.counts().items()
        }
        if query.as_of_day and "standing" in names:
            counts["standing", CONTESTED] = self._contested(query, query.as_of_day)
        return {pair: count for pair, count in counts.items() if count}

    def frequent_values(
        self,
        query: TimelineQuery,
        names: Collection[str],
        *,
        most: int | None,
        also: Mapping[str, Collection[str]],
    ) -> dict[str, FrequentValues]:
        frequent = {
            name: values.frequent(most, also.get(name, ()))
            for name, values in value_totals(self._rows(query), names).items()
        }
        if query.as_of_day and "standing" in names:
            counts = self.value_counts(query, ["standing"])
            standings = {value: count for (_name, value), count in counts.items()}
            frequent["standing"] = most_frequent(
                standings, most=most, also=also.get("standing", ())
            )
        return frequent

    def distinct_counts(self, query: TimelineQuery, names: Collection[str]) -> dict[str, int]:
        totals = value_totals(self._rows(query), names)
        return {name: values.different for name, values in totals.items()}

    def page(self, query: TimelineQuery, *, with_later: bool = False) -> EntrySlice:
        is_after = not query.before
        cursor = query.after or query.before
        entries = self._entries_beside(query, cursor, is_after, query.size + 1, with_later)
        has_more, entries = len(entries) > query.size, entries[: query.size]
        if query.before:
            return EntrySlice(entries[::-1], has_more, True)
        return EntrySlice(entries, bool(query.after), has_more)

    def revision_keys(self, query: TimelineQuery, *, limit: int) -> Sequence[int]:
        return pages.first_revisions(self._rows(query), query, limit)

    def beside(
        self, query: TimelineQuery, cursor: str, *, is_after: bool, limit: int, with_later: bool
    ) -> list[Entry]:
        return self._entries_beside(query, cursor, is_after, limit, with_later)

    def ends_in_years(
        self, query: TimelineQuery, *, with_later: bool = False
    ) -> tuple[str, str] | None:
        parts = self._rows(query, with_later=with_later)
        keys = [
            table.key(row)
            for table, rows in parts
            if (dated := rows & table.in_one_year)
            for row in (dated.min(), dated.max())
        ]
        return (key_text(min(keys)), key_text(max(keys))) if keys else None

    def days_around(
        self, query: TimelineQuery, first: date, last: date
    ) -> tuple[date | None, date | None]:
        parts = self._rows(query, with_later=True)
        return dates.days_around(parts, first.toordinal(), last.toordinal())

    def ends_of_dates(
        self, query: TimelineQuery, *, with_later: bool = False
    ) -> tuple[date, date] | None:
        return dates.ends_of_dates(self._rows(query, with_later=with_later))

    def column_counts(
        self, query: TimelineQuery, scale: str, day: date | None
    ) -> Mapping[tuple[int, str], int]:
        if day is None:
            return dates.count_columns(self._rows(query), scale)
        known, later = [], []
        parts = self._rows(query, with_later=True)
        for layer, (table, rows) in zip(self.index.layers, parts, strict=True):
            by_then = rows & known_by(layer, day)
            known.append((table, by_then))
            later.append((table, rows - by_then))
        columns = dates.count_columns(known, scale)
        for (column, _kind), count in dates.count_columns(later, scale).items():
            columns[column, "later"] += count
        return columns

    def wide_entries(
        self, query: TimelineQuery, scale: str, *, limit: int, with_later: bool
    ) -> list[Entry]:
        wide = dates.wide_rows(self._rows(query, with_later=with_later), scale)
        places = pages.rows_beside(wide, TimelineQuery(), cursor="", is_after=True, limit=limit)
        return _entries(places)

    def wide_ends(self, query: TimelineQuery, scale: str, *, with_later: bool) -> WideEnds:
        return dates.count_wide_ends(self._rows(query, with_later=with_later), scale)

    def totals(self, name: str, values: Collection[str]) -> dict[str, int]:
        return self._by_value(name, values, _size)

    def source_totals(self, name: str, values: Collection[str]) -> dict[str, int]:
        return self._by_value(
            name, values, lambda parts: value_totals(parts, [SOURCE])[SOURCE].different
        )

    def spans(self, name: str, values: Collection[str]) -> dict[str, tuple[Date, Date]]:
        ends = self._by_value(name, values, _first_and_last)
        keys = {key for pair in ends.values() for key in pair}
        rows = Entry.objects.filter(pk__in=keys).values_list("pk", "revision__document__date")
        stored = dict(rows)
        return {
            value: (stored[pair[0]], stored[pair[1]])
            for value, pair in ends.items()
            if stored.keys() >= set(pair)
        }

    def month_counts(
        self, name: str, values: Collection[str], scale: str
    ) -> dict[str, Counter[int]]:
        return self._by_value(name, values, lambda parts: dates.count_first_months(parts, scale))

    def wide_days(
        self, name: str, values: Collection[str], scale: str, *, limit: int
    ) -> dict[str, Sequence[tuple[date | None, date | None]]]:
        return self._by_value(
            name, values, lambda parts: dates.first_days(dates.wide_rows(parts, scale), limit)
        )

    def date_counts(
        self, value: str, names: Collection[str], scale: str
    ) -> dict[PartGroup, DateCounts]:
        answer = {}
        for name in names:
            for standing, parts in self._by_standing(name, value).items():
                for kind, date_counts in dates.count_dates(parts, scale).items():
                    answer[PartGroup(name, kind, standing)] = date_counts
        return answer

    def last_entries(
        self, name: str, values: Collection[str], *, limit: int
    ) -> dict[str, Sequence[int]]:
        def last(parts: Parts) -> list[int]:
            dated = [(table, rows & table.dated) for table, rows in parts]
            places = pages.rows_beside(
                dated, TimelineQuery(), cursor="", is_after=False, limit=limit
            )
            return [place.table.pk(place.row) for place in places]

        return {**self._by_value(name, values, last)}

    def latest(self, query: TimelineQuery) -> Entry | None:
        places = pages.rows_beside(
            self._rows(query), TimelineQuery(), cursor="", is_after=False, limit=1
        )
        return next(iter(_entries(places)), None)

    def _rows(self, query: TimelineQuery, *, match: str = "", with_later: bool = False) -> Parts:
        """The rows of each layer that answer a query."""
        with_later = with_later and query.known is not None
        match = (match or query.match) if query.has_range else ""
        key = (query.with_(order="oldest", size=1), match, with_later)
        if key not in self._selected:
            self._selected[key] = [
                (layer.table, select_rows(layer, query, match=match, with_later=with_later))
                for layer in self.index.layers
            ]
        return self._selected[key]

    def _entries_beside(
        self, query: TimelineQuery, cursor: str, is_after: bool, limit: int, with_later: bool
    ) -> list[Entry]:
        parts = self._rows(query, with_later=with_later)
        return _entries(
            pages.rows_beside(parts, query, cursor=cursor, is_after=is_after, limit=limit)
        )

    def _contested(self, query: TimelineQuery, day: date) -> int:
        """The entries of a query that were contested by the end of a day."""
        parts = zip(self.index.layers, self._rows(query), strict=True)
        return sum(
            rows.intersection_cardinality(rows_contested_on(layer, day))
            for layer, (_table, rows) in parts
        )

    def _by_standing(self, name: str, value: str) -> dict[str, Parts]:
        """The rows with a value of a facet by their standing, "" for those that have none."""
        parts: dict[str, Parts] = {}
        for layer in self.index.layers:
            rows = layer.having(name, [value]) - layer.dead
            for standing in Reliability:
                having = rows & layer.having("standing", [standing])
                parts.setdefault(standing.value, []).append((layer.table, having))
                rows -= having
            parts.setdefault("", []).append((layer.table, rows))
        return parts

    def _by_value(
        self, name: str, values: Iterable[str], answer: Callable[[Parts], Answer | None]
    ) -> dict[str, Answer]:
        """By value of a facet, the answer for its rows, where there is any."""
        answers = {}
        for value in values:
            if (name, value) not in self._having:
                self._having[name, value] = [
                    (layer.table, layer.having(name, [value]) - layer.dead)
                    for layer in self.index.layers
                ]
            if content := answer(self._having[name, value]):
                answers[value] = content
        return answers


def _size(parts: Parts) -> int:
    return sum(len(rows) for _table, rows in parts)


def _entries(places: Sequence[pages.Place]) -> list[Entry]:
    """The entries of rows, with their revisions, in the same order; one query."""
    keys = [place.table.pk(place.row) for place in places]
    if not keys:
        return []
    rows = Entry.objects.filter(pk__in=keys).select_related("revision").order_by()
    entries = {entry.pk: entry for entry in rows}
    # An entry that was withdrawn in this moment is missing.
    return [entries[key] for key in keys if key in entries]


def _first_and_last(parts: Parts) -> tuple[int, int] | None:
    """The primary keys of the first and the last dated row."""
    ends = [
        (table.key(row), table.pk(row))
        for table, rows in parts
        if (dated := rows & table.dated)
        for row in (dated.min(), dated.max())
    ]
    return (min(ends)[1], max(ends)[1]) if ends else None
