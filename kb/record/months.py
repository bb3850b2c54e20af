"""Months as whole numbers: quarters, years and decades are parts of them, in any database."""

from __future__ import annotations

from datetime import date

# How many months a column of each scale has.
MONTHS_OF_SCALE = {"month": 1, "quarter": 3, "year": 12, "decade": 120}


def month_number(day: date | None) -> int | None:
    """The months from the beginning of the year 0 to that of this day; None without a day."""
    return None if day is None else day.year * 12 + day.month - 1
