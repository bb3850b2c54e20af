"""One story: its timeline, who has a part in it, what it rests on, and what was changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.addresses import PLURALS, record_path
from kb.record.models import Revision
from kb.record.vocabulary import Change
from kb.site.embed.snippets import embed_panel, timeline_embed
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.http.parameters import ANY_TEXT, clean_cursor, clean_parameters
from kb.site.pages.cite import cite_panel, list_reference
from kb.site.pages.incident import (
    incident_actors,
    incident_card,
    incident_revisions,
    incident_sources,
)
from kb.site.pages.page_meta import incident_head, page_head
from kb.site.pages.timeline import timeline_context
from kb.site.views.formats import list_file
from kb.site.views.timeline import read_timeline_query
from kb.text.markdown import markdown_to_text

PAGE_SIZE = 50


@negotiated("incident", list_file)
@reader_page
def incident(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    query = read_timeline_query(request, incident=slug)
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
    ctx = {"actors": incident_actors(revision)}
    return _page(request, revision, "actors", _("Actors"), ctx)


@reader_page
def incident_sources_page(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "incident", slug)
    clean_parameters(request, {})
    ctx = {"sources": incident_sources(revision)}
    return _page(request, revision, "sources", _("Sources"), ctx)


@reader_page
def incident_changes_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Newest first; ``after`` is the mark of the page before."""
    revision = live_revision_or_response(request, "incident", slug)
    after = clean_cursor(request, clean_parameters(request, {"after": ANY_TEXT})["after"])
    found = incident_revisions(revision.public_id)
    rows = list((found.filter(pk__lt=after) if after else found)[: PAGE_SIZE + 1])
    more = len(rows) > PAGE_SIZE
    ctx = {
        "changes": [_change(one, revision) for one in rows[:PAGE_SIZE]],
        "pages": {
            "first": request.path if after else None,
            "next": f"{request.path}?after={rows[PAGE_SIZE - 1].pk}" if more else None,
        },
    }
    return _page(request, revision, "changes", _("Changes"), ctx)


def _change(one: Revision, incident: Revision) -> dict[str, Any]:
    claims = f"{reverse('claims', args=[incident.slug])}#{one.slug}"
    return {
        "on": one.published_at,
        "change_words": Change(one.change).label,
        "note": one.note,
        "title": one.title,
        "url": record_path(one.kind, one.slug) if one.kind in PLURALS else claims,
    }


def _page(
    request: HttpRequest, revision: Revision, view: str, name: str, ctx: dict[str, Any]
) -> HttpResponse:
    title = _("%(view)s: %(incident)s") % {"view": name, "incident": revision.title}
    ctx |= {
        "incident": incident_card(revision, current=view),
        "head": page_head(request, title, markdown_to_text(revision.document["summary"])),
        "nav": "home",
    }
    return render(request, f"incidents/{view}.html", ctx)
