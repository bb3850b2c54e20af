"""The pages of one incident: its timeline, actors, sources and changes."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.models import Revision
from kb.record.query import TimelineQuery
from kb.site.embed.snippets import embed_panel, timeline_embed
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.http.parameters import ANY_TEXT, clean_cursor, clean_parameters
from kb.site.pages.actor_mode import pop_actor_mode
from kb.site.pages.card import incident_picture_link
from kb.site.pages.cite import (
    CitePage,
    cite_panel,
    incident_reference,
    list_reference,
    pop_cite_form,
)
from kb.site.pages.densities import FULL, density_pairs, pop_density
from kb.site.pages.incident import incident_card
from kb.site.pages.incident_parts import (
    incident_actors_context,
    incident_changes_context,
    incident_sources_context,
)
from kb.site.pages.incident_speakers import incident_speakers_context
from kb.site.pages.key_moments import key_moments
from kb.site.pages.list_paths import ListPath
from kb.site.pages.page_meta import incident_head
from kb.site.pages.timeline import ListParts, PageContext, timeline_context
from kb.site.pages.written_later import written_later
from kb.site.views.formats import list_file
from kb.site.views.timeline import read_timeline_query


@negotiated("incident", list_file)
@reader_page
def incident(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    cite_form = pop_cite_form(data)
    display = density_pairs(pop_density(data))
    pop_actor_mode(data)
    query = read_timeline_query(request, data, incident=[slug])
    path = reverse("incident", args=[revision.slug])
    list_path = ListPath(path, ("incident",), display=display)
    context = incident_parts(revision, query, list_path, cite_form)
    facts = incident_card(revision, current="timeline", known=query.known)
    picture = incident_picture_link(revision, facts, query.known)
    return render(
        request,
        "timeline/timeline.html",
        {
            **context,
            "moments": (
                key_moments(revision, query) if _is_first_view(query, context["page"]) else None
            ),
            "written_later": written_later(revision, query),
            "incident": facts,
            "head": incident_head(request, revision, query, context["page"]["rows"], picture),
            "nav": "incidents",
        },
    )


def _is_first_view(query: TimelineQuery, page: PageContext) -> bool:
    """Whether the page shows the whole incident from its beginning, and in full."""
    known, later, order, size = query.known, query.later, query.order, query.size
    whole = TimelineQuery(chosen=query.chosen, known=known, later=later, order=order, size=size)
    return page["density"] == FULL and len(query.chosen) == 1 and query == whole


def incident_parts(
    revision: Revision, query: TimelineQuery, list_path: ListPath, cite_form: str
) -> ListParts:
    """What the page of an incident and its fragment both show."""
    path = list_path.path
    context = timeline_context(query, list_path)
    # A part of the incident's entries is a list of its own.
    reference = (
        list_reference(list_path.with_display(()).url(query), query.describe())
        if list_path.file_pairs(query)
        else incident_reference(revision)
    )
    title = revision.title
    if context["page"]["chips"]:
        words = {"incident": title, "list": context["page"]["words"]}
        title = _("%(incident)s: %(list)s") % words
    return {
        **context,
        "title": title,
        "cite": cite_panel(reference, CitePage(cite_form, path, list_path.pairs(query))),
        "embed": embed_panel(timeline_embed(query, path, title=revision.title)),
    }


@reader_page
def incident_actors_page(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    clean_parameters(request, {})
    context = incident_actors_context(request, revision)
    return render(request, "incidents/actors.html", {**context})


@reader_page
def incident_speakers_page(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    clean_parameters(request, {})
    context = incident_speakers_context(request, revision)
    return render(request, "incidents/speakers.html", {**context})


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
    cursor = clean_cursor(request.GET, clean_parameters(request, {"after": ANY_TEXT})["after"])
    context = incident_changes_context(request, revision, cursor)
    return render(request, "incidents/changes.html", {**context})
