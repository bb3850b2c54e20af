"""Warnings about dates: the wording of the source, the order of reports, and years too far off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kb.dates import DateError, FuzzyDate, parse
from kb.desk.models import (
    Citation,
    Event,
    Proposition,
    Publishable,
    Request,
    Source,
    Stance,
    Statement,
)
from kb.desk.zone_warnings import zone_warnings
from kb.record.vocabulary import Bearing, Reliability
from kb.text.cited_words import contains_words

MAX_DAYS_AHEAD = 2 * 365


def date_warnings(thing: Publishable) -> Iterator[str]:
    """Yield the warnings about the dates of a row, saved or from a form, as sentences."""
    if isinstance(thing, Source):
        yield from reading_warnings(thing.published)
        yield from future_warnings(thing.published)
    elif isinstance(thing, Proposition):
        for stance in thing.belonging("stances", "statement", "source"):
            yield from reading_warnings(stance.dated)
            yield from future_warnings(stance.dated)
            yield from citation_warnings(stance.dated, _exact_words_of(stance))
    elif isinstance(thing, Event | Statement | Request):
        yield from _entry_warnings(thing)
    if isinstance(thing, Request):
        yield from future_warnings(thing.no_reply_by)


def entry_date(entry: Event | Statement | Request) -> FuzzyDate:
    """The date by which an entry is in the timeline."""
    when: FuzzyDate
    if isinstance(entry, Event):
        when = entry.happened
    else:
        when = entry.said if isinstance(entry, Statement) else entry.asked_on
    return when


def _entry_warnings(entry: Event | Statement | Request) -> Iterator[str]:
    when = entry_date(entry)
    citations: list[Citation] = [
        citation for citation in entry.belonging("citations", "source") if citation.source_id
    ]
    if when.qualifier and not when.phrase:
        yield _("The date is uncertain and has no wording from the source. Add the wording.")
    yield from reading_warnings(when)
    yield from future_warnings(when)
    yield from citation_warnings(when, [citation.exact for citation in citations])
    yield from zone_warnings(entry)
    if not (isinstance(entry, Event) and entry.standing == Reliability.ANNOUNCED):
        reports = [
            (str(citation.source), citation.source.published)
            for citation in citations
            if citation.bearing == Bearing.SUPPORTS
        ]
        yield from report_warnings(when, reports)


def reading_warnings(when: FuzzyDate) -> Iterator[str]:
    """Warn if the wording of the source, read as a date, is another date."""
    try:
        reading = parse(when.phrase)
    except DateError:
        return  # such as “last weekend”
    if reading.is_unknown or when.is_unknown:
        return
    if (reading.earliest, reading.latest, reading.qualifier) != (
        when.earliest,
        when.latest,
        when.qualifier,
    ):
        yield (
            _(
                "The wording “%(phrase)s” is read as %(reading)s, but the "
                "date is %(date)s. Correct the date or the wording."
            )
            % {
                "phrase": when.phrase,
                "reading": reading.span_words(),
                "date": when.span_words(),
            }
        )


def citation_warnings(when: FuzzyDate, cited_words: Iterable[str]) -> Iterator[str]:
    """Warn if no citation has the wording of the source among its exact words."""
    if when.phrase and not any(contains_words(exact, when.phrase) for exact in cited_words):
        yield (
            _(
                "No citation contains the wording “%(phrase)s” of the date. Add "
                "the exact words of the source to a citation, or clear the "
                "wording."
            )
            % {"phrase": when.phrase}
        )


def future_warnings(when: FuzzyDate) -> Iterator[str]:
    """Warn if a date lies, or ends, more than two years ahead."""
    last = when.latest or when.earliest
    if last and last > localdate() + timedelta(days=MAX_DAYS_AHEAD):
        yield _("The date is more than two years in the future: %(date)s. Check the year.") % {
            "date": when.span_words()
        }


def report_warnings(when: FuzzyDate, reports: Iterable[tuple[str, FuzzyDate]]) -> Iterator[str]:
    """Warn of each (title, date) of a source that reports what had not happened yet."""
    for title, published in dict.fromkeys(reports):
        if when.earliest and published.latest and published.latest < when.earliest:
            yield (
                _(
                    "“%(title)s” reports this but was published before it "
                    "(%(date)s). Check both dates."
                )
                % {"title": title, "date": published.words()}
            )


def _exact_words_of(stance: Stance) -> list[str]:
    """The exact words that may carry the wording of a position: of its statement or its source."""
    voice = stance.statement or stance.source
    return list(voice.citations.values_list("exact", flat=True)) if voice and voice.pk else []
