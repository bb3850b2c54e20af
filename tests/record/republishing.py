"""Corrections and tombstones without the desk."""

from __future__ import annotations

from django.db import transaction

from kb.record import publication_version
from kb.record.models import Revision
from kb.record.publish import PendingRevision, add_tombstone, append_revisions


def correct(public_id: str, *, change: str = "correction", **values: object) -> Revision:
    """Publish a record again with other values, the last live ones for the rest."""
    rows = Revision.objects.filter(public_id=public_id).exclude(change__in=("withdrawal", "merge"))
    document = {**rows.latest("number").document, **values}
    with transaction.atomic():
        publication_version.bump_version()
        (revision,) = append_revisions([PendingRevision(document, change, "why")])
    return revision


def bury(public_id: str, *, into: str = "") -> Revision:
    """Withdraw a record, or merge it into another one; nothing checks that there is no circle."""
    with transaction.atomic():
        publication_version.bump_version()
        return add_tombstone(public_id, "merge" if into else "withdrawal", "why", into=into)
