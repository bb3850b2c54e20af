"""The rows of a table that answer a timeline query, as a bitmap: the same that SQL finds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from pyroaring import BitMap

from kb.record.as_of import source_ids_published_between
from kb.record.contested_days import value_after
from kb.record.entry_origins import ORIGINS, origins_value
from kb.record.filters import ALL_OF, WITHOUT
from kb.record.query import TimelineQuery
from kb.record.reading.bitmaps import bitmap_of, bitmap_of_mask
from kb.record.reading.table import Table
from kb.record.search import keys_with_terms
from kb.record.vocabulary import CONTESTED, CONTESTED_SINCE
from kb.text.normalise import MAX_QUERY_LENGTH, Term, search_query

# Bitmaps of searches, ranges and days that a layer remembers; each at most an eighth of a byte
# for each row.
MAX_REMEMBERED = 64


@dataclass
class Layer:
    """A table and those of its rows that are still current."""

    table: Table
    dead: BitMap = field(default_factory=BitMap)
    _remembered: OrderedDict[Hashable, BitMap] = field(default_factory=OrderedDict)

    @property
    def live(self) -> BitMap:
        rows = BitMap(range(len(self.table)))
        return rows - self.dead if self.dead else rows

    def with_dead(self, rows: BitMap) -> Layer:
        """The layer without further rows; what it remembers is of the table, so it stays."""
        return Layer(self.table, self.dead | rows, self._remembered)

    def having(self, name: str, values: Iterable[str]) -> BitMap:
        """The rows of the table with any of these values under a name, dead ones included."""
        codes = (self.table.code(name, value) for value in values)
        return _union(self.table.rows_with(code) for code in codes if code is not None)

    def having_from(self, name: str, value: str) -> BitMap:
        """The same with this value or a greater one."""
        return _union(self.table.rows_with(code) for code in self.table.codes_from(name, value))

    def having_less(self, name: str, value: str) -> BitMap:
        """The same with a value less than this one."""
        return _union(self.table.rows_with(code) for code in self.table.codes_before(name, value))

    def remembered(self, key: Hashable, make: Callable[[], BitMap]) -> BitMap:
        """What ``make`` returns, made once for each key while there is room."""
        bitmap = self._remembered.get(key)
        if bitmap is None:
            bitmap = self._remembered[key] = make()
            while len(self._remembered) > MAX_REMEMBERED:
                self._remembered.popitem(last=False)
        return bitmap


def select_rows(
    layer: Layer, query: TimelineQuery, *, match: str = "", with_later: bool = False
) -> BitMap:
    """The current rows that answer the query, as ``TimelineQuery.entries`` finds them."""
    rows = layer.live
    for name, choices in query.chosen:
        values = [choice.value for choice in choices]
        if name in WITHOUT:
            rows -= _with_values(layer, query, WITHOUT[name], values)
        elif name in ALL_OF:
            for value in values:
                rows &= layer.having(ALL_OF[name], [value])
        else:
            rows &= _with_values(layer, query, name, values)
    if query.origins:
        rows &= layer.having_from(ORIGINS, origins_value(query.origins))
    day = query.as_of_day
    if day and not with_later:
        rows &= known_by(layer, day)
    if after := query.known_after_day:
        rows &= _became_known(layer, after, None if with_later else day, query.only_new)
    if query.has_range:
        rows &= _in_range(layer, query.earliest, query.latest, match or query.match)
    if query.q and rows:
        rows &= rows_matching(layer, query.q)
    return rows


def rows_contested_on(layer: Layer, day: date) -> BitMap:
    """The rows with a claim that was contested by the end of a day."""
    return layer.remembered(
        ("contested", day), lambda: layer.having_less(CONTESTED_SINCE, value_after(day))
    )


def known_by(layer: Layer, day: date) -> BitMap:
    """The rows that a cited source had made public by the end of a day."""
    table = layer.table

    def known() -> BitMap:
        places = table.places_of_days("known")
        end = table.place_of_day(day.toordinal(), after=True)
        return bitmap_of_mask((places > 0) & (places < end))

    return layer.remembered(("known", day), known)


def _became_known(layer: Layer, after: date, until: date | None, only_new: bool) -> BitMap:
    """As ``TimelineQuery._became_known``: new rows, and earlier ones with a further source."""
    table = layer.table
    is_new = layer.remembered(
        ("known after", after),
        lambda: bitmap_of_mask(
            table.places_of_days("known") >= table.place_of_day(after.toordinal(), after=True)
        ),
    )
    if only_new:
        return is_new
    sources = source_ids_published_between(after, until)
    # With the ids in the key: what a layer remembers is of its table alone.
    cited = layer.remembered(("cited", sources), lambda: layer.having("source", sources))
    return is_new | (cited & known_by(layer, after))


def rows_matching(layer: Layer, q: str) -> BitMap:
    """The rows whose text holds all words of a search, as the database finds them.

    Texts of entries that changed since are in layers above, in memory, so the answer of the
    database for the rows of a file is good as long as these are current.
    """
    texts = layer.table.texts
    if texts is not None:
        query = search_query(q if len(q) <= MAX_QUERY_LENGTH else "")
        if query.is_empty:
            return BitMap()
        return BitMap(row for row, text in enumerate(texts) if query.finds(text))
    return layer.remembered(("q", q), lambda: _rows_from_database(layer, q))


def _rows_from_database(layer: Layer, q: str) -> BitMap:
    query = search_query(q if len(q) <= MAX_QUERY_LENGTH else "")
    if query.is_empty:
        return BitMap()
    rows = BitMap(range(len(layer.table)))
    if query.required:
        rows = _rows_with_terms(layer, query.required)
    for term in query.excluded:
        rows = rows - _rows_with_terms(layer, [term])
    return rows


def _rows_with_terms(layer: Layer, terms: list[Term]) -> BitMap:
    return bitmap_of(np.sort(layer.table.rows_of_entries(keys_with_terms(terms))))


def _with_values(layer: Layer, query: TimelineQuery, name: str, values: list[str]) -> BitMap:
    """Entries of the chosen values; contested means contested on the day of the query."""
    day = query.as_of_day
    if name == "standing" and day and CONTESTED in values:
        others = [value for value in values if value != CONTESTED]
        return rows_contested_on(layer, day) | layer.having(name, others)
    return layer.having(name, values)


def _in_range(layer: Layer, earliest: date | None, latest: date | None, match: str) -> BitMap:
    """As FuzzyDate.relation: certain lies inside, possible overlaps."""
    return layer.remembered(
        ("range", earliest, latest, match),
        lambda: _rows_in_range(layer.table, earliest, latest, match),
    )


def _rows_in_range(table: Table, earliest: date | None, latest: date | None, match: str) -> BitMap:
    # By their places among all different days, of which 0 is none, and so before any other.
    first, last = table.places_of_days("earliest"), table.places_of_days("latest")
    inside = np.ones(len(table), dtype=np.bool_)
    start = table.place_of_day(earliest.toordinal()) if earliest else 0
    if match == "certain":
        if earliest:
            inside &= first >= start
        if latest:
            inside &= (last > 0) & (last < table.place_of_day(latest.toordinal(), after=True))
    else:
        if earliest:
            inside &= (last >= start) | (last == 0)
        if latest:
            inside &= first < table.place_of_day(latest.toordinal(), after=True)
    return bitmap_of_mask(inside) & table.dated


def _union(bitmaps: Iterable[BitMap]) -> BitMap:
    parts = list(bitmaps)
    return BitMap.union(*parts) if len(parts) > 1 else BitMap(parts[0]) if parts else BitMap()
