"""What every reader's view shares: only GET, an honest ETag, and answers for bad addresses."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial, wraps
from typing import Any, cast
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import http_date

from kb.record import publication_version
from kb.record.addresses import data_path
from kb.record.export import snapshot
from kb.record.proof.checkpoint import short_checkpoint
from kb.record.query import InvalidQuery
from kb.record.time_limit import has_omitted_parts
from kb.site.http.build_info import build_info
from kb.site.http.errors import NOINDEX_KEY, RequestRefused, invalid_parameters_page
from kb.site.http.negotiation import HTML, NotAcceptable, offered_media_types, preferred_suffix
from kb.site.http.past import asks_for_day, past_response, without_day
from kb.site.http.past_links import ON
from kb.site.http.problems import METHODS, is_api_request, mark_api_request, problem_response

View = Callable[..., HttpResponseBase]
# Size and root of the public log: some formats have no place for them.
CHECKPOINT_HEADER = "Record-Checkpoint"
# A moment in a header has no fractions: what changed within this time may change again in it.
_TOO_YOUNG = timedelta(seconds=2)


def reader_page(view: View) -> View:
    """Make a view a reader's page: safe methods, ETag by epoch, errors in words.

    The ETag is the address, the epoch and the program: nothing else decides what a page says, so
    an unchanged record is answered 304 after one query.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _answer(request, HTML, lambda: view(request, *args, **kwargs))

    return page


def data_file(view: View) -> View:
    """Make a view a file for programs: as ``reader_page``, but its errors are problems.

    ``kb.middleware.PublicData`` opens it to other sites.
    """

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mark_api_request(request)
        what = str(sorted(kwargs.items()))
        return _answer(request, what, lambda: view(request, *args, **kwargs))

    return page


def negotiated(kind: str, files: View) -> Callable[[View], View]:
    """Let ``Accept`` choose between a page and the files of ``kind``, which ``files`` serves.

    HTML is what a browser gets, and whoever does not mind; 406 names what there is.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response: HttpResponseBase
            try:
                suffix = preferred_suffix(request, kind)
            except NotAcceptable:
                mark_api_request(request)
                error = f"Choose one of: {', '.join(offered_media_types(kind))}."
                response = problem_response(
                    request, "not-acceptable", error, errors={"Accept": error}
                )
            else:
                if suffix and request.path != data_path(request.path):
                    # Files are in the main language, whatever page asks for them.
                    response = HttpResponseRedirect(_file_of(request, suffix))
                elif suffix:
                    response = files(request, *args, kind=kind, suffix=suffix, **kwargs)
                    if response.status_code == 200:
                        response.headers["Content-Location"] = _file_of(request, suffix)
                else:
                    response = view(request, *args, **kwargs)
            patch_vary_headers(response, ["Accept"])
            return response

        return page

    return decorate


def _file_of(request: HttpRequest, suffix: str) -> str:
    """The path of the file that says the same as the page, with the query."""
    query = iri_to_uri(request.META.get("QUERY_STRING", ""))
    path = f"{data_path(request.path).rstrip('/')}.{suffix}"
    return f"{path}?{query}" if query else path


def _other_method(request: HttpRequest) -> HttpResponseBase | None:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
    if request.method in METHODS:
        return None
    if is_api_request(request):
        return problem_response(request, "method-not-allowed")
    return HttpResponseNotAllowed(METHODS)


def _answer(
    request: HttpRequest,
    what: str,
    make: Callable[[], HttpResponseBase],
) -> HttpResponseBase:
    """The view's response, or 304; ``what`` tells representations of one address apart.

    The version and what the view reads are one state of the record. A stream reads its own state,
    which is the same or a later one.
    """
    if (other := _other_method(request)) is not None:
        return other
    try:
        if asks_for_day(request):
            what = f"{what} on {request.META['QUERY_STRING']}"
            return past_response(request, partial(_answer_in_snapshot, request, what, make))
        if ON in request.GET:
            # An empty field of a form.
            with without_day(request):
                return _answer_in_snapshot(request, what, make)
    except InvalidQuery as invalid:
        return invalid_parameters_page(request, invalid)
    return _answer_in_snapshot(request, what, make)


def _answer_in_snapshot(
    request: HttpRequest, what: str, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    with snapshot(is_short=True):
        return _answer_from_snapshot(request, what, make)


def _answer_from_snapshot(
    request: HttpRequest, what: str, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    number, changed_at = publication_version.current_version()
    request.META[publication_version.VERSION_KEY] = number
    etag = _etag(request, what, f"{number} {changed_at}")
    fresh = HttpResponse(headers={"ETag": etag})
    patch_cache_control(fresh, public=True, max_age=0, must_revalidate=True)
    # "*" means whatever there is, which is not known before the view has answered.
    if request.headers.get("If-None-Match", "*").strip() != "*":
        unchanged = get_conditional_response(request, etag=etag, response=fresh)
        if unchanged is not None and unchanged is not fresh:
            return unchanged
    try:
        response = make()
    except InvalidQuery as invalid:
        response = invalid_parameters_page(request, invalid)
    except RequestRefused as refusal:
        response = refusal.response
    if request.META.get(NOINDEX_KEY):
        response.headers["X-Robots-Tag"] = "noindex"
    if has_omitted_parts():
        # The next request may get the whole answer.
        patch_cache_control(response, no_store=True)
        return response
    # A browser would keep a redirect or a 410 for ever; a merge or a withdrawal may be undone.
    if response.status_code in (200, 301, 410):
        response.headers.setdefault("Cache-Control", fresh.headers["Cache-Control"])
    if response.status_code != 200:
        return response
    response.headers["ETag"] = etag
    checkpoint = short_checkpoint(number, changed_at) if is_api_request(request) else ""
    if checkpoint:
        response.headers[CHECKPOINT_HEADER] = checkpoint
    modified = _modified(changed_at)
    if modified:
        response.headers["Last-Modified"] = http_date(modified)
    # The type stubs do not allow a streaming response here; Django does.
    conditional = get_conditional_response(
        request, etag=etag, last_modified=modified, response=cast(HttpResponse, response)
    )
    return conditional or response


def _etag(request: HttpRequest, what: str, state: str) -> str:
    # The same parameters in another order are the same view.
    pairs = sorted(parse_qsl(request.META.get("QUERY_STRING", "")))
    seed = f"{build_info().digest} {state} {request.path} {pairs} {what}"
    return f'W/"{hashlib.sha256(seed.encode("utf-8", "replace")).hexdigest()[:24]}"'


def _modified(changed_at: datetime | None) -> int | None:
    """The last change of the record or of the program, in seconds; None while it is too young."""
    if changed_at is None or timezone.now() - changed_at < _TOO_YOUNG:
        return None
    return int(max(changed_at, build_info().changed_at).timestamp())


def static_response(request: HttpRequest, body: str, media_type: str) -> HttpResponseBase:
    """The text with an ETag of itself: it does not depend on the record."""
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    response = HttpResponse(body, content_type=media_type)
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=3600)
    return get_conditional_response(request, etag=etag, response=response) or response
