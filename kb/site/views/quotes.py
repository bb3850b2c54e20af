"""The quotations of the record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.http.decorators import reader_page
from kb.site.pages.quotes import quotes_context


@reader_page
def quotes(request: HttpRequest) -> HttpResponse:
    """Quotations by their own words, by speaker, for whom, to whom and kind of words."""
    return render(request, "quotes/quotes.html", {**quotes_context(request)})
