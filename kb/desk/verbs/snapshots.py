"""The last published document of each row, stored on the desk with its references to drafts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from kb.desk.models import Publishable, Reference, Snapshot
from kb.record.chunks import in_chunks
from kb.record.documents import Document, referenced_ids
from kb.record.publish import PendingRevision, append_revisions
from kb.record.vocabulary import Change


def save_snapshot(document: Document) -> None:
    """Store a document and its references to other records."""
    save_snapshots([document])


def save_snapshots(documents: Iterable[Document]) -> None:
    """Store documents, each with its references to other records; four queries for up to 500."""
    for chunk in in_chunks(documents):
        _save_chunk({document["id"]: document for document in chunk})


def _save_chunk(documents: Mapping[str, Document]) -> None:
    Snapshot.objects.bulk_create(
        (
            Snapshot(public_id=public_id, kind=document["kind"], document=document)
            for public_id, document in documents.items()
        ),
        update_conflicts=True,
        unique_fields=["public_id"],
        update_fields=["kind", "document"],
    )
    rows = Reference.objects.filter(snapshot__in=list(documents))
    stored = {
        (snapshot, target): pk
        for pk, snapshot, target in rows.values_list("pk", "snapshot_id", "target")
    }
    current = {
        (public_id, target)
        for public_id, document in documents.items()
        for target in referenced_ids(document)
    }
    removed = [pk for pair, pk in stored.items() if pair not in current]
    for chunk in in_chunks(removed):
        Reference.objects.filter(pk__in=chunk).delete()
    Reference.objects.bulk_create(
        (
            Reference(snapshot_id=public_id, target=target)
            for public_id, target in sorted(current - stored.keys())
        ),
        batch_size=500,
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


def refresh_links(public_ids: Collection[str]) -> None:
    """Update the references of other published documents to records that appeared or disappeared.

    ``public_ids`` are those of the records that have just been put on the record, or withdrawn. A
    document that names one of them gets a new revision, with or without the reference. It is
    built from its snapshot, because the desk row may have edits that nobody has published.
    """
    documents: dict[str, Document] = {}
    for chunk in in_chunks(public_ids):
        rows = Snapshot.objects.filter(references__target__in=chunk).distinct()
        documents |= dict(rows.values_list("public_id", "document"))
    append_revisions(
        [
            PendingRevision(document, Change.LINK)
            for public_id, document in documents.items()
            if public_id not in public_ids
        ]
    )
