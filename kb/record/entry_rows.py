"""The rows of entries in the read index, written in bulk: only what differs from what is stored.

``prepare`` reads and computes; ``store`` writes. So a caller may prepare before its transaction
begins, and lock other editors out only while it writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, MutableMapping, Sequence
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
from kb.record.vocabulary import CONTESTED

_CONTESTED_STANDING = ("standing", CONTESTED)
# What the index of an entry depends on, by the kind of the record that the entry names.
_PARTS: dict[str, tuple[str, ...]] = {
    "actor": ("title", "other_names", "part_of"),
    "topic": ("title",),
    "source": ("published", "publisher", "parents"),
    "event": ("actors",),
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
        entries = Entry.objects.filter(public_id__in=public_ids)
        linked = public_ids if keeps_order else ()
        _compare(chunk, entries, prepared, {} if known is None else known, set(linked))
    return prepared


def prepare_range(
    revisions: Collection[RevisionDocument],
    entries: models.QuerySet[Entry],
    *,
    linked: Collection[str],
    known: MutableMapping[str, Document],
) -> PreparedEntries:
    """Do the same for at most some hundred revisions, of which ``entries`` are the stored rows.

    Those that are ``linked`` keep their stored sort keys, which depend on other entries.
    """
    prepared = PreparedEntries()
    _compare(revisions, entries, prepared, known, linked)
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


def _compare(
    revisions: Collection[RevisionDocument],
    entries: models.QuerySet[Entry],
    prepared: PreparedEntries,
    known: MutableMapping[str, Document],
    linked: Collection[str],
) -> None:
    """Add to ``prepared`` what differs between these revisions and the stored entries.

    Those that are ``linked`` keep their stored sort keys.
    """
    add_named((revision.document for revision in revisions), known)
    stored = {entry.public_id: entry for entry in _stored_values(entries)}
    facets: defaultdict[int | None, set[FacetPair]] = defaultdict(set)
    if stored:
        rows = Facet.objects.filter(entry__in=entries.order_by().values("pk")).order_by()
        for key, name, value in rows.values_list("entry_id", "name", "value"):
            facets[key].add((name, value))
    for revision in revisions:
        columns, pairs = index_values(revision.document, known)
        entry = stored.get(revision.public_id)
        if entry is None:
            entry = EntryValues(None, revision.public_id, revision.pk, columns)
            prepared.added.append((entry, pairs))
            continue
        if columns.sort_key != entry.columns.sort_key and revision.public_id in linked:
            columns = columns._replace(sort_key=entry.columns.sort_key)
        if columns != entry.columns or revision.pk != entry.revision:
            current = EntryValues(entry.pk, entry.public_id, revision.pk, columns)
            prepared.changed.setdefault(current.differing(entry), []).append(current)
        if entry.pk is not None and facets[entry.pk] != pairs:
            _compare_facets(entry.public_id, entry.pk, facets[entry.pk], pairs, prepared)


def _compare_facets(
    public_id: str,
    key: int,
    stored: set[FacetPair],
    pairs: set[FacetPair],
    prepared: PreparedEntries,
) -> None:
    # The facets that claims give are not the document's.
    lasting = {pair for pair in stored if pair[0] == CONTESTED}
    if lasting:
        lasting.add(_CONTESTED_STANDING)
    removed = stored - pairs - lasting
    added = pairs - stored
    if removed or added:
        prepared.ids_of_facets.add(public_id)
        prepared.removed_facets += [(key, name, value) for name, value in removed]
        prepared.added_facets += [(key, name, value) for name, value in sorted(added)]


def _stored_values(entries: models.QuerySet[Entry]) -> Iterator[EntryValues]:
    rows = entries.order_by().values_list("pk", "public_id", "revision_id", *EntryColumns._fields)
    for key, public_id, revision, *columns in rows:
        yield EntryValues(key, public_id, revision, EntryColumns._make(columns))


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
