"""All values of one filter of a list: a page of links, and a part for the filter form."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, QueryDict

from kb.record.option_pages import has_options
from kb.site.http.decorators import reader_page
from kb.site.pages.options import OptionsContext, options_context, pop_option_search
from kb.site.views.filtered_lists import filtered_list, unlisted_response


@reader_page
def options(request: HttpRequest, kind: str, name: str, slug: str = "") -> HttpResponse:
    """A page of links, each of which adds one value to the filter ``name``."""
    context = _context(request, kind, name, slug)
    return unlisted_response(request, "options/options.html", context)


@reader_page
def options_fragment(request: HttpRequest, kind: str, name: str, slug: str = "") -> HttpResponse:
    """The same values as checkboxes, for the script of the filter form."""
    return unlisted_response(request, "options/_list.html", _context(request, kind, name, slug))


def _context(request: HttpRequest, kind: str, name: str, slug: str) -> OptionsContext:
    if not has_options(name):
        raise Http404(f"no filter {name}")
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    search = pop_option_search(data)
    entries = filtered_list(request, kind, slug, data)
    if name in entries.path.fixed:
        raise Http404(f"{name} is fixed")
    return options_context(request, entries.query, name, entries.path, search)
