"""Lists of entries and single entries as files: /timeline.csv, /events/<slug>.json and so on."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from kb.formats import FORMATS
from kb.record.query import TimelineQuery
from kb.site.http.decorators import data_file
from kb.site.http.errors import live_revision_or_response
from kb.site.http.representations import (
    ListAddress,
    entry_response,
    list_response,
    split_format_parameters,
)
from kb.site.pages import densities
from kb.site.pages.fixed_parameters import fixed_parameters, pop_lane


@data_file
def list_file(request: HttpRequest, kind: str, suffix: str, slug: str = "") -> HttpResponseBase:
    """A list of entries in a format; ``slug`` is that of the incident, actor or source."""
    form = FORMATS[suffix]
    if slug:
        live_revision_or_response(request, kind, slug)
    data, switches = split_format_parameters(request, form)
    data.pop(densities.PARAMETER, None)  # of a page that was asked for as a file
    lane = pop_lane(data) if kind == "actor" else None
    fixed = fixed_parameters(kind, slug, lane)
    for name, values in fixed.items():
        data.setlist(name, values)
    address = ListAddress(
        kind=kind,
        path=reverse(kind, args=[slug] if slug else []),
        query=TimelineQuery.parse(data),
        fixed=tuple(fixed),
        keep=lane.pairs if lane else (),
        switches=switches,
    )
    return list_response(request, form, address)


@data_file
def entry_file(request: HttpRequest, kind: str, slug: str, suffix: str) -> HttpResponseBase:
    """One event or statement in a format."""
    revision = live_revision_or_response(request, kind, slug)
    return entry_response(FORMATS[suffix], revision)
