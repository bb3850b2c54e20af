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

from kb.record.documents import (
    Document,
    TombstoneDocument,
    digest,
    referenced_ids,
    without_unpublished,
)
from kb.record.models import Revision
from kb.record.search_index import index_records
from kb.record.vocabulary import Change

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
    rows = Revision.objects.live().filter(public_id__in=set(public_ids))
    return set(rows.values_list("public_id", flat=True))


def append_revisions(passing: Collection[PendingRevision]) -> list[Revision]:
    """Publish documents together; return a revision for each that differs from the current one.

    Each may name any other of them. What they name besides and is not on the record is left
    out, its id too. A document equal to the current one makes no revision.
    """
    arriving = {pending.document["id"] for pending in passing}
    named = {other for pending in passing for other in referenced_ids(pending.document)}
    public = live_ids(named) | arriving
    now = timezone.now()
    revisions = [
        _append(pending, without_unpublished(pending.document, public), now) for pending in passing
    ]
    published = [revision for revision in revisions if revision is not None]
    index_records([revision.public_id for revision in published])
    transaction.on_commit(partial(_log, published))
    return published


def add_tombstone(public_id: str, change: str, note: str, *, into: str = "") -> Revision:
    """Put a tombstone over a record: withdrawn, or merged ``into`` another public id."""
    current = Revision.objects.live().get(public_id=public_id)
    tombstone: TombstoneDocument = {
        "id": public_id,
        "kind": current.kind,
        "slug": current.slug,
        "title": current.title,
        "tombstone": {"change": change, "note": note, "into": into},
    }
    document = cast("Document", tombstone)
    revision = _append(PendingRevision(document, change, note), document, timezone.now())
    if revision is None:
        raise RuntimeError(f"{public_id} has already been withdrawn or merged.")
    index_records([public_id])
    transaction.on_commit(partial(_log, [revision]))
    return revision


def _append(passing: PendingRevision, document: Document, now: datetime) -> Revision | None:
    current = Revision.objects.current().filter(public_id=document["id"]).first()
    # Compared as read, so that a document that only an earlier edition words differently is equal.
    if current is not None and digest(current.document) == digest(document):
        return None
    change = passing.change
    if current is None:
        change = Change.FIRST
    else:
        Revision.objects.filter(pk=current.pk).update(superseded_at=now)
    revision = Revision(
        public_id=document["id"],
        kind=document["kind"],
        slug=document["slug"],
        title=document["title"],
        number=current.number + 1 if current else 1,
        document=document,
        change=change,
        note=passing.note,
        published_at=now,
        sha256=digest(document),
    )
    revision.save()
    return revision


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
