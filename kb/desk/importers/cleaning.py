"""Cleans the texts of a row of a file before it is planned, and says what cannot be stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings

from kb.dates import DateError
from kb.dates.columns import MAX_ZONE
from kb.dates.reading import MAX_TEXT
from kb.dates.times import MAX_TYPED_TIME
from kb.desk.importers.cleaner import MAX_NAME_LENGTH, Cleaner
from kb.desk.importers.named_parts import cleaned_actor, cleaned_incident
from kb.desk.importers.row_dates import date_in_source, source_publication_date
from kb.desk.importers.row_parts import ClaimRow, FigureRow, PositionRow
from kb.desk.importers.rows import CitedSourceRow, ImportRow, LinkRow
from kb.record.vocabulary import UNKNOWN_DERIVATION, Bearing, Derivation, SourceKind, Wording
from kb.text.links import LinkError, canonical_url, is_private_url

MAX_EXTERNAL_ID_LENGTH = 200
# For the names of records that are added along with a row.
MAX_TOPIC_LENGTH, MAX_SOURCE_LENGTH = 80, 300
MAX_OPTION_LENGTH = 120  # of a claim that asks which
BEARINGS = frozenset(Bearing.values)
SOURCE_KINDS = frozenset(SourceKind.values)
# With none, because it may not be recorded how a source derives from another.
DERIVATIONS = frozenset({*Derivation.values, UNKNOWN_DERIVATION})
WORDINGS = frozenset(Wording.values)


def cleaned_row(row: ImportRow) -> tuple[ImportRow, list[str]]:
    """The row with cleaned texts, and the reasons why some of them cannot be stored."""
    cleaner = Cleaner()
    line, text = cleaner.line, cleaner.text
    own: dict[str, Any] = row.__dict__
    clean: dict[str, Any] = {}
    for name in _FIRST_LINES:
        if own[name]:
            clean[name] = line(name, own[name])
    for name in _TEXTS:
        if own[name]:
            clean[name] = text(name, own[name])
    for name, column, length in _NAMES:
        if texts := own[name]:
            clean_names = line if isinstance(texts, str) else cleaner.lines
            clean[name] = clean_names(column, texts, length)
    if row.actors:
        actors = [(line("actors", name, MAX_NAME_LENGTH), role) for name, role in row.actors]
        clean["actors"] = tuple(dict.fromkeys(actors))
    for name, clean_part in _PARTS.items():
        if own[name]:
            clean[name] = tuple(clean_part(part, cleaner) for part in own[name])
    cleaned = row.changed(**clean)
    line("id", row.external_id, MAX_EXTERNAL_ID_LENGTH)
    for name in ("speaker", "speaker_label", "on_behalf_of"):
        line(name, getattr(cleaned, name), MAX_NAME_LENGTH)
    return cleaned, cleaner.reasons


# A file cites the same few sources in very many rows. An error is not remembered.
_usual_url = lru_cache(maxsize=4096)(canonical_url)
_is_private = lru_cache(maxsize=4096)(is_private_url)


def cleaned_source(source: CitedSourceRow, cleaner: Cleaner) -> CitedSourceRow:
    """The cited source with cleaned texts. ``cleaner`` collects what is wrong with it."""
    line, text, reasons = cleaner.line, cleaner.text, cleaner.reasons
    url = ""
    try:
        url = _usual_url(source.url) if source.url else ""
    except LinkError as problem:
        reasons.append(f"source_urls: {source.url[:80]}: {problem}")
    if url and _is_private(url, tuple(settings.FETCH_ALLOWED)):
        reasons.append(
            f"source_urls: {url[:80]} points to a private network; readers cannot open it."
        )
    if source.bearing not in BEARINGS:
        reasons.append(
            f"“{source.bearing[:40]}” is not a valid relation between a source and an entry."
        )
    if source.wording and source.wording not in WORDINGS:
        reasons.append(f"“{source.wording[:40]}” is not a valid wording.")
    if source.kind not in SOURCE_KINDS:
        reasons.append(f"“{source.kind[:80]}” is not a valid source kind.")
    if not source.title and not url:
        reasons.append("A source needs a title or a URL.")
    derivations = {derivation for _title, derivation in source.parents} - DERIVATIONS
    if derivations:
        reasons.append(f"derivations: “{min(derivations)[:40]}” is not a valid derivation.")
    if not all(title for title, _derivation in source.parents):
        reasons.append("derived_from: A derivation names no earlier source. Write its title.")
    if source.title.casefold() in {title.casefold() for title, _derivation in source.parents}:
        reasons.append("derived_from: A source cannot derive from itself.")
    if source.via and source.via.casefold() == source.title.casefold():
        reasons.append("via: A source cannot be cited in itself.")
    try:
        source_publication_date(source)
    except DateError as problem:
        reasons.append(f"published: {problem}")
    try:
        date_in_source(source)
    except DateError as problem:
        reasons.append(f"cited_dates: {problem}")
    for name in ("accessed_on", "archived_on"):
        if not _is_day(getattr(source, name)):
            reasons.append(f"{name}: Write the day as 2024-03-15.")
    clean: dict[str, Any] = {"url": url}
    for name, column, length in _SOURCE_LINES:
        if value := getattr(source, name):
            clean[name] = line(column, value, length)
    for name in ("exact", "note", "source_note"):
        if value := getattr(source, name):
            clean[name] = text(name, value)
    if source.parents:
        clean["parents"] = tuple(
            (line("derived_from", title, MAX_SOURCE_LENGTH), derivation)
            for title, derivation in source.parents
        )
    if any(source.parent_notes):
        notes = (line("derived_from", note, MAX_NAME_LENGTH) for note in source.parent_notes)
        clean["parent_notes"] = tuple(notes)
    return source._replace(**clean)


def _is_day(text: str) -> bool:
    try:
        return not text or bool(date.fromisoformat(text))
    except ValueError:
        return False


def cleaned_figure(figure: FigureRow, cleaner: Cleaner) -> FigureRow:
    """The figure with cleaned texts. ``cleaner`` collects what is wrong with it."""
    return figure._replace(
        label=cleaner.line("figure_labels", figure.label),
        unit=cleaner.line("figure_units", figure.unit),
        exact=cleaner.text("figure_words", figure.exact),
        source=cleaner.line("figure_sources", figure.source),
        locator=cleaner.line("figure_locators", figure.locator),
    )


def cleaned_position(stated: PositionRow, cleaner: Cleaner) -> PositionRow:
    """The position with cleaned texts. ``cleaner`` collects what is wrong with it."""
    line = cleaner.line
    return stated._replace(
        claim=cleaned_claim(stated.claim, "position_claims", cleaner),
        position=line("positions", stated.position),
        answers=tuple(
            (field, line("position_answers", text, MAX_NAME_LENGTH))
            for field, text in stated.answers
        ),
        exact=cleaner.text("position_words", stated.exact),
        source=line("position_sources", stated.source),
        note=cleaner.text("position_notes", stated.note),
        phrase=line("position_answers", stated.phrase, MAX_TEXT),
        zone=line("position_answers", stated.zone, MAX_ZONE),
        time=line("position_answers", stated.time, MAX_TYPED_TIME),
    )


def cleaned_claim(named: ClaimRow, column: str, cleaner: Cleaner) -> ClaimRow:
    """The claim of a column with cleaned texts. ``cleaner`` collects what is wrong with it."""
    return named._replace(
        name=cleaner.line(column, named.name, MAX_SOURCE_LENGTH),
        question=cleaner.line("claim_questions", named.question),
        options=cleaner.lines("claim_options", named.options, MAX_OPTION_LENGTH),
        unit=cleaner.line("claim_units", named.unit),
    )


def cleaned_link(link: LinkRow, cleaner: Cleaner) -> LinkRow:
    """The link with cleaned texts. ``cleaner`` collects what is wrong with it."""
    return link._replace(
        source=cleaner.line("links", link.source, MAX_SOURCE_LENGTH),
        exact=cleaner.text("links", link.exact),
    )


def _cleaned_about(named: ClaimRow, cleaner: Cleaner) -> ClaimRow:
    return cleaned_claim(named, "about_claims", cleaner)


# Fields of a row with one line, in the order in which their reasons are given, then those with a
# text of several lines, then lines and lists of lines by (field, column, greatest length).
_FIRST_LINES = (
    "title", "as_written", "zone", "time", "speaker", "speaker_label", "role", "on_behalf_of",
    "channel", "language", "original_language",
)  # fmt: skip
_TEXTS = ("summary", "text", "original_text", "override_reason", "incident_summary")
_NAMES = (
    ("to", "to", MAX_NAME_LENGTH),
    ("asked_by", "asked_by", MAX_NAME_LENGTH),
    ("asked", "asked", MAX_NAME_LENGTH),
    ("answer", "answer", 0),
    ("no_reply_phrase", "no_reply_as_written", MAX_TEXT),
    ("no_reply_zone", "no_reply_by", MAX_ZONE),
    ("no_reply_time", "no_reply_by", MAX_TYPED_TIME),
    ("joint_speakers", "joint_speakers", MAX_NAME_LENGTH),
    ("joint_principals", "joint_principals", MAX_NAME_LENGTH),
    ("attributed_by", "attributed_by", MAX_NAME_LENGTH),
    ("place", "place", 0),
    ("incidents", "incidents", MAX_NAME_LENGTH),
    ("topics", "topics", MAX_TOPIC_LENGTH),
    ("about", "about_events", MAX_EXTERNAL_ID_LENGTH),
    ("in_reply_to", "in_reply_to", MAX_EXTERNAL_ID_LENGTH),
    ("same_speaker", "same_speaker", MAX_EXTERNAL_ID_LENGTH),
)
# Fields with parts that have texts of their own.
_PARTS: dict[str, Callable[[Any, Cleaner], Any]] = {
    "sources": cleaned_source,
    "stated_figures": cleaned_figure,
    "positions": cleaned_position,
    "about_claims": _cleaned_about,
    "links": cleaned_link,
    "named_sources": cleaned_source,
    "named_actors": cleaned_actor,
    "named_incidents": cleaned_incident,
}
# Of a source: (field, column, greatest length).
_SOURCE_LINES = (
    ("published_phrase", "published", MAX_TEXT),
    ("published_zone", "published", MAX_ZONE),
    ("published_time", "published", MAX_TYPED_TIME),
    ("title", "sources", MAX_SOURCE_LENGTH),
    ("locator", "locator", 80),
    ("publisher", "publisher", MAX_NAME_LENGTH),
    ("byline", "byline", MAX_NAME_LENGTH),
    ("language", "language", 35),
    ("words_language", "cited_languages", 35),
    ("translator", "translators", 120),
    ("via", "via", MAX_SOURCE_LENGTH),
    ("said_phrase", "cited_dates", MAX_TEXT),
    ("said_zone", "cited_dates", MAX_ZONE),
    ("addressee", "cited_addressees", MAX_NAME_LENGTH),
)
