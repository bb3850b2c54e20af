"""The context of a comparison: what the actors share, in time, and their positions on claims."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.documents import Document
from kb.record.entry_source import EntrySource
from kb.record.filter_fields import Choice, choice_of_revision
from kb.record.models import ListedRecord, Revision
from kb.record.name_lists import join_names
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.rendering import HtmlRow, row_with_html
from kb.record.rows import Row, rows_for_entries
from kb.record.shared_entries import query_for_all, query_for_one, shared_entries
from kb.record.vocabulary import ParticipationRole, RecordKind
from kb.site.charts.comparison import ComparisonChart, NumberedMark, comparison_chart
from kb.site.charts.swimlanes import FacetGroup, facet_groups
from kb.site.http.compare_parameters import ActorField, ComparedActors, compare_url
from kb.site.http.representations import FormatLink, format_links
from kb.site.pages.claims_matrix import ClaimsMatrix, claims_matrix, incident_claims
from kb.site.pages.list_paths import ListPath
from kb.site.pages.page_meta import Head, page_head

MAX_LISTED = 50
# Incidents whose claims are compared: those with most of the shared entries.
MAX_INCIDENTS = 5
MAX_CLAIMS = 20
# Of an actor with more entries only the numbered ones are drawn.
MAX_DRAWN_ENTRIES = 200
MAX_SUGGESTED = 60
MAX_PAIRS = 4


class CountLink(TypedDict):
    """Entries that name some of the actors, and the timeline of them."""

    label: str
    count: int
    url: str


class ComparedRow(TypedDict):
    """An entry with its number. ``column`` is the place of its actor from 1; 0 is nobody's.

    ``answers`` are the numbers of the entries that it answers.
    """

    number: int
    row: HtmlRow
    column: int
    answers: list[int]


class CompareForm(TypedDict):
    """``suggestions`` are the names of the actors with most entries."""

    fields: Sequence[ActorField]
    suggestions: list[str]


class PairLink(TypedDict):
    names: str
    url: str


class CompareFormContext(TypedDict):
    form: CompareForm
    has_one: bool
    has_errors: bool
    pairs: list[PairLink]
    head: Head
    nav: str


class CompareContext(TypedDict):
    """``undrawn`` names the actors of whose entries only the numbered ones are drawn."""

    heading: str
    actors: Sequence[Choice]
    form: CompareForm
    total: int
    counts: list[CountLink]
    files: list[FormatLink]
    rows: list[ComparedRow]
    chart: ComparisonChart | None
    undrawn: str
    matrix: ClaimsMatrix
    known: None
    more_claims: int
    incidents: list[PairLink]
    head: Head
    nav: str


def compare_form_context(request: HttpRequest, compared: ComparedActors) -> CompareFormContext:
    """The form with what was typed, and pairs of actors that often appear together."""
    return {
        "form": _form(compared),
        "has_one": len(compared.actors) == 1 and not compared.has_errors,
        "has_errors": compared.has_errors,
        "pairs": _pairs(entry_source()),
        "head": page_head(request, _("Compare actors"), _description()),
        "nav": "actors",
    }


def compare_context(request: HttpRequest, compared: ComparedActors) -> CompareContext:
    """The comparison of two to four actors. The number of queries does not depend on entries."""
    actors = compared.actors
    source = entry_source()
    entries, total = shared_entries(source, actors, MAX_LISTED)
    rows = _numbered(rows_for_entries(entries), actors)
    groups, undrawn = _groups(source, actors)
    names = join_names([actor.label for actor in actors])
    incidents = _shared_incidents(source, actors)
    documents = _compared_claims(incidents, actors)
    return {
        "heading": names,
        "actors": actors,
        "form": _form(compared),
        "total": total,
        "counts": _counts(source, actors),
        "files": _files(actors),
        "rows": rows,
        "chart": comparison_chart([actor.label for actor in actors], groups, _marks(rows)),
        "undrawn": join_names(undrawn),
        "matrix": claims_matrix(documents[:MAX_CLAIMS], chosen=actors, is_ordered=True),
        "known": None,
        "more_claims": max(0, len(documents) - MAX_CLAIMS),
        "incidents": [
            {"names": revision.title, "url": reverse("claims", args=[revision.slug])}
            for revision in incidents
        ],
        "head": page_head(request, _("Compare: %(names)s") % {"names": names}, _description()),
        "nav": "actors",
    }


def _description() -> str:
    return _("What two to four actors did and said, side by side, and their positions on claims.")


def _form(compared: ComparedActors) -> CompareForm:
    return {
        "fields": compared.fields,
        "suggestions": [row.title for row in _busiest(MAX_SUGGESTED)],
    }


def _busiest(limit: int) -> list[Revision]:
    listed = ListedRecord.objects.filter(kind=RecordKind.ACTOR, entries__gt=0)
    records = listed.select_related("revision").order_by("-entries", "name_key")
    return [record.revision for record in records[:limit]]


def _pairs(source: EntrySource) -> list[PairLink]:
    """The actor with most entries, and those who are named beside it most often."""
    for revision in _busiest(1):
        query = TimelineQuery().with_values("actor", (choice_of_revision(revision),))
        counts = source.value_counts(query, ["actor"])
        others = [
            (-count, value) for (_name, value), count in counts.items()
            if value != revision.public_id
        ]  # fmt: skip
        ids = [value for _count, value in sorted(others)[:MAX_PAIRS]]
        live = {row.public_id: row for row in Revision.objects.live().filter(public_id__in=ids)}
        return [
            {
                "names": join_names([revision.title, live[value].title]),
                "url": compare_url([revision.slug, live[value].slug]),
            }
            for value in ids
            if value in live
        ]
    return []


def _counts(source: EntrySource, actors: Sequence[Choice]) -> list[CountLink]:
    """What each pair shares, if there are several, and what each actor has alone."""
    timeline = ListPath(reverse("timeline"))
    queries: list[tuple[str, TimelineQuery]] = []
    if len(actors) > 2:
        queries += [
            (join_names([actor.label for actor in pair]), query_for_all(pair))
            for pair in combinations(actors, 2)
        ]
    for actor in actors:
        others = [other for other in actors if other != actor]
        label = _("Only %(name)s") % {"name": actor.label}
        queries.append((label, query_for_one(actor, others)))
    return [
        {"label": label, "count": source.count(query), "url": timeline.url(query)}
        for label, query in queries
    ]


def _files(actors: Sequence[Choice]) -> list[FormatLink]:
    """CSV and JSON of the entries that name all of the actors."""
    pairs = ListPath(reverse("timeline")).file_pairs(query_for_all(actors))
    links = format_links("timeline", reverse("timeline"), pairs)
    return [link for link in links if link["label"] in ("CSV", "JSON")]


def _groups(
    source: EntrySource, actors: Sequence[Choice]
) -> tuple[list[list[FacetGroup]], list[str]]:
    """The dates of each actor's entries, and the names of actors with too many to be drawn."""
    totals = source.totals("actor", [actor.value for actor in actors])
    groups: list[list[FacetGroup]] = []
    undrawn: list[str] = []
    for actor in actors:
        is_drawn = totals.get(actor.value, 0) <= MAX_DRAWN_ENTRIES
        groups.append(facet_groups(actor.value) if is_drawn else [])
        if not is_drawn:
            undrawn.append(actor.label)
    return groups, undrawn


