"""Removing words from stored revisions: the only code that changes what was published.

Every function runs inside the caller's transaction, after ``bump_version``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import QuerySet

from kb.record.documents import digest
from kb.record.documents.field import stored_document
from kb.record.documents.types import Document, PublicId
from kb.record.models import Revision
from kb.record.proof.forgetting import forget_commitments
from kb.record.proof.leaves import NOTE_FIELD
from kb.record.publish import add_tombstone
from kb.record.removal_marker import is_removal_marker, removal_marker, removal_slug
from kb.record.search_index import index_records
from kb.record.suppression.parts import moves_address
from kb.record.suppression.rewriting import (
    Replacer,
    emptied,
    initials,
    part_words,
    with_runs,
    without_words,
)
from kb.record.suppression_models import Suppression
from kb.record.suppression_vocabulary import SuppressedPart, SuppressionForm
from kb.record.vocabulary import TOMBSTONE_CHANGES, Change

BATCH_SIZE = 200


@dataclass
class RemovedWords:
    """What was in the removed part, for the search of copies. Never stored.

    ``slugs`` are the earlier slugs of the record, ``related`` the ids of claims that repeat words
    of a statement, and ``revisions`` the number of versions that were changed.
    """

    words: set[str] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)
    related: set[PublicId] = field(default_factory=set)
    revisions: int = 0


def remove_from_revisions(order: Suppression) -> RemovedWords:
    """Remove the part from the stored versions of a record, and what is left of it from its index.

    The numbers of the versions stay. A whole record gets a tombstone. Words that another version
    still shows, which was not to be removed, are not among those that are returned.
    """
    removed = RemovedWords()
    if order.part == SuppressedPart.NOINDEX:
        _ask_not_to_list(order.public_id)
        return removed
    marker = removal_marker(order.day)
    whole = order.part == SuppressedPart.ALL
    if whole and order.version is None and _is_live(order.public_id):
        add_tombstone(order.public_id, Change.SUPPRESSION, "")
    shown: set[str] = set()
    affected: list[Revision] = []
    for revision in Revision.objects.filter(public_id=order.public_id).order_by("number"):
        document = cast("Document", stored_document(revision.document))
        if order.version in (None, revision.number):
            _note_words(removed, order, revision, document)
            affected.append(revision)
        else:
            shown |= part_words(document, order.kind, order.part)
    removed.words = with_runs(removed.words - shown)
    if order.version is not None:
        # The record still has its address.
        removed.slugs.clear()
    replacer = Replacer(dict.fromkeys(removed.words, marker))
    for revision in affected:
        _rewrite(order, revision, marker, replacer)
    removed.revisions = len(affected)
    if order.version is None:
        index_records([order.public_id])
    return removed


def _rewrite(order: Suppression, revision: Revision, marker: str, replacer: Replacer) -> None:
    document = cast("Document", stored_document(revision.document))
    if order.part == SuppressedPart.ALL:
        new, change, note = emptied(document, marker), Change.SUPPRESSION.value, ""
    else:
        title = replacement_title(order, document["title"])
        new = without_words(document, order.part, marker, title=title)
        # Other fields may repeat the words, such as a headline those of a quotation.
        slug, new = new["slug"], replacer.in_value(new)
        new["slug"] = slug
        change, note = revision.change, replacer.whole(revision.note)
    store_revision(revision, new, change=change, note=note)


def replacement_title(order: Suppression, name: str) -> str | None:
    """What stands in the place of a name; None for the marker."""
    if order.form == SuppressionForm.ROLE and order.replacement:
        return order.replacement
    if order.form == SuppressionForm.INITIALS:
        return name if is_removal_marker(name) else initials(name) or None
    return None


def sweep_revisions(
    rows: QuerySet[Revision], replacer: Replacer, progress: Callable[[Revision], None] | None = None
) -> set[PublicId]:
    """Replace words in other revisions; return the ids of the records that had them."""
    changed: set[PublicId] = set()
    for revision in rows.iterator(chunk_size=BATCH_SIZE):
        document = stored_document(revision.document)
        new = replacer.in_value(document)
        note = replacer(revision.note)
        if new == document and note == revision.note:
            continue
        # Addresses stay: they are those of another record.
        new["slug"] = document["slug"]
        store_revision(revision, new, change=revision.change, note=note)
        changed.add(revision.public_id)
        if progress:
            progress(revision)
    return changed


def index_again(public_ids: Collection[PublicId]) -> None:
    """Make the read index of records again whose documents have changed in place."""
    if public_ids:
        index_records(sorted(public_ids))


def store_revision(revision: Revision, document: Document, *, change: str, note: str) -> None:
    """Store a document in the place of another, with its own digest: the old one could be guessed.

    For the same reason the public log forgets the salts of what has changed. The guards of
    ``Revision`` refuse every other change.
    """
    forget_commitments(revision, _changed_fields(revision, document, note))
    title = document["title"]
    rows: QuerySet[Revision] = QuerySet(Revision).filter(pk=revision.pk)
    values: dict[str, Any] = {
        "document": document,
        "slug": document["slug"],
        "title": title[: cast("int", Revision._meta.get_field("title").max_length)],
        "sha256": digest(document),
        "change": change,
        "note": note,
    }
    rows.update(**values)


def _changed_fields(revision: Revision, document: Document, note: str) -> list[str]:
    """The names in the public log of what differs from the stored document and note."""
    old: dict[str, Any] = {**stored_document(revision.document), NOTE_FIELD: revision.note}
    new: dict[str, Any] = {**document, NOTE_FIELD: note}
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    return sorted(old.keys() - same - {"id", "kind", "noindex"})


def _ask_not_to_list(public_id: PublicId) -> None:
    revision = Revision.objects.live().filter(public_id=public_id).first()
    if revision is None:
        return
    document = cast("Document", {**stored_document(revision.document), "noindex": True})
    store_revision(revision, document, change=revision.change, note=revision.note)


def _is_live(public_id: PublicId) -> bool:
    current = Revision.objects.current().filter(public_id=public_id).first()
    return current is not None and current.change not in TOMBSTONE_CHANGES


def _note_words(
    removed: RemovedWords, order: Suppression, revision: Revision, document: Document
) -> None:
    fields: dict[str, Any] = {**document}
    removed.words |= part_words(fields, order.kind, order.part)
    if moves_address(order.kind, order.part):
        if revision.slug != removal_slug(order.public_id):
            removed.slugs.add(revision.slug)
        if revision.title and not is_removal_marker(revision.title):
            removed.words.add(revision.title)
    removed.related |= {stance["proposition"] for stance in fields.get("stances") or ()}
