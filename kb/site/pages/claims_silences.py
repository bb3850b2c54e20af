"""Silence in the matrix of claims: an actor who was asked for comment on one, and did not answer.

It is no position. It has the date of the request, and stands below what the actor said before or
after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypedDict

from kb.record.answers import ActorLink
from kb.record.citation_rows import numbered_citations
from kb.record.documents import Date, Document
from kb.record.models import Entry
from kb.record.rows import Row
from kb.record.vocabulary import RecordKind, RequestOutcome


class Silence(TypedDict):
    """One request without an answer; ``numbers`` are those of its sources on the page."""

    outcome: str
    date: Date
    asked_by: ActorLink | None
    no_reply_by: Date | None
    url: str
    numbers: list[int]


# By claim and by the actor who was asked, latest first.
Silences = dict[tuple[str, str], list[Silence]]


def without_silent_accounts(
    documents: Iterable[Document], entries: Iterable[Entry]
) -> list[Document]:
    """The claims without accounts that name a request: those of documents of edition 1."""
    requests = {entry.public_id for entry in entries if entry.kind == RecordKind.REQUEST}
    return [
        {
            **document,
            "accounts": [
                account for account in document["accounts"] if account["statement"] not in requests
            ],
        }
        for document in documents
    ]


def silences(rows: Mapping[str, Row]) -> Silences:
    """The requests among the rows that were not answered."""
    unanswered = [
        row
        for row in rows.values()
        if row["kind"] == RecordKind.REQUEST and row["outcome"] != RequestOutcome.ANSWERED
    ]
    by_cell: Silences = {}
    for row in sorted(unanswered, key=_last_day, reverse=True):
        for claim in row["claims"]:
            for actor in row["asked"]:
                by_cell.setdefault((claim["id"], actor["id"]), []).append(_silence(row))
    return by_cell


def _last_day(row: Row) -> str:
    return row["date"]["latest"] or date.max.isoformat()


def _silence(row: Row) -> Silence:
    return {
        "outcome": row["outcome"],
        "date": row["date"],
        "asked_by": row["asked_by"],
        "no_reply_by": row["no_reply_by"],
        "url": row["url"],
        "numbers": sorted({citation["number"] for citation in numbered_citations(row)}),
    }
