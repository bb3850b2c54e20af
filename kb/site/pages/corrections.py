"""Published corrections, withdrawals and merges, for the page that lists them and for its feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db.models import QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.record.addresses import PLURALS
from kb.record.documents import PublicId
from kb.record.headlines import Headline
from kb.record.history import latest_changes
from kb.record.models import Revision, Suppression
from kb.record.revision_headlines import revision_path
from kb.record.suppression_vocabulary import SuppressedPart
from kb.record.vocabulary import CHANGE_HEADINGS, Change
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


def removal_count(change: str) -> int:
    """How many removals of single versions are listed with this kind of change."""
    is_listed = change in ("", Change.SUPPRESSION)
    return Suppression.objects.single_versions().count() if is_listed else 0


def version_removals(change: str, page: RevisionPage, cursor: int) -> list[Suppression]:
    """The removals of single versions in the time that a page covers, newest first.

    They add no revision, so a page has those since its last revision, up to the page before. Each
    was confirmed by a second person, so there are few. ``change`` and ``cursor`` are those of the
    page.
    """
    if change not in ("", Change.SUPPRESSION):
        return []
    removals = Suppression.objects.single_versions().order_by("-removed_at", "-pk")
    if cursor:
        moments = Revision.objects.filter(pk=cursor).values_list("published_at", flat=True)
        removals = removals.filter(removed_at__lte=Subquery(moments))
    if page.next_cursor:
        removals = removals.filter(removed_at__gt=page.revisions[-1].published_at)
    return list(removals)


def current_revisions(removals: Sequence[Suppression]) -> dict[PublicId, Revision]:
    """The current revisions of the records of these removals, by public id; one query or none."""
    ids = {removal.public_id for removal in removals}
    rows = Revision.objects.current().filter(public_id__in=ids) if ids else ()
    return {revision.public_id: revision for revision in rows}


def removal_words(removal: Suppression) -> str:
    """What was removed of a single version, in one sentence without its words."""
    if removal.part == SuppressedPart.ALL:
        words = _("Version %(number)d was removed.")
    else:
        words = _("A part of version %(number)d was removed.")
    return words % {"number": removal.version}


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
