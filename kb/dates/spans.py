"""Operations on EDTF that phrases need: add a mark, open an end, combine two dates.

All functions take and return EDTF that ``parse_shape`` accepts. They raise DateError if there is no
such date.
"""

from datetime import date, timedelta
from typing import NoReturn

from django.utils.translation import gettext as _

from kb.dates.bounds import FIRST_DAY, LAST_DAY, days_in
from kb.dates.edtf import Piece, parse_shape, period_third, refuse, refuse_zero
from kb.dates.words import inline_words, leading_words

# (EDTF, id of the rule that read it)
RuleMatch = tuple[str, str]

MAX_YEARS = 5
THIRDS = {"early": 0, "mid": 1, "late": 2}

# The rules whose dates are intervals but name one period: parts, weekends, weeks, alternatives.
_PERIOD_RULES = ("M6", "M7", "M11", "M20", "M22", "M23", "M24")


def day_edtf(year: int, month: int, day: int, text: str) -> str:
    """Return the EDTF of the day. Raises DateError, with ``text`` in it, if there is none."""
    if not 1 <= year <= 9999:
        refuse(_("%(text)s is the year %(year)d. Years range from 0001 to 9999."), text, year=year)
    if not month or not day:
        refuse_zero(text, f"{year:04}-{month:02}" if 1 <= month <= 12 else f"{year:04}")
    if not 1 <= month <= 12:
        refuse(_("%(text)s has no valid month. Months range from 1 to 12."), text)
    if not 1 <= day <= days_in(year, month):
        message = _("%(text)s does not exist. That month has %(days)d days.")
        refuse(message, text, days=days_in(year, month))
    return f"{year:04}-{month:02}-{day:02}"


def in_year(year: str, rest: str, text: str) -> str:
    """Return the EDTF of a year and what follows it. Raises DateError for the year 0."""
    if year == "0000":
        refuse(_("%(text)s is the year 0. Years range from 0001 to 9999."), text)
    return f"{year}{rest}"


def third_of_period(name: str, whole: str, text: str) -> RuleMatch:
    """Return (EDTF, rule id) of the early, mid or late part of a year, a month or a decade."""
    shape, index = parse_shape(whole), THIRDS[name]
    piece = shape.first
    if piece and not shape.interval and not shape.qualifier and "X" not in piece.year[:3]:
        if whole == piece.year and piece.kind == "year":
            return f"{whole}-{index * 4 + 1:02}~/{whole}-{index * 4 + 4:02}~", "M6"
        if piece.kind == "month":
            first = index * 10 + 1
            last = piece.bounds[1].day if index == 2 else first + 9
            return f"{whole}-{first:02}~/{whole}-{last:02}~", "M7"
        if piece.kind == "decade" and whole != "000X":
            first, last = ((0, 3), (4, 6), (7, 9))[index]
            return f"{whole[:3]}{first}~/{whole[:3]}{last}~", "M11"
    message = _(
        "%(text)s: “early”, “mid” and “late” apply only to a year, a month or a decade. Enter an "
        "interval instead, such as 2023-06/2023-07."
    )
    refuse(message, text)


def divided_period(edtf: str) -> str:
    """Return the year, month or decade of which the date is the early, mid or late part, or ""."""
    shape = parse_shape(edtf)
    third = period_third(shape)
    if not third or not shape.first:
        return ""
    first = shape.first
    wholes = {
        "year": first.year,
        "month": f"{first.year}-{first.month}",
        "decade": f"{first.year[:3]}X",
    }
    return wholes[third[1]]


def with_qualifier(edtf: str, mark: str) -> str:
    """Return the date with "~" or "?" on every end that is stated."""

    def marked(piece: str) -> str:
        if piece in ("", "..") or piece[-1] in ("%", mark):
            return piece
        return f"{piece[:-1]}%" if piece[-1] in "?~" else piece + mark

    return "/".join(marked(piece) for piece in edtf.split("/"))


