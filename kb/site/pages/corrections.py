"""Published corrections, withdrawals and merges, for the page that lists them and for its feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from kb.record.addresses import PLURALS
from kb.record.headlines import Headline
from kb.record.history import latest_changes
from kb.record.models import Revision
from kb.record.revision_headlines import revision_path
from kb.record.vocabulary import CHANGE_HEADINGS
from kb.site.http.parameters import ANY_TEXT, clean_cursor, clean_parameters

PAGE_SIZE = 50
CORRECTION_CHANGES = tuple(CHANGE_HEADINGS)


class RevisionPage(NamedTuple):
    """The revisions of one page, newest first, and the cursor of the next page (0 for none)."""

    revisions: list[Revision]
    next_cursor: int


def correction_parameters(request: HttpRequest) -> tuple[str, int]:
    """The kind of change ("" for all) and the cursor (0 for none).

    Raises InvalidParameters.
    """
    values = clean_parameters(request, {"change": list(CORRECTION_CHANGES), "after": ANY_TEXT})
    return values["change"], clean_cursor(request.GET, values["after"])


def corrections(change: str = "") -> QuerySet[Revision]:
    """Every correction, merge and withdrawal, or those of one kind, newest first."""
    revisions = latest_changes(corrections_only=True).order_by("-pk")
    return revisions.filter(change=change) if change else revisions


def revision_page(revisions: QuerySet[Revision], cursor: int) -> RevisionPage:
    """The page of revisions after the cursor; they must be in descending order of their key."""
    rows = revisions.filter(pk__lt=cursor) if cursor else revisions
    page = list(rows[: PAGE_SIZE + 1])
    next_cursor = page[PAGE_SIZE - 1].pk if len(page) > PAGE_SIZE else 0
    return RevisionPage(page[:PAGE_SIZE], next_cursor)


def correction_paths(
    revisions: Sequence[Revision], headlines: Mapping[int, Headline]
) -> dict[int, str]:
    """The path of each record by primary key of its revision; "" if it has no page."""
    return {
        revision.pk: revision_path(revision, headlines[revision.pk])
        if revision.kind in PLURALS
        else ""
        for revision in revisions
    }


def path_with_parameters(path: str, *pairs: str) -> str:
    """The path with those of the parameters that are not empty."""
    query_string = "&".join(pair for pair in pairs if pair)
    return f"{path}?{query_string}" if query_string else path
