"""Who speaks for whom, to whom, in the statements of one incident."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypedDict

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.record.addresses import record_path
from kb.record.answers import ActorLink
from kb.record.filter_fields import Choice, choice_of_revision
from kb.record.models import Entry, Revision
from kb.record.named_records import Names
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.vocabulary import ActorKind, RecordKind
from kb.record.voices import is_ascribed, voice_of
from kb.site.charts.speaker_map import SpeakerMap, SpeakerPath, speaker_map
from kb.site.pages.incident import span_words
from kb.site.pages.incident_parts import IncidentPage, incident_page

MAX_STATEMENTS = 500
MAX_LINKS = 10


class StatementLink(TypedDict):
    number: int
    url: str
    title: str


class SpeakerLine(TypedDict):
    """One row of the table. ``label`` is that of an unnamed speaker, ``unlinked`` has no link.

    ``is_own``: an organisation speaks, and for nobody else.
    """

    speakers: list[ActorLink]
    label: str
    role: str
    principals: list[ActorLink]
    is_own: bool
    to: list[ActorLink]
    when: str
    count: int
    statements: list[StatementLink]
    unlinked: int


class IncidentSpeakersContext(IncidentPage):
    """``reported`` counts statements in an outlet's words, which are in no row."""

    lines: list[SpeakerLine]
    map: SpeakerMap | None
    statements: int
    reported: int
    is_capped: bool
    max_statements: int


class _Route(NamedTuple):
    """What tells the rows apart."""

    speakers: tuple[str, ...]
    label: str
    role: str
    principals: tuple[str, ...]
    to: tuple[str, ...]


def incident_speakers_context(request: HttpRequest, revision: Revision) -> IncidentSpeakersContext:
    """The rows with most statements first, and the map of them.

    The first MAX_STATEMENTS statements are read, in the order of time.
    """
    query = TimelineQuery().with_values("incident", (choice_of_revision(revision),))
    query = query.with_values("kind", (Choice(RecordKind.STATEMENT, RecordKind.STATEMENT, ""),))
    page = entry_source().page(query.with_(size=MAX_STATEMENTS))
    entries = [entry for entry in page.entries if not is_ascribed(entry.revision.document)]
    names = Names([entry.revision.document for entry in entries])
    routes: dict[_Route, list[Entry]] = {}
    for entry in entries:
        routes.setdefault(_route(entry, names), []).append(entry)
    ordered = sorted(routes.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    lines = [_line(route, statements, names) for route, statements in ordered]
    return {
        **incident_page(request, revision, "speakers", _("Who speaks")),
        "lines": lines,
        "map": speaker_map([_path(line) for line in lines]) if lines else None,
        "statements": len(entries),
        "reported": len(page.entries) - len(entries),
        "is_capped": page.has_after,
        "max_statements": MAX_STATEMENTS,
    }


def _route(entry: Entry, names: Names) -> _Route:
    voice = voice_of(entry.revision.document, names)
    return _Route(
        tuple(actor["id"] for actor in voice["speakers"]),
        "" if voice["speakers"] else voice["label"],
        voice["role"],
        tuple(actor["id"] for actor in voice["principals"]),
        tuple(actor["id"] for actor in voice["to"]),
    )


def _line(route: _Route, entries: Sequence[Entry], names: Names) -> SpeakerLine:
    dates = [
        FuzzyDate.from_json(entry.revision.document["date"]) for entry in entries if entry.dated
    ]
    speakers = names.actors(route.speakers)
    is_person = any(actor["kind"] == ActorKind.PERSON for actor in speakers)
    return {
        "speakers": speakers,
        "label": route.label,
        "role": route.role,
        "principals": names.actors(route.principals),
        "is_own": bool(speakers) and not route.principals and not is_person,
        "to": names.actors(route.to),
        "when": span_words(dates[0], dates[-1]) if dates else _("Not dated"),
        "count": len(entries),
        "statements": [
            {
                "number": number,
                "url": record_path(entry.revision.kind, entry.revision.slug),
                "title": entry.revision.title,
            }
            for number, entry in enumerate(entries[:MAX_LINKS], start=1)
        ],
        "unlinked": max(0, len(entries) - MAX_LINKS),
    }


def _path(line: SpeakerLine) -> SpeakerPath:
    """The row as a path of the map; "" stands for what is not stated."""
    speakers = ", ".join(actor["name"] for actor in line["speakers"])
    label = f"“{line['label']}”" if line["label"] else ""
    principals = ", ".join(actor["name"] for actor in line["principals"])
    return SpeakerPath(
        speakers or label,
        line["role"],
        speakers if line["is_own"] else principals,
        ", ".join(actor["name"] for actor in line["to"]),
        line["count"],
    )
