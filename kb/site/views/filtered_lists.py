"""What the views beside the page of a list share: its query, and responses without a listing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from kb.record.query import TimelineQuery
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.actor_mode import pop_actor_mode
from kb.site.pages.densities import density_pairs, pop_density
from kb.site.pages.fixed_parameters import fixed_parameters, pop_lane
from kb.site.pages.list_paths import ListPath
from kb.site.views.timeline import read_timeline_query


@dataclass(frozen=True)
class FilteredList:
    """A list of entries: what it contains, and where its page is."""

    query: TimelineQuery
    path: ListPath


def filtered_list(
    request: HttpRequest, kind: str, slug: str, data: QueryDict | None = None
) -> FilteredList:
    """The list of the timeline, an incident or an actor.

    ``data`` are its parameters, those of the request if it is None. Raises RequestRefused if there
    is no such record, or if the parameters cannot be read.
    """
    if slug:
        live_revision_or_response(request, kind, slug)
    if data is None:
        data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    lane = pop_lane(data) if kind == "actor" else None
    # The page of an actor has lines of its own.
    display = () if kind == "actor" else density_pairs(pop_density(data))
    pop_actor_mode(data)
    fixed = fixed_parameters(kind, slug, lane)
    query = read_timeline_query(request, data, **fixed)
    path = reverse(kind, args=[slug] if slug else [])
    return FilteredList(query, ListPath(path, tuple(fixed), lane.pairs if lane else (), display))


def unlisted_response(
    request: HttpRequest, template: str, context: Mapping[str, object]
) -> HttpResponse:
    """A part of a list, or a page with an endless number of addresses: not for search engines."""
    response = render(request, template, {**context})
    response.headers["X-Robots-Tag"] = "noindex"
    return response
