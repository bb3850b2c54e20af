"""The list of sources, and the page of one source."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.http.parameters import clean_parameters
from kb.site.pages.cite import FORM_NAMES, PARAMETER
from kb.site.pages.list_selection import Selection
from kb.site.pages.record_lists import SOURCES
from kb.site.pages.source import source_context
from kb.site.pages.source_usage import SOLE
from kb.site.pages.sources import sources_context
from kb.site.views.formats import list_file
from kb.site.views.indexes import record_list_file


@negotiated("sources", record_list_file)
@reader_page
def sources(request: HttpRequest) -> HttpResponse:
    return render(request, "sources/sources.html", {**sources_context(Selection(SOURCES, request))})


@negotiated("source", list_file)
@reader_page
def source(request: HttpRequest, slug: str) -> HttpResponse:
    """The source and the entries that cite it; ``only`` leaves out those with other sources."""
    revision = live_revision_or_response(request, "source", slug)
    chosen = clean_parameters(request, {"only": (SOLE,), PARAMETER: FORM_NAMES})
    context = source_context(request, revision, chosen["only"], chosen[PARAMETER] or FORM_NAMES[0])
    return render(request, "sources/source.html", {**context})
