"""The parts of a page that depend on its filters, for the script that replaces them.

Each is at an address of its own, so no cache can confuse it with the page.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict

from kb.site.http.decorators import reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.cite import pop_cite_form
from kb.site.views.filtered_lists import filtered_list, unlisted_response
from kb.site.views.incident import incident_parts
from kb.site.views.timeline import timeline_parts


@reader_page
def timeline_fragment(request: HttpRequest) -> HttpResponse:
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    cite_form = pop_cite_form(data)
    entries = filtered_list(request, "timeline", "", data)
    context = timeline_parts(entries.query, entries.path, cite_form)
    return unlisted_response(request, "timeline/_view.html", context)


@reader_page
def incident_fragment(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    cite_form = pop_cite_form(data)
    entries = filtered_list(request, "incident", slug, data)
    context = incident_parts(revision, entries.query, entries.path, cite_form)
    return unlisted_response(request, "timeline/_view.html", context)
