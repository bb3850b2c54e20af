"""Dates in words: the leading words, the note below them, and the words with their days.

Months are written out, and neither "c." nor "~" is printed. All text goes through gettext.
"""

from datetime import date

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.dates.edtf import Piece, Shape, period_third
from kb.dates.zones import zone_words


def leading_words(shape: Shape) -> str:
    """Return the date as shown with an entry: "April 2023", "Mid-2023", "Date not stated"."""
    return str(capfirst(inline_words(shape)))


def inline_words(shape: Shape) -> str:
    """Return the words for use within a sentence: "mid-2023", "on or before 15 December 2023"."""
    first, last = shape.first, shape.last
    third = period_third(shape)
    if not first:
        return _until(last, open_start=shape.missing == "..") if last else _("date not stated")
    if not last:
        return _from(first, open_end=shape.missing == "..")
    if third:
        return _third(*third, first)
    return _interval(first, last) if shape.interval else _piece(first)


def precision_note(shape: Shape) -> str:
    """Return the note: "exact day, Friday", "month only", "read as May–August"."""
    first, last = shape.first, shape.last
    if not first and not last:
        return _("ordered by publication")
    if not first:
        return _("latest day known, not the earliest")
    if not last:
        return _("earliest day known, not the latest")
    return _interval_note(shape, first, last) if shape.interval else _piece_note(first)


def words_with_days(shape: Shape) -> str:
    """Return the words, with the days they cover if the words do not say them.

    "mid-2023 (1 May – 31 August)". A plain day, month, year, interval or open end has no addition.
    """
    first, last, text = shape.first, shape.last, inline_words(shape)
    if not first or not last:
        return text
    kind = shape.precision
    plain = kind in ("day", "interval") or (kind in ("month", "year") and not shape.qualifier)
    if plain:
        return text
    earliest, latest = first.bounds[0], last.bounds[1]
    with_year = kind in ("decade", "century") or earliest.year != latest.year
    covered = _("%(first)s – %(last)s") % {
        "first": _day(earliest, with_year=with_year),
        "last": _day(latest, with_year=with_year),
    }
    return f"{text} ({covered})"


def with_time(words: str, time: str, zone: str) -> str:
    """Return the words of a day with its time and zone: "15 December 2023, 18:05 (UTC+8)".

    A zone without a time is not part of the words.
    """
    if not time:
        return words
    clock = time if ":" in time else _("%(hour)s h") % {"hour": time}
    values = {"day": words, "time": clock, "zone": zone_words(zone)}
    if zone:
        return _("%(day)s, %(time)s (%(zone)s)") % values
    return _("%(day)s, %(time)s") % values


def with_zone_note(note: str) -> str:
    """Return the note of a day with a time but no zone: "exact day, time zone not stated"."""
    return _("%(note)s, time zone not stated") % {"note": note}


def days_covered(shape: Shape) -> str:
    """Return the days covered, both included: "1 May 2023 to 31 August 2023". "" if undated."""
    earliest, latest = shape.earliest, shape.latest
    if earliest and latest:
        if earliest == latest:
            return _day(earliest)
        return _("%(first)s to %(last)s") % {"first": _day(earliest), "last": _day(latest)}
    if earliest:
        return _("%(day)s or later") % {"day": _day(earliest)}
    return _("%(day)s or earlier") % {"day": _day(latest)} if latest else ""


def _year(year: int) -> str:
    return str(year) if year >= 1000 else _("AD %(year)d") % {"year": year}


def _whole_year(year: int) -> str:
    """Return a year without a month. Chinese adds a word to it."""
    return pgettext("date", "%(year)s") % {"year": _year(year)}


# In the context "date" a translation may also use %(number)d, the month's number.
def _month(month: int, year: int) -> str:
    values = {"month": MONTHS[month], "number": month, "year": _year(year)}
    return pgettext("date", "%(month)s %(year)s") % values


def _day(day: date, *, with_year: bool = True) -> str:
    values = {
        "day": day.day,
        "month": MONTHS[day.month],
        "number": day.month,
        "year": _year(day.year),
    }
    if with_year:
        return pgettext("date", "%(day)d %(month)s %(year)s") % values
    return pgettext("date", "%(day)d %(month)s") % values


