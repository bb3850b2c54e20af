"""What is published together with a row: the drafts that its public document will name."""

from __future__ import annotations

from collections.abc import Iterable

from kb.desk.documents import MODELS, build_document
from kb.desk.models import Publishable
from kb.desk.models.base import WorkflowState
from kb.record.documents import Document, referenced_ids, without_unpublished
from kb.record.publish import live_ids

# Kinds that are published together with an entry that names them.
CARRIED_KINDS = ("actor", "source", "incident", "topic")


def unpublished_dependencies(things: Iterable[Publishable]) -> list[Publishable]:
    """Return the unpublished actors, sources, incidents and topics that these rows will name.

    Those that a returned row will name are included too, and so on. A reference that will be left
    out brings nothing along: neither the draft statement of a position nor its speaker.
    """
    return rows_with_documents(things)[0]


def rows_with_documents(
    things: Iterable[Publishable],
) -> tuple[list[Publishable], dict[str, Document]]:
    """Return the unpublished dependencies of these rows, and the documents of all by public id.

    Each document is built once: approving, publishing and comparing are about the same bytes.
    """
    things = list(things)
    looked_up = {thing.public_id for thing in things}
    available = set(looked_up)
    candidates: dict[str, Publishable] = {}
    dependencies: dict[str, Publishable] = {}
    documents = [build_document(thing) for thing in things]
    built = {document["id"]: document for document in documents}
    while documents:
        named = _referenced_ids(documents) - looked_up
        looked_up |= named
        live = live_ids(named)
        if drafts := named - live:
            candidates |= _drafts(drafts)
        available |= live | candidates.keys()
        remaining = _referenced_ids(
            without_unpublished(document, available) for document in documents
        )
        new = {
            public_id: row
            for public_id, row in candidates.items()
            if public_id in remaining and public_id not in dependencies
        }
        dependencies |= new
        documents = [build_document(row) for row in new.values()]
        built |= {document["id"]: document for document in documents}
    return list(dependencies.values()), built


def document_for_readers(thing: Publishable, along: Iterable[Publishable]) -> Document:
    """Return the document of a row as it will be once it is public together with ``along``."""
    document = build_document(thing)
    public = live_ids(referenced_ids(document)) | {row.public_id for row in along}
    return without_unpublished(document, public)


def _referenced_ids(documents: Iterable[Document]) -> set[str]:
    return {public_id for document in documents for public_id in referenced_ids(document)}


def _drafts(public_ids: set[str]) -> dict[str, Publishable]:
    """The drafts among these ids that may go along, by public id."""
    return {
        row.public_id: row
        for kind in CARRIED_KINDS
        for row in MODELS[kind].objects.filter(
            public_id__in=public_ids, state__in=[WorkflowState.DRAFT, WorkflowState.IN_REVIEW]
        )
    }
