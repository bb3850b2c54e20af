"""The read index, made from documents alone: entries, their facets, and what is contested."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from kb.record.chunks import in_chunks
from kb.record.contested import claims_depending_on, index_claims, remove_claims
from kb.record.dependants import RecordChange, changed_days, changed_wholes, find_dependants
from kb.record.documents import Document, upgrade
from kb.record.entry_order import neighbours, order_entries
from kb.record.entry_rows import RevisionDocument, prepare, store
from kb.record.index_changes import note_changes, note_everything, noting_changes
from kb.record.listed_records import EntryCounts, index_listed, remove_listed
from kb.record.models import Entry, PendingDependants, Revision
from kb.record.near_addresses import index_addresses, remove_addresses
from kb.record.order_values import links_of
from kb.record.source_parents import index_parents, remove_parents
from kb.record.vocabulary import ENTRY_KINDS, RecordKind

# Other entries that depend on what is published are indexed in its transaction if they are at most
# so many. More are indexed afterwards (kb.record.pending_index), so that nobody waits for them.
MAX_DEPENDANTS_AT_ONCE = 200


def index_records(
    public_ids: Collection[str], before: Mapping[str, Document] | None = None
) -> None:
    """Update the read index from the current revisions of these ids.

    Entries that depend on one of them are indexed again too: they are found by the publishers,
    dates and names of other records. ``before`` are the documents of those that were live until
    now. What depends on an unchanged part of them is not indexed again.
    """
    with transaction.atomic(savepoint=False), noting_changes():
        revisions: dict[str, Revision] = {}
        for chunk in in_chunks(public_ids):
            live = Revision.objects.live().filter(public_id__in=chunk)
            revisions |= {revision.public_id: revision for revision in live}
        changes = {
            public_id: RecordChange(
                (before or {}).get(public_id),
                revisions[public_id].document if public_id in revisions else None,
            )
            for public_id in public_ids
        }
        entries = [revision for revision in revisions.values() if revision.kind in ENTRY_KINDS]
        gone = [public_id for public_id in changes if public_id not in revisions]
        neighbours_before = neighbours([*gone, *(entry.public_id for entry in entries)])
        _remove(gone)
        index_addresses(revisions.values())
        index_listed(revisions.values())
        _index_parents(revisions.values())
        prepared = prepare([RevisionDocument.of(entry) for entry in entries], keeps_order=False)
        store(prepared)
        if neighbours_before or any(links_of(entry.document) for entry in entries):
            order_entries({entry.public_id for entry in entries}, before=neighbours_before)
        known_anew = prepared.ids_known_anew() | _index_dependants(changes)
        claims = [row for row in revisions.values() if row.kind == RecordKind.PROPOSITION]
        # What an actor is part of decides whether two answers to "who" differ; and the days of
        # statements and sources, since when answers differ.
        inputs = changed_wholes(changes) | changed_days(changes) | known_anew
        claims += [
            claim for claim in claims_depending_on(inputs) if claim.public_id not in revisions
        ]
        index_claims(claims)


def index_entries(public_ids: Collection[str]) -> set[str]:
    """Index entries again whose own documents have not changed, but others that they name.

    Returns the ids of those that are now known since another day.
    """
    known_anew: set[str] = set()
    for chunk in in_chunks(sorted(public_ids)):
        revisions = Revision.objects.live().filter(public_id__in=chunk)
        prepared = prepare(RevisionDocument.among(revisions), keeps_order=True)
        store(prepared)
        known_anew |= prepared.ids_known_anew()
    return known_anew


def index_in_bulk(revisions: Collection[Revision]) -> None:
    """Index events and statements that were never indexed before and that nothing names.

    For records that are made and not published, such as those of `bench/`.
    """
    index_addresses(revisions)
    # As they are read, whatever their edition.
    documents = [
        RevisionDocument(revision.pk, revision.public_id, upgrade(revision.document))
        for revision in revisions
    ]
    with noting_changes():
        note_everything()
        store(prepare(documents, keeps_order=False))


def _index_dependants(changes: Mapping[str, RecordChange]) -> set[str]:
    """Index the entries that depend on these records, or leave a note of very many.

    Returns the ids of those that are now known since another day.
    """
    dependants = find_dependants(changes, MAX_DEPENDANTS_AT_ONCE)
    known_anew = index_entries(dependants.public_ids)
    PendingDependants.objects.bulk_create(
        (PendingDependants(name=name, value=value) for name, value in dependants.facets),
        update_conflicts=True,
        unique_fields=["name", "value"],
        update_fields=["last_entry"],  # from the beginning, if some are done already
        batch_size=500,
    )
    return known_anew


def _index_parents(revisions: Iterable[Revision]) -> None:
    for chunk in in_chunks(row for row in revisions if row.kind == RecordKind.SOURCE):
        index_parents({source.public_id: source.document for source in chunk})


def _remove(public_ids: Collection[str]) -> None:
    note_changes(public_ids)
    for chunk in in_chunks(public_ids):
        remove_addresses(chunk)
        remove_listed(chunk)
        remove_parents(chunk)
        counts = EntryCounts(chunk)
        Entry.objects.filter(public_id__in=chunk).delete()
        counts.update()
    remove_claims(public_ids)
