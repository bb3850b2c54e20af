"""Pages that other sites may frame: an entry, one version of it, a timeline, contested claims.

No forms, no cookies, and every link opens a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from kb.record import publication_version
from kb.record.addresses import record_path
from kb.record.history import current_revision_at, is_tombstone, revision_at, versions
from kb.record.models import Entry, Revision
from kb.record.page import TimelinePage
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.rendering import row_with_html
from kb.record.rows import Row, rows_for_entries
from kb.record.vocabulary import Change
from kb.site.embed.snippets import (
    THEMES,
    Embed,
    claims_embed,
    embed_path,
    entry_embed,
    timeline_embed,
)
from kb.site.http.decorators import reader_page
from kb.site.http.errors import RecordUnavailable, tombstone_context
from kb.site.pages.claims_matrix import claims_matrix, claims_pairs, claims_query, incident_claims
from kb.site.pages.timeline import groups_by_date

View = Callable[..., HttpResponse]


def framed_page(view: View) -> View:
    """Make a view a reader's page in a frame: refusals are small pages, and all may be framed."""

    @reader_page
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except InvalidQuery as problem:
            ctx = {"problems": list(problem.errors.items())}
            return _small(request, "invalid_parameters", 400, ctx)
        except RecordUnavailable as answer:
            return answer.response

    return wraps(view)(xframe_options_exempt(page))


