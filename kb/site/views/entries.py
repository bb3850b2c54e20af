"""The page of one entry: an event, a statement or a request for comment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.entry import entry_context
from kb.site.views.formats import entry_file


@negotiated("event", entry_file)
@reader_page
def event(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "event", slug)
    return render(request, "events/event.html", {**entry_context(request, revision)})


@negotiated("statement", entry_file)
@reader_page
def statement(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "statement", slug)
    return render(request, "statements/statement.html", {**entry_context(request, revision)})


@negotiated("request", entry_file)
@reader_page
def comment_request(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "request", slug)
    return render(request, "requests/request.html", {**entry_context(request, revision)})
