"""The numbers of the histogram of a list: a page with a table, and the table for its script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from kb.site.http.decorators import reader_page
from kb.site.pages.numbers import NumbersContext, numbers_context
from kb.site.views.filtered_lists import filtered_list, unlisted_response


@reader_page
def numbers(request: HttpRequest, kind: str, slug: str = "") -> HttpResponse:
    return unlisted_response(request, "timeline/numbers.html", _context(request, kind, slug))


@reader_page
def numbers_fragment(request: HttpRequest, kind: str, slug: str = "") -> HttpResponse:
    return unlisted_response(
        request, "timeline/_histogram_table.html", _context(request, kind, slug)
    )


def _context(request: HttpRequest, kind: str, slug: str) -> NumbersContext:
    entries = filtered_list(request, kind, slug)
    return numbers_context(request, entries.query, entries.path)
