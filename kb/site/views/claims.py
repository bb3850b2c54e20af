"""The claims of one incident, and who takes which position."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from kb.site.http.claims_parameters import claims_query
from kb.site.http.decorators import reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.cite import pop_cite_form
from kb.site.pages.claims import claims_context


@reader_page
def claims(request: HttpRequest, slug: str) -> HttpResponse:
    """The matrix; ``actor`` chooses its columns, ``known`` the day that it is shown for."""
    revision = live_revision_or_response(request, "incident", slug)
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    cite_form = pop_cite_form(data)
    query, unnamed = claims_query(data)
    context = claims_context(request, revision, query, unnamed=unnamed, cite_form=cite_form)
    return render(request, "claims/claims.html", {**context})
