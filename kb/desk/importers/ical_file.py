"""Reads iCalendar (RFC 5545): each VEVENT becomes an event.

A day that ends a period is exclusive in the file and inclusive here. Files that this program wrote
state the exact date in a property of their own, and name a date in the title that is no single day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import BinaryIO, NamedTuple

from kb.dates import DateError, FuzzyDate, typed_edtf
from kb.dates.zones import clean_zone
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.rows import CitedSourceRow, FileRefused, ImportRow, Limits
from kb.desk.importers.text_files import text_lines
from kb.formats.ical import EDTF_PROPERTY
from kb.text.links import LinkError, safe_url

_PROPERTY = re.compile(r"([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:\"[^\"]*\"|[^\";:]*))*):(.*)", re.S)
_MOMENT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T([0-9]{2})([0-9]{2})[0-9]{2}(Z?))?")
_ESCAPE = re.compile(r"\\(.)", re.S)
_OWN_PROGRAM = "//On the Record//"
_MAX_ID_LENGTH = 200


class _Property(NamedTuple):
    parameters: str
    value: str


class _Moment(NamedTuple):
    day: date
    time: str = ""
    zone: str = ""


_Event = dict[str, list[_Property]]


def read_ical(
    file: BinaryIO, limits: Limits, options: ReadOptions, notes: FileNotes
) -> Iterator[ImportRow]:
    """The events of a calendar, one by one; ``line`` is where each begins.

    Raises FileRefused if the file ends inside an event or is no calendar.
    """
    event: _Event | None = None
    begin, is_own, inner = 0, False, 0
    has_calendar = False
    for number, line in _unfolded(text_lines(file, limits, options.encoding)):
        match = _PROPERTY.fullmatch(line)
        if match is None:
            continue
        name, parameters, value = match[1].upper(), match[2].upper(), match[3]
        if len(value) > limits.cell:
            raise FileRefused(
                f"Line {number} has more than {limits.cell:,} characters. Shorten it."
            )
        what = value.strip().upper() if name in ("BEGIN", "END") else ""
        if name == "BEGIN" and what == "VCALENDAR":
            has_calendar = True
        elif name == "PRODID":
            is_own = _OWN_PROGRAM in value
        elif name == "BEGIN" and event is not None:
            inner += 1  # an alarm of the event
        elif name == "END" and inner:
            inner -= 1
        elif name == "BEGIN" and what == "VEVENT":
            event, begin = {}, number
        elif name == "BEGIN" and what in ("VTODO", "VJOURNAL"):
            notes.ignore("tasks and journals")
        elif name == "END" and what == "VEVENT" and event is not None:
            if _value(event, "STATUS").upper() == "CANCELLED":
                notes.ignore("cancelled")
            else:
                yield _row(begin, event, is_own, notes)
            event = None
        elif event is not None and not inner:
            event.setdefault(name, []).append(_Property(parameters, value))
    if not has_calendar:
        raise FileRefused("This is not a calendar. It must begin with BEGIN:VCALENDAR.")
    if event is not None:
        raise FileRefused(f"The file ends inside the event that begins in line {begin}.")
    if is_own:
        notes.remarks.append(
            "A calendar does not contain speakers, claims and exact words, so every entry becomes "
            "an event, with its description as summary. Use JSON Lines to import all of it."
        )


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The content lines with their numbers; a line that begins with a space continues one."""
    start, current = 0, ""
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if text[:1] in (" ", "\t"):
            current += text[1:]
            continue
        if current:
            yield start, current
        start, current = number, text
    if current:
        yield start, current


def _row(line: int, event: _Event, is_own: bool, notes: FileNotes) -> ImportRow:
    title = _text(event, "SUMMARY")
    edtf = _value(event, EDTF_PROPERTY)
    moment, when, problem = _period(event)
    if edtf:
        when = typed_edtf(edtf)
        title = _without_date(title, edtf)
    if "RRULE" in event:
        notes.remarks.append(f"The event in line {line} repeats: only its first day is imported.")
    latitude, _, longitude = _value(event, "GEO").partition(";")
    page = _value(event, "URL")
    # A source without an address has that of its page on the site that the file is from.
    site = "/".join(page.split("/")[:3]) + "/" if is_own else ""
    addresses = event.get("ATTACH", []) if is_own else event.get("URL", [])
    sources = (
        _address(address.value)
        for address in addresses
        if not (site and address.value.startswith(site))
    )
    categories = [] if is_own else event.get("CATEGORIES", [])
    topics = (name for names in categories for name in _list(names.value))
    identity = _value(event, "UID")
    if again := _value(event, "RECURRENCE-ID"):
        identity = f"{identity}-{again}"
    return ImportRow(
        line=line,
        external_id=identity[:_MAX_ID_LENGTH],
        title=title,
        date=when,
        time=moment.time if moment else "",
        zone=moment.zone if moment else "",
        summary=_text(event, "DESCRIPTION"),
        place=_text(event, "LOCATION"),
        latitude=latitude,
        longitude=longitude,
        sources=tuple(CitedSourceRow(url=url) for url in sources if url),
        topics=tuple(dict.fromkeys(filter(None, topics))),
        problems=(problem,) if problem else (),
    ).with_id()


def _period(event: _Event) -> tuple[_Moment | None, str, str]:
    """The moment of an event that has one, its date as EDTF, and what is wrong with it."""
    if not event.get("DTSTART"):
        return None, "", ""
    first = _moment(event["DTSTART"][0])
    last = _moment(event["DTEND"][0]) if event.get("DTEND") else first
    if first is None or last is None:
        value = (event.get("DTEND") or event["DTSTART"])[0].value
        return None, "", f"“{value[:40]}” is not a date of a calendar, such as 20260403."
    end = last.day
    # The day after the last one, and midnight, end the day before.
    if end > first.day and last.time in ("", "00:00"):
        end -= timedelta(days=1)
    if end > first.day:
        return None, f"{first.day.isoformat()}/{end.isoformat()}", ""
    return first, first.day.isoformat(), ""


def _moment(stated: _Property) -> _Moment | None:
    match = _MOMENT.fullmatch(stated.value.strip())
    try:
        day = date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
    if match is None or day is None:
        return None
    if match[4] is None:
        return _Moment(day)
    zone = "UTC" if match[6] else _zone(stated.parameters)
    return _Moment(day, f"{match[4]}:{match[5]}", zone)


def _zone(parameters: str) -> str:
    """The time zone of a property; "" if it has none, or one that has a name of its own."""
    match = re.search(r";TZID=\"?([^\";:]+)", parameters)
    if not match:
        return ""
    name = "/".join(part.capitalize() for part in match[1].split("/"))
    try:
        return clean_zone(name)
    except DateError:
        return ""


def _without_date(title: str, edtf: str) -> str:
    """The title without the date in words that this program adds to a date of several days."""
    try:
        words = FuzzyDate(edtf).words()
    except DateError:
        return title
    return title.removesuffix(f" ({words})")


def _value(event: _Event, name: str) -> str:
    return event[name][0].value.strip() if event.get(name) else ""


def _text(event: _Event, name: str) -> str:
    return _unescaped(_value(event, name)).strip()


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], text)


def _list(text: str) -> list[str]:
    """The values of a list; a comma after a backslash belongs to a value."""
    return [_unescaped(part).strip() for part in re.split(r"(?<!\\),", text)]


def _address(text: str) -> str:
    try:
        return safe_url(text.strip())
    except LinkError:
        return ""
