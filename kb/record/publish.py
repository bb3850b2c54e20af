"""Publishing: append a revision, supersede the one before it, and index the new one.

The desk decides whether something may pass (``kb.desk.verbs.publishing``); nothing else calls
this module. Every function here runs inside the caller's transaction, after ``bump_version``.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import cast

from django.db import transaction
from django.utils import timezone

from kb.record.chunks import in_chunks
from kb.record.documents import (
    Document,
    TombstoneDocument,
    digest,
    referenced_ids,
    without_unpublished,
)
from kb.record.hidden_titles import withdrawn_slug
from kb.record.models import Revision
from kb.record.pending_index import drain_in_background
from kb.record.proof.appending import append_leaves
from kb.record.search_index import index_records
from kb.record.vocabulary import TOMBSTONE_CHANGES, Change

logger = logging.getLogger(__name__)

MAX_LOGGED = 20  # revisions of one publication that get a line each


@dataclass(frozen=True)
class PendingRevision:
    """A document that is about to be published."""

    document: Document
    change: str
    note: str = ""


def live_ids(public_ids: Iterable[str]) -> set[str]:
    """Those of the ids whose records are live."""
    live: set[str] = set()
    for chunk in in_chunks(set(public_ids)):
        rows = Revision.objects.live().filter(public_id__in=chunk)
        live.update(rows.values_list("public_id", flat=True))
    return live


def append_revisions(passing: Collection[PendingRevision]) -> list[Revision]:
    """Publish documents together; return a revision for each that differs from the current one.

    Each may name any other of them. What they name besides and is not on the record is left
    out, its id too. A document equal to the current one makes no revision. Costs the same number
    of queries for up to 500 documents.
    """
    if not passing:
        return []
    arriving = {pending.document["id"] for pending in passing}
    named = {other for pending in passing for other in referenced_ids(pending.document)}
    public = live_ids(named - arriving) | arriving
    documents = [without_unpublished(pending.document, public) for pending in passing]
    return _append(list(zip(passing, documents, strict=True)))


def newly_live_ids(revisions: Iterable[Revision]) -> set[str]:
    """The ids of the records that these revisions have put on the record, or put back on it.

    Only these, and those that are withdrawn, change what other documents may name.
    """
    first = {revision.public_id for revision in revisions if revision.number == 1}
    later = [revision for revision in revisions if revision.number > 1]
    back: set[str] = set()
    for chunk in in_chunks(later):
        numbers = {revision.public_id: revision.number for revision in chunk}
        tombstones = Revision.objects.filter(
            public_id__in=numbers, change__in=TOMBSTONE_CHANGES
        ).values_list("public_id", "number")
        back |= {public_id for public_id, number in tombstones if number == numbers[public_id] - 1}
    return first | back


def add_tombstone(
    public_id: str, change: str, note: str, *, into: str = "", hides_title: bool = False
) -> Revision:
    """Put a tombstone over a record: withdrawn, or merged ``into`` another public id.

    With ``hides_title`` a withdrawn record has no title any more, and an address without its words
    (``kb.record.hidden_titles``).
    """
    current = Revision.objects.live().get(public_id=public_id)
    tombstone: TombstoneDocument = {
        "id": public_id,
        "kind": current.kind,
        "slug": withdrawn_slug(public_id) if hides_title else current.slug,
        "title": "" if hides_title else current.title,
        "tombstone": {"change": change, "note": note, "into": into},
    }
    document = cast("Document", tombstone)
    revisions = _append([(PendingRevision(document, change, note), document)])
    if not revisions:
        raise RuntimeError(f"{public_id} has already been withdrawn or merged.")
    return revisions[0]


def _append(passing: Sequence[tuple[PendingRevision, Document]]) -> list[Revision]:
    """Store documents as revisions, and index them. Each comes with what is to be published."""
    now = timezone.now()
    revisions: list[Revision] = []
    before: dict[str, Document] = {}
    for chunk in in_chunks(passing):
        revisions += _append_chunk(chunk, before, now)
    index_records([revision.public_id for revision in revisions], before)
    transaction.on_commit(partial(_log, revisions))
    # Robust: the publication stands, whatever happens to the rest of the index.
    transaction.on_commit(drain_in_background, robust=True)
    return revisions


def _append_chunk(
    passing: Sequence[tuple[PendingRevision, Document]],
    before: dict[str, Document],
    now: datetime,
) -> list[Revision]:
    """Store up to 500 revisions; add the live documents that they replace to ``before``."""
    ids = [document["id"] for _pending, document in passing]
    rows = Revision.objects.current().filter(public_id__in=ids)
    current = {revision.public_id: revision for revision in rows}
    superseded: list[int] = []
    revisions: list[Revision] = []
    for pending, document in passing:
        earlier = current.get(document["id"])
        if earlier is not None and earlier.document.get("noindex") and "tombstone" not in document:
            document["noindex"] = True
        sha256 = digest(document)
        if earlier is not None:
            # As read, so that a document that only an earlier edition words differently is equal.
            if digest(earlier.document) == sha256:
                continue
            superseded.append(earlier.pk)
            if earlier.change not in TOMBSTONE_CHANGES:
                before[earlier.public_id] = earlier.document
        revision = Revision(
            public_id=document["id"],
            kind=document["kind"],
            slug=document["slug"],
            title=document["title"],
            number=earlier.number + 1 if earlier else 1,
            document=document,
            change=pending.change if earlier else Change.FIRST,
            note=pending.note,
            published_at=now,
            sha256=sha256,
        )
        revisions.append(revision)
    if superseded:
        Revision.objects.filter(pk__in=superseded).update(superseded_at=now)
    stored = Revision.objects.bulk_create(revisions)
    append_leaves(stored)
    return stored


def _log(revisions: Sequence[Revision]) -> None:
    """Log revisions that have been committed, with ids and no text.

    One line for each of a few; one line with their number for more, such as those of a fixture.
    """
    if len(revisions) > MAX_LOGGED:
        logger.info("revisions published", extra={"fields": {"count": len(revisions)}})
        return
    for revision in revisions:
        fields = {
            "change": revision.change,
            "kind": revision.kind,
            "id": revision.public_id,
            "number": revision.number,
        }
        logger.info("revision published", extra={"fields": fields})
