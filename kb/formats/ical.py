"""iCalendar (RFC 5545, and the properties of RFC 7986): days, never an invented time.

An entry is an all-day event from its first to its last possible day, whose end is exclusive; what
is not one exact day says so in words. A stated time is in UTC if its zone is stated, and otherwise
a floating one, which a calendar shows as it is printed. A calendar has no way to show an open end,
an unknown date or a decade, so those are left out, and the description says how many.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta

from kb.dates import FuzzyDate
from kb.formats.feed_text import cited_sources, entry_paragraphs
from kb.formats.view import FormatContext, FormatRow, entry_rows
from kb.record.answers import EntryRow

# The date as this program has it, for files that are imported again: a period alone says less.
EDTF_PROPERTY = "X-ONTHERECORD-EDTF"
MAX_LINE_OCTETS = 75  # octets, without the line end
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_LINE_ENDS = re.compile("\r\n?")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def write_ical(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """A calendar with an event for each row; the rows have both ends of their dates."""
    yield _lines(
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", f"-//{ical_text(view.site.name)}//On the Record//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("NAME", ical_text(view.words)),
        ("X-WR-CALNAME", ical_text(view.words)),
        ("DESCRIPTION", ical_text(view.about)),
        ("X-WR-CALDESC", ical_text(view.about)),
        ("URL", _address(view.page)),
        ("SOURCE;VALUE=URI", _address(view.address)),
        ("REFRESH-INTERVAL;VALUE=DURATION", "P1D"),
        *([("LAST-MODIFIED", _moment(view.changed_at))] if view.changed_at else []),
    )
    for row in entry_rows(rows):
        yield _event(row, view)
    yield _lines(("END", "VCALENDAR"))


def ical_text(value: str) -> str:
    """A value of type TEXT: escaped, its lines ended by an escape, without control characters."""
    return _CONTROL.sub("", _LINE_ENDS.sub("\n", value)).translate(_ESCAPES)


def fold_line(line: str) -> bytes:
    """A content line in pieces of at most 75 octets, none of which cuts a character or an escape.

    RFC 5545 allows a fold inside an escape, but clients that read the escapes before they unfold
    the lines show a backslash.
    """
    left = line.encode("utf-8", "replace")
    if len(left) <= MAX_LINE_OCTETS:
        return left + b"\r\n"
    pieces = []
    most = MAX_LINE_OCTETS
    while len(left) > most:
        end = most
        while left[end] & 0xC0 == 0x80:  # the middle of a character
            end -= 1
        if _ends_in_escape(left[:end]):
            end -= 1
        pieces.append(left[:end])
        left = left[end:]
        most = MAX_LINE_OCTETS - 1  # for the space that begins it
    return b"\r\n ".join([*pieces, left]) + b"\r\n"


def _ends_in_escape(piece: bytes) -> bool:
    """Whether the last backslash of a piece begins an escape: an odd number of them end it."""
    return (len(piece) - len(piece.rstrip(b"\\"))) % 2 == 1


def _event(row: EntryRow, view: FormatContext) -> bytes:
    when = FuzzyDate.from_json(row["date"])
    first, last = when.earliest, when.latest
    if first is None or last is None:
        raise ValueError(
            f"{row['id']} has no start or no end date and cannot be exported to a calendar."
        )
    title = row["headline"]
    if not when.is_exact_day:
        title = f"{title} ({when.words()})"
    changed = datetime.fromisoformat(row["changed_at"])
    tags = [row["kind"], *(link["title"] for link in (*row["incidents"], *row["topics"]))]
    return _lines(
        ("BEGIN", "VEVENT"),
        ("UID", f"{row['id']}@{view.site.id_host}"),
        ("DTSTAMP", _moment(changed)),
        ("CREATED", _moment(datetime.fromisoformat(row["first_published_at"]))),
        ("LAST-MODIFIED", _moment(changed)),
        ("SEQUENCE", str(row["version"] - 1)),
        *_period(when, first, last),
        *([] if when.is_exact_day else [(EDTF_PROPERTY, ical_text(when.edtf))]),
        ("SUMMARY", ical_text(title)),
        ("DESCRIPTION", ical_text(entry_paragraphs(row, view))),
        *_place(row),
        ("CATEGORIES", ",".join(ical_text(tag) for tag in tags)),
        ("URL", _address(view.site.at(row["url"]))),
        *(("ATTACH", _address(address)) for _title, address in cited_sources(row, view)),
        ("CLASS", "PUBLIC"),
        ("TRANSP", "TRANSPARENT"),
        ("END", "VEVENT"),
    )


def _period(when: FuzzyDate, first: date, last: date) -> list[tuple[str, str]]:
    """The start and, where there is one, the end of an entry; both are days or both are moments."""
    start = when.utc_datetime() or when.local_datetime()
    if start is None:
        # Without an end it is one day; the day after the last there is cannot be written.
        ends = [("DTEND;VALUE=DATE", _day(last + timedelta(days=1)))] if last < date.max else []
        return [("DTSTART;VALUE=DATE", _day(first)), *ends]
    # A time to the hour is that whole hour. Others begin and end at once.
    ends = [("DURATION", "PT1H")] if ":" not in when.time else []
    return [("DTSTART", _clock(start)), *ends]


def _clock(when: datetime) -> str:
    """A moment in UTC, or a floating time if ``when`` has no zone."""
    end = "Z" if when.tzinfo else ""
    return f"{when.year:04d}{when:%m%dT%H%M%S}{end}"


def _place(row: EntryRow) -> Iterator[tuple[str, str]]:
    place = row["place"]
    if place:
        yield "LOCATION", ical_text(place["name"])
        if place["latitude"] and place["longitude"]:
            yield "GEO", f"{place['latitude']};{place['longitude']}"


def _lines(*properties: tuple[str, str]) -> bytes:
    return b"".join(fold_line(f"{name}:{value}") for name, value in properties)


def _day(day: date) -> str:
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _address(url: str) -> str:
    """A value of type URI, which has no escapes: what could end the line goes."""
    return re.sub(r"[\s\x00-\x20\x7f\ud800-\udfff]", "", url)
