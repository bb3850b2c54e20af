"""The claims of incidents: a row for each, so that no list has to read their documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Count

from kb.record.documents import Document, PublicId
from kb.record.models import ListedClaim, Revision, RevisionQuerySet


def list_claims(documents: Mapping[PublicId, Document], contested: Collection[PublicId]) -> None:
    """Add the rows of up to 500 live claims, in place of earlier ones.

    ``contested`` are the ids of those on which positions differ.
    """
    rows = ListedClaim.objects.filter(claim__in=documents).order_by()
    stored = {
        claim: (incident, is_contested)
        for claim, incident, is_contested in rows.values_list("claim", "incident", "contested")
    }
    claims = {
        public_id: (document["incident"] or "", public_id in contested)
        for public_id, document in documents.items()
    }
    ListedClaim.objects.bulk_create(
        (
            ListedClaim(claim=claim, incident=incident, contested=is_contested)
            for claim, (incident, is_contested) in sorted(claims.items())
            if stored.get(claim) != (incident, is_contested)
        ),
        update_conflicts=True,
        unique_fields=["claim"],
        update_fields=["incident", "contested"],
    )


def unlist_claims(public_ids: Collection[PublicId]) -> None:
    """Remove the rows of claims that are no longer live."""
    ListedClaim.objects.filter(claim__in=public_ids).delete()


def contested_counts(incident_ids: Collection[PublicId]) -> dict[PublicId, int]:
    """By incident, the number of its claims on which positions differ; no zeros."""
    rows = ListedClaim.objects.filter(incident__in=incident_ids, contested=True).order_by()
    return dict(rows.values_list("incident").annotate(claims=Count("pk")))


def claim_counts(incident_ids: Collection[PublicId]) -> dict[PublicId, int]:
    """By incident, the number of its claims; no zeros."""
    rows = ListedClaim.objects.filter(incident__in=incident_ids).order_by()
    return dict(rows.values_list("incident").annotate(claims=Count("pk")))


def claim_count(incident_id: PublicId) -> int:
    """The number of claims of an incident."""
    return ListedClaim.objects.filter(incident=incident_id).count()


def claims_of_incident(incident_id: PublicId) -> RevisionQuerySet:
    """The live revisions of an incident's claims."""
    claims = ListedClaim.objects.filter(incident=incident_id).order_by().values("claim")
    return Revision.objects.live().filter(public_id__in=claims)
