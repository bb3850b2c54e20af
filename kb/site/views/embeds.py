"""Pages that other sites may embed: an entry, one version of it, a timeline, claims.

They have no forms and set no cookies, and every link opens a page of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt

from kb.record.addresses import absolute_url, record_path
from kb.record.history import current_revision_at, is_tombstone, revision_at, versions
from kb.record.models import FrozenView, Revision
from kb.record.query import InvalidQuery, TimelineQuery
from kb.record.time_limit import ReaderTimeLimit
from kb.site.embed.snippets import THEMES, embed_path, timeline_embed
from kb.site.http.claims_parameters import claim_query, claims_query
from kb.site.http.decorators import reader_page
from kb.site.http.errors import RecordUnavailable, leave_hidden_title, tombstone_context
from kb.site.http.list_order import page_query
from kb.site.http.parameters import clean_parameters, pop_choice
from kb.site.http.reader_limits import RETRY_AFTER_SECONDS, log_time_limit
from kb.site.pages.embed import (
    embed_claim_context,
    embed_claims_context,
    embed_entry_context,
    embed_frozen_context,
    embed_timeline_context,
    embed_version_context,
)

View = Callable[..., HttpResponseBase]


def framed_page(view: View) -> View:
    """A reader's page that may be framed. Its error pages are small and may be framed too."""

    @reader_page
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except InvalidQuery as invalid:
            context = {"problems": list(invalid.errors.items())}
            return _error_page(request, "invalid_parameters", 400, context)
        except RecordUnavailable as unavailable:
            return unavailable.response

    @wraps(view)
    def limited_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return page(request, *args, **kwargs)
        except ReaderTimeLimit as error:
            log_time_limit(request, error)
            response = _error_page(request, "time_limit", 503, {})
            response.headers["Cache-Control"] = "no-store"
            response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
            return response

    return xframe_options_exempt(limited_page)


@framed_page
def embed_entry(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """An event or a statement as it is now."""
    theme = _only_theme(request)
    revision = _live_revision(request, kind, slug)
    return render(request, "embed/entry.html", {**embed_entry_context(revision, theme)})


@framed_page
def embed_version(request: HttpRequest, kind: str, slug: str, number: int) -> HttpResponse:
    """One version of an event or a statement. Versions of withdrawn records are not shown."""
    theme = _only_theme(request)
    current = _live_revision(request, kind, slug, rest=f"history/{number}/", find=revision_at)
    version = versions(current.public_id).filter(number=number).first()
    if version is None:
        raise RecordUnavailable(_error_page(request, "missing", 404, {}))
    if is_tombstone(version):
        page_url = absolute_url(record_path(current.kind, current.slug))
        context = tombstone_context(version) | {"page_url": page_url}
        raise RecordUnavailable(_error_page(request, "gone", 410, context))
    return render(request, "embed/entry.html", {**embed_version_context(current, version, theme)})


@framed_page
def embed_timeline(request: HttpRequest) -> HttpResponse:
    """A timeline with the filters of the timeline's own page."""
    data, theme = _parameters_and_theme(request)
    path = reverse("timeline")
    query = page_query(data, path)
    context = embed_timeline_context(query, timeline_embed(query, path), theme)
    return render(request, "embed/timeline.html", {**context})


@framed_page
def embed_incident(request: HttpRequest, slug: str) -> HttpResponse:
    """The timeline of an incident, with further filters."""
    data, theme = _parameters_and_theme(request)
    revision = _live_revision(request, "incident", slug)
    data.setlist("incident", [slug])
    query = TimelineQuery.parse(data)
    embed = timeline_embed(query, record_path("incident", slug), title=revision.title)
    context = embed_timeline_context(query, embed, theme)
    return render(request, "embed/timeline.html", {**context})


@framed_page
def embed_frozen(request: HttpRequest, public_id: str) -> HttpResponse:
    """The first entries of a frozen list."""
    theme = _only_theme(request)
    view = FrozenView.objects.filter(public_id=public_id).first()
    if view is None:
        raise RecordUnavailable(_error_page(request, "missing", 404, {}))
    return render(request, "embed/timeline.html", {**embed_frozen_context(view, theme)})


@framed_page
def embed_claims(request: HttpRequest, slug: str) -> HttpResponse:
    """The claims of an incident."""
    data, theme = _parameters_and_theme(request)
    revision = _live_revision(request, "incident", slug, rest="claims/")
    query, unnamed = claims_query(data)
    context = embed_claims_context(revision, query, theme, unnamed=unnamed)
    return render(request, "embed/claims.html", {**context})


@framed_page
def embed_claim(request: HttpRequest, slug: str) -> HttpResponse:
    """One claim with its first positions."""
    data, theme = _parameters_and_theme(request)
    revision = _live_revision(request, "proposition", slug)
    known, start = claim_query(data)
    context = embed_claim_context(revision, theme, known, start)
    return render(request, "embed/claim.html", {**context})


def _only_theme(request: HttpRequest) -> str:
    """The theme of a page without other parameters. Raises InvalidParameters."""
    return clean_parameters(request, {"theme": THEMES})["theme"] or THEMES[0]


def _parameters_and_theme(request: HttpRequest) -> tuple[QueryDict, str]:
    """The parameters of the page itself, and the theme. Raises InvalidParameters."""
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    theme = pop_choice(data, "theme", THEMES)
    return data, theme


def _live_revision(
    request: HttpRequest,
    kind: str,
    slug: str,
    *,
    rest: str = "",
    find: Callable[[str, str], Revision | None] = current_revision_at,
) -> Revision:
    """The record at this address.

    Raises RecordUnavailable with a small error page, or with a redirect to the record's embed.
    ``rest`` follows the address of the record in the address of the embed. ``find`` looks the
    record up; an embed of a version does not follow a merge, because its number means nothing for
    another record.
    """
    revision = find(kind, slug)
    if revision is None:
        raise RecordUnavailable(_error_page(request, "missing", 404, {}))
    path = record_path(revision.kind, revision.slug)
    if is_tombstone(revision):
        leave_hidden_title(request, revision, slug)
        context = tombstone_context(revision) | {"page_url": absolute_url(path)}
        raise RecordUnavailable(_error_page(request, "gone", 410, context))
    if (revision.kind, revision.slug) != (kind, slug):
        query = request.META["QUERY_STRING"]
        address = embed_path(path) + rest + (f"?{query}" if query else "")
        raise RecordUnavailable(HttpResponsePermanentRedirect(address))
    return revision


def _error_page(
    request: HttpRequest, name: str, status: int, context: Mapping[str, object]
) -> HttpResponse:
    """A small page in the theme of the request; the default theme if that is invalid too."""
    theme = request.GET.get("theme", "")
    base = {
        "theme": theme if theme in THEMES else THEMES[0],
        "page_url": absolute_url(reverse("home")),
    }
    return render(request, f"embed/{name}.html", {**base, **context}, status=status)
