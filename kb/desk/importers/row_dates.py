"""The dates of a row of a file: how they are read, what to check, and what relative words mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import get_language

from kb.dates import UNKNOWN, DateError, FuzzyDate, parse, typed_edtf
from kb.dates.reading import FigureOrder
from kb.dates.relative import certain_day
from kb.dates.times import clean_time
from kb.dates.zones import clean_zone
from kb.desk.date_warnings import (
    citation_warnings,
    entry_date,
    future_warnings,
    reading_warnings,
    report_warnings,
)
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.desk.models import Event, Request, Source, Statement
from kb.desk.relative_dates import proposed_date
from kb.record.vocabulary import Bearing, Reliability
from kb.text.cited_words import contains_words
from kb.text.links import LinkError, canonical_url


def row_date(row: ImportRow) -> FuzzyDate:
    """The date of a row; a start and an end give the days from the one to the other.

    Raises DateError.
    """
    if row.date and row.start:
        raise DateError("The row has a “date” and a “start”. Keep one of them.")
    text = row.date or row.start
    cited_words = [source.exact for source in row.sources]
    when = FuzzyDate("")
    if text or row.time:
        when = stated_date(text, row.as_written, row.zone, row.time, cited_words, row.figures)
    return _until(when, row) if row.end else when


def _until(first: FuzzyDate, row: ImportRow) -> FuzzyDate:
    """The days from a date to the end of a row. Raises DateError."""
    last = parse(row.end, figures=row.figures)
    if first.is_unknown:
        raise DateError(f"The row has an end, “{row.end[:60]}”, but no start. Fill in the start.")
    last = replace(last, zone=last.zone or clean_zone(row.zone))
    if first.mixes_zones_with(last):
        raise DateError(
            f"Only the {'start' if first.has_zone else 'end'} states a time zone. Write the zone "
            "of both, put one for both in the column “zone”, or leave out the times."
        )
    if last.zone not in ("", first.zone):
        raise DateError("The start and the end have different time zones. Keep one.")
    if last.edtf == first.edtf and last.time in ("", first.time):
        return first
    if first.time or last.time:
        raise DateError(
            "Only a single day has a time of day. Leave out the times of the start and the end."
        )
    beginning, ending = first.edtf.partition("/")[0], last.edtf.rpartition("/")[2]
    return FuzzyDate(f"{beginning}/{ending}", row.as_written, first.zone)


def source_publication_date(source: CitedSourceRow) -> FuzzyDate:
    """When a source was published. Raises DateError."""
    return stated_date(
        source.published,
        source.published_phrase,
        source.published_zone,
        source.published_time,
        figures=source.figures,
    )


def date_in_source(source: CitedSourceRow) -> FuzzyDate:
    """When something was said, as a source has it. Raises DateError."""
    return stated_date(
        source.said, source.said_phrase, source.said_zone, source.said_time, figures=source.figures
    )


def stated_date(
    text: str,
    phrase: str,
    zone: str,
    time: str,
    cited_words: Iterable[str] = (),
    figures: FigureOrder = "",
) -> FuzzyDate:
    """A date with the phrase, zone and time of the file, or else those of the text itself.

    ``phrase``, ``zone`` and ``time`` are "" where the file has none of its own. The words of the
    date are its phrase only if a source has them. Raises DateError, also if the text states
    another time or zone.
    """
    if not (text or phrase or zone or time):
        return UNKNOWN
    when = parse(text, figures=figures)
    zone, time = clean_zone(zone), clean_time(time)
    for stated, other in ((when.zone, zone), (when.time, time)):
        if stated and other and stated != other:
            raise DateError(f"The date says “{stated}” and its own column “{other}”. Keep one.")
    if not phrase and any(contains_words(exact, when.phrase) for exact in cited_words):
        phrase = when.phrase
    return FuzzyDate(when.edtf, phrase, zone or when.zone, time or when.time)


def row_date_words(row: ImportRow, entry: Event | Statement | Request | None) -> str:
    """How the date of a row was read, in words and EDTF; "" if it cannot be read.

    ``entry`` is the entry that is planned for the row, if there is one.
    """
    try:
        when = entry_date(entry) if entry else row_date(row)
    except DateError:
        return ""
    return _date_words(when, get_language())


@lru_cache(maxsize=4096)
def _date_words(when: FuzzyDate, _language: str | None) -> str:
    """The words of a date, which many rows of a file have, in the language of the reader."""
    if not when.edtf:
        return "Date not stated"
    clock = " ".join(part for part in (when.time, when.zone) if part)
    words = str(capfirst(when.span_words()))
    return ", ".join(part for part in (words, clock, when.edtf) if part)


def entry_date_warnings(entry: Event | Statement | Request, row: ImportRow) -> Iterator[str]:
    """Warnings about the date of an entry whose citations are not stored yet."""
    when = entry_date(entry)
    yield from reading_warnings(when)
    yield from future_warnings(when)
    yield from citation_warnings(when, [source.exact for source in row.sources])
    if row.kind != "event" or row.standing != Reliability.ANNOUNCED:
        supporting = (source for source in row.sources if source.bearing == Bearing.SUPPORTS)
        yield from report_warnings(
            when, [(source.title, source_publication_date(source)) for source in supporting]
        )


# --- Words that depend on the day of the source --------------------------------------------


def proposed_dates(rows: Iterable[ImportRow]) -> dict[int, str]:
    """For each row whose date depends on the day of its source: what it means then, by line.

    Costs a query if there are such rows with sources.
    """
    relative = [row for row in rows if row.sources and _is_refused(row.date or row.start)]
    days = _days_of_sources([source for row in relative for source in row.sources])
    proposals = {}
    for row in relative:
        text = row.date or row.start
        # The sources that have the words, or else all of them.
        cited = [source for source in row.sources if contains_words(source.exact, text)]
        sentences = [
            proposal.sentence() + f" Write {typed_edtf(proposal.edtf)} in the column of the date, "
            "and the words in “as_written” if the source has them."
            for day in dict.fromkeys(_day_of(source, days) for source in cited or row.sources)
            if day and (proposal := proposed_date(text, day))
        ]
        if sentences:
            proposals[row.line] = " ".join(sentences)
    return proposals


def _is_refused(text: str) -> bool:
    try:
        parse(text)
    except DateError:
        return True
    return False


def _days_of_sources(sources: Iterable[CitedSourceRow]) -> dict[str, date]:
    """The exact days of the sources that are on the desk, by address or title."""
    names = {_name(source) for source in sources} - {""}
    if not names:
        return {}
    stored = Source.objects.filter(Q(url__in=names) | Q(title__in=names)).order_by("-pk")
    return {
        name.casefold(): day
        for source in stored
        if (day := certain_day(source.published))
        for name in (source.url, source.title)
        if name
    }


def _day_of(cited: CitedSourceRow, days: dict[str, date]) -> date | None:
    """The exact day of a source, as the desk has it or else the file."""
    if day := days.get(_name(cited).casefold()):
        return day
    try:
        return certain_day(source_publication_date(cited))
    except DateError:
        return None


def _name(cited: CitedSourceRow) -> str:
    """What a source is found by: the title of the source that was read, or its address."""
    try:
        return cited.via or (canonical_url(cited.url) if cited.url else cited.title)
    except LinkError:
        return cited.title
