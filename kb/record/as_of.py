"""The record as it could be known on a day: what cited sources had published by then.

The limit of it: something may have been public earlier, in a source that is not cited here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Max, Min, Q, QuerySet

from kb.dates import FuzzyDate
from kb.record import publication_version
from kb.record.documents import Document
from kb.record.models import Entry, Facet, Revision
from kb.record.search_index import CONTESTED, is_contested

if TYPE_CHECKING:
    from kb.record.query import TimelineQuery


class AdjacentDates(NamedTuple):
    """The days on which something else became known: the last before, the first after."""

    previous: date | None
    next: date | None


def adjacent_dates(query: TimelineQuery) -> AdjacentDates:
    """The publication days before and after ``query.known``, in one query.

    Without that date: the last publication day there is, and none after it.
    """
    entries = query.entries(with_later=True).order_by()
    if query.known is None:
        return AdjacentDates(entries.aggregate(last=Max("known_since"))["last"], None)
    ends = entries.aggregate(
        previous=Max("known_since", filter=Q(known_since__lt=query.known.earliest)),
        next=Min("known_since", filter=Q(known_since__gt=query.known.latest)),
    )
    return AdjacentDates(ends["previous"], ends["next"])


def public_since(source: Document) -> date | None:
    """The day by which a source was public; None when its date is not known.

    One dated "December 2023" counts from the last day that it may mean; one that is open at one
    end counts from the end that is known.
    """
    published = FuzzyDate.from_json(source["published"])
    return published.latest or published.earliest


def source_is_public(source: Document | None, day: date) -> bool:
    """Whether a source was public by the end of ``day``."""
    since = public_since(source) if source else None
    return since is not None and since <= day


def statements_public_on(day: date, public_ids: Iterable[str]) -> set[str]:
    """Those of the statements that some cited source had made public by the end of ``day``."""
    found = Entry.objects.filter(public_id__in=set(public_ids), known_since__lte=day)
    return set(found.values_list("public_id", flat=True))


def statements_in(propositions: Iterable[Document]) -> set[str]:
    """The statements whose accounts some propositions list."""
    return {one["statement"] for found in propositions for one in found["accounts"]} - {None}


def claim_on(
    day: date, proposition: Document, statements: Collection[str], sources: Mapping[str, Document]
) -> Document:
    """The proposition with those accounts alone that were public by the end of ``day``.

    ``statements`` are the public ids that ``statements_by`` gave; ``sources`` are documents by
    public id, for the accounts that are reports in a source.
    """
    accounts = [
        one
        for one in proposition["accounts"]
        if (
            one["statement"] in statements
            if one["statement"]
            else source_is_public(sources.get(one["source"] or ""), day)
        )
    ]
    return {**proposition, "accounts": accounts}


def contested_claims_on(
    day: date, propositions: Mapping[str, Document], sources: Mapping[str, Document]
) -> dict[str, Document]:
    """Those that were contested by the end of ``day``, with the accounts given by then.

    Both are documents by public id. Costs one query.
    """
    spoken = statements_public_on(day, statements_in(propositions.values()))
    known = {
        public_id: claim_on(day, one, spoken, sources) for public_id, one in propositions.items()
    }
    return {public_id: one for public_id, one in known.items() if is_contested(one)}


def entries_contested_on(day: date) -> QuerySet[Facet, dict[str, int]]:
    """The keys of the events about which accounts differed by the end of ``day``."""
    propositions = _contested_on(day, *publication_version.current_version())
    return Facet.objects.filter(name=CONTESTED, value__in=propositions).values("entry")


# A page asks for it once for each of its counts; what it rests on changes only with the epoch.
@lru_cache(maxsize=64)
def _contested_on(day: date, _number: int, _changed_at: datetime | None) -> tuple[str, ...]:
    today = Facet.objects.filter(name=CONTESTED).values("value")
    found = Revision.objects.standing().filter(kind="proposition", public_id__in=today)
    propositions = dict(found.values_list("public_id", "document"))
    named = {one["source"] for found in propositions.values() for one in found["accounts"]}
    sources = Revision.objects.standing().filter(kind="source", public_id__in=named - {None})
    documents = dict(sources.values_list("public_id", "document"))
    return tuple(sorted(contested_claims_on(day, propositions, documents)))
