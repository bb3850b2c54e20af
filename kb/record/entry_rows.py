"""The rows of entries in the read index, written in bulk: only what differs from what is stored.

``prepare`` reads and computes; ``store`` writes. So a caller may prepare before its transaction
begins, and lock other editors out only while it writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import cast

from django.db import connection

from kb.record.chunks import in_chunks
from kb.record.documents import Document, referenced_ids
from kb.record.entry_origins import wholes
from kb.record.entry_values import EntryColumns, FacetPair, entry_columns, facet_pairs
from kb.record.index_changes import note_changes
from kb.record.listed_records import EntryCounts
from kb.record.models import Entry, Facet, Revision
from kb.record.vocabulary import CONTESTED

_CONTESTED_STANDING = ("standing", CONTESTED)
# What the index of an entry depends on, by the kind of the record that the entry names.
_PARTS: dict[str, tuple[str, ...]] = {
    "actor": ("title", "other_names", "part_of"),
    "topic": ("title",),
    "source": ("published", "publisher", "parents"),
    "event": ("actors",),
}


@dataclass
class PreparedEntries:
    """Rows to write. ``added`` are entries that have no row yet, with their facets."""

    added: list[tuple[Entry, set[FacetPair]]] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    added_facets: list[Facet] = field(default_factory=list)
    removed_facets: list[int] = field(default_factory=list)
    ids_of_facets: set[str] = field(default_factory=set)
    keeps_order: bool = False

    def changed_ids(self) -> set[str]:
        """The public ids of all entries of which a row will change."""
        entries = [entry for entry, _ in self.added] + self.changed
        return {entry.public_id for entry in entries} | self.ids_of_facets


def prepare(
    revisions: Collection[Revision],
    *,
    keeps_order: bool,
    known: MutableMapping[str, Document] | None = None,
) -> PreparedEntries:
    """Compare what the index should hold of these entries with what it holds.

    With ``keeps_order`` the sort keys of stored entries stay as they are, because neither dates nor
    links have changed. ``known`` are documents by id that need not be fetched; what is fetched is
    added to it. Costs about six queries for 500 entries.
    """
    prepared = PreparedEntries(keeps_order=keeps_order)
    for chunk in in_chunks(revisions):
        _prepare_chunk(chunk, prepared, keeps_order, {} if known is None else known)
    return prepared


def store(prepared: PreparedEntries) -> None:
    """Write prepared rows, in the caller's transaction."""
    note_changes(prepared.changed_ids())
    counts = EntryCounts(prepared.ids_of_facets)
    entries = Entry.objects.bulk_create((entry for entry, _ in prepared.added), batch_size=500)
    facets = [
        Facet(entry=entry, name=name, value=value)
        for entry, (_, pairs) in zip(entries, prepared.added, strict=True)
        for name, value in sorted(pairs)
    ]
    _update_entries(prepared.changed, keeps_order=prepared.keeps_order)
    for chunk in in_chunks(prepared.removed_facets):
        Facet.objects.filter(pk__in=chunk).delete()
    _insert_facets([*facets, *prepared.added_facets])
    counts.update(pairs for _, pairs in prepared.added)


def _prepare_chunk(
    revisions: Collection[Revision],
    prepared: PreparedEntries,
    keeps_order: bool,
    known: MutableMapping[str, Document],
) -> None:
    add_named((revision.document for revision in revisions), known)
    entries = {
        entry.public_id: entry
        for entry in Entry.objects.filter(public_id__in=[row.public_id for row in revisions])
    }
    stored: defaultdict[int, dict[FacetPair, int]] = defaultdict(dict)
    if entries:
        keys = [entry.pk for entry in entries.values()]
        facets = Facet.objects.filter(entry__in=keys).order_by()
        for pk, entry_pk, name, value in facets.values_list("pk", "entry_id", "name", "value"):
            stored[entry_pk][(name, value)] = pk
    for revision in revisions:
        columns = entry_columns(revision.document, known)
        pairs = facet_pairs(revision.document, known)
        entry = entries.get(revision.public_id)
        if entry is None:
            entry = Entry(
                public_id=revision.public_id, revision_id=revision.pk, **columns._asdict()
            )
            prepared.added.append((entry, pairs))
            continue
        if _update_columns(entry, revision.pk, columns, keeps_order):
            prepared.changed.append(entry)
        own = stored[entry.pk]
        # The facets that claims give are not the document's.
        lasting = {pair for pair in own if pair[0] == CONTESTED}
        if lasting:
            lasting.add(_CONTESTED_STANDING)
        removed = own.keys() - pairs - lasting
        added = pairs - own.keys()
        if removed or added:
            prepared.ids_of_facets.add(entry.public_id)
            prepared.removed_facets += [own[pair] for pair in removed]
            prepared.added_facets += [
                Facet(entry_id=entry.pk, name=name, value=value) for name, value in sorted(added)
            ]


def _update_columns(entry: Entry, revision: int, columns: EntryColumns, keeps_order: bool) -> bool:
    """Put new values into the columns of a stored entry; return whether one has changed."""
    values = {"revision_id": revision, **columns._asdict()}
    if keeps_order:
        del values["sort_key"]
    changes = {name: value for name, value in values.items() if getattr(entry, name) != value}
    for name, value in changes.items():
        setattr(entry, name, value)
    return bool(changes)


def add_named(documents: Iterable[Document], known: MutableMapping[str, Document]) -> None:
    """Add what the index needs of the records that these documents name, and of all origins.

    ``known`` holds these parts by public id, and is not fetched again. Costs a query for each level
    of sources that derive from others, and of actors that are part of others.
    """
    pending = {public_id for document in documents for public_id in referenced_ids(document)}
    pending -= known.keys()
    while pending:
        fetched: dict[str, Document] = {}
        for chunk in in_chunks(sorted(pending)):
            rows = Revision.objects.live().filter(public_id__in=chunk, kind__in=_PARTS)
            for public_id, document in rows.values_list("public_id", "document"):
                fetched[public_id] = needed_parts(document)
        known.update(fetched)
        pending = wholes(fetched.values()) - known.keys()


def needed_parts(document: Document) -> Document:
    """The fields of a document that the index of other entries depends on."""
    fields: dict[str, object] = {**document}
    parts = {name: fields[name] for name in ("id", "kind", *_PARTS[document["kind"]])}
    return cast("Document", parts)


def _update_entries(entries: Collection[Entry], *, keeps_order: bool) -> None:
    """Write the columns of stored entries, in one statement that is executed for each.

    Without the sort key if it keeps the order: links of others may have changed it since.
    """
    if not entries:
        return
    table = connection.ops.quote_name(Entry._meta.db_table)
    left_out = {"id", "sort_key"} if keeps_order else {"id"}
    fields = [field for field in Entry._meta.local_concrete_fields if field.name not in left_out]
    assignments = ", ".join(
        f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields
    )
    rows = [
        (
            *(
                field.get_db_prep_save(getattr(entry, field.attname), connection=connection)
                for field in fields
            ),
            entry.pk,
        )
        for entry in entries
    ]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET {assignments} WHERE id = %s", rows)  # noqa: S608


def _insert_facets(facets: Collection[Facet]) -> None:
    if not facets:
        return
    table = connection.ops.quote_name(Facet._meta.db_table)
    rows = [(facet.entry_id, facet.name, facet.value) for facet in facets]
    with connection.cursor() as cursor:
        cursor.executemany(
            # Others may have added the same since it was prepared.
            f"INSERT INTO {table} (entry_id, name, value) VALUES (%s, %s, %s) "  # noqa: S608
            "ON CONFLICT DO NOTHING",
            rows,
        )
