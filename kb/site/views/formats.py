"""Lists and entries as files for programs: /timeline.csv, /events/<slug>.json and their kin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from kb.formats import FORMATS
from kb.record.query import TimelineQuery
from kb.site.http.decorators import data_file
from kb.site.http.errors import standing_or_answer
from kb.site.http.representations import Listed, entry_response, given, list_response
from kb.site.pages.fixed_parameters import fixed_by, take_lane


@data_file
def list_as(request: HttpRequest, kind: str, suffix: str, slug: str = "") -> HttpResponse:
    """A list of entries in a format; ``slug`` is that of the incident, actor or source."""
    form = FORMATS[suffix]
    if slug:
        standing_or_answer(request, kind, slug)
    data, switches = given(request, form)
    lane = take_lane(data) if kind == "actor" else None
    fixed = fixed_by(kind, slug, lane)
    for name, value in fixed.items():
        data.setlist(name, [value])
    listed = Listed(
        kind=kind,
        path=reverse(kind, args=[slug] if slug else []),
        query=TimelineQuery.parse(data),
        fixed=tuple(fixed),
        keep=lane.pairs if lane else (),
        switches=switches,
    )
    return list_response(request, form, listed)


@data_file
def entry_as(request: HttpRequest, kind: str, slug: str, suffix: str) -> HttpResponse:
    """One event or statement in a format."""
    return entry_response(request, FORMATS[suffix], standing_or_answer(request, kind, slug))
