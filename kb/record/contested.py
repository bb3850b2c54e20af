"""Which claims are contested, and the part of the read index that says so.

An event of a contested claim has a facet with the id of that claim, and ``standing=contested``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from kb.record.chunks import in_chunks
from kb.record.claim_values import ANSWERS, account_values, actor_parts
from kb.record.differences import QuestionKind, disputed
from kb.record.documents import Document
from kb.record.graph import Edge
from kb.record.index_changes import note_rows
from kb.record.listed_claims import list_claims, unlist_claims
from kb.record.models import ClaimActor, Entry, Facet, Revision
from kb.record.vocabulary import CONTESTED


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


def claims_depending_on(actors: Collection[str]) -> list[Revision]:
    """The live claims whose positions give one of these actors, or one that is part of them."""
    claims: set[str] = set()
    for chunk in in_chunks(actors):
        rows = ClaimActor.objects.filter(actor__in=chunk)
        claims.update(rows.values_list("claim", flat=True))
    revisions: list[Revision] = []
    for chunk in in_chunks(sorted(claims)):
        revisions += Revision.objects.live().filter(public_id__in=chunk)
    return revisions


def remove_claims(public_ids: Collection[str]) -> None:
    """Remove claims that are no longer live from the index."""
    for chunk in in_chunks(public_ids):
        ClaimActor.objects.filter(claim__in=chunk).delete()
        unlist_claims(chunk)
        facets = Facet.objects.filter(name=CONTESTED, value__in=chunk)
        events = set(facets.values_list("entry_id", flat=True))
        if events:
            facets.delete()
            _set_contested(events)


def _index_chunk(revisions: Collection[Revision]) -> None:
    documents = {revision.public_id: revision.document for revision in revisions}
    parts = actor_parts(documents.values())
    _store_actors(documents, parts)
    before: dict[tuple[str, int], int] = {
        (claim, entry): pk
        for pk, claim, entry in Facet.objects.filter(
            name=CONTESTED, value__in=documents
        ).values_list("pk", "value", "entry_id")
    }
    contested = {
        public_id: document["events"]
        for public_id, document in documents.items()
        if is_contested(document, parts)
    }
    list_claims(documents, contested)
    events = {event for ids in contested.values() for event in ids}
    keys: dict[str, int] = {}
    for chunk in in_chunks(sorted(events)):
        rows = Entry.objects.filter(public_id__in=chunk)
        keys |= dict(rows.values_list("public_id", "pk"))
    after = {
        (claim, keys[event]) for claim, ids in contested.items() for event in ids if event in keys
    }
    removed = [pk for pair, pk in before.items() if pair not in after]
    added = sorted(after - before.keys())
    for chunk in in_chunks(removed):
        Facet.objects.filter(pk__in=chunk).delete()
    Facet.objects.bulk_create(
        (Facet(entry_id=entry, name=CONTESTED, value=claim) for claim, entry in added),
        batch_size=500,
    )
    _set_contested({entry for _claim, entry in before.keys() | after})


def _store_actors(documents: dict[str, Document], parts: Collection[Edge]) -> None:
    """Store which actors decide whether each claim that asks who is contested."""
    wholes = defaultdict(set)
    for part, whole in parts:
        wholes[part].add(whole)
    after = {
        (public_id, actor)
        for public_id, document in documents.items()
        if document["question"] == QuestionKind.WHO
        for actor in _with_wholes(document, wholes)
    }
    rows = ClaimActor.objects.filter(claim__in=documents)
    before = {(claim, actor): pk for pk, claim, actor in rows.values_list("pk", "claim", "actor")}
    removed = [pk for pair, pk in before.items() if pair not in after]
    for chunk in in_chunks(removed):
        ClaimActor.objects.filter(pk__in=chunk).delete()
    ClaimActor.objects.bulk_create(
        (ClaimActor(claim=claim, actor=actor) for claim, actor in sorted(after - before.keys())),
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
