"""The order of day and month in dates of figures, such as 12/05/2023, for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _

from kb.dates.reading import FigureOrder
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.record.vocabulary import Label

# By the value of the option: the order, and its name in the form.
DAY_ORDERS: dict[str, tuple[FigureOrder, Label]] = {
    "day-first": ("day_first", _("Day before month (31/12/2023)")),
    "month-first": ("month_first", _("Month before day (12/31/2023)")),
}
_FIGURES = re.compile(r"\s*([0-9]{1,2})([/.-])([0-9]{1,2})\2[0-9]{4}(?![0-9])")


def day_order(option: str) -> FigureOrder:
    """The order of an option, a key of DAY_ORDERS; "" for none."""
    return DAY_ORDERS[option][0] if option else ""


def with_day_order(rows: Iterator[ImportRow], order: FigureOrder) -> Iterator[ImportRow]:
    """The same rows; those with dates in figures read them in this order."""
    for row in rows:
        sources = tuple(_ordered_source(source, order) for source in row.sources)
        figures: FigureOrder = order if any(map(_FIGURES.match, _dates_of(row))) else ""
        is_same = not figures and sources == row.sources
        yield row if is_same else replace(row, figures=figures, sources=sources)


def _ordered_source(source: CitedSourceRow, order: FigureOrder) -> CitedSourceRow:
    has_figures = any(map(_FIGURES.match, (source.said, source.published)))
    return source._replace(figures=order) if has_figures else source


def _dates_of(row: ImportRow) -> tuple[str, ...]:
    return row.date, row.start, row.end, row.no_reply_by


@dataclass
class DayOrderEvidence:
    """How many dates of a file can be read with the day first, the month first, or both."""

    day_first: int = 0
    month_first: int = 0
    both: int = 0
    day_example: str = ""
    month_example: str = ""

    def add(self, row: ImportRow) -> None:
        """Count the dates of a row."""
        cited = [text for source in row.sources for text in (source.said, source.published)]
        for text in (*_dates_of(row), *cited):
            if match := _FIGURES.match(text):
                self._count(int(match[1]), int(match[3]), f"{match[0].strip()} in row {row.line}")

    def _count(self, first: int, second: int, example: str) -> None:
        if first > 12 >= second:
            self.day_first += 1
            self.day_example = self.day_example or example
        elif second > 12 >= first:
            self.month_first += 1
            self.month_example = self.month_example or example
        elif first != second and first <= 12 and second <= 12:
            self.both += 1

    def sentence(self, order: FigureOrder) -> str:
        """What the dates prove about their order; "" if there is nothing to propose."""
        if self.day_first and self.month_first:
            return (
                f"Some dates have the day first ({self.day_example}), others the month first "
                f"({self.month_example}). Correct the file: one order must hold for all."
            )
        number, example = (
            (self.day_first, self.day_example)
            if order == "day_first"
            else (self.month_first, self.month_example)
        )
        if order and number:
            name = order.replace("_", " ")
            return f"Dates are read with the {name}, as {number:,} of them prove ({example})."
        if order or not self.both or not (self.day_first or self.month_first):
            return ""
        option = "day-first" if self.day_first else "month-first"
        name = option.replace("-", " ")
        example = self.day_example or self.month_example
        return (
            f"Dates with two readings: {self.both:,}. The others prove that the file has the "
            f"{name} ({example}). To read all dates so, choose “{DAY_ORDERS[option][1]}” in the "
            f"form, or --dates {option}."
        )
