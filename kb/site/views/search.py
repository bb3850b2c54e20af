"""The search of the whole record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.record.record_search import BEST, BY_DATE, SEARCHED_KINDS, SearchRequest
from kb.site.http.decorators import reader_page
from kb.site.http.parameters import ANY_TEXT, clean_parameters
from kb.site.pages.search import QUOTATIONS, search_context

_PARAMETERS = {
    "q": ANY_TEXT,
    "kind": SEARCHED_KINDS,
    "order": (BEST, BY_DATE),
    "scope": (QUOTATIONS,),
}


@reader_page
def search_page(request: HttpRequest) -> HttpResponse:
    """The results of all kinds, with matches marked; without a search, how to search."""
    values = clean_parameters(request, _PARAMETERS)
    quotations_only = values["scope"] == QUOTATIONS
    search = SearchRequest(
        " ".join(values["q"].split()),
        "" if quotations_only else values["kind"],
        values["order"] or BEST,
        quotations_only,
    )
    return render(request, "search/search.html", {**search_context(request, search)})
