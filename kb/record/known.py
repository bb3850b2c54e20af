"""The record as it could be known on a day: what cited sources had published by then.

The limit of it: something may have been public earlier, in a source that is not cited here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Max, Min, Q

from kb.dates import FuzzyDate
from kb.record.documents import Document
from kb.record.models import Entry
from kb.record.query import TimelineQuery


class Beside(NamedTuple):
    """The days on which something else became known: the last before, the first after."""

    previous: date | None
    next: date | None


def beside(query: TimelineQuery) -> Beside:
    """The publication days before and after ``query.known``, in one query.

    Without that date: the last publication day there is, and none after it.
    """
    entries = query.entries(with_later=True).order_by()
    if query.known is None:
        return Beside(entries.aggregate(last=Max("known_since"))["last"], None)
    ends = entries.aggregate(
        previous=Max("known_since", filter=Q(known_since__lt=query.known.earliest)),
        next=Min("known_since", filter=Q(known_since__gt=query.known.latest)),
    )
    return Beside(ends["previous"], ends["next"])


def public_since(source: Document) -> date | None:
    """The day by which a source was public; None when its date is not known.

    One dated "December 2023" counts from the last day that it may mean; one that is open at one
    end counts from the end that is known.
    """
    published = FuzzyDate.from_json(source["published"])
    return published.latest or published.earliest


def is_public(source: Document | None, day: date) -> bool:
    """Whether a source was public by the end of ``day``."""
    since = public_since(source) if source else None
    return since is not None and since <= day


def statements_by(day: date, public_ids: Iterable[str]) -> set[str]:
    """Those of the statements that some cited source had made public by the end of ``day``."""
    found = Entry.objects.filter(public_id__in=set(public_ids), known_since__lte=day)
    return set(found.values_list("public_id", flat=True))


def statements_in(propositions: Iterable[Document]) -> set[str]:
    """The statements whose accounts some propositions list."""
    return {one["statement"] for found in propositions for one in found["accounts"]} - {None}


def proposition_on(
    day: date, proposition: Document, statements: Collection[str], sources: dict[str, Document]
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
            else is_public(sources.get(one["source"] or ""), day)
        )
    ]
    return {**proposition, "accounts": accounts}
