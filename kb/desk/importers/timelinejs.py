"""TimelineJS: its JSON in three shapes, and its table as CSV. Each slide becomes an event.

The shapes: ``{"title", "events"}`` (version 3), ``{"timeline": {"date": […]}}`` (version 2) and
``{"timeline": {"slides": […]}}``. The title becomes the incident; media become a link; eras and
colours are left out, because they say nothing that happened.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

from kb.desk.importers.rows import FileRefused, Row, decoded
from kb.text.html import line_of, markdown_of
from kb.text.links import LinkError, safe_url

LONGEST_TITLE = 200
DEEPEST = 50
_HEAD = ("Year", "Headline")
_WHAT = (
    "This is not a timeline of TimelineJS. Its JSON has “events”, or “timeline” with “date” or "
    "“slides”; its CSV has the columns “Year” and “Headline”."
)


def read_timelinejs(content: bytes) -> list[Row]:
    """The slides of a file. Raises FileRefused for what is no timeline."""
    text = decoded(content)
    if text.lstrip()[:1] in ("{", "["):
        title, slides = _from_json(text)
    else:
        title, slides = _from_csv(text)
    rows = [_row(number, slide, title) for number, slide in enumerate(slides, start=1)]
    if not rows:
        raise FileRefused("This timeline has no slides.")
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        seen[row.external_id] = seen.get(row.external_id, 0) + 1
        again = seen[row.external_id]
        found.append(row if again == 1 else row.renamed(f"{row.external_id}-{again}"))
    return found


def _from_json(text: str) -> tuple[str, list[dict[str, Any]]]:
    try:
        whole = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as problem:
        raise FileRefused(f"It cannot be read as JSON: {problem}.") from problem
    if not isinstance(whole, dict):
        raise FileRefused(_WHAT)
    if isinstance(whole.get("events"), list):
        title, slides = _part(whole, "title"), whole["events"]
        name = _text(_part(title, "text").get("headline"))
    else:
        timeline = _part(whole, "timeline")
        slides = timeline.get("date", timeline.get("slides"))
        name = _text(timeline.get("headline"))
    if not isinstance(slides, list) or not all(isinstance(one, dict) for one in slides):
        raise FileRefused(_WHAT)
    return line_of(name), slides


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice[:40]}” stands twice in one object")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _from_csv(text: str) -> tuple[str, list[dict[str, Any]]]:
    try:
        lines = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
        table = [{name: value for name, value in one.items() if name} for one in lines]
    except csv.Error as problem:
        raise FileRefused(f"It cannot be read as CSV: {problem}.") from problem
    if not table or not all(one in table[0] for one in _HEAD):
        raise FileRefused(_WHAT)
    title, slides = "", []
    for line in table:
        cell = {name: (value or "").strip() for name, value in line.items()}
        if cell.get("Type", "").lower() == "title":
            title = line_of(cell["Headline"])
        elif cell.get("Type", "").lower() != "era" and any(cell.values()):
            slides.append(
                {
                    "start_date": {
                        part: cell.get(part.capitalize(), "") for part in ("year", "month", "day")
                    },
                    "end_date": {
                        part: cell.get(f"End {part.capitalize()}", "")
                        for part in ("year", "month", "day")
                    },
                    "display_date": cell.get("Display Date", ""),
                    "text": {"headline": cell["Headline"], "text": cell.get("Text", "")},
                    "media": {"url": cell.get("Media", "")},
                    "group": cell.get("Group", ""),
                }
            )
    return title, slides


def _row(number: int, slide: dict[str, Any], timeline: str) -> Row:
    text = slide.get("text")
    words = text if isinstance(text, dict) else {"headline": slide.get("headline"), "text": text}
    headline = line_of(_text(words.get("headline")))
    summary = markdown_of(_text(words.get("text")))
    shown = {**_part(slide, "asset"), **_part(slide, "media")}
    for other in (words.get("text"), shown.get("caption"), shown.get("credit")):
        headline = headline or line_of(_text(other))
    if len(headline) > LONGEST_TITLE:
        summary = f"{headline}\n\n{summary}".strip()
        headline = headline[: LONGEST_TITLE - 1].rstrip() + "…"
    if link := _link(_text(shown.get("url") or shown.get("media"))):
        summary = f"{summary}\n\n[Media]({link})".strip()
    begins = slide.get("start_date", slide.get("startDate"))
    ends = slide.get("end_date", slide.get("endDate"))
    first, last = _date(begins), _date(ends)
    date = f"{first}/{last}" if last and last != first else first
    display = _text(slide.get("display_date"))
    if not display and isinstance(begins, dict):
        display = _text(begins.get("display_date"))
    own = _text(slide.get("unique_id")) or hashlib.sha256(f"{date}|{headline}".encode()).hexdigest()
    group = line_of(_text(slide.get("group") or slide.get("tag")))
    return Row(
        line=number,
        external_id=own[:20],
        title=headline,
        date=date,
        as_written=line_of(display)[:200],
        summary=summary,
        incidents=(timeline[:200],) if timeline else (),
        topics=(group[:100],) if group else (),
    )


def _part(thing: dict[str, Any], name: str) -> dict[str, Any]:
    found = thing.get(name)
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ""


def _link(url: str) -> str:
    try:
        return safe_url(f"https:{url}" if url.startswith("//") else url)
    except LinkError:
        return ""


def _date(value: Any) -> str:
    """EDTF of a date in either shape, with whatever cannot be one left for the row's own error."""
    if isinstance(value, dict):
        parts = [_text(value.get(one)).strip() for one in ("year", "month", "day")]
    else:
        parts = [one.strip() for one in _text(value).split(",")[:3]]
    if not parts or not parts[0]:
        return ""
    parts = [one for number, one in enumerate(parts) if one and all(parts[: number + 1])]
    year, rest = parts[0], [one.zfill(2) for one in parts[1:]]
    return "-".join([year.zfill(4) if not year.startswith("-") else year, *rest])
