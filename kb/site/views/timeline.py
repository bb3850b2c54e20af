"""Everything on the record, in order of time."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from kb.formats import FORMATS
from kb.record.page import TimelinePage
from kb.record.query import InvalidQuery
from kb.site.citing import cite, view_reference
from kb.site.embedding import panel, timeline_embed
from kb.site.heads import timeline_head
from kb.site.listing import listing, timeline_query
from kb.site.views.decorators import reader_page


@reader_page
def timeline(request: HttpRequest) -> HttpResponse:
    query = timeline_query(request)
    ctx = listing(query, path=reverse("timeline"))
    ctx["head"] = timeline_head(request, query, ctx["page"]["rows"])
    ctx["cite"] = cite(view_reference(query, request.path))
    ctx["embed"] = panel(timeline_embed(query, request.path))
    return render(request, "timeline/timeline.html", {**ctx, "incident": None, "nav": "timeline"})


@reader_page
def timeline_as(request: HttpRequest, suffix: str) -> HttpResponse:
    """The same list in another format; what cannot be read is said in JSON."""
    form = FORMATS[suffix]
    try:
        page = TimelinePage(timeline_query(request))
    except InvalidQuery as problem:
        return JsonResponse({"status": 400, "errors": problem.errors}, status=400)
    address = f"{settings.SITE_URL}{reverse(f'timeline-{suffix}')}"
    content = form.render(page, address)
    response = (
        HttpResponse(content, content_type=form.media_type)
        if isinstance(content, bytes)
        else StreamingHttpResponse(content, content_type=form.media_type)
    )
    if response.streaming:
        response["Content-Disposition"] = f'attachment; filename="timeline.{suffix}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response
