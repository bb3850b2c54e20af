"""The page of corrections, withdrawals and merges."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import reader_page
from kb.site.pages.changes import changes_context
from kb.site.pages.corrections import correction_parameters


@reader_page
def changes(request: HttpRequest) -> HttpResponse:
    """Newest first. ``change`` filters by kind of change; ``after`` is a cursor."""
    change, cursor = correction_parameters(request)
    return render(request, "changes/changes.html", {**changes_context(request, change, cursor)})
