"""The context of the page of corrections, withdrawals and merges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from heapq import merge
from operator import itemgetter
from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.formats import FORMATS
from kb.record.addresses import PLURALS, data_path
from kb.record.headlines import Headline
from kb.record.models import Revision, Suppression
from kb.record.revision_headlines import revision_headlines
from kb.record.vocabulary import CHANGE_HEADINGS, Change
from kb.site.pages.corrections import (
    CORRECTION_CHANGES,
    correction_paths,
    corrections,
    current_revisions,
    path_with_parameters,
    removal_words,
    revision_page,
    version_removals,
)
from kb.site.pages.page_meta import Head, page_head

# Changes after which the new words differ from those that readers saw before.
COMPARED_CHANGES = (Change.CORRECTION, Change.REPUBLISHED)


class ChangeRow(TypedDict):
    on: datetime
    change_words: str
    note: str
    title: str
    headline: str
    url: str
    compare_url: str


class ChangeKindLink(TypedDict):
    label: str
    url: str
    current: bool


class LaterPages(TypedDict):
    """Links of a list that is read forward only."""

    first: str | None
    next: str | None


class ChangesContext(TypedDict):
    changes: list[ChangeRow]
    kinds: list[ChangeKindLink]
    chosen: str
    description: str
    pages: LaterPages
    head: Head
    formats: Sequence[Mapping[str, object]]
    nav: str


def changes_context(request: HttpRequest, change: str, cursor: int) -> ChangesContext:
    """``change`` is the kind of change, "" for all; ``cursor`` is 0 for the first page."""
    page = revision_page(corrections(change), cursor)
    removals = version_removals(change, page, cursor)
    current = current_revisions(removals)
    revisions = [*page.revisions, *current.values()]
    headlines = revision_headlines(revisions)
    paths = correction_paths(revisions, headlines)
    changes = [
        _change_row(revision, paths[revision.pk], headlines[revision.pk])
        for revision in page.revisions
    ]
    removed = [
        _removal_row(removal, paths[revision.pk], headlines[revision.pk])
        for removal in removals
        if (revision := current.get(removal.public_id))
    ]
    path = reverse("changes")
    filter_pair = f"change={change}" if change else ""
    description = _(
        "All corrections and withdrawals, with their reasons. Records are never deleted."
    )
    atom = FORMATS["atom"]
    return {
        "changes": list(merge(changes, removed, key=itemgetter("on"), reverse=True)),
        "kinds": _kind_links(path, change),
        "chosen": change,
        "description": description,
        "pages": {
            "first": path_with_parameters(path, filter_pair) if cursor else None,
            "next": path_with_parameters(path, filter_pair, f"after={page.next_cursor}")
            if page.next_cursor
            else None,
        },
        "head": page_head(request, _("Changes"), description),
        "formats": [
            {
                "label": atom.label,
                "url": path_with_parameters(data_path(reverse("changes-atom")), filter_pair),
                "type": atom.media_type,
            }
        ],
        "nav": "changes",
    }


def _kind_links(path: str, current: str) -> list[ChangeKindLink]:
    labels = {"": _("All")} | {str(kind): str(CHANGE_HEADINGS[kind]) for kind in CORRECTION_CHANGES}
    return [
        {
            "label": label,
            "url": path_with_parameters(path, f"change={kind}" if kind else ""),
            "current": kind == current,
        }
        for kind, label in labels.items()
    ]


def _change_row(revision: Revision, url: str, headline: Headline) -> ChangeRow:
    is_comparable = revision.kind in PLURALS and revision.change in COMPARED_CHANGES
    return {
        "on": revision.published_at,
        "change_words": str(Change(revision.change).label),
        "note": revision.note,
        "title": headline.title,
        "headline": headline.words,
        "url": url,
        "compare_url": f"{url}history/?new={revision.number}"
        if is_comparable and revision.number > 1
        else "",
    }


def _removal_row(removal: Suppression, url: str, headline: Headline) -> ChangeRow:
    return {
        "on": removal.removed_at,
        "change_words": str(Change.SUPPRESSION.label),
        "note": removal_words(removal),
        "title": headline.title,
        "headline": headline.words,
        "url": url,
        "compare_url": "",
    }
