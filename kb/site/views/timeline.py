"""All published entries, in order of time, and the answer to a filter that cannot be read."""

import re

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.query import InvalidQuery, TimelineQuery
from kb.site.embed.snippets import embed_panel, timeline_embed
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import RequestRefused
from kb.site.http.list_order import page_query
from kb.site.pages.actor_mode import pop_actor_mode
from kb.site.pages.cite import CitePage, cite_panel, list_reference, pop_cite_form
from kb.site.pages.densities import density_pairs, pop_density
from kb.site.pages.list_paths import ListPath
from kb.site.pages.page_meta import timeline_head
from kb.site.pages.timeline import ListParts, refused_filter_context, timeline_context
from kb.site.views.formats import list_file


@negotiated("timeline", list_file)
@reader_page
def timeline(request: HttpRequest) -> HttpResponse:
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    cite_form = pop_cite_form(data)
    display = density_pairs(pop_density(data))
    pop_actor_mode(data)
    query = read_timeline_query(request, data)
    context = timeline_parts(query, ListPath(reverse("timeline"), display=display), cite_form)
    head = timeline_head(request, query, context["page"]["rows"])
    return render(
        request,
        "timeline/timeline.html",
        {**context, "head": head, "incident": None, "nav": "timeline"},
    )


def timeline_parts(query: TimelineQuery, list_path: ListPath, cite_form: str) -> ListParts:
    """What the page and its fragment both show."""
    context = timeline_context(query, list_path)
    path = list_path.path
    return {
        **context,
        "title": context["page"]["words"] if context["page"]["chips"] else _("Timeline"),
        "cite": cite_panel(
            list_reference(list_path.with_display(()).url(query), query.describe()),
            CitePage(cite_form, path, list_path.pairs(query)),
        ),
        "embed": embed_panel(timeline_embed(query, path)),
    }


def read_timeline_query(
    request: HttpRequest, data: QueryDict | None = None, **fixed: list[str]
) -> TimelineQuery:
    """The query of a page with a filter form.

    ``data`` replaces the request's query string; ``fixed`` are parameters that the page's address
    decides. Raises RequestRefused with the form as it was sent when it cannot be read.
    """
    data = data.copy() if data is not None else QueryDict(request.META["QUERY_STRING"]).copy()
    for name, values in fixed.items():
        data.setlist(name, values)
    try:
        return page_query(data, _list_path(request))
    except InvalidQuery as invalid:
        raise RequestRefused(_refused_filter_page(request, invalid)) from invalid


def _refused_filter_page(request: HttpRequest, invalid: InvalidQuery) -> HttpResponse:
    """400: which parameter cannot be read, what would be right, and the form as it was sent."""
    context = {
        "status": 400,
        "title": _("Invalid filter"),
        "message": _(
            "No filter was applied. Correct the values below and apply the filters again."
        ),
        "problems": list(invalid.errors.items()),
        **refused_filter_context(invalid, path=_list_path(request), typed=request.GET),
        "nav": ListPath(_list_path(request)).nav,
    }
    return render(request, "timeline/refused.html", context, status=400)


def _list_path(request: HttpRequest) -> str:
    """The path of the list, whether its page, its fragment or its values were asked for."""
    path = request.path.removesuffix("fragment/")
    return re.sub(r"(options/[^/]+|numbers)/\Z", "", path)
