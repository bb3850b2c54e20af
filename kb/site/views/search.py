"""The search of the whole record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import reader_page
from kb.site.http.parameters import ANY_TEXT, clean_parameters
from kb.site.pages.search import search_context

QUOTATIONS = "quotations"


@reader_page
def search_page(request: HttpRequest) -> HttpResponse:
    """The results by kind, with matches marked; without a search, how to search."""
    values = clean_parameters(request, {"q": ANY_TEXT, "scope": (QUOTATIONS,)})
    q = " ".join(values["q"].split())
    context = search_context(request, q, quotations_only=values["scope"] == QUOTATIONS)
    return render(request, "search/search.html", {**context})
