"""The rows of entries in the read index, written in bulk: only what differs from what is stored.

``prepare`` reads and computes; ``store`` writes. So a caller may prepare before its transaction
begins, and lock other editors out only while it writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self, cast

from django.db import connection, models

from kb.record.chunks import in_chunks
from kb.record.documents import Document, referenced_ids
from kb.record.entry_origins import wholes
from kb.record.entry_values import EntryColumns, FacetPair, index_values
from kb.record.index_changes import note_changes
from kb.record.listed_records import EntryCounts
from kb.record.models import Entry, Facet, Revision, RevisionQuerySet
from kb.record.stored_facets import NO_FACETS, FacetText, stored_facets
from kb.record.vocabulary import CONTESTED, CONTESTED_SINCE

_CONTESTED_STANDING = ("standing", CONTESTED)
# What the index of an entry depends on, by the kind of the record that the entry names.
_PARTS: dict[str, tuple[str, ...]] = {
    "actor": ("id", "kind", "title", "other_names", "part_of"),
    "topic": ("id", "kind", "title"),
    "source": ("id", "kind", "published", "publisher", "parents"),
    "event": ("id", "kind", "actors"),
}


class RevisionDocument(NamedTuple):
    """What the index needs of a live revision."""

    pk: int
    public_id: str
    document: Document

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """That of a revision in memory."""
        return cls(revision.pk, revision.public_id, revision.document)

    @classmethod
    def among(cls, revisions: RevisionQuerySet) -> list[Self]:
        """Those of a query."""
        return [cls(*row) for row in revisions.values_list("pk", "public_id", "document")]


class EntryValues(NamedTuple):
    """The row of an entry; ``pk`` is None until it is stored."""

    pk: int | None
    public_id: str
    revision: int
    columns: EntryColumns

    def value(self, name: str) -> Any:
        """The value of the field of this name."""
        return self.revision if name == "revision" else getattr(self.columns, name)

    def differing(self, other: EntryValues) -> tuple[str, ...]:
        """The names of the fields of which the other has another value."""
        names = () if self.revision == other.revision else ("revision",)
        pairs = zip(EntryColumns._fields, self.columns, other.columns, strict=True)
        return *names, *(name for name, value, stored in pairs if value != stored)


class StoredEntries(NamedTuple):
    """The stored rows of some entries by public id, and their facets by primary key."""

    entries: dict[str, EntryValues]
    facets: dict[int, FacetText]

    @classmethod
    def of(cls, *queries: models.QuerySet[Entry]) -> Self:
        """Those that the queries give. A query for each, and one for the facets of 500 entries."""
        names = ("pk", "public_id", "revision_id", *EntryColumns._fields)
        entries = {
            public_id: EntryValues(key, public_id, revision, EntryColumns._make(columns))
            for query in queries
            for key, public_id, revision, *columns in query.order_by().values_list(*names)
        }
        return cls(entries, stored_facets([entry.pk for entry in entries.values() if entry.pk]))


@dataclass
class PreparedEntries:
    """Rows to write. ``added`` are entries that have no row yet, with their facets.

    ``changed`` has stored entries by the fields that change: writing ``search_text`` alone costs
    more than all others together. Other facets are those of stored entries, by key.
    """

    added: list[tuple[EntryValues, set[FacetPair]]] = field(default_factory=list)
    changed: dict[tuple[str, ...], list[EntryValues]] = field(default_factory=dict)
    added_facets: list[tuple[int, str, str]] = field(default_factory=list)
    removed_facets: list[tuple[int, str, str]] = field(default_factory=list)
    ids_of_facets: set[str] = field(default_factory=set)

    def changed_ids(self) -> set[str]:
        """The public ids of all entries of which a row will change."""
        entries = [entry for entry, _ in self.added]
        entries += [entry for changed in self.changed.values() for entry in changed]
        return {entry.public_id for entry in entries} | self.ids_of_facets

    def ids_known_anew(self) -> set[str]:
        """The public ids of the entries that have no row yet, or are known since another day."""
        entries = [entry for entry, _ in self.added]
        for names, changed in self.changed.items():
            entries += changed if "known_since" in names else []
        return {entry.public_id for entry in entries}


def prepare(
    revisions: Collection[RevisionDocument],
    *,
    keeps_order: bool,
    known: MutableMapping[str, Document] | None = None,
) -> PreparedEntries:
    """Compare what the index should hold of these entries with what it holds.

    With ``keeps_order`` the sort keys of stored entries stay as they are, because neither dates nor
    links have changed. ``known`` are documents by id that need not be fetched; what is fetched is
    added to it. Costs about six queries for 500 entries.
    """
    prepared = PreparedEntries()
    for chunk in in_chunks(revisions):
        public_ids = [revision.public_id for revision in chunk]
        stored = StoredEntries.of(Entry.objects.filter(public_id__in=public_ids))
        linked = set(public_ids if keeps_order else ())
        documents = {} if known is None else known
        compare_entries(chunk, add_named(chunk, documents), stored, prepared, documents, linked)
    return prepared


def store(prepared: PreparedEntries) -> None:
    """Write prepared rows, in the caller's transaction."""
    note_changes(prepared.changed_ids())
    counts = EntryCounts(prepared.ids_of_facets)
    entries = Entry.objects.bulk_create(
        (
            Entry(public_id=entry.public_id, revision_id=entry.revision, **entry.columns._asdict())
            for entry, _ in prepared.added
        ),
        batch_size=500,
    )
    facets = [
        (entry.pk, name, value)
        for entry, (_, pairs) in zip(entries, prepared.added, strict=True)
        for name, value in sorted(pairs)
    ]
    for names, changed in prepared.changed.items():
        _update_entries(names, changed)
    # Others may have removed or added the same since it was prepared.
    _run_for_all(
        "DELETE FROM {table} WHERE entry_id = %s AND name = %s AND value = %s",
        prepared.removed_facets,
    )
    _run_for_all(
        "INSERT INTO {table} (entry_id, name, value) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [*facets, *prepared.added_facets],
    )
    counts.update(pairs for _, pairs in prepared.added)


