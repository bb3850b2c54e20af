"""Days on the calendar: where months, seasons and quarters begin and end, and how spans compare.

Plain arithmetic on ``datetime.date``; nothing here knows how a date was written.
"""

from calendar import monthrange
from datetime import date
from typing import Literal

Relation = Literal["certain", "possible", "none"]

FIRST_DAY = date.min  # 1 January 0001
LAST_DAY = date.max  # 31 December 9999

# First month and number of months of each sub-year grouping of EDTF level 2. EDTF leaves the
# months of a season open: ours are the meteorological ones of the northern hemisphere, and a
# winter is the one that begins in the year named, so it runs into the next.
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

# One-ended dates have no width. This stands for it: wider than all the years we know together,
# so that they sort after every closed span with the same middle.
OPEN_WIDTH = 4_000_000
UNDATED = (9_999_999, 9_999_999)


def days_in(year: int, month: int) -> int:
    """How many days the month has."""
    return monthrange(year, month)[1]


def group_bounds(year: int, code: int) -> tuple[date, date]:
    """First and last day of grouping ``code`` (21 to 41); a winter of 9999 is cut at its end."""
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
    """How a date with the first two bounds stands to the range with the last two.

    None is an open end. "certain": the bounds lie inside the range. "possible": they overlap it.
    A date without any bound is "none" for every range, the range without ends included, because a
    reader who asks for a period does not ask for the undated. So is any date for a reversed range.
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


def sort_key(earliest: date | None, latest: date | None) -> tuple[int, int]:
    """The middle of the bounds as an ordinal day, then their width in days (one day is 1).

    A one-ended date sorts at the end that is known, after every closed span of the same middle.
    The undated sort last.
    """
    if earliest is not None and latest is not None:
        first, last = earliest.toordinal(), latest.toordinal()
        return (first + last) // 2, last - first + 1
    known = earliest or latest
    return (known.toordinal(), OPEN_WIDTH) if known else UNDATED
