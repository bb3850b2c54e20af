"""Operations on EDTF that phrases need: add a mark, open an end, combine two dates.

All functions take and return EDTF that ``parse_shape`` accepts. They raise DateError if there is no
such date.
"""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from kb.dates.bounds import FIRST_DAY, LAST_DAY, days_in
from kb.dates.edtf import Piece, parse_shape, refuse
from kb.dates.words import leading_words

# (EDTF, id of the rule that read it)
RuleMatch = tuple[str, str]

THIRDS = {"early": 0, "mid": 1, "late": 2}


def day_edtf(year: int, month: int, day: int, text: str) -> str:
    """Return the EDTF of the day. Raises DateError, with ``text`` in it, if there is none."""
    if not 1 <= year <= 9999:
        refuse(_("%(text)s is the year %(year)d. Years range from 0001 to 9999."), text, year=year)
    if not 1 <= month <= 12:
        refuse(_("%(text)s has no valid month. Months range from 1 to 12."), text)
    if not 1 <= day <= days_in(year, month):
        message = _("%(text)s does not exist. That month has %(days)d days.")
        refuse(message, text, days=days_in(year, month))
    return f"{year:04}-{month:02}-{day:02}"


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
