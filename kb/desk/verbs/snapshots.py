"""What was last published of each thing, kept whole on the desk: references to drafts included."""

from __future__ import annotations

from typing import Any

from kb.desk.models import Reference, Snapshot
from kb.record import publish as door
from kb.record.documents import Document, referenced_ids
from kb.record.vocabulary import Change


def save_snapshot(document: Document) -> None:
    """Keep a document, and which others it names."""
    snapshot, _ = Snapshot.objects.update_or_create(
        public_id=document["id"], defaults={"kind": document["kind"], "document": document}
    )
    snapshot.references.all().delete()
    Reference.objects.bulk_create(
        Reference(snapshot=snapshot, target=one) for one in sorted(referenced_ids(document))
    )


def pending_revision(document: Document, change: str, note: str = "") -> door.PendingRevision:
    """Keep a document, and give it to the door."""
    save_snapshot(document)
    return door.PendingRevision(document, change, note)


def delete_snapshot(public_id: str) -> None:
    """Drop what is on the record no longer."""
    Snapshot.objects.filter(public_id=public_id).delete()


def published_document(public_id: str) -> Any:
    """The whole of a thing as it was last published, or None."""
    found = Snapshot.objects.filter(public_id=public_id).values_list("document", flat=True)
    return found.first()


def referencing_documents(public_id: str) -> dict[str, Document]:
    """The published documents that name this one, by their public ids."""
    rows = Snapshot.objects.filter(references__target=public_id).order_by("public_id")
    return dict(rows.values_list("public_id", "document"))


def refresh_links(public_ids: set[str]) -> None:
    """Let published documents that name these say so now, or stop saying so.

    From the snapshots, never from desk rows: those may hold edits that nobody has published.
    """
    documents: list[Document] = list(
        Snapshot.objects.filter(references__target__in=public_ids)
        .exclude(public_id__in=public_ids)
        .distinct()
        .values_list("document", flat=True)
    )
    door.append_revisions([door.PendingRevision(one, Change.LINK) for one in documents])