def before(edtf: str, text: str) -> str:
    """Return the interval that ends on the day before the date: "before" excludes the date."""
    piece, day = _end(edtf, 0, text)
    if day == FIRST_DAY:
        refuse(_("%(text)s is before the year 1. Years range from 0001 to 9999."), text)
    return f"../{_carry(day - timedelta(days=1), piece)}"


def after(edtf: str, text: str) -> str:
    """Return the interval that begins on the day after the date: "after" excludes the date."""
    piece, day = _end(edtf, 1, text)
    if day == LAST_DAY:
        refuse(_("%(text)s is after the year 9999. Years range from 0001 to 9999."), text)
    return f"{_carry(day + timedelta(days=1), piece)}/.."


def until(edtf: str, text: str) -> str:
    """Return the interval that ends with the date. The date keeps its precision."""
    return f"../{_end(edtf, 1, text)[0].text}"


def since(edtf: str, text: str) -> str:
    """Return the interval that begins with the date. The date keeps its precision."""
    return f"{_end(edtf, 0, text)[0].text}/.."


def is_range(date: RuleMatch) -> bool:
    """Whether the date has a stated first and last part, so that its end must not be dropped."""
    shape = parse_shape(date[0])
    return bool(shape.interval and shape.first and shape.last and date[1] not in _PERIOD_RULES)


def refuse_open_range(edtf: str, text: str) -> NoReturn:
    """Raise DateError for "since 2019–2021": the end is said to be open, and it is given."""
    message = _(
        "%(text)s has an open end and a last date. Write %(range)s for the range, or %(open)s if "
        "it has no end."
    )
    refuse(message, text, range=edtf, open=since(edtf, text))


def alternatives(start: str, end: str, text: str) -> str:
    """Return the interval of "15 or 16 December 2023". Raises DateError if days lie between."""
    both = interval(start, end, text)
    first, last = _end(start, 1, text)[1], _end(end, 0, text)[1]
    if first.toordinal() + 1 < last.toordinal():
        message = _(
            "%(text)s names two dates with other days between them. If any day from the first to "
            "the last is possible, write %(interval)s."
        )
        refuse(message, text, interval=both)
    return both


def iso_week(year: int, week: int, text: str) -> str:
    """Return the Monday and Sunday of a week of ISO 8601. Raises DateError if there is none."""
    try:
        return _week_from(date.fromisocalendar(year, week, 1))
    except ValueError:
        message = _("%(text)s has no valid week. Weeks range from 01 to 52, in some years to 53.")
        refuse(message, text)


def day_of_week(week: str, number: int) -> str:
    """Return a day of a week; Monday is 1."""
    monday = date.fromisoformat(week.split("/")[0])
    return (monday + timedelta(days=number - 1)).isoformat()


def week_of(edtf: str, text: str) -> str:
    """Return the Monday and Sunday of the week of a day. Raises DateError for a Sunday.

    "The week of Sunday, 2 April" is the week that ends on that day for some people and the one that
    begins on it for others.
    """
    day = _single_day(edtf, text)
    if day.weekday() == 6:
        message = _(
            "%(text)s: that day is a Sunday, and the week can begin or end on it. Write %(ending)s "
            "or %(beginning)s."
        )
        refuse(message, text, ending=week_to(edtf, text), beginning=week_from(edtf, text))
    return _week_from(day - timedelta(days=day.weekday()))


def week_from(edtf: str, text: str) -> str:
    """Return the seven days that begin with the day."""
    return _week_from(_single_day(edtf, text))


def week_to(edtf: str, text: str) -> str:
    """Return the seven days that end with the day."""
    day = _single_day(edtf, text)
    return f"{max(day, FIRST_DAY + timedelta(6)) - timedelta(6)}/{day}"


def _week_from(day: date) -> str:
    return f"{day}/{min(day, LAST_DAY - timedelta(6)) + timedelta(6)}"


def _single_day(edtf: str, text: str) -> date:
    shape = parse_shape(edtf)
    if shape.precision != "day" or not shape.earliest:
        refuse(_("%(text)s does not identify a week. Give a day of it, with the year."), text)
    return shape.earliest


