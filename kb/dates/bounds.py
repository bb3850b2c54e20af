"""Calendar arithmetic: bounds of months, seasons and quarters, and comparison of spans.

Works on ``datetime.date`` only, independent of how a date was written.
"""

from calendar import monthrange
from datetime import date
from typing import Literal

Relation = Literal["certain", "possible", "none"]

FIRST_DAY = date.min  # 1 January 0001
LAST_DAY = date.max  # 31 December 9999

# First month and number of months of each sub-year grouping of EDTF level 2. EDTF does not define
# the months of a season. These are the meteorological seasons of the northern hemisphere; a winter
# begins in the year that is named and ends in the next.
GROUPS: dict[int, tuple[int, int]] = {
    21: (3, 3),
    22: (6, 3),
    23: (9, 3),
    24: (12, 3),
    25: (3, 3),
    26: (6, 3),
    27: (9, 3),
    28: (12, 3),
    29: (9, 3),
    30: (12, 3),
    31: (3, 3),
    32: (6, 3),
    33: (1, 3),
    34: (4, 3),
    35: (7, 3),
    36: (10, 3),
    37: (1, 4),
    38: (5, 4),
    39: (9, 4),
    40: (1, 6),
    41: (7, 6),
}

# In minutes. The width of a date with one open end is wider than all supported years together, so
# that it sorts after every closed span with the same middle.
OPEN_WIDTH = 6_000_000_000
UNDATED = (9_999_999_999, 9_999_999_999)


def days_in(year: int, month: int) -> int:
    """Return the number of days of the month."""
    return monthrange(year, month)[1]


def group_bounds(year: int, code: int) -> tuple[date, date]:
    """Return the first and last day of ``code`` (21 to 41). Winter 9999 ends with the year."""
    month, months = GROUPS[code]
    last_year, last_month = year, month + months - 1
    if last_month > 12:
        last_year, last_month = year + 1, last_month - 12
    if last_year > LAST_DAY.year:
        return date(year, month, 1), LAST_DAY
    return date(year, month, 1), date(last_year, last_month, days_in(last_year, last_month))


def relation(
    date_earliest: date | None,
    date_latest: date | None,
    earliest: date | None,
    latest: date | None,
) -> Relation:
    """Return how a date with the first two bounds relates to the range with the last two.

    None is an open end. "certain": the bounds are inside the range. "possible": they overlap it.
    "none": they are outside. A date without bounds is "none" for every range, including one without
    ends, because a reader who asks for a period does not ask for undated entries. Every date is
    "none" for a reversed range.
    """
    if date_earliest is None and date_latest is None:
        return "none"
    if earliest is not None and latest is not None and earliest > latest:
        return "none"
    if latest is not None and date_earliest is not None and date_earliest > latest:
        return "none"
    if earliest is not None and date_latest is not None and date_latest < earliest:
        return "none"
    starts_inside = earliest is None or (date_earliest is not None and date_earliest >= earliest)
    ends_inside = latest is None or (date_latest is not None and date_latest <= latest)
    return "certain" if starts_inside and ends_inside else "possible"
