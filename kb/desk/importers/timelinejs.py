"""Reads TimelineJS: JSON in three shapes, or a table as CSV. Each slide becomes an event.

The shapes are ``{"title", "events"}`` (version 3), ``{"timeline": {"date": […]}}`` (version 2) and
``{"timeline": {"slides": […]}}``. The title becomes the incident, and media become a link with
their caption and credit. Eras and colours are left out, because they are not events.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any, BinaryIO

from kb.dates import DateError, parse
from kb.dates.reading import MAX_TEXT
from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.json_text import is_script, parse_script
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.rows import MAX_COLUMNS, FileRefused, ImportRow, Limits, printable
from kb.desk.importers.slide_dates import read_slide_dates, slide_time
from kb.desk.importers.text_files import first_line, read_whole_text, text_lines
from kb.text.html import html_to_line, html_to_markdown
from kb.text.links import LinkError, safe_url

MAX_TITLE_LENGTH = 200
_HEAD = ("Year", "Headline")
_DATE_PARTS = ("Year", "Month", "Day", "Time")
_COLUMNS = frozenset(
    {
        *_DATE_PARTS, *(f"End {part}" for part in _DATE_PARTS), "Display Date", "Headline", "Text",
        "Media", "Media Credit", "Media Caption", "Type", "Group",
    }
)  # fmt: skip
_WHAT = (
    "This is not a TimelineJS file. TimelineJS JSON has “events”, or “timeline” with “date” or "
    "“slides”; TimelineJS CSV has the columns “Year” and “Headline”."
)


def read_timelinejs(
    file: BinaryIO,
    limits: Limits,
    options: ReadOptions,
    notes: FileNotes,
) -> Iterator[ImportRow]:
    """The slides of a file, one by one. Raises FileRefused if it is not a timeline."""
    slides: Iterable[dict[str, Any]]
    first = first_line(file, limits, options.encoding)
    if first.lstrip()[:1] in ("{", "[") or is_script(first):
        title, words, slides = _from_json(read_whole_text(file, limits, options.encoding), notes)
    else:
        title, words, slides = _from_csv(file, limits, options, notes)
    notes.title = title
    counts: Counter[str] = Counter()
    for number, slide in enumerate(slides, start=1):
        row = replace(_row(number, slide, title), incident_summary=words)
        counts[row.external_id] += 1
        count = counts[row.external_id]
        unique_id = row.external_id if count == 1 else f"{row.external_id}-{count}"
        yield replace(row, external_id=unique_id)


def _from_json(text: str, notes: FileNotes) -> tuple[str, str, list[dict[str, Any]]]:
    whole = parse_script(text)
    if not isinstance(whole, dict):
        raise FileRefused(_WHAT)
    timeline = _part(whole, "timeline")
    if isinstance(whole.get("events"), list):
        slides, eras, words = whole["events"], whole.get("eras"), _part(whole, "title")
        words = _part(words, "text")
    else:
        slides = timeline.get("date", timeline.get("slides"))
        eras, words = timeline.get("era"), timeline
    if not isinstance(slides, list) or not all(isinstance(slide, dict) for slide in slides):
        raise FileRefused(_WHAT)
    title = html_to_line(_text(words.get("headline")))
    number_of_eras = len(eras) if isinstance(eras, list) else 0
    _note_omissions(notes, title, _text(words.get("text")), number_of_eras)
    return title, html_to_markdown(_text(words.get("text"))), slides


def _note_omissions(notes: FileNotes, title: str, text: str, eras: int) -> None:
    """Note the parts of a timeline that are no events."""
    if words := html_to_line(text):
        beginning = words if len(words) <= 120 else f"{words[:119].rstrip()}…"
        notes.remarks.append(
            f"The text of the title slide, “{printable(beginning)}”, becomes the summary of the "
            f"incident “{printable(title[:80])}” if the file adds it."
        )
    if title or words:
        notes.ignore("the title slide")
    if eras:
        notes.ignored["eras"] += eras
        notes.remarks.append(f"Eras are not imported: {eras:,}.")


def _from_csv(
    file: BinaryIO, limits: Limits, options: ReadOptions, notes: FileNotes
) -> tuple[str, str, Iterator[dict[str, Any]]]:
    """The title, its text and the slides.

    The file is read twice, because any line may have the title.
    """
    title, text, eras = "", "", 0
    for cell in _cells(file, limits, options.encoding):
        kind = cell.get("Type", "").lower()
        if kind == "title":
            title, text = html_to_line(cell["Headline"]), cell.get("Text", "")
        eras += kind == "era"
        if not any(cell.values()):
            notes.ignore("empty")
    _note_omissions(notes, title, text, eras)
    slides = (
        _slide(cell)
        for cell in _cells(file, limits, options.encoding, notes)
        if cell.get("Type", "").lower() not in ("title", "era") and any(cell.values())
    )
    return title, html_to_markdown(text), slides


def _cells(
    file: BinaryIO, limits: Limits, encoding: str, notes: FileNotes | None = None
) -> Iterator[dict[str, str]]:
    csv.field_size_limit(limits.cell)
    lines = text_lines(file, limits, encoding)
    try:
        table = csv.DictReader(chain(lines), restkey="", strict=True)
        names = table.fieldnames or []
        if len(names) > MAX_COLUMNS or not set(_HEAD) <= set(names):
            raise FileRefused(_WHAT)
        if notes:
            notes.add_unread(names, [name if name in _COLUMNS else "" for name in names])
        for line in table:
            yield {name: (value or "").strip() for name, value in line.items() if name}
    except csv.Error as problem:
        raise FileRefused(f"The file is not valid CSV: {problem}.") from problem


def _slide(cell: dict[str, str]) -> dict[str, Any]:
    """A line of the table, in the shape of the JSON."""
    return {
        "start_date": {part.lower(): cell.get(part, "") for part in _DATE_PARTS},
        "end_date": {part.lower(): cell.get(f"End {part}", "") for part in _DATE_PARTS},
        "display_date": cell.get("Display Date", ""),
        "text": {"headline": cell["Headline"], "text": cell.get("Text", "")},
        "media": {
            "url": cell.get("Media", ""),
            "caption": cell.get("Media Caption", ""),
            "credit": cell.get("Media Credit", ""),
        },
        "group": cell.get("Group", ""),
    }


def _row(number: int, slide: dict[str, Any], timeline: str) -> ImportRow:
    headline, summary = _words(slide)
    start = slide.get("start_date", slide.get("startDate"))
    end = slide.get("end_date", slide.get("endDate"))
    first, last, problems = read_slide_dates(start, end)
    is_span = bool(last) and last != first
    date = f"{first}/{last}" if is_span else first
    times = [slide_time(start), slide_time(end)]
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
        time="" if is_span else times[0],
        summary=_with_displayed_date(summary, display[:MAX_TEXT], date),
        incidents=(timeline[:200],) if timeline else (),
        topics=(group[:100],) if group else (),
        problems=problems,
    )


def _words(slide: dict[str, Any]) -> tuple[str, str]:
    """The headline of a slide, and its summary with the medium, its caption and its credit."""
    text = slide.get("text")
    words = text if isinstance(text, dict) else {"headline": slide.get("headline"), "text": text}
    headline = html_to_line(_text(words.get("headline")))
    summary = html_to_markdown(_text(words.get("text")))
    media = {**_part(slide, "asset"), **_part(slide, "media")}
    caption, credit = _text(media.get("caption")), _text(media.get("credit"))
    for other in (_text(words.get("text")), caption, credit):
        headline = headline or html_to_line(other)
    parts = [summary]
    if len(headline) > MAX_TITLE_LENGTH:
        parts.insert(0, headline)
        headline = headline[: MAX_TITLE_LENGTH - 1].rstrip() + "…"
    if link := _link(_text(media.get("url") or media.get("media"))):
        parts.append(f"[Media]({link})")
    for label, other in (("Caption", caption), ("Credit", credit)):
        if line := html_to_markdown(other).strip():
            parts.append(f"{label}: {line}")
    return headline, "\n\n".join(part for part in parts if part).strip()


def _with_displayed_date(summary: str, display: str, date: str) -> str:
    """The summary, with the date as the timeline shows it if the date of the slide says less.

    It is in the words of whoever made the timeline, so it is not the wording of a source.
    """
    words = html_to_markdown(display)
    try:
        is_same = parse(html_to_line(display)).edtf == parse(date).edtf
    except DateError:
        is_same = False
    if is_same or not words:
        return summary
    return f"{summary}\n\nDate as displayed: {words}".strip()


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
