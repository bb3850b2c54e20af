"""Answers for what is not there, was withdrawn, or cannot be read."""

from __future__ import annotations

from typing import Any, TypedDict

from django.conf import settings
from django.db import DatabaseError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.views import defaults

from kb.record.addresses import record_path
from kb.record.answers import Tombstone
from kb.record.hidden_titles import hides_title
from kb.record.history import current_revision_at, is_tombstone
from kb.record.models import Revision
from kb.record.near_addresses import kind_like, near_addresses
from kb.record.query import InvalidQuery
from kb.record.revision_headlines import revision_headline, revision_headlines
from kb.record.vocabulary import Change
from kb.site.http.problems import is_api_request, problem_response
from kb.text.slugs import partial_slug

# In the WSGI environment: search engines are asked not to list what this request gets.
NOINDEX_KEY = "kb.noindex"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: Django itself could not read the request."""
    if is_api_request(request):
        return problem_response(request, "bad-request")
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: no page and no file has this address. A page lists records with a similar one."""
    if is_api_request(request):
        return problem_response(request, "not-found")
    return _not_found_page(request, _near_path(request))


def server_error_page(request: HttpRequest) -> HttpResponse:
    """500: a view raised an error. Needs no database, which may be what failed."""
    request_id = getattr(request, "request_id", "")
    if is_api_request(request):
        return problem_response(request, "server-error", request_id=request_id)
    page = get_template("500.html").render({"request_id": request_id, "root": settings.SITE_PATH})
    return HttpResponse(page, status=500)


def invalid_parameters_page(request: HttpRequest, invalid: InvalidQuery) -> HttpResponse:
    """400 for a page that is no timeline: which parameter cannot be read, and why."""
    if is_api_request(request):
        return _bad_parameter(request, invalid)
    ctx = {
        "status": 400,
        "title": _("Invalid parameter"),
        "message": _("The address contains a parameter that this page does not support."),
        "problems": list(invalid.errors.items()),
        "day_form": _day_form(request, invalid),
    }
    return render(request, "errors/400.html", ctx, status=400)


class DayForm(TypedDict):
    """The field of "as known on" as it was filled in, and the readable rest of the address."""

    action: str
    hidden: list[tuple[str, str]]
    value: str
    error: str


def _day_form(request: HttpRequest, invalid: InvalidQuery) -> DayForm | None:
    if "known" not in invalid.errors:
        return None
    return {
        "action": request.path,
        "hidden": [
            (name, value)
            for name, values in request.GET.lists()
            if name not in invalid.errors
            for value in values
        ],
        "value": request.GET.get("known", "")[:200],
        "error": str(invalid.errors["known"]),
    }


def _bad_parameter(request: HttpRequest, invalid: InvalidQuery) -> HttpResponse:
    names = ", ".join(invalid.errors)
    detail = f"No filter was applied. Invalid parameters: {names[:200]}."
    return problem_response(request, "bad-parameter", detail, errors=invalid.errors)


class RequestRefused(Exception):
    """The view cannot answer; ``response`` is sent instead of its page."""

    def __init__(self, response: HttpResponse) -> None:
        self.response = response


class RecordUnavailable(RequestRefused):
    """There is no such record to show; ``response`` says what became of it."""


def live_revision_or_response(request: HttpRequest, kind: str, slug: str) -> Revision:
    """The record at this address. Raises NotStanding with a 301, 404 or 410 answer."""
    revision = current_revision_at(kind, slug)
    if revision is None:
        raise RecordUnavailable(_missing(request, kind, slug))
    if is_tombstone(revision):
        leave_hidden_title(request, revision, slug)
        raise RecordUnavailable(withdrawn_response(request, revision))
    if (revision.kind, revision.slug) != (kind, slug):
        raise RecordUnavailable(_moved(request, revision))
    if revision.document.get("noindex"):
        request.META[NOINDEX_KEY] = True
    return revision


def leave_hidden_title(request: HttpRequest, revision: Revision, slug: str) -> None:
    """Lead away from an address with the words of a title that a tombstone hides.

    Raises RecordUnavailable with a redirect to the same page of ``revision`` by its own slug. It
    is temporary: publishing again gives the record its address back.
    """
    match = request.resolver_match
    if match is None or slug == revision.slug or not hides_title(revision):
        return
    path = reverse(match.view_name, kwargs={**match.kwargs, "slug": revision.slug})
    query = iri_to_uri(request.META.get("QUERY_STRING", ""))
    raise RecordUnavailable(HttpResponseRedirect(f"{path}?{query}" if query else path))


def tombstone_context(revision: Revision) -> dict[str, Any]:
    """What a page says of a record that was withdrawn."""
    headline = revision_headline(revision)
    title, removed = headline.words, revision.change == Change.SUPPRESSION
    says_it = removed or headline.is_hidden
    return {
        "title": title,
        "heading": title if says_it else _("Withdrawn: %(title)s") % {"title": title},
        "reason": revision.note,
        "on": revision.published_at,
        "removed": removed,
    }


def _missing(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    if is_api_request(request):
        return problem_response(request, "not-found")
    return _not_found_page(request, _near(slug, kind))


def _not_found_page(request: HttpRequest, nearest: list[Revision]) -> HttpResponse:
    headlines = revision_headlines(nearest)
    links = [
        {
            "title": headlines[revision.pk].words,
            "url": record_path(revision.kind, revision.slug),
        }
        for revision in nearest
    ]
    return render(request, "errors/404.html", {"nearest": links}, status=404)


def _near_path(request: HttpRequest) -> list[Revision]:
    """Records whose address is like the path of this request; none for the desk and for files.

    The path may name their kind with a mistake, another kind, or none: /incidnets/bytedance/.
    """
    path = request.path_info
    parts = [part for part in path.split("/") if part]
    if path.startswith(f"/{settings.ADMIN_PATH}") or not parts or "." in parts[-1]:
        return []
    slug = partial_slug(parts[-1])
    kind = kind_like(parts[0]) if parts[1:] else ""
    try:
        return _near(slug, kind) if slug else []
    except DatabaseError:
        return []  # the page is of use without them


def _near(slug: str, kind: str) -> list[Revision]:
    """Records of this kind with a slug like this one; where there is none, of every kind."""
    return near_addresses(slug, kind) or (near_addresses(slug) if kind else [])


def withdrawn_response(request: HttpRequest, revision: Revision) -> HttpResponse:
    """410: the record was withdrawn; ``revision`` is its tombstone."""
    if is_api_request(request):
        return problem_response(request, "withdrawn", withdrawn=_for_programs(revision))
    return render(request, "errors/410.html", tombstone_context(revision), status=410)


def _for_programs(revision: Revision) -> Tombstone:
    return {
        "id": revision.public_id,
        "kind": revision.kind,
        "title": revision_headline(revision).words,
        "reason": revision.note,
        "withdrawn_at": revision.published_at.isoformat(),
    }


def _moved(request: HttpRequest, revision: Revision) -> HttpResponsePermanentRedirect:
    """To where the record stands now; a program is led on to the same format and filters."""
    address = _path(request, revision)
    query = request.META.get("QUERY_STRING", "")
    if query and is_api_request(request):
        address += f"?{iri_to_uri(query)}"
    return HttpResponsePermanentRedirect(address)


def _path(request: HttpRequest, revision: Revision) -> str:
    """The path of another record, in the format that was asked for."""
    path = record_path(revision.kind, revision.slug)
    suffix = request.path.rpartition("/")[2].partition(".")[2]
    return f"{path.rstrip('/')}.{suffix}" if suffix else path
