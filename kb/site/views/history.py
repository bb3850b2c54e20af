"""The versions of a record: all of them, two compared, and a single one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.record.history import is_tombstone, revision_at, versions
from kb.record.vocabulary import ENTRY_KINDS
from kb.site.http.decorators import reader_page
from kb.site.http.errors import leave_hidden_title
from kb.site.pages.history import history_context
from kb.site.pages.version import (
    entry_version_context,
    record_version_context,
    tombstone_version_context,
)

HISTORY_KINDS = ("actor", "source", "incident", "proposition", *ENTRY_KINDS)


@reader_page
def record_history(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """All versions, newest first; ``old`` and ``new`` choose the two that are compared."""
    current = revision_at(kind, slug)
    if current is None:
        return render(request, "errors/404.html", {}, status=404)
    leave_hidden_title(request, current, slug)
    return render(request, "history/history.html", {**history_context(request, current)})


@reader_page
def record_version(request: HttpRequest, kind: str, slug: str, number: int) -> HttpResponse:
    """One version as it was published, which citations link to.

    Nothing of a record that was withdrawn or merged is shown but its title and the reason.
    """
    current = revision_at(kind, slug)
    version = current and versions(current.public_id).filter(number=number).first()
    if current is None or version is None:
        return render(request, "errors/404.html", {}, status=404)
    leave_hidden_title(request, current, slug)
    if is_tombstone(current) or is_tombstone(version):
        context = tombstone_version_context(current, version)
        return render(request, "history/tombstone.html", {**context}, status=410)
    if version.kind in ENTRY_KINDS:
        entry = entry_version_context(request, current, version)
        return render(request, "history/entry.html", {**entry})
    record = record_version_context(request, current, version)
    return render(request, "history/record.html", {**record})
