"""The public log of reports from readers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import reader_page
from kb.site.pages.reports import reports_context, reports_cursor


@reader_page
def reports(request: HttpRequest) -> HttpResponse:
    """Newest decision first. ``after`` is a cursor."""
    context = reports_context(request, reports_cursor(request))
    return render(request, "reports/reports.html", {**context})