def refuse_year_pair(edtf: str) -> None:
    """Raise DateError for 2020-21, which a person may mean as years and EDTF as a season.

    Refused if the second number is one of the next MAX_YEARS years. Longer runs are seldom written
    so, and the codes for quarters of recent years (2023-34) stay EDTF.
    """
    shape = parse_shape(edtf)
    for piece in (shape.first, shape.last):
        if piece and (years := _years_after(piece)):
            last = f"{int(piece.year) + years:04}"
            group = inline_words(parse_shape(f"{piece.year}-{piece.month}"))
            # The words for a season of one hemisphere are not read back.
            example = f"EDTF {piece.text}" if 25 <= int(piece.month) <= 32 else group
            message = _(
                "%(text)s can mean %(group)s, as in EDTF, or the years %(first)s to %(last)s. "
                "Write “%(example)s” or %(first)s/%(last)s."
            )
            values = {"group": group, "first": piece.year, "last": last, "example": example}
            refuse(message, piece.text, **values)


def has_year_pair(edtf: str) -> bool:
    """Whether ``refuse_year_pair`` refuses the date."""
    shape = parse_shape(edtf)
    return any(piece and _years_after(piece) for piece in (shape.first, shape.last))


def _years_after(piece: Piece) -> int:
    """Return how many years later the second number of 2020-21 is, or 0 if it is no such year."""
    if not piece.month.isdigit() or int(piece.month) <= 12:
        return 0
    years = int(piece.month) - int(piece.year) % 100
    return years if 1 <= years <= MAX_YEARS else 0


def interval(start: str, end: str, text: str) -> str:
    """Return the interval from the beginning of one date to the end of the other."""
    first, last = _end(start, 0, text)[0], _end(end, 1, text)[0]
    if first.bounds[0] > last.bounds[1]:
        message = _(
            "%(text)s ends before it begins if it means %(first)s to %(last)s. Write the year at "
            "both ends."
        )
        ends = {
            "first": leading_words(parse_shape(first.text)),
            "last": leading_words(parse_shape(last.text)),
        }
        refuse(message, text, **ends)
    return f"{first.text}/{last.text}"


def weekend(edtf: str, text: str) -> str:
    """Return the Saturday and Sunday to which the day belongs."""
    day = parse_shape(edtf).earliest
    if not day or parse_shape(edtf).precision != "day" or day.weekday() < 5:
        message = _(
            "%(text)s does not identify a weekend. Give the date of its Saturday or Sunday, with "
            "the year."
        )
        refuse(message, text)
    saturday = day - timedelta(days=day.weekday() - 5)
    return f"{saturday.isoformat()}/{min(saturday, LAST_DAY - timedelta(1)) + timedelta(1)}"


def _carry(day: date, piece: Piece) -> str:
    # The day next to an approximate day is approximate too.
    marks = frozenset[str]().union(*piece.marks)
    sign = {frozenset("~"): "~", frozenset("?"): "?", frozenset("?~"): "%"}.get(marks, "")
    return f"{day.isoformat()}{sign}"


def _end(edtf: str, side: int, text: str) -> tuple[Piece, date]:
    shape = parse_shape(edtf)
    piece = (shape.first, shape.last)[side]
    if not piece or not (shape.first and shape.last):
        message = _(
            "%(text)s combines open-ended ranges. Enter a single interval, such as ../2023-12-15 "
            "or 2023-04/2023-06."
        )
        refuse(message, text)
    return piece, piece.bounds[side]


def year_and_month(edtf: str) -> tuple[str, int] | None:
    """Return the year and month (0 if none) at the end of a date; None for unknown digits."""
    last = parse_shape(edtf).last
    if not last or "X" in last.year:
        return None
    return last.year, int(last.month) if last.kind in ("day", "month") else 0


def weekday(day: str) -> int:
    """Return the weekday of an ISO day; Monday is 0."""
    return date.fromisoformat(day).weekday()


def day_in_words(day: str) -> str:
    """Return an ISO day in words, for a message."""
    return leading_words(parse_shape(day))
