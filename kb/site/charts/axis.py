"""Where a day is drawn: the horizontal axes that the charts share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.record.histogram import Column


class YearAxis:
    """From 1 January of one year to 31 December of another, in proportion to the days.

    Positions run from ``start`` to ``start + length``, rounded to one decimal. The unit is the
    caller's: percent or pixels.
    """

    def __init__(self, first: int, last: int, *, start: float = 0.0, length: float = 100.0) -> None:
        self.first, self.last = first, last
        self.start, self.length = start, length
        self._zero = date(first, 1, 1).toordinal()
        self._days = date(last, 12, 31).toordinal() - self._zero + 1

    def _position(self, days: float) -> float:
        return round(self.start + self.length * days / self._days, 1)

    def start_of(self, day: date) -> float:
        return self._position(day.toordinal() - self._zero)

    def middle_of(self, day: date) -> float:
        return self._position(day.toordinal() - self._zero + 0.5)

    def end_of(self, day: date) -> float:
        return self._position(day.toordinal() - self._zero + 1)


class ColumnAxis:
    """Columns of equal width from 0 to 100 percent; days lie inside them in proportion.

    Positions are rounded to two decimals. A column that stands for many empty ones is as wide as
    any other.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.width = 100 / len(columns)
        self._places = {id(column): place for place, column in enumerate(columns)}

    def place(self, column: Column) -> int:
        return self._places[id(column)]

    def left(self, column: Column) -> float:
        return round(self.place(column) * self.width, 2)

    def right(self, column: Column) -> float:
        return round((self.place(column) + 1) * self.width, 2)

    def position(self, day: date | None, default: float, *, end: bool = False) -> float:
        """Where a day begins or, with ``end``, ends; ``default`` where there is no day."""
        if day is None:
            return default
        if day < self.columns[0].first:
            return 0.0
        for place, column in enumerate(self.columns):
            if day <= column.last:
                days = (column.last - column.first).days + 1
                part = ((day - column.first).days + end) / days
                return round((place + part) * self.width, 2)
        return 100.0
