"""Which claims are contested, and the part of the read index that says so.

An event of a contested claim has a facet with the id of that claim, one with the day since which
it is contested (``kb.record.contested_days``), and ``standing=contested``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import transaction

from kb.record.chunks import in_chunks
from kb.record.claim_values import ANSWERS, account_values, actor_parts
from kb.record.contested_days import (
    DAY_LENGTH,
    account_days,
    contested_since,
    records_of_accounts,
    since_value,
)
from kb.record.differences import QuestionKind, disputed
from kb.record.documents import Document, PublicId
from kb.record.graph import Edge
from kb.record.index_changes import note_rows, noting_changes
from kb.record.listed_claims import list_claims, unlist_claims
from kb.record.models import ClaimInput, Entry, Facet, Revision
from kb.record.publication_version import bump_version
from kb.record.vocabulary import CONTESTED, CONTESTED_SINCE


def position_count(document: Document) -> int:
    """How many statements and reports answer a proposition; one party may give several."""
    return sum(account["position"] in ANSWERS for account in document["accounts"])


def is_contested(document: Document, parts: Collection[Edge] = ()) -> bool:
    """Whether two accounts of a proposition differ, which is: cannot both be true.

    ``parts`` are those of ``actor_parts``, for claims that ask who.
    """
    # Each value once: of hundreds of positions only a few differ.
    values = dict.fromkeys(account_values(document).values())
    return bool(disputed({str(place): value for place, value in enumerate(values)}, parts))


def index_claims(revisions: Collection[Revision]) -> None:
    """Update the facets of the events of these claims, and what the claims depend on.

    Costs the same number of queries for up to 500 claims, and one more for each level of actors
    that are part of others.
    """
    for chunk in in_chunks(revisions):
        _index_chunk(chunk)


def are_days_missing() -> bool:
    """Whether claims are contested, and of none is it stored since when."""
    facets = Facet.objects.order_by()
    return (
        facets.filter(name=CONTESTED).exists() and not facets.filter(name=CONTESTED_SINCE).exists()
    )


def index_contested_claims() -> None:
    """Index all claims again that are contested, 500 in a transaction."""
    facets = Facet.objects.filter(name=CONTESTED).order_by()
    claims = sorted(set(facets.values_list("value", flat=True)))
    for chunk in in_chunks(claims):
        with transaction.atomic(), noting_changes():
            bump_version()
            index_claims(Revision.objects.live().filter(public_id__in=chunk))


def claims_depending_on(public_ids: Collection[str]) -> list[Revision]:
    """The live claims that depend on one of these records (``ClaimInput``)."""
    claims: set[str] = set()
    for chunk in in_chunks(sorted(public_ids)):
        rows = ClaimInput.objects.filter(record__in=chunk)
        claims.update(rows.values_list("claim", flat=True))
    revisions: list[Revision] = []
    for chunk in in_chunks(sorted(claims)):
        revisions += Revision.objects.live().filter(public_id__in=chunk)
    return revisions


def remove_claims(public_ids: Collection[str]) -> None:
    """Remove claims that are no longer live from the index."""
    for chunk in in_chunks(public_ids):
        ClaimInput.objects.filter(claim__in=chunk).delete()
        unlist_claims(chunk)
        facets = Facet.objects.filter(name=CONTESTED, value__in=chunk)
        events = set(facets.values_list("entry_id", flat=True))
        if events:
            facets.delete()
            _replace_days(chunk, events, {})
            _set_contested(events)


def _index_chunk(revisions: Collection[Revision]) -> None:
    documents = {revision.public_id: revision.document for revision in revisions}
    parts = actor_parts(documents.values())
    contested = {
        public_id: document
        for public_id, document in documents.items()
        if is_contested(document, parts)
    }
    _store_inputs(documents, contested, parts)
    list_claims(documents, contested)
    before: dict[tuple[str, int], int] = {
        (claim, entry): pk
        for pk, claim, entry in Facet.objects.filter(
            name=CONTESTED, value__in=documents
        ).values_list("pk", "value", "entry_id")
    }
    events = {event for document in documents.values() for event in document["events"]}
    keys: dict[str, int] = {}
    for chunk in in_chunks(sorted(events)):
        rows = Entry.objects.filter(public_id__in=chunk)
        keys |= dict(rows.values_list("public_id", "pk"))
    after = {
        (claim, keys[event])
        for claim, document in contested.items()
        for event in document["events"]
        if event in keys
    }
    removed = [pk for pair, pk in before.items() if pair not in after]
    added = sorted(after - before.keys())
    for chunk in in_chunks(removed):
        Facet.objects.filter(pk__in=chunk).delete()
    Facet.objects.bulk_create(
        (Facet(entry_id=entry, name=CONTESTED, value=claim) for claim, entry in added),
        batch_size=500,
    )
    days = account_days(contested)
    since = {
        claim: contested_since(document, days[claim], parts)
        for claim, document in contested.items()
    }
    values = {claim: since_value(day, claim) for claim, day in since.items() if day}
    entries = {entry for _claim, entry in before.keys() | after}
    _replace_days(
        documents,
        entries | set(keys.values()),
        {(entry, values[claim]) for claim, entry in after if claim in values},
    )
    _set_contested(entries)


def _replace_days(
    claims: Collection[PublicId], entries: Collection[int], after: Collection[tuple[int, str]]
) -> None:
    """Let these entries have these facets of days (entry, value), and no other of these claims."""
    before: dict[tuple[int, str], int] = {}
    for chunk in in_chunks(sorted(entries)):
        rows = Facet.objects.filter(entry__in=chunk, name=CONTESTED_SINCE)
        before |= {
            (entry, value): pk
            for pk, entry, value in rows.values_list("pk", "entry_id", "value")
            if value[DAY_LENGTH:] in claims
        }
    removed = {pair: pk for pair, pk in before.items() if pair not in after}
    added = sorted(set(after) - before.keys())
    note_rows({entry for entry, _value in [*removed, *added]})
    for chunk in in_chunks(sorted(removed.values())):
        Facet.objects.filter(pk__in=chunk).delete()
    Facet.objects.bulk_create(
        (Facet(entry_id=entry, name=CONTESTED_SINCE, value=value) for entry, value in added),
        batch_size=500,
    )


def _store_inputs(
    documents: Mapping[PublicId, Document],
    contested: Mapping[PublicId, Document],
    parts: Collection[Edge],
) -> None:
    """Store on which records it depends whether each claim is contested, and since when."""
    wholes = defaultdict(set)
    for part, whole in parts:
        wholes[part].add(whole)
    after = {
        (public_id, actor)
        for public_id, document in documents.items()
        if document["question"] == QuestionKind.WHO
        for actor in _with_wholes(document, wholes)
    }
    for public_id, document in contested.items():
        after |= {
            (public_id, record) for records in records_of_accounts([document]) for record in records
        }
    rows = ClaimInput.objects.filter(claim__in=documents)
    before = {
        (claim, record): pk for pk, claim, record in rows.values_list("pk", "claim", "record")
    }
    removed = [pk for pair, pk in before.items() if pair not in after]
    for chunk in in_chunks(removed):
        ClaimInput.objects.filter(pk__in=chunk).delete()
    ClaimInput.objects.bulk_create(
        (ClaimInput(claim=claim, record=record) for claim, record in sorted(after - before.keys())),
        batch_size=500,
    )


def _with_wholes(document: Document, wholes: dict[str, set[str]]) -> set[str]:
    """The actors that the accounts of a claim give, and all that these are part of."""
    pending = [account["actor"] for account in document["accounts"] if account["actor"]]
    actors: set[str] = set()
    while pending:
        actor = pending.pop()
        if actor not in actors:
            actors.add(actor)
            pending += wholes.get(actor, ())
    return actors


def _set_contested(entries: Collection[int]) -> None:
    """Update ``standing=contested`` of these entries from the facets of claims."""
    note_rows(entries)
    for chunk in in_chunks(sorted(entries)):
        own = Facet.objects.filter(entry__in=chunk)
        contested = set(own.filter(name=CONTESTED).values_list("entry_id", flat=True))
        standing = own.filter(name="standing", value=CONTESTED)
        stored = dict(standing.values_list("entry_id", "pk"))
        removed = [pk for entry, pk in stored.items() if entry not in contested]
        if removed:
            Facet.objects.filter(pk__in=removed).delete()
        Facet.objects.bulk_create(
            Facet(entry_id=entry, name="standing", value=CONTESTED)
            for entry in sorted(contested - stored.keys())
        )