def _third(name: str, of: str, first: Piece) -> str:
    texts = {
        ("early", "year"): pgettext("part of a year", "early %(of)s"),
        ("mid", "year"): pgettext("part of a year", "mid-%(of)s"),
        ("late", "year"): pgettext("part of a year", "late %(of)s"),
        ("early", "month"): pgettext("part of a month", "early %(of)s"),
        ("mid", "month"): pgettext("part of a month", "mid-%(of)s"),
        ("late", "month"): pgettext("part of a month", "late %(of)s"),
        ("early", "decade"): pgettext("part of a decade", "early %(of)s"),
        ("mid", "decade"): pgettext("part of a decade", "mid-%(of)s"),
        ("late", "decade"): pgettext("part of a decade", "late %(of)s"),
    }
    year = int(first.year)
    if of == "year":
        whole = _whole_year(year)
    elif of == "month":
        whole = _month(int(first.month), year)
    else:
        whole = _("%(year)ds") % {"year": year - year % 10}
    return texts[name, of] % {"of": whole}


def _from(first: Piece, *, open_end: bool) -> str:
    if not open_end:
        return _("from %(date)s, end not stated") % {"date": _piece(first)}
    text = _("on or after %(date)s") if first.kind == "day" else _("in or after %(date)s")
    return text % {"date": _piece(first)}


def _until(last: Piece, *, open_start: bool) -> str:
    if not open_start:
        return _("until %(date)s, start not stated") % {"date": _piece(last)}
    text = _("on or before %(date)s") if last.kind == "day" else _("in or before %(date)s")
    return text % {"date": _piece(last)}


def _interval(first: Piece, last: Piece) -> str:
    same_mark = first.mark is not None and first.mark == last.mark
    months = first.kind == last.kind == "month" and first.year == last.year
    if months and same_mark and first.month != last.month:
        template = pgettext("date", "%(first)s to %(last)s %(year)s")
        text = template % _two_months(int(first.month), int(last.month), int(first.year))
        return _with_mark(text, first.mark or frozenset())
    if same_mark and _is_within_one_month(first, last):
        return _with_mark(_days_of_month(first, last), first.mark or frozenset())
    start = _plain(first) if same_mark else _piece(first)
    end = _plain(last) if same_mark else _piece(last)
    template = _("%(first)s to %(last)s")
    if not same_mark and (first.mark or last.mark):
        # "About April to June" would mean that both ends are approximate.
        template = _("from %(first)s to %(last)s")
    text = template % {"first": start, "last": end}
    return _with_mark(text, first.mark or frozenset()) if same_mark else text


def _is_within_one_month(first: Piece, last: Piece) -> bool:
    if not first.kind == last.kind == "day":
        return False
    return (first.year, first.month) == (last.year, last.month) and first.day != last.day


def _days_of_month(first: Piece, last: Piece) -> str:
    """Return the days of one month: "16–17 December 2023"."""
    month = int(first.month)
    values = {"first": int(first.day), "last": int(last.day), "year": _year(int(first.year))}
    values |= {"month": MONTHS[month], "number": month}
    return pgettext("date", "%(first)d–%(last)d %(month)s %(year)s") % values


def _piece(piece: Piece) -> str:
    return _with_mark(_plain(piece), piece.mark or frozenset())


def _with_mark(text: str, mark: frozenset[str]) -> str:
    if "~" in mark:
        text = _("about %(date)s") % {"date": text}
    if "?" in mark:
        text = _("%(date)s, uncertain") % {"date": text}
    return text


def _plain(piece: Piece) -> str:
    kind = piece.kind
    if kind == "century":
        return _century(int(piece.year[:2]) + 1)
    if kind == "decade":
        return _("%(year)ds") % {"year": int(piece.year[:3] + "0")}
    year = int(piece.year)
    if kind == "year":
        return _whole_year(year)
    if kind == "month":
        return _month(int(piece.month), year)
    if kind == "day":
        return _day(piece.bounds[0])
    return _group(int(piece.month)) % {"year": _year(year)}


def _group(code: int) -> str:
    return {
        21: _("spring %(year)s"),
        22: _("summer %(year)s"),
        23: _("autumn %(year)s"),
        24: _("winter %(year)s"),
        25: _("spring %(year)s, northern hemisphere"),
        26: _("summer %(year)s, northern hemisphere"),
        27: _("autumn %(year)s, northern hemisphere"),
        28: _("winter %(year)s, northern hemisphere"),
        29: _("spring %(year)s, southern hemisphere"),
        30: _("summer %(year)s, southern hemisphere"),
        31: _("autumn %(year)s, southern hemisphere"),
        32: _("winter %(year)s, southern hemisphere"),
        33: _("first quarter of %(year)s"),
        34: _("second quarter of %(year)s"),
        35: _("third quarter of %(year)s"),
        36: _("fourth quarter of %(year)s"),
        37: _("first four months of %(year)s"),
        38: _("middle four months of %(year)s"),
        39: _("last four months of %(year)s"),
        40: _("first half of %(year)s"),
        41: _("second half of %(year)s"),
    }[code]


