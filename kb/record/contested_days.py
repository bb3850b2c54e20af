"""Since which day a claim is contested: by then, two positions that differ had been published.

The day is in a facet of each event of the claim, in a form whose order is that of days.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from kb.record.chunks import in_chunks
from kb.record.claim_values import account_values
from kb.record.differences import Value, disputed
from kb.record.documents import Document, PublicId
from kb.record.graph import Edge
from kb.record.known_since import public_since
from kb.record.models import Entry, Revision
from kb.record.vocabulary import RecordKind

# The day as eight digits comes before the id of the claim.
DAY_LENGTH = 8


def since_value(day: date, claim: PublicId) -> str:
    """The value of the facet of a claim that was contested by the end of a day."""
    return day.isoformat().replace("-", "") + claim


def value_after(day: date) -> str:
    """What the values of this day and of all earlier ones are less than, in any collation."""
    return str(int(since_value(day, "")) + 1).zfill(DAY_LENGTH)


def contested_since(
    claim: Document, days: Sequence[date | None], parts: Collection[Edge] = ()
) -> date | None:
    """The day by which two accounts of a claim that differ were public; None if it is not known.

    ``days`` are those by which each account was public, in their order; ``parts`` are those of
    ``actor_parts``. An account that is public later can make a claim contested, and never ends it.
    """
    first: dict[Value, date] = {}
    for value, day in zip(account_values(claim).values(), days, strict=True):
        if day is not None:
            first[value] = min(day, first.get(value, day))
    values = {str(place): value for place, value in enumerate(first)}
    pairs = disputed(values, parts)
    return min((max(first[values[a]], first[values[b]]) for a, b in pairs), default=None)


def account_days(claims: Mapping[PublicId, Document]) -> dict[PublicId, list[date | None]]:
    """By which day each account of these claims was public, from the index of entries.

    Costs a query for 500 statements, and one for 500 sources.
    """
    statements, sources = records_of_accounts(claims.values())
    days: dict[str, date | None] = {}
    for chunk in in_chunks(sorted(statements)):
        entries = Entry.objects.filter(public_id__in=chunk)
        days |= dict(entries.values_list("public_id", "known_since"))
    for chunk in in_chunks(sorted(sources)):
        rows = Revision.objects.live().filter(public_id__in=chunk, kind=RecordKind.SOURCE)
        for public_id, document in rows.values_list("public_id", "document"):
            days[public_id] = public_since(document)
    return {
        public_id: [
            days.get(account["statement"] or account["source"] or "")
            for account in claim["accounts"]
        ]
        for public_id, claim in claims.items()
    }


def records_of_accounts(claims: Collection[Document]) -> tuple[set[PublicId], set[PublicId]]:
    """The statements in which positions on these claims are taken, and the sources of others."""
    accounts = [account for claim in claims for account in claim["accounts"]]
    statements = {account["statement"] for account in accounts if account["statement"]}
    sources = {
        account["source"] for account in accounts if account["source"] and not account["statement"]
    }
    return statements, sources
