"""Answers for what is not there, was withdrawn, or cannot be read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from kb.record.addresses import path_of
from kb.record.history import at_address, merged_into, nearest
from kb.record.models import Change, Revision
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
    revision = at_address(kind, slug)
    if revision is None:
        close = [
            {"title": one.title, "url": path_of(kind, one.slug)} for one in nearest(kind, slug)
        ]
        raise NotStanding(render(request, "errors/404.html", {"nearest": close}, status=404))
    if revision.change in (Change.WITHDRAWAL, Change.MERGE):
        raise NotStanding(_gone(request, revision))
    if revision.slug != slug:
        raise NotStanding(HttpResponsePermanentRedirect(path_of(kind, revision.slug)))
    return revision


def _gone(request: HttpRequest, revision: Revision) -> HttpResponse:
    target = merged_into(revision)
    if target is not None:
        return HttpResponsePermanentRedirect(path_of(target.kind, target.slug))
    ctx = {"title": revision.title, "reason": revision.note, "on": revision.published_at}
    return render(request, "errors/410.html", ctx, status=410)
