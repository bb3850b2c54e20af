"""The list of actors, and the page of one actor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.actor import actor_context
from kb.site.pages.actors import actors_context
from kb.site.pages.fixed_parameters import fixed_parameters, pop_lane
from kb.site.pages.list_paths import ListPath
from kb.site.pages.list_selection import Selection
from kb.site.pages.record_lists import ACTORS
from kb.site.pages.timeline import timeline_context
from kb.site.views.formats import list_file
from kb.site.views.indexes import record_list_file
from kb.site.views.timeline import read_timeline_query


@negotiated("actors", record_list_file)
@reader_page
def actors(request: HttpRequest) -> HttpResponse:
    return render(request, "actors/actors.html", {**actors_context(Selection(ACTORS, request))})


@negotiated("actor", list_file)
@reader_page
def actor(request: HttpRequest, slug: str) -> HttpResponse:
    """The actor and the list of its entries; ``lane`` filters them by the actor's part."""
    revision = live_revision_or_response(request, "actor", slug)
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    lane = pop_lane(data)
    fixed = fixed_parameters("actor", slug, lane)
    list_context = timeline_context(
        read_timeline_query(request, data, **fixed),
        ListPath(request.path, tuple(fixed), lane.pairs),
        with_histogram=False,
        with_groups=False,
    )
    context = {**list_context, **actor_context(request, revision, lane.key)}
    return render(request, "actors/actor.html", context)
