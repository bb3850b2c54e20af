"""One record by its address, its versions, and what happened to it."""

from __future__ import annotations

from django.db.models import QuerySet

from kb.record.models import Revision
from kb.record.vocabulary import CHANGE_HEADINGS, TOMBSTONE_CHANGES, Change


def revision_at(kind: str, slug: str) -> Revision | None:
    """The current revision of the record that has, or had, this address; None if none did.

    A tombstone is returned too: ask ``change``. The slug of the result differs from ``slug``
    when the address is an old one.
    """
    current = Revision.objects.current().filter(kind=kind, slug=slug).first()
    if current is not None:
        return current
    old = Revision.objects.filter(kind=kind, slug=slug).order_by("-published_at").first()
    return Revision.objects.current().get(public_id=old.public_id) if old else None


def current_revision_at(kind: str, slug: str) -> Revision | None:
    """The current revision of what is read at this address now; None if there never was one.

    An old address and a merged record lead to another record, so kind and slug may differ.
    A tombstone (``is_tombstone``) means that the record was withdrawn.
    """
    revision = revision_at(kind, slug)
    if revision is not None and is_tombstone(revision):
        return merge_target(revision) or revision
    return revision


def merge_target(tombstone: Revision) -> Revision | None:
    """The live record that this was merged into, directly or not; None if there is none."""
    passed: set[str] = set()
    current: Revision | None = tombstone
    while current is not None and current.change == Change.MERGE:
        passed.add(current.public_id)
        into = current.document["tombstone"]["into"]
        # A merge into a record that is not live is refused, so there is no circle; if there were
        # one all the same, the page would never end.
        current = Revision.objects.current().filter(public_id=into).exclude(
            public_id__in=passed
        ).first()  # fmt: skip
    return None if current is None or is_tombstone(current) else current


def is_tombstone(revision: Revision) -> bool:
    """Whether this is a tombstone: withdrawn, or merged into another record."""
    return revision.change in TOMBSTONE_CHANGES


def versions(public_id: str) -> QuerySet[Revision]:
    """All versions of one record, newest first."""
    return Revision.objects.filter(public_id=public_id).order_by("-number")


def latest_changes(*, corrections_only: bool = False) -> QuerySet[Revision]:
    """What was published, newest first, without links between records."""
    changes = Revision.objects.exclude(change=Change.LINK).order_by("-published_at", "-pk")
    if corrections_only:
        # Of a record that was removed as a whole, all versions have that change.
        return changes.filter(change__in=list(CHANGE_HEADINGS)).exclude(
            change=Change.SUPPRESSION, superseded_at__isnull=False
        )
    return changes