def _century(number: int) -> str:
    if 10 <= number % 100 <= 20:
        text = _("%(number)dth century")
    else:
        text = {
            1: _("%(number)dst century"),
            2: _("%(number)dnd century"),
            3: _("%(number)drd century"),
        }.get(number % 10, _("%(number)dth century"))
    return text % {"number": number}


def _piece_note(piece: Piece) -> str:
    if piece.mark is None:
        return _component_note(piece)
    if piece.mark:
        return {
            frozenset("?"): _("date uncertain"),
            frozenset("~"): _("date approximate"),
            frozenset("?~"): _("date approximate and uncertain"),
        }[piece.mark]
    if piece.kind == "day":
        weekday = WEEKDAYS[piece.bounds[0].weekday()]
        return _("exact day, %(weekday)s") % {"weekday": weekday}
    if piece.month == "XX":
        return _("month and day not stated") if piece.day else _("month not stated")
    if piece.day == "XX":
        return _("day not stated")
    if piece.kind == "season":
        return _("season, read as %(months)s") % {"months": _months(*piece.bounds)}
    return {
        "month": _("month only"),
        "quarter": _("quarter only"),
        "quadrimester": _("four months only"),
        "half": _("half-year only"),
        "year": _("year only"),
        "decade": _("decade only"),
        "century": _("century only"),
    }[piece.kind]


def _component_note(piece: Piece) -> str:
    """Return the marks of single components, such as "year inferred"."""
    notes = []
    names = (_("year"), _("month"), _("day"))
    for name, mark in zip(names, piece.marks, strict=False):
        text = {
            frozenset("?"): _("%(part)s inferred"),
            frozenset("~"): _("%(part)s approximate"),
            frozenset("?~"): _("%(part)s inferred and approximate"),
        }.get(mark)
        if text:
            notes.append(text % {"part": name})
    return ", ".join(notes)


def _interval_note(shape: Shape, first: Piece, last: Piece) -> str:
    earliest, latest = first.bounds[0], last.bounds[1]
    if shape.qualifier == "approximate" or period_third(shape):
        return _("read as %(span)s") % {"span": _read_as(first, last)}
    if shape.qualifier:
        return _("one or both ends uncertain")
    if first.kind == last.kind == "day":
        number = (latest - earliest).days + 1
        text = ngettext("%(days)d day", "%(days)d days, first to last", number)
        return text % {"days": number}
    if first.kind == last.kind == "month":
        return _("months only")
    if first.kind == last.kind == "year":
        return _("years only")
    return _("read as %(span)s") % {"span": _read_as(first, last)}


def _read_as(first: Piece, last: Piece) -> str:
    earliest, latest = first.bounds[0], last.bounds[1]
    if first.kind == last.kind == "year":
        return f"{_whole_year(earliest.year)}–{_whole_year(latest.year)}"
    if first.kind != "day" and last.kind != "day":
        return _months(earliest, latest)
    if (earliest.year, earliest.month) == (latest.year, latest.month):
        values = {"month": MONTHS[latest.month], "number": latest.month}
        values |= {"first": earliest.day, "last": latest.day}
        return pgettext("date", "%(first)d–%(last)d %(month)s") % values
    return f"{_day(earliest)} – {_day(latest)}"


def _months(earliest: date, latest: date) -> str:
    """Return the months, such as "May–August", with the years if they differ."""
    if (earliest.year, earliest.month) == (latest.year, latest.month):
        values = {"month": MONTHS[earliest.month], "number": earliest.month}
        return pgettext("date", "%(month)s") % values
    if earliest.year == latest.year:
        values = _two_months(earliest.month, latest.month, latest.year)
        return pgettext("date", "%(first)s–%(last)s") % values
    return f"{_month(earliest.month, earliest.year)}–{_month(latest.month, latest.year)}"


def _two_months(first: int, last: int, year: int) -> dict[str, object]:
    """Return the values that a translation of two months of one year may use."""
    return {
        "first": MONTHS[first],
        "last": MONTHS[last],
        "first_number": first,
        "last_number": last,
        "year": _year(year),
    }
