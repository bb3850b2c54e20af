"""Making the rows of all lists again from the revisions: only what differs is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from kb.record.chunks import CHUNK_SIZE
from kb.record.claim_values import actor_parts
from kb.record.contested import is_contested
from kb.record.documents import PublicId
from kb.record.listed_claims import list_claims
from kb.record.listed_records import (
    LISTED_KINDS,
    ListKey,
    count_entries,
    index_listed,
    listed_values,
    remove_listed,
    stored_values,
)
from kb.record.models import (
    ListedClaim,
    ListedRecord,
    ListTotal,
    Revision,
    RevisionQuerySet,
    SourceParent,
)
from kb.record.source_parents import index_parents, parents_in, remove_parents, stored_parents
from kb.record.vocabulary import RecordKind

Step = Callable[[], None]


def are_lists_empty() -> bool:
    """Whether nothing is listed."""
    return not ListedRecord.objects.exists() and not ListedClaim.objects.exists()


def fill_lists() -> None:
    """Make the rows of all records and claims, where only the lists are missing: all of them."""
    with transaction.atomic():
        for kind in LISTED_KINDS:
            for public_ids in _id_batches(Revision.objects.live().filter(kind=kind)):
                _add(public_ids, kind)
        if _stored_totals() != _counted_totals():
            _correct_totals()
        for public_ids in _id_batches(_live_claims()):
            rows = _live_claims().filter(public_id__in=public_ids)
            documents = dict(rows.values_list("public_id", "document"))
            parts = actor_parts(documents.values())
            list_claims(
                documents,
                {key for key, document in documents.items() if is_contested(document, parts)},
            )


def rebuild_steps() -> Iterator[Step]:
    """What is to be done so that the lists are those of the live records; nothing if they are.

    Each step writes at most 500 rows and belongs into a transaction of its own. Comes after the
    entries, whose facets are counted.
    """
    for kind in LISTED_KINDS:
        for public_ids in _id_batches(Revision.objects.live().filter(kind=kind)):
            if _differs(public_ids, kind):
                yield partial(_correct, public_ids, kind)
    while public_ids := list(_gone_records().values_list("public_id", flat=True)[:CHUNK_SIZE]):
        yield partial(remove_listed, public_ids)
    while public_ids := list(_gone_parents().values_list("source", flat=True)[:CHUNK_SIZE]):
        yield partial(remove_parents, public_ids)
    while public_ids := list(_gone_claims().values_list("claim", flat=True)[:CHUNK_SIZE]):
        yield partial(_remove_claims, public_ids)
    if _stored_totals() != _counted_totals():
        yield _correct_totals


def _differs(public_ids: list[PublicId], kind: str) -> bool:
    revisions = list(_live(public_ids))
    values = {revision.public_id: listed_values(revision) for revision in revisions}
    if stored_values(public_ids) != values:
        return True
    if kind == RecordKind.SOURCE:
        documents = {revision.public_id: revision.document for revision in revisions}
        if stored_parents(public_ids).keys() != parents_in(documents):
            return True
    return _stored_entries(public_ids) != count_entries(public_ids, kind)


def _add(public_ids: list[PublicId], kind: str) -> None:
    revisions = list(_live(public_ids))
    index_listed(revisions)
    if kind == RecordKind.SOURCE:
        index_parents({revision.public_id: revision.document for revision in revisions})


def _correct(public_ids: list[PublicId], kind: str) -> None:
    _add(public_ids, kind)
    stored, counted = _stored_entries(public_ids), count_entries(public_ids, kind)
    for public_id in stored.keys() | counted.keys():
        if stored.get(public_id) != counted.get(public_id):
            rows = ListedRecord.objects.filter(public_id=public_id)
            rows.update(entries=counted.get(public_id, 0))


def _stored_entries(public_ids: list[PublicId]) -> dict[PublicId, int]:
    rows = ListedRecord.objects.filter(public_id__in=public_ids).exclude(entries=0)
    return dict(rows.order_by().values_list("public_id", "entries"))


def _stored_totals() -> dict[ListKey, int]:
    rows = ListTotal.objects.exclude(records=0).values_list(*ListKey._fields, "records")
    return {ListKey(*columns): records for *columns, records in rows}


def _counted_totals() -> dict[ListKey, int]:
    rows = ListedRecord.objects.order_by().values_list(*ListKey._fields)
    return {ListKey(*columns): records for *columns, records in rows.annotate(records=Count("pk"))}


def _correct_totals() -> None:
    ListTotal.objects.all().delete()
    ListTotal.objects.bulk_create(
        ListTotal(**key._asdict(), records=records)
        for key, records in sorted(_counted_totals().items())
    )


def _remove_claims(public_ids: list[PublicId]) -> None:
    ListedClaim.objects.filter(claim__in=public_ids).delete()


def _gone_records() -> QuerySet[ListedRecord]:
    live = Revision.objects.live().filter(public_id=OuterRef("public_id"), kind=OuterRef("kind"))
    return ListedRecord.objects.filter(~Exists(live)).order_by()


def _gone_claims() -> QuerySet[ListedClaim]:
    live = _live_claims().filter(public_id=OuterRef("claim"))
    return ListedClaim.objects.filter(~Exists(live)).order_by()


def _gone_parents() -> QuerySet[SourceParent]:
    live = Revision.objects.live().filter(public_id=OuterRef("source"), kind=RecordKind.SOURCE)
    return SourceParent.objects.filter(~Exists(live)).order_by()


def _live_claims() -> RevisionQuerySet:
    return Revision.objects.live().filter(kind=RecordKind.PROPOSITION)


def _live(public_ids: list[PublicId]) -> RevisionQuerySet:
    return Revision.objects.live().filter(public_id__in=public_ids)


def _id_batches(revisions: RevisionQuerySet) -> Iterator[list[PublicId]]:
    """The ids of these revisions in batches, in the order of ids."""
    rows = revisions.order_by("public_id").values_list("public_id", flat=True)
    last = ""
    while public_ids := list(rows.filter(public_id__gt=last)[:CHUNK_SIZE]):
        yield public_ids
        last = public_ids[-1]
