"""Every correction and withdrawal, with its reason."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.record.addresses import path_of
from kb.record.history import latest_changes
from kb.record.models import Change
from kb.site.views.decorators import reader_page


@reader_page
def changes(request: HttpRequest) -> HttpResponse:
    found = latest_changes(corrections_only=True)[:100]
    ctx = {
        "changes": [
            {
                "on": one.published_at,
                "change_words": Change(one.change).label,
                "note": one.note,
                "title": one.title,
                "url": path_of(one.kind, one.slug),
            }
            for one in found
        ],
        "nav": "changes",
    }
    return render(request, "changes/changes.html", ctx)
