"""What the requests of a file are about: events of the file or the desk, and claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kb.desk.importers.claims import NamedClaims
from kb.desk.importers.dry_run import ImportOutcome
from kb.desk.importers.link_rows import imported_entries
from kb.desk.importers.rows import ImportRow
from kb.desk.importers.subject_events import events_titled
from kb.desk.models import Event, ImportBatch, Proposition, Publishable, Request
from kb.desk.verbs.exceptions import ActionRefused


def rows_with_subjects(outcomes: Iterable[ImportOutcome]) -> list[ImportRow]:
    """The rows of requests that say what they are about."""
    rows = (outcome.row for outcome in outcomes)
    return [row for row in rows if row.about or row.about_claims]


def store_subjects(
    rows: Collection[ImportRow], claims: NamedClaims, batch: ImportBatch
) -> list[Publishable]:
    """Store what requests are about, when all entries and claims are. Returns the requests.

    Raises ActionRefused for a claim that is not there any more.
    """
    names = {name for row in rows for name in (row.external_id, *row.about)}
    entries = imported_entries(names, batch.origin)
    titled = events_titled(name for row in rows for name in row.about if name not in entries)
    requests: list[Publishable] = []
    for row in rows:
        request = entries[row.external_id]
        if not isinstance(request, Request):
            continue
        about = [entries.get(name) or titled.get(name) for name in row.about]
        request.about.set([event for event in about if isinstance(event, Event)])
        request.claims.set(_claims(row, claims))
        requests.append(request)
    return requests


def _claims(row: ImportRow, claims: NamedClaims) -> list[Proposition]:
    named = []
    for stated in row.about_claims:
        if problems := claims.problems(row, stated):
            raise ActionRefused([f"Row {row.line}, {problem}" for problem in problems])
        if claim := claims.find(row, stated):
            named.append(claim)
    return named
