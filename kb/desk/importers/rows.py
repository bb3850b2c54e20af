"""The row that every reader produces, and the limits for files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple, Self

from kb.dates.reading import FigureOrder
from kb.desk.importers.row_parts import (
    ActorRow,
    ClaimRow,
    FigureRow,
    IncidentRow,
    PositionRow,
)

MAX_COLUMNS = 200


class FileRefused(Exception):
    """The file cannot be imported. The message says what is wrong and what to do."""


@dataclass(frozen=True)
class Limits:
    """How large a file may be. ``size`` is in bytes; None is no limit."""

    size: int | None = None
    rows: int | None = None
    cell: int = 1_000_000  # characters of one field


ADMIN_LIMITS = Limits(size=10_000_000, rows=20_000, cell=65_536)
NO_LIMITS = Limits()


class CitedSourceRow(NamedTuple):
    """A source as a file names it, and its citation for one row."""

    title: str = ""
    url: str = ""
    exact: str = ""
    locator: str = ""
    bearing: str = "supports"
    note: str = ""
    publisher: str = ""
    published: str = ""
    published_phrase: str = ""
    published_zone: str = ""
    language: str = ""
    archive_url: str = ""
    kind: str = "article"
    published_time: str = ""
    # Of the citation: what the exact words are, and the title of the source that relays this one.
    wording: str = ""
    words_language: str = ""
    translator: str = ""
    via: str = ""
    quoted: bool = False
    position: int | None = None
    # When it was said and to whom, as this source has it.
    said: str = ""
    said_phrase: str = ""
    said_zone: str = ""
    said_time: str = ""
    addressee: str = ""
    figures: FigureOrder = ""  # whether 12/05/2023 begins with the day or the month
    parents: tuple[tuple[str, str], ...] = ()  # titles of earlier sources, each with a derivation
    byline: str = ""
    accessed_on: str = ""
    archived_on: str = ""
    source_note: str = ""
    parent_notes: tuple[str, ...] = ()  # of ``parents``, in the same order


class LinkRow(NamedTuple):
    """A link to another row of a file, by its id.

    ``source`` is the title of the source that reports it; without one the editor infers it.
    """

    kind: str
    target: str
    source: str = ""
    exact: str = ""


@dataclass(frozen=True)
class ImportRow:
    """One entry as it is in a file. All values are texts; "" and () are missing."""

    line: int
    external_id: str
    kind: str = "event"
    title: str = ""
    date: str = ""
    as_written: str = ""
    zone: str = ""
    time: str = ""
    standing: str = "reported"
    summary: str = ""
    text: str = ""
    form: str = "paraphrase"
    wording: str = ""  # of the words that are quoted, where no source says it
    override_reason: str = ""
    language: str = ""
    original_text: str = ""
    original_language: str = ""
    outcome: str = "said"
    speaker: str = ""
    speaker_label: str = ""
    attribution: str = ""
    role: str = ""
    on_behalf_of: str = ""
    to: tuple[str, ...] = ()
    channel: str = ""
    actors: tuple[tuple[str, str], ...] = ()  # (name, role)
    actor_kinds: tuple[tuple[str, str], ...] = ()  # (name, kind), where the file says it
    sources: tuple[CitedSourceRow, ...] = ()
    incidents: tuple[str, ...] = ()
    incident_summary: str = ""  # of the incidents, where they are added
    topics: tuple[str, ...] = ()
    asked_by: str = ""
    asked: tuple[str, ...] = ()
    no_reply_by: str = ""
    answer: str = ""  # the headline of the statement that answers a request
    according_to: tuple[str, ...] = ()  # titles or URLs of sources, or ids of statements
    joint_speakers: tuple[str, ...] = ()
    joint_principals: tuple[str, ...] = ()
    identity: str = ""
    attributed_by: str = ""
    place: str = ""
    place_wikidata: str = ""
    latitude: str = ""
    longitude: str = ""
    links: tuple[LinkRow, ...] = ()
    start: str = ""  # the first and last day of a longer event, instead of ``date``
    end: str = ""
    figures: FigureOrder = ""  # whether 12/05/2023 begins with the day or the month
    stated_figures: tuple[FigureRow, ...] = ()
    positions: tuple[PositionRow, ...] = ()
    # The events that a statement or a request is about: ids of rows, or titles.
    about: tuple[str, ...] = ()
    about_claims: tuple[ClaimRow, ...] = ()
    no_reply_phrase: str = ""
    no_reply_zone: str = ""
    no_reply_time: str = ""
    problems: tuple[str, ...] = ()  # what could not be read, as sentences: the row is refused
    # Links to rows that the file does not have are left out instead of refused.
    is_part_of_list: bool = False
    # Of a published list: claims by their names, and the ids of the events that they are about.
    claim_events: tuple[tuple[str, tuple[str, ...]], ...] = ()
    cells: tuple[str, ...] = ()  # of a table: the row as it is in the file
    # Of a statement: the ids of the rows of other statements.
    in_reply_to: str = ""
    same_speaker: str = ""
    same_speaker_certainty: str = ""
    omissions: tuple[str, ...] = ()  # what is not imported of the row, as sentences
    # Of records that the row names, where they are added. Some sources are not cited in the row.
    named_actors: tuple[ActorRow, ...] = ()
    named_incidents: tuple[IncidentRow, ...] = ()
    named_sources: tuple[CitedSourceRow, ...] = ()

    @property
    def digest(self) -> str:
        """A hash of all values except the line, so that moving the row does not change it.

        Fields that were added later count only where they are used: the rows of earlier imports
        keep their hashes.
        """
        own = self.__dict__
        values = [own[name] for name in _VALUES]
        values[_VALUES.index("sources")] = [_hashed_source(source) for source in self.sources]
        # A row without a wording was read as one in the original wording.
        values[_VALUES.index("wording")] = self.wording or "original"
        values += [[name, value] for name in _ADDED_VALUES if (value := own[name])]
        text = json.dumps(values, ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()

    def with_id(self) -> Self:
        """A row without an id gets one from its values: the same file again adds nothing."""
        return self if self.external_id else self.changed(external_id=self.digest[:20])

    def changed(self, **values: Any) -> Self:
        """The row with other values in some fields, as ``dataclasses.replace`` gives it.

        Faster, because it copies the other sixty fields at once: a large file needs it per row.
        """
        if unknown := values.keys() - self.__dict__.keys():
            raise TypeError(f"no fields of a row: {', '.join(sorted(unknown))}")
        row = object.__new__(type(self))
        row.__dict__.update(self.__dict__, **values)
        return row


# Fields that were added after rows had been imported.
_ADDED_VALUES = (
    "override_reason",
    "time",
    "asked_by",
    "asked",
    "no_reply_by",
    "answer",
    "according_to",
    "joint_speakers",
    "joint_principals",
    "identity",
    "attributed_by",
    "place",
    "place_wikidata",
    "latitude",
    "longitude",
    "links",
    "start",
    "end",
    "figures",
    "stated_figures",
    "positions",
    "about",
    "about_claims",
    "no_reply_phrase",
    "no_reply_zone",
    "no_reply_time",
    "problems",
    "in_reply_to",
    "same_speaker",
    "same_speaker_certainty",
)
_NOT_HASHED = (
    "line",
    "is_part_of_list",
    "cells",
    "claim_events",
    "incident_summary",
    "omissions",
    "named_actors",
    "named_incidents",
    "named_sources",
    *_ADDED_VALUES,
)
_VALUES = [field.name for field in fields(ImportRow) if field.name not in _NOT_HASHED]


_FIRST_SOURCE_VALUES = CitedSourceRow._fields.index("published_time")


def _hashed_source(source: CitedSourceRow) -> list[Any]:
    """The values of a source that count: those added later only where they are used."""
    values: list[Any] = list(source[:_FIRST_SOURCE_VALUES])
    if source.published_time:
        values.append(source.published_time)
    later = zip(source._fields, source, strict=True)
    return values + [
        [name, value] for name, value in list(later)[_FIRST_SOURCE_VALUES + 1 :] if value
    ]


def printable(text: str) -> str:
    """The text with a replacement character for each character that cannot be shown."""
    return "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


def within_row_limit(rows: Iterator[ImportRow], limits: Limits) -> Iterator[ImportRow]:
    """The same rows. Raises FileRefused if there are too many of them, or none."""
    number = 0
    for number, row in enumerate(rows, start=1):
        if limits.rows is not None and number > limits.rows:
            raise FileRefused(
                f"The file has more than {limits.rows:,} rows. Split it, or load it with the "
                "import command on the server, which has no row limit."
            )
        yield row
    if not number:
        raise FileRefused("The file contains no entries.")
