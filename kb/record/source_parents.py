"""Which sources derive from which: a row for each relation, so that no page reads all documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from kb.record.documents import Document, PublicId
from kb.record.models import Revision, RevisionQuerySet, SourceParent

Relation = tuple[PublicId, PublicId]  # a source and its parent


def index_parents(sources: Mapping[PublicId, Document]) -> None:
    """Make the rows of up to 500 live sources those of their documents; one query if they are."""
    if not sources:
        return
    before, after = stored_parents(sources), parents_in(sources)
    removed = [key for relation, key in before.items() if relation not in after]
    if removed:
        SourceParent.objects.filter(pk__in=removed).delete()
    SourceParent.objects.bulk_create(
        SourceParent(source=source, parent=parent)
        for source, parent in sorted(after - before.keys())
    )


def remove_parents(public_ids: Collection[PublicId]) -> None:
    """Remove the rows of up to 500 sources that are no longer live."""
    SourceParent.objects.filter(source__in=public_ids).delete()


def stored_parents(public_ids: Collection[PublicId]) -> dict[Relation, int]:
    """The relations of these sources to their parents, with the primary keys of their rows."""
    rows = SourceParent.objects.filter(source__in=public_ids).order_by()
    return {(source, parent): key for key, source, parent in rows.values_list()}


def parents_in(sources: Mapping[PublicId, Document]) -> set[Relation]:
    """The relations of these sources to their parents, as their documents have them."""
    return {
        (source, parent["source"])
        for source, document in sources.items()
        for parent in document["parents"]
    }


def derived_sources(parents: Collection[PublicId]) -> RevisionQuerySet:
    """The live revisions of the sources that have one of these parents."""
    sources = SourceParent.objects.filter(parent__in=parents).order_by().values("source")
    return Revision.objects.live().filter(public_id__in=sources)
