"""The changes that readers must be told of, for the page that lists them and for its feed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from kb.record.addresses import PLURALS, record_path
from kb.record.history import latest_changes
from kb.record.models import Revision
from kb.record.vocabulary import Change
from kb.site.http.parameters import ANY_TEXT, clean_cursor, clean_parameters

PAGE_SIZE = 50
CORRECTION_CHANGES = (Change.CORRECTION, Change.WITHDRAWAL, Change.MERGE)


def correction_parameters(request: HttpRequest) -> tuple[str, int]:
    """The kind of change ("" for all) and the mark of the page before. Raises Unreadable."""
    asked = clean_parameters(request, {"change": list(CORRECTION_CHANGES), "after": ANY_TEXT})
    return asked["change"], clean_cursor(request, asked["after"])


def corrections(change: str = "") -> QuerySet[Revision]:
    """Every correction, merge and withdrawal, or those of one kind, newest first."""
    found = latest_changes(corrections_only=True).order_by("-pk")
    return found.filter(change=change) if change else found


def correction_paths(rows: Sequence[Revision]) -> dict[int, str]:
    """The path where each can be read, by primary key; "" for what has none. One query."""
    ids = {one.document.get("incident") for one in rows if one.kind == "proposition"} - {None}
    stories: dict[str, str] = {}
    if ids:
        standing = Revision.objects.standing().filter(kind="incident", public_id__in=ids)
        stories = dict(standing.values_list("public_id", "slug"))
    return {one.pk: _place(one, stories) for one in rows}


def _place(one: Revision, stories: dict[str, str]) -> str:
    if one.kind in PLURALS:
        return record_path(one.kind, one.slug)
    if story := stories.get(one.document.get("incident") or ""):
        return f"{reverse('claims', args=[story])}#{one.slug}"
    return ""


def path_with_parameters(path: str, *pairs: str) -> str:
    """The path with those of the parameters that say something."""
    query = "&".join(one for one in pairs if one)
    return f"{path}?{query}" if query else path