def compare_entries(
    revisions: Collection[RevisionDocument],
    referenced: Mapping[str, set[str]],
    stored: StoredEntries,
    prepared: PreparedEntries,
    known: Mapping[str, Document],
    linked: Collection[str],
) -> None:
    """Add to ``prepared`` what differs between these revisions and the stored entries.

    ``referenced`` and ``known`` are those of ``add_named``. Those that are ``linked`` keep their
    stored sort keys.
    """
    for revision in revisions:
        public_id = revision.public_id
        columns, pairs = index_values(revision.document, known, referenced[public_id])
        entry = stored.entries.get(public_id)
        if entry is None:
            entry = EntryValues(None, public_id, revision.pk, columns)
            prepared.added.append((entry, pairs))
            continue
        if columns.sort_key != entry.columns.sort_key and public_id in linked:
            columns = columns._replace(sort_key=entry.columns.sort_key)
        if columns != entry.columns or revision.pk != entry.revision:
            current = EntryValues(entry.pk, public_id, revision.pk, columns)
            prepared.changed.setdefault(current.differing(entry), []).append(current)
        if entry.pk is not None:
            facets = stored.facets.get(entry.pk, NO_FACETS)
            if not facets.are(pairs):
                _compare_facets(public_id, entry.pk, facets.pairs(), pairs, prepared)


def _compare_facets(
    public_id: str,
    key: int,
    stored: set[FacetPair],
    pairs: set[FacetPair],
    prepared: PreparedEntries,
) -> None:
    # The facets that claims give are not the document's.
    lasting = {pair for pair in stored if pair[0] in (CONTESTED, CONTESTED_SINCE)}
    if lasting:
        lasting.add(_CONTESTED_STANDING)
    removed = stored - pairs - lasting
    added = pairs - stored
    if removed or added:
        prepared.ids_of_facets.add(public_id)
        prepared.removed_facets += [(key, name, value) for name, value in removed]
        prepared.added_facets += [(key, name, value) for name, value in sorted(added)]


def add_named(
    revisions: Iterable[RevisionDocument], known: MutableMapping[str, Document]
) -> dict[str, set[str]]:
    """Add what the index needs of the records that these name, and of all origins.

    Returns the ids that each names. ``known`` holds these parts by public id, and is not fetched
    again. Costs a query for each level of sources that derive from others, and of actors that are
    part of others.
    """
    referenced = {revision.public_id: referenced_ids(revision.document) for revision in revisions}
    pending: set[str] = set().union(*referenced.values())
    pending -= known.keys()
    while pending:
        fetched: dict[str, Document] = {}
        for chunk in in_chunks(sorted(pending)):
            rows = Revision.objects.live().filter(public_id__in=chunk, kind__in=_PARTS)
            for public_id, document in rows.values_list("public_id", "document"):
                fetched[public_id] = needed_parts(document)
        known.update(fetched)
        pending = wholes(fetched.values()) - known.keys()
    return referenced


def needed_parts(document: Document) -> Document:
    """The fields of a document that the index of other entries depends on."""
    names = _PARTS[document["kind"]]
    return cast("Document", {name: document[name] for name in names})  # type: ignore[literal-required]


def may_be_needed(document: Document) -> bool:
    """Whether the index of other entries may depend on this document."""
    return document["kind"] in _PARTS


def _update_entries(names: Collection[str], entries: Collection[EntryValues]) -> None:
    """Write these columns of stored entries, in one statement that is executed for each."""
    quoted = connection.ops.quote_name
    fields = [field for field in Entry._meta.concrete_fields if field.name in names]
    assignments = ", ".join(f"{quoted(str(field.column))} = %s" for field in fields)
    rows = [
        (
            *(
                field.get_db_prep_save(entry.value(field.name), connection=connection)
                for field in fields
            ),
            entry.pk,
        )
        for entry in entries
    ]
    sql = f"UPDATE {quoted(Entry._meta.db_table)} SET {assignments} WHERE id = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _run_for_all(sql: str, facets: Sequence[tuple[int, str, str]]) -> None:
    """Run a statement once for each of these facets."""
    if facets:
        table = connection.ops.quote_name(Facet._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(sql.format(table=table), facets)
