"""The home page, and the health check."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.record import publication_version
from kb.site.http.decorators import reader_page
from kb.site.pages.home import home_context


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 if the site can serve pages, which needs the database."""
    return HttpResponse(f"ok {publication_version.current_number()}\n", content_type="text/plain")


@reader_page
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home/home.html", {**home_context(request)})
