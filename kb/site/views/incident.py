"""One story: its timeline, who has a part in it, what it rests on, and what was changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.addresses import PLURALS, path_of
from kb.record.models import Change, Revision
from kb.site.embed.snippets import panel, timeline_embed
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import standing_or_answer
from kb.site.http.parameters import WORDS, page_mark, parameters
from kb.site.pages.cite import cite, view_reference
from kb.site.pages.incident import actors_of, changes_of, incident_card, sources_of
from kb.site.pages.page_meta import incident_head, page_head
from kb.site.pages.timeline import listing, timeline_query
from kb.site.views.formats import list_as
from kb.text.markdown import plain

PAGE_SIZE = 50


@negotiated("incident", list_as)
@reader_page
def incident(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "incident", slug)
    query = timeline_query(request, incident=slug)
    ctx = listing(query, path=request.path, fixed=("incident",))
    ctx["incident"] = incident_card(revision, current="timeline", known=query.known)
    ctx["head"] = incident_head(request, revision, query, ctx["page"]["rows"])
    ctx["cite"] = cite(view_reference(query, request.path, fixed=("incident",)))
    ctx["embed"] = panel(timeline_embed(query, request.path, title=revision.title))
    return render(request, "timeline/timeline.html", {**ctx, "nav": "home"})


@reader_page
def actors(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "incident", slug)
    parameters(request, {})
    ctx = {"actors": actors_of(revision)}
    return _page(request, revision, "actors", _("Actors"), ctx)


@reader_page
def sources(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "incident", slug)
    parameters(request, {})
    ctx = {"sources": sources_of(revision)}
    return _page(request, revision, "sources", _("Sources"), ctx)


@reader_page
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Newest first; ``after`` is the mark of the page before."""
    revision = standing_or_answer(request, "incident", slug)
    after = page_mark(request, parameters(request, {"after": WORDS})["after"])
    found = changes_of(revision.public_id)
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
        "url": path_of(one.kind, one.slug) if one.kind in PLURALS else claims,
    }


def _page(
    request: HttpRequest, revision: Revision, view: str, name: str, ctx: dict[str, Any]
) -> HttpResponse:
    title = _("%(view)s: %(incident)s") % {"view": name, "incident": revision.title}
    ctx |= {
        "incident": incident_card(revision, current=view),
        "head": page_head(request, title, plain(revision.document["summary"])),
        "nav": "home",
    }
    return render(request, f"incidents/{view}.html", ctx)
