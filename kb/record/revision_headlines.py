"""The headlines of revisions, for lists of changes and for pages of one version."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.utils.translation import get_language

from kb.record.addresses import record_path
from kb.record.documents import Document
from kb.record.headlines import ACCOUNT_STANDINGS, Headline, entry_headline
from kb.record.hidden_titles import hidden_title, hides_title, ids_with_hidden_title, withdrawn_slug
from kb.record.history import is_tombstone
from kb.record.models import Revision
from kb.record.named_records import Names
from kb.record.vocabulary import ENTRY_KINDS, TOMBSTONE_CHANGES, RecordKind, StatementForm


def revision_headlines(revisions: Collection[Revision]) -> dict[int, Headline]:
    """The headline of each revision by primary key. Five queries at most, mostly none.

    A tombstone has that of the last version before it; a record that is no entry its title. All
    versions of a withdrawn record whose title is hidden have its kind and id.
    """
    hidden = ids_with_hidden_title(revisions)
    shown = [revision for revision in revisions if revision.public_id not in hidden]
    contents = _contents(shown)
    documents = {pk: document for pk, document in contents.items() if _differs_from_title(document)}
    names = Names(list(documents.values()))
    headlines = {
        revision.pk: Headline(hidden_title(revision), is_hidden=True)
        for revision in revisions
        if revision.public_id in hidden
    }
    headlines |= {
        revision.pk: Headline(revision.title or contents[revision.pk]["title"])
        if revision.pk in contents
        else Headline(revision.title)
        for revision in shown
    }
    return headlines | {
        pk: entry_headline(document, names.documents) for pk, document in documents.items()
    }


def revision_headline(revision: Revision) -> Headline:
    """The headline of one revision."""
    return revision_headlines([revision])[revision.pk]


def revision_path(revision: Revision, headline: Headline) -> str:
    """The path of the page of a revision's record, without the words of a hidden title."""
    slug = withdrawn_slug(revision.public_id) if headline.is_hidden else revision.slug
    return record_path(revision.kind, slug)


def _contents(revisions: Collection[Revision]) -> dict[int, Document]:
    """The document of each entry; for a tombstone, that of the last version with content.

    So it is for a tombstone of any kind whose title was hidden until it was published again.
    """
    entries = [
        revision for revision in revisions if revision.kind in ENTRY_KINDS or hides_title(revision)
    ]
    tombstones = [revision for revision in entries if is_tombstone(revision)]
    last: dict[str, Document] = {}
    if tombstones:
        earlier = Revision.objects.filter(
            public_id__in=[revision.public_id for revision in tombstones]
        ).exclude(change__in=TOMBSTONE_CHANGES)
        last = dict(earlier.order_by("number").values_list("public_id", "document"))
    return {
        revision.pk: last.get(revision.public_id, revision.document)
        if is_tombstone(revision)
        else revision.document
        for revision in entries
    }


def _differs_from_title(document: Document) -> bool:
    """Whether the headline is not the title: an account, or a request in another language."""
    if document["kind"] == RecordKind.EVENT:
        return document.get("standing") in ACCOUNT_STANDINGS
    if document["kind"] == RecordKind.REQUEST:
        return get_language() not in (None, settings.LANGUAGE_CODE)
    return document.get("form") == StatementForm.ATTRIBUTED
