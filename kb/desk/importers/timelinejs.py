"""Reads TimelineJS: JSON in three shapes, or a table as CSV. Each slide becomes an event.

The shapes are ``{"title", "events"}`` (version 3), ``{"timeline": {"date": […]}}`` (version 2) and
``{"timeline": {"slides": […]}}``. The title becomes the incident, and media become a link. Eras
and colours are left out, because they are not events.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, takewhile
from typing import Any, BinaryIO

from kb.desk.importers.rows import (
    MAX_COLUMNS,
    FileRefused,
    ImportRow,
    Limits,
    first_line,
    parse_json,
    read_whole_text,
    text_lines,
)
from kb.text.html import html_to_line, html_to_markdown
from kb.text.links import LinkError, safe_url

MAX_TITLE_LENGTH = 200
_HEAD = ("Year", "Headline")
_WHAT = (
    "This is not a TimelineJS file. TimelineJS JSON has “events”, or “timeline” with “date” or "
    "“slides”; TimelineJS CSV has the columns “Year” and “Headline”."
)


def read_timelinejs(
    file: BinaryIO, limits: Limits, columns: Mapping[str, str] | None = None
) -> Iterator[ImportRow]:
    """The slides of a file, one by one. Raises FileRefused if it is not a timeline."""
    if columns:
        raise FileRefused("TimelineJS files do not support column mapping. Remove it.")
    slides: Iterable[dict[str, Any]]
    if first_line(file, limits).lstrip()[:1] in ("{", "["):
        title, slides = _from_json(read_whole_text(file, limits))
    else:
        title, slides = _from_csv(file, limits)
    counts: Counter[str] = Counter()
    for number, slide in enumerate(slides, start=1):
        row = _row(number, slide, title)
        counts[row.external_id] += 1
        count = counts[row.external_id]
        unique_id = row.external_id if count == 1 else f"{row.external_id}-{count}"
        yield replace(row, external_id=unique_id)


def _from_json(text: str) -> tuple[str, list[dict[str, Any]]]:
    whole = parse_json(text)
    if not isinstance(whole, dict):
        raise FileRefused(_WHAT)
    if isinstance(whole.get("events"), list):
        title, slides = _part(whole, "title"), whole["events"]
        name = _text(_part(title, "text").get("headline"))
    else:
        timeline = _part(whole, "timeline")
        slides = timeline.get("date", timeline.get("slides"))
        name = _text(timeline.get("headline"))
    if not isinstance(slides, list) or not all(isinstance(slide, dict) for slide in slides):
        raise FileRefused(_WHAT)
    return html_to_line(name), slides


def _from_csv(file: BinaryIO, limits: Limits) -> tuple[str, Iterator[dict[str, Any]]]:
    """The title and the slides. The file is read twice, because any line may hold the title."""
    title = ""
    for cell in _cells(file, limits):
        if cell.get("Type", "").lower() == "title":
            title = html_to_line(cell["Headline"])
    return title, (
        _slide(cell)
        for cell in _cells(file, limits)
        if cell.get("Type", "").lower() not in ("title", "era") and any(cell.values())
    )


def _cells(file: BinaryIO, limits: Limits) -> Iterator[dict[str, str]]:
    csv.field_size_limit(limits.cell)
    lines = text_lines(file, limits)
    try:
        table = csv.DictReader(chain(lines), restkey="", strict=True)
        names = table.fieldnames or []
        if len(names) > MAX_COLUMNS or not set(_HEAD) <= set(names):
            raise FileRefused(_WHAT)
        for line in table:
            yield {name: (value or "").strip() for name, value in line.items() if name}
    except csv.Error as problem:
        raise FileRefused(f"The file is not valid CSV: {problem}.") from problem


def _slide(cell: dict[str, str]) -> dict[str, Any]:
    """A line of the table, in the shape of the JSON."""
    parts = ("year", "month", "day", "time")
    return {
        "start_date": {part: cell.get(part.capitalize(), "") for part in parts},
        "end_date": {part: cell.get(f"End {part.capitalize()}", "") for part in parts},
        "display_date": cell.get("Display Date", ""),
        "text": {"headline": cell["Headline"], "text": cell.get("Text", "")},
        "media": {"url": cell.get("Media", "")},
        "group": cell.get("Group", ""),
    }


def _row(number: int, slide: dict[str, Any], timeline: str) -> ImportRow:
    text = slide.get("text")
    words = text if isinstance(text, dict) else {"headline": slide.get("headline"), "text": text}
    headline = html_to_line(_text(words.get("headline")))
    summary = html_to_markdown(_text(words.get("text")))
    media = {**_part(slide, "asset"), **_part(slide, "media")}
    for other in (words.get("text"), media.get("caption"), media.get("credit")):
        headline = headline or html_to_line(_text(other))
    if len(headline) > MAX_TITLE_LENGTH:
        summary = f"{headline}\n\n{summary}".strip()
        headline = headline[: MAX_TITLE_LENGTH - 1].rstrip() + "…"
    if link := _link(_text(media.get("url") or media.get("media"))):
        summary = f"{summary}\n\n[Media]({link})".strip()
    start = slide.get("start_date", slide.get("startDate"))
    end = slide.get("end_date", slide.get("endDate"))
    first, last = _date(start), _date(end)
    is_span = bool(last) and last != first
    date = f"{first}/{last}" if is_span else first
    times = [_time(start), _time(end)]
    display = _text(slide.get("display_date"))
    if not display and isinstance(start, dict):
        display = _text(start.get("display_date"))
    if is_span and not display and any(times):
        # Only a single day has a time of its own.
        ends = zip((first, last), times, strict=True)
        display = " – ".join(f"{day} {time}".strip() for day, time in ends)
    external_id = (
        _text(slide.get("unique_id"))
        or hashlib.sha256(f"{date}|{headline}".encode(errors="surrogatepass")).hexdigest()
    )
    group = html_to_line(_text(slide.get("group") or slide.get("tag")))
    return ImportRow(
        line=number,
        external_id=external_id[:20],
        title=headline,
        date=date,
        as_written=html_to_line(display)[:200],
        time="" if is_span else times[0],
        summary=summary,
        incidents=(timeline[:200],) if timeline else (),
        topics=(group[:100],) if group else (),
    )


def _part(values: dict[str, Any], name: str) -> dict[str, Any]:
    """The object of this name; an empty one if there is none."""
    part = values.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def _link(url: str) -> str:
    try:
        return safe_url(f"https:{url}" if url.startswith("//") else url)
    except LinkError:
        return ""


def _time(value: object) -> str:
    """The time of either shape: "18:05", or the text of a table such as "2:00 PM"."""
    if isinstance(value, dict):
        time = _text(value.get("time")).strip()
        parts = [_text(value.get(name)).strip() for name in ("hour", "minute", "second")]
    else:
        time, parts = "", [part.strip() for part in _text(value).split(",")[3:6]]
    numbers = list(takewhile(bool, parts))
    return time or ":".join(part.zfill(2) for part in numbers)


def _date(value: object) -> str:
    """A date of either shape as EDTF. What is not a date is left for the row's own error."""
    if isinstance(value, dict):
        parts = [_text(value.get(name)).strip() for name in ("year", "month", "day")]
    else:
        parts = [part.strip() for part in _text(value).split(",")[:3]]
    if not parts or not parts[0]:
        return ""
    parts = [part for index, part in enumerate(parts) if part and all(parts[: index + 1])]
    year, rest = parts[0], [part.zfill(2) for part in parts[1:]]
    return "-".join([year.zfill(4) if not year.startswith("-") else year, *rest])
