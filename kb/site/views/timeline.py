"""All published entries, in order of time."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kb.site.embed.snippets import embed_panel, timeline_embed
from kb.site.http.decorators import negotiated, reader_page
from kb.site.pages.cite import cite_panel, list_reference
from kb.site.pages.page_meta import timeline_head
from kb.site.pages.timeline import timeline_context, timeline_query
from kb.site.views.formats import list_file


@negotiated("timeline", list_file)
@reader_page
def timeline(request: HttpRequest) -> HttpResponse:
    query = timeline_query(request)
    ctx = timeline_context(query, path=reverse("timeline"))
    ctx["head"] = timeline_head(request, query, ctx["page"]["rows"])
    ctx["cite"] = cite_panel(list_reference(query, request.path))
    ctx["embed"] = embed_panel(timeline_embed(query, request.path))
    return render(request, "timeline/timeline.html", {**ctx, "incident": None, "nav": "timeline"})
