"""The record as it could be known on a day: what cited sources had published by then.

The limit of it: something may have been public earlier, in a source that is not cited here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TypedDict

from django.db.models import QuerySet

from kb.record import publication_version
from kb.record.claim_values import actor_parts
from kb.record.contested import is_contested
from kb.record.contested_days import value_after
from kb.record.documents import Document
from kb.record.known_since import public_since
from kb.record.models import Entry, Facet, ListedRecord
from kb.record.vocabulary import CONTESTED_SINCE, RecordKind


class EntryKey(TypedDict):
    entry: int


class RecordKey(TypedDict):
    public_id: str


def source_is_public(source: Document | None, day: date) -> bool:
    """Whether a source was public by the end of ``day``."""
    since = public_since(source) if source else None
    return since is not None and since <= day


def sources_published_between(after: date, until: date | None) -> QuerySet[ListedRecord, RecordKey]:
    """The ids of the sources that were public by the end of ``until``, but not of ``after``.

    Without ``until``, of all that became public later.
    """
    # Of a source, the number is that of the day by which it was public (``public_since``).
    rows = ListedRecord.objects.filter(kind=RecordKind.SOURCE, newest__gt=after.toordinal())
    if until:
        rows = rows.filter(newest__lte=until.toordinal())
    return rows.order_by().values("public_id")


def source_ids_published_between(after: date, until: date | None) -> tuple[str, ...]:
    """The same ids, remembered until the next publication."""
    return _published_between(after, until, *publication_version.current_version())


@lru_cache(maxsize=16)
def _published_between(
    after: date, until: date | None, _number: int, _changed_at: datetime | None
) -> tuple[str, ...]:
    rows = sources_published_between(after, until)
    return tuple(sorted(rows.values_list("public_id", flat=True)))


def statements_public_on(day: date, public_ids: Iterable[str]) -> set[str]:
    """Those of the statements that a cited source had published by the end of ``day``."""
    entries = Entry.objects.filter(public_id__in=set(public_ids), known_since__lte=day)
    return set(entries.values_list("public_id", flat=True))


def statements_in(propositions: Iterable[Document]) -> set[str]:
    """The public ids of the statements that take a position on these claims."""
    accounts = (account for claim in propositions for account in claim["accounts"])
    return {account["statement"] for account in accounts if account["statement"]}


def claim_on(
    day: date, proposition: Document, statements: Collection[str], sources: Mapping[str, Document]
) -> Document:
    """The claim with only the positions that were public by the end of ``day``.

    ``statements`` is what ``statements_public_on`` returned; ``sources`` are documents by public
    id, for the positions that a source reports.
    """
    accounts = [
        account
        for account in proposition["accounts"]
        if (
            account["statement"] in statements
            if account["statement"]
            else source_is_public(sources.get(account["source"] or ""), day)
        )
    ]
    return {**proposition, "accounts": accounts}


def contested_claims_on(
    day: date, propositions: Mapping[str, Document], sources: Mapping[str, Document]
) -> dict[str, Document]:
    """The claims that were contested by the end of ``day``, with the positions taken by then.

    Both arguments are documents by public id. Costs one query, and those of ``actor_parts``.
    """
    statements = statements_public_on(day, statements_in(propositions.values()))
    claims = {
        public_id: claim_on(day, claim, statements, sources)
        for public_id, claim in propositions.items()
    }
    parts = actor_parts(claims.values(), sources)
    return {public_id: claim for public_id, claim in claims.items() if is_contested(claim, parts)}


def entries_contested_on(day: date) -> QuerySet[Facet, EntryKey]:
    """The keys of the entries with a claim that was contested by the end of ``day``."""
    return Facet.objects.filter(name=CONTESTED_SINCE, value__lt=value_after(day)).values("entry")