def _numbered(rows: Sequence[Row], actors: Sequence[Choice]) -> list[ComparedRow]:
    numbers = {row["id"]: number for number, row in enumerate(rows, start=1)}
    answered = _answered(rows)
    return [
        {
            "number": numbers[row["id"]],
            "row": row_with_html(row),
            "column": _column(row, actors),
            "answers": sorted(
                numbers[public_id]
                for public_id in answered.get(row["id"], ())
                if public_id in numbers
            ),
        }
        for row in rows
    ]


def _answered(rows: Sequence[Row]) -> Mapping[str, set[str]]:
    """The ids of what each statement answers: another statement, or a request."""
    answered: dict[str, set[str]] = {}
    for row in rows:
        if reply := row.get("in_reply_to"):
            answered.setdefault(row["id"], set()).add(reply["id"])
        if answer := row.get("answer"):
            answered.setdefault(answer["id"], set()).add(row["id"])
    return answered


def _column(row: Row, actors: Sequence[Choice]) -> int:
    """The column of the actor that did, said or was asked this: the first of those compared."""
    places = {actor.value: place for place, actor in enumerate(actors, start=1)}
    doers = [places[doer] for doer in _doers(row) if doer in places]
    return min(doers, default=0)


def _doers(row: Row) -> list[str]:
    """The ids of those who did it; of a statement those it is made for, then who makes it."""
    if row["kind"] == RecordKind.REQUEST:
        return [actor["id"] for actor in row["asked"]]
    if row["kind"] == RecordKind.STATEMENT:
        voice = row["voice"]
        principals = [actor["id"] for actor in voice["principals"]]
        return principals or [actor["id"] for actor in voice["speakers"]]
    return [actor["id"] for actor in row["actors"] if actor["role"] == ParticipationRole.ACTED]


def _marks(rows: Iterable[ComparedRow]) -> list[NumberedMark]:
    return [
        NumberedMark(
            row["number"], row["row"]["kind"], row["column"], row["row"]["date"], row["answers"]
        )
        for row in rows
    ]


def _shared_incidents(source: EntrySource, actors: Sequence[Choice]) -> list[Revision]:
    """The incidents with most entries that name two of the actors."""
    counts: dict[str, int] = {}
    for pair in combinations(actors, 2):
        values = source.value_counts(query_for_all(pair), ["incident"])
        for (_name, value), count in values.items():
            counts[value] = max(count, counts.get(value, 0))
    ids = sorted(counts, key=lambda value: (-counts[value], value))[:MAX_INCIDENTS]
    live = {row.public_id: row for row in Revision.objects.live().filter(public_id__in=ids)}
    return [live[public_id] for public_id in ids if public_id in live]


def _compared_claims(incidents: Iterable[Revision], actors: Sequence[Choice]) -> list[Document]:
    """The claims of the incidents on which one of the actors has a position."""
    ids = {actor.value for actor in actors}
    return [
        document
        for incident in incidents
        for document in incident_claims(incident.public_id)
        if ids & {account["holder"] for account in document["accounts"]}
    ]
