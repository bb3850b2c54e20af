"""The records that a version names, as they were when it was current."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from kb.record.documents import Document
from kb.record.models import Revision
from kb.record.vocabulary import TOMBSTONE_CHANGES, Change

MAX_MERGES = 8  # of a record that was merged into one that was merged itself


def documents_at(public_ids: Collection[str], moment: datetime | None) -> dict[str, Document]:
    """Documents by public id as they were just before ``moment``; without one, those of today.

    Nothing is returned of a record that is withdrawn today. One that was merged since has the
    document of the record that it was merged into. The slugs are those of today, because links
    lead to the pages of today. Costs one query without a moment, else two, and one for each merge
    of a record that was merged before.
    """
    if moment is None:
        rows = Revision.objects.live().filter(public_id__in=public_ids)
        return dict(rows.values_list("public_id", "document"))
    targets, today = _merged_records(public_ids)
    then = Revision.objects.filter(
        Q(superseded_at=None) | Q(superseded_at__gte=moment),
        published_at__lt=moment,
        public_id__in=today,
    ).exclude(change__in=TOMBSTONE_CHANGES)
    past = dict(then.order_by("number").values_list("public_id", "document"))
    # A record that had no page at that moment, and has one today, is shown as it is today.
    documents = {
        public_id: with_slug(past.get(public_id, document), document["slug"])
        for public_id, document in today.items()
    }
    return {
        public_id: documents[target] for public_id, target in targets.items() if target in documents
    }


def with_slug(document: Document, slug: str) -> Document:
    """The document with another slug."""
    return {**document, "slug": slug}


def _merged_records(public_ids: Collection[str]) -> tuple[dict[str, str], dict[str, Document]]:
    """The id of the record that each one is part of today, and the live documents by those ids."""
    targets = {public_id: public_id for public_id in public_ids}
    live: dict[str, Document] = {}
    pending = set(public_ids)
    for _level in range(MAX_MERGES):
        if not pending:
            break
        into: dict[str, str] = {}
        rows = Revision.objects.current().filter(public_id__in=pending)
        for public_id, change, document in rows.values_list("public_id", "change", "document"):
            if change not in TOMBSTONE_CHANGES:
                live[public_id] = document
            elif change == Change.MERGE:
                into[public_id] = document["tombstone"]["into"]
        targets = {public_id: into.get(target, target) for public_id, target in targets.items()}
        pending = set(into.values()) - live.keys()
    return targets, live
