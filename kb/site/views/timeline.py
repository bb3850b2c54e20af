"""Everything on the record, in order of time."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from kb.formats import FORMATS
from kb.record.page import TimelinePage
from kb.site.citing import cite, view_reference
from kb.site.heads import timeline_head
from kb.site.listing import listing, timeline_query
from kb.site.views.decorators import reader_page


@reader_page
def timeline(request: HttpRequest) -> HttpResponse:
    query = timeline_query(request)
    ctx = listing(query, path=reverse("timeline"))
    ctx["head"] = timeline_head(request, query, ctx["page"]["rows"])
    ctx["cite"] = cite(view_reference(query, request.path))
    return render(request, "timeline/timeline.html", {**ctx, "incident": None, "nav": "timeline"})


@reader_page
def timeline_as(request: HttpRequest, suffix: str) -> HttpResponse:
    """The same list in another format."""
    form = FORMATS[suffix]
    page = TimelinePage(timeline_query(request))
    address = f"{settings.SITE_URL}{reverse(f'timeline-{suffix}')}"
    content = form.render(page, address)
    response = (
        HttpResponse(content, content_type=form.media_type)
        if isinstance(content, bytes)
        else StreamingHttpResponse(content, content_type=form.media_type)
    )
    if response.streaming:
        response["Content-Disposition"] = f'attachment; filename="timeline.{suffix}"'
    return response
