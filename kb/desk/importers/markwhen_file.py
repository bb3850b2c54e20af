"""Reads timelines in Markwhen: each line with a date and a colon becomes an event.

The words below it are the summary, ``#tags`` are topics, and the title in the header is the
incident. Dates are read as everywhere; those that depend on another event are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from kb.desk.importers.file_notes import FileNotes
from kb.desk.importers.read_options import ReadOptions
from kb.desk.importers.rows import FileRefused, ImportRow, Limits
from kb.desk.importers.text_files import text_lines

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# What can begin a date: a year, figures, a month, or words that lead to another event.
_BEGINS = rf"(?:[0-9]|now\b|after\b|before\b|by\b|since\b|(?:{_MONTHS})[a-z]*\.?\s)"
_EVENT = re.compile(
    rf"\s*(?:-\s+(?:\[[ x]?\]\s+)?)?(?P<date>{_BEGINS}(?:[^:]|:(?=[0-9]{{2}}))*?)(?<!\s)\s*+:"
    r"(?:\s+(?P<words>.*))?",
    re.IGNORECASE,
)
_HEADER = re.compile(r"([A-Za-z#][\w#.-]*):\s*(.*)")
_LAYOUT = re.compile(r"\s*(?:section|group|end(?:section|group)?|page|#{1,6}\s)", re.IGNORECASE)
_TAG = re.compile(r"(?:^|\s)#([\w-]+)")
# Spaces are matched from the first one on, or a long run of them would take quadratic time.
_RANGE = re.compile(r"(?<!\s)\s+(?:-|–|/)\s+|(?<=[0-9])/(?=now)", re.IGNORECASE)
_NOW = re.compile(r"\bnow\b", re.IGNORECASE)


def read_markwhen(
    file: BinaryIO, limits: Limits, options: ReadOptions, notes: FileNotes
) -> Iterator[ImportRow]:
    """The events of a timeline, one by one. Raises FileRefused for a text that has none."""
    row: ImportRow | None = None
    words: list[str] = []
    title = ""
    for number, line in enumerate(text_lines(file, limits, options.encoding), start=1):
        text = line.rstrip()
        if len(text) > limits.cell:
            raise FileRefused(
                f"Line {number} has more than {limits.cell:,} characters. Shorten it."
            )
        if match := _EVENT.fullmatch(text):
            if row is not None:
                yield _complete(row, words)
            row, words = _row(number, match["date"], match["words"] or "", title), []
        elif _LAYOUT.match(text) or text.lstrip().startswith("//"):
            notes.ignore("headings and comments")
        elif row is not None:
            words.append(text.strip())
        elif (header := _HEADER.fullmatch(text)) and header[1].lower() == "title":
            notes.title = title = header[2].strip().strip("\"'")
            notes.ignore("the header")
        elif text.strip():
            notes.ignore("the header")
    if row is None:
        raise FileRefused(
            "This is not a timeline in Markwhen: no line has a date and a colon, as in “2023-04: "
            "The bridge is closed”."
        )
    yield _complete(row, words)


def _row(number: int, date: str, words: str, title: str) -> ImportRow:
    topics = tuple(dict.fromkeys(_TAG.findall(words)))
    headline = " ".join(_TAG.sub(" ", words).split())
    return ImportRow(
        line=number,
        external_id="",
        title=headline,
        date=_NOW.sub("..", _RANGE.sub("/", date.strip())),
        incidents=(title[:200],) if title else (),
        topics=topics,
    )


def _complete(row: ImportRow, words: list[str]) -> ImportRow:
    return replace(row, summary="\n".join(words).strip()).with_id()
