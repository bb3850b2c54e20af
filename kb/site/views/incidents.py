"""The list of incidents."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import negotiated, reader_page
from kb.site.pages.incidents import incidents_context
from kb.site.pages.list_selection import Selection
from kb.site.pages.record_lists import INCIDENTS
from kb.site.views.indexes import record_list_file


@negotiated("incidents", record_list_file)
@reader_page
def incidents(request: HttpRequest) -> HttpResponse:
    context = incidents_context(Selection(INCIDENTS, request))
    return render(request, "incidents/incidents.html", {**context})