@framed_page
def embed_entry(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """An event or a statement as it is now, with its last correction."""
    theme, rest = _themed(request)
    _nothing_else(rest)
    revision = _standing(request, kind, slug)
    row = _row_of(revision)
    embed = entry_embed(revision.title, row["url"])
    ctx = {"row": _corrected([row])[0], "version": revision.number, "on": revision.published_at}
    return _show(request, "entry", theme, embed, ctx)


@framed_page
def embed_version(request: HttpRequest, kind: str, slug: str, number: int) -> HttpResponse:
    """An event or a statement as one version had it; withdrawn ones are not shown even so."""
    theme, rest = _themed(request)
    _nothing_else(rest)
    current = _standing(request, kind, slug, rest=f"history/{number}/", find=revision_at)
    revision = versions(current.public_id).filter(number=number).first()
    if revision is None:
        raise RecordUnavailable(_small(request, "missing", 404, {}))
    row = _row_of(revision) | {"contested": []}
    page = f"{record_path(kind, current.slug)}history/{number}/"
    ctx = {
        "row": row,
        "version": number,
        "on": revision.published_at,
        "last": current.number if revision.superseded_at else 0,
    }
    return _show(request, "entry", theme, entry_embed(revision.title, page), ctx)


@framed_page
def embed_timeline(request: HttpRequest) -> HttpResponse:
    """A timeline with the filters of the timeline's own page."""
    theme, data = _themed(request)
    query = TimelineQuery.parse(data)
    return _timeline(request, theme, query, timeline_embed(query, reverse("timeline")))


@framed_page
def embed_incident(request: HttpRequest, slug: str) -> HttpResponse:
    """The timeline of an incident, which may be filtered further."""
    theme, data = _themed(request)
    revision = _standing(request, "incident", slug)
    data.setlist("incident", [slug])
    query = TimelineQuery.parse(data)
    path = record_path("incident", slug)
    return _timeline(request, theme, query, timeline_embed(query, path, title=revision.title))


@framed_page
def embed_claims(request: HttpRequest, slug: str) -> HttpResponse:
    """The contested claims of an incident."""
    theme, data = _themed(request)
    revision = _standing(request, "incident", slug, rest="claims/")
    query, unnamed = claims_query(data)
    chosen = claims_pairs(query, unnamed)
    documents = incident_claims(revision.public_id)
    found = claims_matrix(
        documents, chosen=query.values("actor"), unnamed=unnamed, known=query.known
    )
    embed = claims_embed(revision, query, chosen)
    ctx = {"incident": revision.title, "matrix": found, "known": query.known, "at": embed.page_url}
    return _show(request, "claims", theme, embed, ctx)


def _timeline(request: HttpRequest, theme: str, query: TimelineQuery, embed: Embed) -> HttpResponse:
    view = TimelinePage(query, with_later=query.later == "mark").view()
    rows = _corrected([row_with_html(row) for row in view.rows])
    ctx = {
        "groups": groups_by_date(rows),
        "shown": len(rows),
        "count": view.count.shown,
        "words": query.describe(),
    }
    # The whole of it, as its own page shows it: without the length that suits the frame.
    whole = tuple(pair for pair in embed.pairs if pair[0] != "size")
    return _show(request, "timeline", theme, Embed(embed.title, embed.path, whole), ctx)


def _show(
    request: HttpRequest, name: str, theme: str, embed: Embed, ctx: dict[str, Any]
) -> HttpResponse:
    """``page_url`` is the page itself, for every link that leads out of the frame."""
    frame = {
        "title": embed.title,
        "page_url": embed.page_url,
        "theme": theme,
        "as_of": publication_version.current_version()[1],
    }
    return render(request, f"embed/{name}.html", {**frame, **ctx})


def _small(request: HttpRequest, name: str, status: int, ctx: dict[str, Any]) -> HttpResponse:
    asked = request.GET.get("theme", "")
    frame = {"theme": asked if asked in THEMES else THEMES[0], "page_url": _home()}
    return render(request, f"embed/{name}.html", {**frame, **ctx}, status=status)


def _home() -> str:
    return settings.SITE_URL + reverse("home")


def _themed(request: HttpRequest) -> tuple[str, QueryDict]:
    """The look that was asked for, and the other parameters."""
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    given = data.getlist("theme")
    data.pop("theme", None)
    if len(given) > 1:
        raise InvalidQuery({"theme": _("This parameter can be given only once.")}, data)
    theme = given[0] if given and given[0] else THEMES[0]
    if theme not in THEMES:
        wrong = _("“%(value)s” is not a valid value. Choose one of: %(values)s.") % {
            "value": theme[:40],
            "values": ", ".join(THEMES),
        }
        raise InvalidQuery({"theme": wrong}, data)
    return theme, data


def _nothing_else(data: QueryDict) -> None:
    """Raise InvalidQuery for any parameter that is left."""
    names = {"names": "theme"}
    wrong = _("No parameter has this name. Choose one of: %(names)s.") % names
    if data:
        raise InvalidQuery(dict.fromkeys(data, wrong), data)


def _standing(
    request: HttpRequest,
    kind: str,
    slug: str,
    *,
    rest: str = "",
    find: Callable[[str, str], Revision | None] = current_revision_at,
) -> Revision:
    """The record at this address. Raises NotStanding with a small page, or a way to its embed.

    ``rest`` follows the record's address in that of the embed. A version's number means nothing
    at another record, so frozen embeds are looked for without following a merge.
    """
    revision = find(kind, slug)
    if revision is None:
        raise RecordUnavailable(_small(request, "missing", 404, {}))
    page = record_path(revision.kind, revision.slug)
    if is_tombstone(revision):
        ctx = tombstone_context(revision) | {"page_url": settings.SITE_URL + page}
        raise RecordUnavailable(_small(request, "gone", 410, ctx))
    if (revision.kind, revision.slug) != (kind, slug):
        query = request.META["QUERY_STRING"]
        address = embed_path(page) + rest + (f"?{query}" if query else "")
        raise RecordUnavailable(HttpResponsePermanentRedirect(address))
    return revision


def _row_of(revision: Revision) -> Row:
    """The row of an entry as this version has it."""
    found = Entry.objects.get(public_id=revision.public_id)
    found.revision = revision
    return row_with_html(rows_for_entries([found])[0])


def _corrected(rows: Iterable[Row]) -> list[Row]:
    """The rows, each with its last correction or None. One query, however many rows."""
    listed = list(rows)
    found = Revision.objects.filter(
        public_id__in=[row["id"] for row in listed], change=Change.CORRECTION
    ).order_by("number")
    last = {one["public_id"]: one for one in found.values("public_id", "published_at", "note")}
    return [row | {"corrected": last.get(row["id"])} for row in listed]
