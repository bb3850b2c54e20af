"""Withdrawn records whose title is not repeated: what is shown, and in their address, instead.

Such a tombstone has an empty title and the slug ``withdrawn-<id>``, so nothing that reads it can
show the words. Lists also show earlier versions of a record, which have their title; they ask here.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kb.record.chunks import in_chunks
from kb.record.documents.types import PublicId, Slug
from kb.record.models import Revision
from kb.record.vocabulary import Change, RecordKind


def withdrawn_slug(public_id: PublicId) -> Slug:
    """The slug of a withdrawn record whose title is hidden."""
    return f"withdrawn-{public_id}"


def hides_title(revision: Revision) -> bool:
    """Whether this is the tombstone of a record whose title is hidden."""
    return (
        revision.change == Change.WITHDRAWAL
        and not revision.title
        and revision.slug == withdrawn_slug(revision.public_id)
    )


def hidden_title(revision: Revision) -> str:
    """What stands in the place of the title, in the language of the page."""
    return _("%(kind)s %(id)s, withdrawn") % {
        "kind": capfirst(RecordKind(revision.kind).label),
        "id": revision.public_id,
    }


def ids_with_hidden_title(revisions: Iterable[Revision]) -> set[PublicId]:
    """The ids of those records whose title is hidden now, whichever of their versions these are.

    Current versions say it themselves; earlier ones cost one query for each 500.
    """
    hidden: set[PublicId] = set()
    superseded: set[PublicId] = set()
    for revision in revisions:
        if revision.superseded_at is not None:
            superseded.add(revision.public_id)
        elif hides_title(revision):
            hidden.add(revision.public_id)
    for chunk in in_chunks(superseded - hidden):
        rows = Revision.objects.current().filter(
            public_id__in=chunk, change=Change.WITHDRAWAL, title=""
        )
        hidden.update(row.public_id for row in rows.defer("document") if hides_title(row))
    return hidden
