"""The rows that the lists of actors, sources and incidents are read from.

There is one row for each live record, with everything that a list orders, filters and searches by.
A page of a list is therefore a short range of an index, however many records there are. Writers
are in a queue (``bump_version``), so a number in a row can be changed by a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import starmap
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, F

from kb.record.chunks import in_chunks
from kb.record.documents import PublicId
from kb.record.entry_values import FacetPair
from kb.record.initials import initial_of
from kb.record.models import Facet, ListedRecord, ListTotal, Revision
from kb.record.vocabulary import RecordKind
from kb.text.normalise import fold_name, search_text

LISTED_KINDS = (RecordKind.ACTOR.value, RecordKind.SOURCE.value, RecordKind.INCIDENT.value)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ListKey(NamedTuple):
    """What ``ListTotal`` counts records by."""

    kind: str
    own_kind: str
    initial: str


class ListedValues(NamedTuple):
    """The columns of a row that come from the revision alone."""

    revision_id: int
    kind: str
    own_kind: str
    owner: str
    name_key: bytes
    initial: str
    newest: int
    search_text: str


class EntryCounts:
    """Keeps the numbers of entries right while rows of entries are written.

    Created before the writing, with the ids of stored entries whose facets may change or that are
    removed; ``update`` comes after it. Costs no query without such entries, else two and a
    statement for each record whose number changes.
    """

    def __init__(self, public_ids: Collection[PublicId]) -> None:
        self._public_ids = public_ids
        self._before = self._count()

    def update(self, added: Iterable[Collection[FacetPair]] = ()) -> None:
        """Write the differences; ``added`` are the facets of entries that are new."""
        after = self._count()
        after.update(value for pairs in added for name, value in pairs if name in LISTED_KINDS)
        after.subtract(self._before)
        rows = [(change, public_id) for public_id, change in sorted(after.items()) if change]
        if rows:
            table = connection.ops.quote_name(ListedRecord._meta.db_table)
            sql = f"UPDATE {table} SET entries = entries + %s WHERE public_id = %s"  # noqa: S608
            with connection.cursor() as cursor:
                cursor.executemany(sql, rows)

    def _count(self) -> Counter[PublicId]:
        counts: Counter[PublicId] = Counter()
        for chunk in in_chunks(sorted(self._public_ids)):
            facets = Facet.objects.filter(entry__public_id__in=chunk, name__in=LISTED_KINDS)
            counts.update(facets.order_by().values_list("value", flat=True))
        return counts


def index_listed(revisions: Iterable[Revision]) -> None:
    """Add the rows of these live revisions, in place of earlier ones.

    The entries of records that have no row yet are counted. Costs four queries for 500 records.
    """
    for chunk in in_chunks(row for row in revisions if row.kind in LISTED_KINDS):
        _index_chunk(chunk)


def remove_listed(public_ids: Collection[PublicId]) -> None:
    """Remove the rows of up to 500 records that are no longer live."""
    rows = ListedRecord.objects.filter(public_id__in=public_ids)
    keys = Counter(starmap(ListKey, rows.order_by().values_list(*ListKey._fields)))
    if keys:
        rows.delete()
        _add_to_totals({key: -count for key, count in keys.items()})


def listed_values(revision: Revision) -> ListedValues:
    """What the row of a revision holds."""
    document, own_kind, owner = revision.document, "", ""
    newest = (revision.published_at - _EPOCH) // timedelta(microseconds=1)
    texts = [revision.title]
    if revision.kind == RecordKind.ACTOR:
        own_kind, owner = document["actor_kind"], document["part_of"] or ""
        texts += [name["name"] for name in document["other_names"]]
    elif revision.kind == RecordKind.SOURCE:
        own_kind, owner = document["source_kind"], document["publisher"] or ""
        texts += [document["byline"], document["url"]]
        day = document["published"]["latest"] or document["published"]["earliest"]
        newest = date.fromisoformat(day).toordinal() if day else 0
    else:
        texts.append(document["summary"])
    name = fold_name(revision.title)
    return ListedValues(
        revision_id=revision.pk,
        kind=revision.kind,
        own_kind=own_kind,
        owner=owner,
        name_key=b"\0".join((name.encode(), revision.public_id.encode())),
        initial=initial_of(name),
        newest=newest,
        search_text=search_text(*texts),
    )


def list_totals() -> Counter[str]:
    """How many live records there are, by kind, of those that have lists."""
    totals: Counter[str] = Counter()
    for kind, records in ListTotal.objects.order_by().values_list("kind", "records"):
        totals[kind] += records
    return totals


def count_entries(public_ids: Collection[PublicId], kind: str) -> dict[PublicId, int]:
    """The numbers of entries of these records of one kind, counted; no zeros."""
    facets = Facet.objects.filter(name=kind, value__in=public_ids).order_by()
    return dict(facets.values_list("value").annotate(entries=Count("pk")))


def stored_values(public_ids: Collection[PublicId]) -> dict[PublicId, ListedValues]:
    """What the rows of these records hold now."""
    rows = ListedRecord.objects.filter(public_id__in=public_ids).order_by()
    stored: dict[PublicId, ListedValues] = {}
    for public_id, *columns in rows.values_list("public_id", *ListedValues._fields):
        values = ListedValues._make(columns)
        # psycopg and sqlite3 have types of their own for bytes.
        stored[public_id] = values._replace(name_key=bytes(values.name_key))
    return stored


def _index_chunk(revisions: Collection[Revision]) -> None:
    values = {revision.public_id: listed_values(revision) for revision in revisions}
    stored = stored_values(values)
    entries: dict[PublicId, int] = {}
    for kind in LISTED_KINDS:
        new = [key for key, row in values.items() if key not in stored and row.kind == kind]
        if new:
            entries |= count_entries(new, kind)
    changed = {key: row for key, row in values.items() if stored.get(key) != row}
    ListedRecord.objects.bulk_create(
        (
            ListedRecord(public_id=key, entries=entries.get(key, 0), **row._asdict())
            for key, row in changed.items()
        ),
        update_conflicts=True,
        unique_fields=["public_id"],
        update_fields=["revision", *ListedValues._fields[1:]],
    )
    totals = Counter(_list_key(row) for row in changed.values())
    totals.subtract(_list_key(row) for key, row in stored.items() if key in changed)
    _add_to_totals(totals)


def _list_key(row: ListedValues) -> ListKey:
    return ListKey(row.kind, row.own_kind, row.initial)


def _add_to_totals(changes: Mapping[ListKey, int]) -> None:
    for key, change in sorted(changes.items()):
        if not change:
            continue
        rows = ListTotal.objects.filter(**key._asdict())
        if not rows.update(records=F("records") + change):
            ListTotal.objects.create(**key._asdict(), records=change)
