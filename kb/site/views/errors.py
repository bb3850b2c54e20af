"""Answers for what is not there, was withdrawn, or cannot be read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.record.addresses import path_of
from kb.record.history import followed, is_gone, nearest
from kb.record.models import Revision
from kb.record.query import InvalidQuery
from kb.site.listing import refused


def bad_query(request: HttpRequest, problem: InvalidQuery) -> HttpResponse:
    """400: which parameter cannot be read, what would be right, and the form as it was sent."""
    ctx = {
        "status": 400,
        "title": _("This filter cannot be read"),
        "message": _(
            "Nothing was filtered. Correct what is named here, and apply the filters again."
        ),
        "problems": list(problem.errors.items()),
        **refused(problem, path=request.path, given=request.GET),
    }
    return render(request, "timeline/refused.html", ctx, status=400)


def unreadable(request: HttpRequest, problem: InvalidQuery) -> HttpResponse:
    """400 for a page that is no timeline: which parameter cannot be read, and why."""
    ctx = {
        "status": 400,
        "title": _("This address cannot be read"),
        "message": _("It asks for something that this page does not know."),
        "problems": list(problem.errors.items()),
    }
    return render(request, "errors/400.html", ctx, status=400)


class NotStanding(Exception):
    """There is no such record to show; ``response`` says what became of it."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


def standing_or_answer(request: HttpRequest, kind: str, slug: str) -> Revision:
    """The record at this address. Raises NotStanding with a 301, 404 or 410 answer."""
    revision = followed(kind, slug)
    if revision is None:
        close = [
            {"title": one.title, "url": path_of(kind, one.slug)} for one in nearest(kind, slug)
        ]
        raise NotStanding(render(request, "errors/404.html", {"nearest": close}, status=404))
    if is_gone(revision):
        raise NotStanding(render(request, "errors/410.html", tombstone(revision), status=410))
    if (revision.kind, revision.slug) != (kind, slug):
        raise NotStanding(HttpResponsePermanentRedirect(path_of(revision.kind, revision.slug)))
    return revision


def tombstone(revision: Revision) -> dict[str, Any]:
    """What a page says of a record that was withdrawn."""
    return {"title": revision.title, "reason": revision.note, "on": revision.published_at}
