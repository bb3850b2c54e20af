"""The last published document of each row, stored on the desk with its references to drafts."""

from __future__ import annotations

from kb.desk.models import Publishable, Reference, Snapshot
from kb.record.documents import Document, referenced_ids
from kb.record.publish import PendingRevision, append_revisions
from kb.record.vocabulary import Change


def save_snapshot(document: Document) -> None:
    """Store a document and its references to other records."""
    snapshot, _ = Snapshot.objects.update_or_create(
        public_id=document["id"], defaults={"kind": document["kind"], "document": document}
    )
    snapshot.references.all().delete()
    Reference.objects.bulk_create(
        Reference(snapshot=snapshot, target=public_id)
        for public_id in sorted(referenced_ids(document))
    )


def pending_revision(document: Document, change: str, note: str = "") -> PendingRevision:
    """Store a document as snapshot, and return it as a revision to append to the record."""
    save_snapshot(document)
    return PendingRevision(document, change, note)


def delete_snapshot(public_id: str) -> None:
    """Delete the snapshot of a row that is no longer public."""
    Snapshot.objects.filter(public_id=public_id).delete()


def published_document(public_id: str) -> Document | None:
    """Return the complete document of a row as it was last published, or None."""
    documents = Snapshot.objects.filter(public_id=public_id).values_list("document", flat=True)
    return documents.first()


def public_title(thing: Publishable) -> str:
    """Return the title under which readers know a row; that of the row if it is not public."""
    document = published_document(thing.public_id)
    return document["title"] if document else str(thing)


def live_document(public_id: str) -> Document:
    """Return the complete document of a published row. Raises Snapshot.DoesNotExist for others."""
    document: Document = Snapshot.objects.get(public_id=public_id).document
    return document


def referencing_documents(public_id: str) -> dict[str, Document]:
    """Return the published documents that name this record, by their public ids."""
    rows = Snapshot.objects.filter(references__target=public_id).order_by("public_id")
    return dict(rows.values_list("public_id", "document"))


def refresh_links(public_ids: set[str]) -> None:
    """Update the references of other published documents to these records.

    A document that names one of them gets a new revision, with or without the reference. It is
    built from its snapshot, because the desk row may have edits that nobody has published.
    """
    documents: list[Document] = list(
        Snapshot.objects.filter(references__target__in=public_ids)
        .exclude(public_id__in=public_ids)
        .distinct()
        .values_list("document", flat=True)
    )
    append_revisions([PendingRevision(document, Change.LINK) for document in documents])
