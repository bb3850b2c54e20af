"""Cleans the texts of a row of a file before it is planned, and says what cannot be stored."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import lru_cache

from django.conf import settings

from kb.dates import DateError
from kb.dates.columns import MAX_ZONE
from kb.dates.reading import MAX_TEXT
from kb.dates.times import MAX_TYPED_TIME
from kb.desk.importers.row_dates import date_in_source, source_publication_date
from kb.desk.importers.row_parts import ClaimRow, FigureRow, PositionRow
from kb.desk.importers.rows import CitedSourceRow, ImportRow
from kb.record.vocabulary import UNKNOWN_DERIVATION, Bearing, Derivation, SourceKind, Wording
from kb.text.clean import TextError, clean_line, clean_text, length_problem
from kb.text.links import LinkError, canonical_url, is_private_url

MAX_EXTERNAL_ID_LENGTH = 200
# For the names of records that are added along with a row.
MAX_NAME_LENGTH, MAX_TOPIC_LENGTH, MAX_SOURCE_LENGTH = 200, 80, 300
MAX_OPTION_LENGTH = 120  # of a claim that asks which
BEARINGS = frozenset(Bearing.values)
SOURCE_KINDS = frozenset(SourceKind.values)
# With none, because it may not be recorded how a source derives from another.
DERIVATIONS = frozenset({*Derivation.values, UNKNOWN_DERIVATION})
WORDINGS = frozenset(Wording.values)


class Cleaner:
    """Cleans the texts of one row, and collects the reasons why some cannot be stored."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    def line(self, name: str, text: str, max_length: int = 0) -> str:
        """A text of one line. ``name`` is the field that a reason names."""
        if not text:
            return ""
        cleaned = self._clean(name, text, clean_line)
        if max_length and len(cleaned) > max_length:
            self.reasons.append(
                f"{name}: “{cleaned[:40]}…” is too long. The maximum is {max_length} characters."
            )
        return cleaned

    def text(self, name: str, text: str) -> str:
        """A text of several lines."""
        if problem := length_problem(text):
            self.reasons.append(f"{name}: {problem}")
            return ""
        return self._clean(name, text, clean_text)

    def lines(self, name: str, texts: Collection[str], max_length: int) -> tuple[str, ...]:
        """Each distinct line that is not empty."""
        if not texts:
            return ()
        cleaned = (self.line(name, text, max_length) for text in texts)
        return tuple(dict.fromkeys(text for text in cleaned if text))

    def _clean(self, name: str, text: str, clean: Callable[[str], str]) -> str:
        try:
            return clean(text) if text else ""
        except TextError as problem:
            self.reasons.append(f"{name}: {problem}")
            return ""


def cleaned_row(row: ImportRow) -> tuple[ImportRow, list[str]]:
    """The row with cleaned texts, and the reasons why some of them cannot be stored."""
    cleaner = Cleaner()
    line, text = cleaner.line, cleaner.text
    clean = replace(
        row,
        title=line("title", row.title),
        as_written=line("as_written", row.as_written),
        zone=line("zone", row.zone),
        time=line("time", row.time),
        speaker=line("speaker", row.speaker),
        speaker_label=line("speaker_label", row.speaker_label),
        role=line("role", row.role),
        on_behalf_of=line("on_behalf_of", row.on_behalf_of),
        channel=line("channel", row.channel),
        language=line("language", row.language),
        original_language=line("original_language", row.original_language),
        summary=text("summary", row.summary),
        text=text("text", row.text),
        original_text=text("original_text", row.original_text),
        override_reason=text("override_reason", row.override_reason),
        to=cleaner.lines("to", row.to, MAX_NAME_LENGTH),
        asked_by=line("asked_by", row.asked_by, MAX_NAME_LENGTH),
        asked=cleaner.lines("asked", row.asked, MAX_NAME_LENGTH),
        answer=line("answer", row.answer),
        no_reply_phrase=line("no_reply_as_written", row.no_reply_phrase, MAX_TEXT),
        no_reply_zone=line("no_reply_by", row.no_reply_zone, MAX_ZONE),
        no_reply_time=line("no_reply_by", row.no_reply_time, MAX_TYPED_TIME),
        joint_speakers=cleaner.lines("joint_speakers", row.joint_speakers, MAX_NAME_LENGTH),
        joint_principals=cleaner.lines("joint_principals", row.joint_principals, MAX_NAME_LENGTH),
        attributed_by=line("attributed_by", row.attributed_by, MAX_NAME_LENGTH),
        place=line("place", row.place),
        actors=tuple(
            dict.fromkeys(
                (line("actors", name, MAX_NAME_LENGTH), role) for name, role in row.actors
            )
        ),
        incident_summary=text("incident_summary", row.incident_summary),
        incidents=cleaner.lines("incidents", row.incidents, MAX_NAME_LENGTH),
        topics=cleaner.lines("topics", row.topics, MAX_TOPIC_LENGTH),
        sources=tuple(cleaned_source(source, cleaner) for source in row.sources),
        stated_figures=tuple(cleaned_figure(figure, cleaner) for figure in row.stated_figures),
        positions=tuple(cleaned_position(stated, cleaner) for stated in row.positions),
        about=cleaner.lines("about_events", row.about, MAX_EXTERNAL_ID_LENGTH),
        about_claims=tuple(
            cleaned_claim(named, "about_claims", cleaner) for named in row.about_claims
        ),
        links=tuple(
            link._replace(
                source=line("links", link.source, MAX_SOURCE_LENGTH),
                exact=text("links", link.exact),
            )
            for link in row.links
        ),
    )
    line("id", row.external_id, MAX_EXTERNAL_ID_LENGTH)
    for name in ("speaker", "speaker_label", "on_behalf_of"):
        line(name, getattr(clean, name), MAX_NAME_LENGTH)
    return clean, cleaner.reasons


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
    return source._replace(
        published_phrase=line("published", source.published_phrase, MAX_TEXT),
        published_zone=line("published", source.published_zone, MAX_ZONE),
        published_time=line("published", source.published_time, MAX_TYPED_TIME),
        title=line("sources", source.title, MAX_SOURCE_LENGTH),
        url=url,
        exact=text("exact", source.exact),
        note=text("note", source.note),
        locator=line("locator", source.locator, 80),
        publisher=line("publisher", source.publisher, MAX_NAME_LENGTH),
        language=line("language", source.language, 35),
        words_language=line("cited_languages", source.words_language, 35),
        translator=line("translators", source.translator, 120),
        via=line("via", source.via, MAX_SOURCE_LENGTH),
        said_phrase=line("cited_dates", source.said_phrase, MAX_TEXT),
        said_zone=line("cited_dates", source.said_zone, MAX_ZONE),
        addressee=line("cited_addressees", source.addressee, MAX_NAME_LENGTH),
        parents=tuple(
            (line("derived_from", title, MAX_SOURCE_LENGTH), derivation)
            for title, derivation in source.parents
        ),
    )


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
