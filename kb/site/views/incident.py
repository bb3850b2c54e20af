"""The pages of one incident: its timeline, actors, sources and changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kb.site.embed.snippets import embed_panel, timeline_embed
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.http.parameters import ANY_TEXT, clean_cursor, clean_parameters
from kb.site.pages.cite import cite_panel, list_reference
from kb.site.pages.incident import incident_card
from kb.site.pages.incident_parts import (
    incident_actors_context,
    incident_changes_context,
    incident_sources_context,
)
from kb.site.pages.page_meta import incident_head
from kb.site.pages.timeline import timeline_context
from kb.site.views.formats import list_file
from kb.site.views.timeline import read_timeline_query


@negotiated("incident", list_file)
@reader_page
def incident(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    query = read_timeline_query(request, incident=[slug])
    list_context = timeline_context(query, path=request.path, fixed=("incident",))
    context = {
        **list_context,
        "incident": incident_card(revision, current="timeline", known=query.known),
        "head": incident_head(request, revision, query, list_context["page"]["rows"]),
        "cite": cite_panel(list_reference(query, request.path, fixed=("incident",))),
        "embed": embed_panel(timeline_embed(query, request.path, title=revision.title)),
        "nav": "home",
    }
    return render(request, "timeline/timeline.html", context)


@reader_page
def incident_actors_page(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    clean_parameters(request, {})
    context = incident_actors_context(request, revision)
    return render(request, "incidents/actors.html", {**context})


@reader_page
def incident_sources_page(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    clean_parameters(request, {})
    context = incident_sources_context(request, revision)
    return render(request, "incidents/sources.html", {**context})


@reader_page
def incident_changes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Newest first; ``after`` is a cursor."""
    revision = live_revision_or_response(request, "incident", slug)
    cursor = clean_cursor(request, clean_parameters(request, {"after": ANY_TEXT})["after"])
    context = incident_changes_context(request, revision, cursor)
    return render(request, "incidents/changes.html", {**context})
