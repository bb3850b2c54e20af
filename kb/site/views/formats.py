"""Lists and entries as files for programs: /timeline.csv, /events/<slug>.json and their kin."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from kb.formats import FORMATS
from kb.record.models import Revision
from kb.record.query import TimelineQuery
from kb.site.lists import fixed_by, take_lane
from kb.site.representations import Listed, entry_response, given, list_response
from kb.site.views.decorators import data_file
from kb.site.views.errors import NotStanding, standing_or_answer


@data_file
def list_as(request: HttpRequest, kind: str, suffix: str, slug: str = "") -> HttpResponse:
    """A list of entries in a format; ``slug`` is that of the incident, actor or source."""
    form = FORMATS[suffix]
    if slug:
        _standing(request, kind, slug, suffix)
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
    return entry_response(request, FORMATS[suffix], _standing(request, kind, slug, suffix))


def _standing(request: HttpRequest, kind: str, slug: str, suffix: str) -> Revision:
    """The record at the address; a redirect leads on to the same kind of file."""
    try:
        return standing_or_answer(request, kind, slug)
    except NotStanding as answer:
        if isinstance(answer.response, HttpResponsePermanentRedirect):
            path = answer.response.url.rstrip("/")
            query = request.META.get("QUERY_STRING", "")
            moved = f"{path}.{suffix}" + (f"?{query}" if query else "")
            raise NotStanding(HttpResponsePermanentRedirect(moved)) from None
        raise
