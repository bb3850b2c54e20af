"""The order of the entries of the read index: keys that follow links, made one component at a time.

The links of an entry are in its facets named "after", whose value is the id of the earlier entry.
A component is all entries that such links connect. It costs one query for each distance in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b

from kb.record.chunks import in_chunks
from kb.record.documents import Document
from kb.record.entry_values import AFTER
from kb.record.graph import Edge, component
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


def edges_of(public_ids: Collection[str]) -> set[Edge]:
    """The ordering links of these entries, as pairs of ids, the earlier first.

    The other end need not be among these entries. One query for each 500 of them.
    """
    edges: set[Edge] = set()
    for chunk in in_chunks(public_ids):
        rows = Facet.objects.filter(name=AFTER).order_by()
        earlier = rows.filter(entry__public_id__in=chunk).values_list("value", "entry__public_id")
        later = rows.filter(value__in=chunk).values_list("value", "entry__public_id")
        edges.update(earlier.union(later))
    return edges


class AllEdges:
    """All ordering links in memory. An edge takes about half a kilobyte."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        by_end: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in edges:
            for end in edge:
                by_end[end].append(edge)
        self._by_end = by_end
        self._marks: dict[str, str] = {}

    def find(self, public_ids: Collection[str]) -> set[Edge]:
        """What ``edges_of`` returns, without a query."""
        by_end = self._by_end
        return {edge for public_id in public_ids for edge in by_end.get(public_id, ())}

    def mark(self, public_ids: Iterable[str]) -> str:
        """A text that tells the links that connect others with these entries from any others."""
        by_end = self._by_end
        return ",".join(sorted({self._mark(end) for end in public_ids if end in by_end}))

    def _mark(self, end: str) -> str:
        if end not in self._marks:
            members = component(
                [end], lambda batch: {other for edge in self.find(batch) for other in edge}
            )
            text = " ".join(sorted(f"{earlier}>{later}" for earlier, later in self.find(members)))
            digest = blake2b(text.encode(), digest_size=16).hexdigest()
            self._marks |= dict.fromkeys(members, digest)
        return self._marks[end]


def all_edges(most: int) -> AllEdges | None:
    """All ordering links; None if there are more than ``most``. One query."""
    rows = Facet.objects.filter(name=AFTER).order_by().values_list("value", "entry__public_id")
    edges = list(rows[: most + 1])
    return AllEdges(edges) if len(edges) <= most else None


def linked_from(public_ids: Collection[str]) -> set[str]:
    """Those of these ids to which ordering links of other entries lead; a query for each 500."""
    linked: set[str] = set()
    for chunk in in_chunks(public_ids):
        rows = Facet.objects.filter(name=AFTER, value__in=chunk).order_by()
        linked.update(rows.values_list("value", flat=True))
    return linked


def connected_documents(
    public_ids: Collection[str],
    *,
    before: Collection[str] = (),
    known: Mapping[str, Document] | None = None,
) -> dict[str, Document]:
    """The documents of these entries and of all that ordering links connect with them.

    ``before`` are entries that links connected with them until now; ``known`` are documents that
    need not be fetched. Empty, after one query, if there are neither links now nor before.
    """
    others = neighbours(public_ids) | set(before)
    if not others:
        return {}
    connected = component({*public_ids, *others}, neighbours)
    known = known or {}
    documents = {public_id: known[public_id] for public_id in connected & known.keys()}
    for chunk in in_chunks(sorted(connected - known.keys())):
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
    changed = _misplaced(documents, keys_of(documents))
    note_changes({entry.public_id for entry in changed})
    Entry.objects.bulk_update(changed, ["sort_key"], batch_size=BATCH_SIZE)
    return set(documents)


def are_in_order(
    public_ids: Collection[str], *, known: Mapping[str, Document], stored: Mapping[str, str]
) -> bool:
    """Whether these entries, and all that are connected with them, have their keys.

    ``known`` are documents that need not be fetched, and ``stored`` are such keys.
    """
    if not public_ids:
        return True
    documents = connected_documents(public_ids, known=known)
    keys = keys_of(documents)
    if any(stored[public_id] != keys[public_id] for public_id in keys.keys() & stored.keys()):
        return False
    return not _misplaced(keys.keys() - stored.keys(), keys)


def _misplaced(public_ids: Collection[str], keys: Mapping[str, str]) -> list[Entry]:
    """Those of these entries that are stored with another key, with the right one set."""
    changed = []
    for chunk in in_chunks(public_ids):
        rows = Entry.objects.filter(public_id__in=chunk).order_by()
        stored = rows.values_list("pk", "public_id", "sort_key")
        changed += [
            Entry(pk=key, public_id=public_id, sort_key=keys[public_id])
            for key, public_id, sort_key in stored
            if sort_key != keys[public_id]
        ]
    return changed


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
