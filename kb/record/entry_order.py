"""The order of the entries of the read index: keys that follow links, made one component at a time.

The links of an entry are in its facets named "after", whose value is the id of the earlier entry.
A component is all entries that such links connect. It costs one query for each distance in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kb.record.chunks import in_chunks
from kb.record.documents import Document
from kb.record.entry_values import AFTER
from kb.record.graph import component
from kb.record.index_changes import note_changes
from kb.record.models import Entry, Facet
from kb.record.order_values import (
    links_of,
    ordered_entry,
    possible_links,
)
from kb.record.ordering import (
    BeforeLink,
    DateConflictError,
    LinkCycleError,
    encode_key,
    order_keys,
)

BATCH_SIZE = 500


def neighbours(public_ids: Collection[str]) -> set[str]:
    """The ids at the other ends of the ordering links of these entries; a query for each 500."""
    others: set[str] = set()
    for chunk in in_chunks(public_ids):
        rows = Facet.objects.filter(name=AFTER).order_by()
        earlier = rows.filter(entry__public_id__in=chunk).values_list("value")
        later = rows.filter(value__in=chunk).values_list("entry__public_id")
        others.update(other for (other,) in earlier.union(later))
    return others


def connected_documents(
    public_ids: Collection[str], *, before: Collection[str] = ()
) -> dict[str, Document]:
    """The documents of these entries and of all that ordering links connect with them.

    ``before`` are entries that links connected with them until now. Empty, after one query, if
    there are neither links now nor before.
    """
    others = neighbours(public_ids) | set(before)
    if not others:
        return {}
    connected = component({*public_ids, *others}, neighbours)
    documents: dict[str, Document] = {}
    for chunk in in_chunks(sorted(connected)):
        rows = Entry.objects.filter(public_id__in=chunk)
        documents |= dict(rows.values_list("public_id", "revision__document"))
    return documents


def order_entries(public_ids: Collection[str], *, before: Collection[str] = ()) -> set[str]:
    """Give these entries, and all that are connected with them, their keys; return their ids.

    ``before`` are entries that links connected with them until now. Links that cannot all be true
    order nothing; only old revisions have such, because publishing refuses them.
    """
    documents = connected_documents(public_ids, before=before)
    if not documents:
        return set()
    keys = keys_of(documents)
    changed = []
    for chunk in in_chunks(documents):
        rows = Entry.objects.filter(public_id__in=chunk).only("pk", "public_id", "sort_key")
        for entry in rows:
            if entry.sort_key != keys[entry.public_id]:
                entry.sort_key = keys[entry.public_id]
                changed.append(entry)
    note_changes({entry.public_id for entry in changed})
    Entry.objects.bulk_update(changed, ["sort_key"], batch_size=BATCH_SIZE)
    return set(documents)


def order_all_entries() -> None:
    """Give all entries with ordering links their keys, for an index that is made anew."""
    waiting = set(Facet.objects.filter(name=AFTER).values_list("entry__public_id", flat=True))
    while waiting:
        batch = sorted(waiting)[:BATCH_SIZE]
        waiting -= order_entries(batch) | set(batch)


def keys_of(documents: Mapping[str, Document]) -> dict[str, str]:
    """The sort keys of these entries, which include all that links connect with them."""
    entries = [ordered_entry(document) for document in documents.values()]
    links = links_among(documents)
    try:
        keys = order_keys(entries, links)
    except (LinkCycleError, DateConflictError):
        keys = order_keys(entries, possible_links(entries, links))
    return {public_id: encode_key(key) for public_id, key in keys.items()}


def links_among(documents: Mapping[str, Document]) -> list[BeforeLink]:
    """The ordering links of which both ends are among these documents."""
    return [
        link
        for document in documents.values()
        for link in links_of(document)
        if link.earlier in documents
    ]
