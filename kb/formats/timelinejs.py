"""TimelineJS JSON: loads in TimelineJS3 as it is.

TimelineJS asks for a start, so the undated are left out, and the title slide says how many. What
is not exact is said in ``display_date``, which takes the place of the days that it would print.
Its texts are HTML, so ours are escaped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from html import escape
from typing import Any

from kb.dates import FuzzyDate
from kb.formats.feed_text import (
    cited_sources,
    figure_sentences,
    order_sentence,
    phrase_sentence,
    place_sentence,
    quoted_words,
    role_sentence,
    speaker_sentence,
    standing_sentence,
)
from kb.formats.view import FormatContext, FormatRow, entry_rows
from kb.record.answers import EntryRow
from kb.record.vocabulary import RecordKind
from kb.text.markdown import render_markdown

GROUPS: dict[str, str] = {
    RecordKind.EVENT: "Events",
    RecordKind.STATEMENT: "Statements",
    RecordKind.REQUEST: "Requests for comment",
}


def write_timelinejs(view: FormatContext, rows: Iterable[FormatRow]) -> Iterator[bytes]:
    """The title slide, then a slide for each row; each row has an end that is known."""
    title = {"text": {"headline": escape(view.words), "text": f"<p>{escape(view.about)}</p>"}}
    yield _bytes('{"scale":"human","title":%s,"events":[' % _json(title))  # noqa: UP031 - braces
    joint = ""
    for row in entry_rows(rows):
        yield _bytes(f"{joint}\n{_json(_slide(row, view))}")
        joint = ","
    yield b"\n]}\n"


def _slide(row: EntryRow, view: FormatContext) -> dict[str, Any]:
    when = FuzzyDate.from_json(row["date"])
    first, last = when.earliest or when.latest, when.latest or when.earliest
    if first is None or last is None:
        raise ValueError(f"{row['id']} has no date and cannot be exported to a timeline.")
    slide: dict[str, Any] = {
        "unique_id": row["id"],
        "start_date": _start(when, first),
        "display_date": escape(row["date"]["words"]),
        "group": GROUPS[row["kind"]],
        "text": {"headline": escape(row["headline"]), "text": _text(row, view)},
    }
    if first != last and "day" in slide["start_date"]:
        slide["end_date"] = _numbers(last)
    return slide


def _start(when: FuzzyDate, first: date) -> dict[str, int]:
    """No more of the first day than is known: TimelineJS takes a year or a month alone."""
    numbers = _numbers(first)
    parts = {"year": 1, "month": 2}.get("" if when.qualifier else when.precision, 3)
    return dict(list(numbers.items())[:parts]) | _clock(when)


def _clock(when: FuzzyDate) -> dict[str, int]:
    """The local time as stated, with its precision; TimelineJS knows no zones and no 24:00."""
    if not when.time:
        return {}
    if when.time == "24:00":
        return {"hour": 23, "minute": 59}
    names = ("hour", "minute", "second")
    parts = zip(names, map(int, when.time.split(":")), strict=False)
    return {name: min(number, 59) for name, number in parts}


def _numbers(day: date) -> dict[str, int]:
    return {"year": day.year, "month": day.month, "day": day.day}


def _text(row: EntryRow, view: FormatContext) -> str:
    words = quoted_words(row)
    parts = [f"<blockquote>{escape(words)}</blockquote>" if words else ""]
    parts += [f"<p>{escape(sentence)}</p>" for sentence in _sentences(row) if sentence]
    parts.append(render_markdown(row["summary"]) if row["summary"] else "")
    links = [(row["headline"], view.site.at(row["url"])), *cited_sources(row, view)]
    parts += [f'<p><a href="{escape(to)}">{escape(name)}</a></p>' for name, to in links]
    return "".join(parts)


def _sentences(row: EntryRow) -> list[str]:
    sentences = [phrase_sentence(row), speaker_sentence(row), standing_sentence(row)]
    sentences += [role_sentence(row), place_sentence(row), *figure_sentences(row)]
    return [*sentences, order_sentence(row)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
