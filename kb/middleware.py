"""Middleware for every request: response headers, checks of the input, the wall for readers.

Synchronous WSGI only. This module does not use the session.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from typing import cast
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.security import SecurityMiddleware
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.cache import patch_cache_control
from django.utils.html import format_html

from kb.publication_cookie import required_version
from kb.record.minimum_version import minimum_version
from kb.record.publication_version import current_number
from kb.record.reader_connection import check_reader_connection
from kb.record.reader_servers import is_server_error, note_server_error, reader_servers
from kb.record.time_limit import ReaderTimeLimit
from kb.record.unavailable import unavailable_reason
from kb.record.wall import reading_alias, reading_publicly
from kb.site.http.problems import METHODS, is_api_request, problem_response
from kb.site.http.reader_limits import (
    LimitedPieces,
    limited_work,
    no_server_response,
    refusal,
    time_limit_response,
)

GetResponse = Callable[[HttpRequest], HttpResponseBase]

logger = logging.getLogger(__name__)

# --- Headers ---------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    ]
)
# For an embed, which every site may frame: it may load its own files only, and send no form.
EMBED_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors *",
    ]
)
# The static files of embeds, and the script that other sites load. A sandboxed frame has an origin
# of its own, so files of this site are cross-origin for it.
EMBED_FILES = ("fonts/", "css/framed", "js/embed.", "js/embed_frame.")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


class SecurityHeaders:
    """Sets the security headers of every response, whatever returned it or raised an error.

    Those of Django's SecurityMiddleware are set here too, because that middleware itself raises an
    error for a forged Host when it redirects to HTTPS. Django's CSP setting is not used, because
    5.2 does not have it. A view allows framing of its response with Django's
    ``xframe_options_exempt``; no other response may be framed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.django_headers = SecurityMiddleware(get_response)
        self.embed_files = tuple(settings.STATIC_PATH + prefix for prefix in EMBED_FILES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Read before the response, because LanguagePrefix removes a prefix from the path.
        is_file = request.path_info.startswith(self.embed_files)
        response = self.get_response(request)
        # It sets headers of streams as well, which its type does not say.
        self.django_headers.process_response(request, cast(HttpResponse, response))
        is_framed = getattr(response, "xframe_options_exempt", False)
        if is_framed or is_file:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if is_file:
            response.headers["Access-Control-Allow-Origin"] = "*"
        policy = EMBED_POLICY if is_framed else CONTENT_SECURITY_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


# Django's debug pages have inline style and script.
DEBUG_PAGE_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'; style-src 'self'",
    "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'",
)


class Development:
    """Changes headers for development. ``kb.settings`` adds it with ``KB_DEBUG`` only.

    Debug pages may use their inline style and script. Conditional requests are answered in full,
    because the ETag of a page does not change with a template until the server restarts.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(settings.STATIC_PATH):
            request.META.pop("HTTP_IF_NONE_MATCH", None)
            request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
        response = self.get_response(request)
        if response.status_code >= 400:
            response.headers.setdefault("Content-Security-Policy", DEBUG_PAGE_POLICY)
        return response


# --- Addresses for programs ------------------------------------------------------------------

SERVICE = (
    f'<{settings.SITE_PATH}/api/openapi.json>; rel="service-desc", '
    f'<{settings.SITE_PATH}/api/>; rel="service-doc"'
)
EXPOSED = "Content-Disposition, ETag, Last-Modified, Link, Record-Checkpoint"
PREFLIGHT = {
    "Allow": ", ".join(METHODS),
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class PublicData:
    """Opens the API to scripts on other sites (CORS), read-only and without credentials.

    It depends on the address, so that errors are open as well: a script on another site must be
    able to read why its request failed.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._respond(request)
        # Checked after the view, because Accept may have chosen a format for programs.
        if is_api_request(request):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
            response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
            links = (response.headers.get("Link"), SERVICE)
            response.headers["Link"] = ", ".join(filter(None, links))
        return response

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        # Here and not in each view, so that an unknown address is answered in the same way.
        if is_api_request(request) and request.method not in METHODS:
            return problem_response(request, "method-not-allowed")
        if is_api_request(request) and request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        return self.get_response(request)


# --- Hostile input ---------------------------------------------------------------------------

# Path and query together, in bytes as sent. Below gunicorn's limit for the request line (8,190), so
# that readers get this site's error page and not gunicorn's.
MAX_ADDRESS_BYTES = 8000
# A form with a file of 10 MB (kb.desk.importers.rows) and its other fields. A larger body is
# refused by its Content-Length, before it is read.
MAX_FORM_BYTES = 12_000_000
BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Django decodes the path and puts the bytes that are not UTF-8 back as percent signs.
UNDECODED = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
# C0 and DEL, but not the tab, which people paste into search boxes.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class HostileInput:
    """Answers 400, 413 or 414 to malformed or oversized input, before anything reads it.

    PostgreSQL raises an error for NUL and SQLite stores it; a lone surrogate raises on both; bytes
    that are not UTF-8 would silently become U+FFFD. This answers with the reason, instead of a 500
    error from the code that gets the value.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_too_long(request):
            message = (
                f"The URL has more than {MAX_ADDRESS_BYTES:,} bytes. Use fewer filters or a "
                "shorter search."
            )
            if is_api_request(request):
                return problem_response(request, "address-too-long", message)
            return refusal_response(414, "The URL is too long", message)
        if is_too_large(request):
            return refusal_response(
                413,
                "The request is too large",
                f"The request has more than {MAX_FORM_BYTES // 1_000_000} MB. You can upload files "
                "of up to 10 MB. Load larger files on the server with the import commands.",
            )
        error = input_error(request)
        if error and is_api_request(request):
            return problem_response(request, "bad-request", error)
        if error:
            return refusal_response(400, "Bad request", error)
        return self.get_response(request)


def is_too_long(request: HttpRequest) -> bool:
    """Whether the path and the query together have more than ``MAX_ADDRESS_BYTES``."""
    # `path_info` is decoded, so it is never longer than what was sent.
    length = len(request.META.get("QUERY_STRING", "")) + len(request.path_info)
    return length > MAX_ADDRESS_BYTES


def is_too_large(request: HttpRequest) -> bool:
    """Whether the Content-Length is invalid or above ``MAX_FORM_BYTES``."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdecimal() or len(length) > 12 or int(length) > MAX_FORM_BYTES


def input_error(request: HttpRequest) -> str:
    """Return what is wrong with the request, as a sentence, or "" if nothing is."""
    return (
        _path_error(request)
        or _query_error(request)
        or _cookie_error(request)
        or _form_error(request)
    )


def _path_error(request: HttpRequest) -> str:
    # `path_info` is decoded. Some servers also give the path as it was sent.
    raw_path = request.META.get("RAW_URI", "").partition("?")[0]
    if BROKEN_PERCENT.search(raw_path):
        return "The path contains a percent sign that is not followed by two hexadecimal digits."
    if UNDECODED.search(request.path_info):
        return "The path is not valid UTF-8 or was percent-encoded twice."
    if CONTROL.search(request.path_info):
        return "The path contains a control character."
    return ""


def _query_error(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    if BROKEN_PERCENT.search(query):
        return (
            "The query contains a percent sign that is not followed by two hexadecimal digits. "
            "Write %25 for a percent sign."
        )
    try:
        decoded = unquote_to_bytes(query.encode("latin-1")).decode("utf-8")
    except UnicodeError:
        return "The query is not valid UTF-8."
    return "The query contains a control character." if CONTROL.search(decoded) else ""


def _cookie_error(request: HttpRequest) -> str:
    # A quoted cookie may contain NUL as \000, and the session key is used in a database query.
    if "HTTP_COOKIE" in request.META and any(
        CONTROL.search(value) for value in request.COOKIES.values()
    ):
        return (
            "A cookie contains a control character. Delete the cookies of this site and try again."
        )
    return ""


def _form_error(request: HttpRequest) -> str:
    if request.method != "POST" or request.content_type not in FORM_TYPES:
        return ""
    try:
        fields = list(request.POST.lists())
    except UnreadablePostError:
        return "The form was not received completely. Send it again."
    for name, values in fields:
        if "\x00" in name or any("\x00" in value for value in values):
            return "The form contains a NUL character. Remove it and send the form again."
    return ""


def refusal_response(status: int, title: str, message: str) -> HttpResponse:
    """Return an error page with the reason. It needs neither the database nor the request.

    The template is ``templates/errors/<status>.html`` or ``errors/400.html``. Without both, a
    minimal page is returned.
    """
    context = {"status": status, "title": title, "message": message}
    try:
        body = render_to_string([f"errors/{status}.html", "errors/400.html"], context)
    except TemplateDoesNotExist:
        body = format_html(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
            "<h1>{title}</h1><p>{message}</p></html>",
            **context,
        )
    response = HttpResponse(body, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


# --- Compression -------------------------------------------------------------------------------


class PublicGzip(GZipMiddleware):
    """Compresses responses for readers, streams piece by piece. Responses of the desk are not.

    Compression reveals the length of a secret next to text that an attacker chooses (BREACH).
    Public pages contain no secret: no cookie, no token, and the same content for every reader.
    Pages of reports do, and their views say so (``contains_secret``).
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Return the response, compressed if the path is public and it has no secret."""
        is_desk = request.path_info.startswith("/" + settings.ADMIN_PATH)
        if is_desk or getattr(response, "contains_secret", False):
            return response
        return super().process_response(request, response)


# --- The wall --------------------------------------------------------------------------------


# In the environment of a request: its server went away while the response was made.
_SERVER_LOST = "kb.server_lost"


class PublicWall:
    """Serves every request outside the path of the desk inside ``reading_publicly()``.

    It depends on the path and not on the view, so a new view is restricted by default. The work for
    each request is limited (``limited_work``): 503 for a request that reaches the limit. With
    several servers, a request whose server goes away is made again on the next one: readers write
    nothing, so that is safe.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.desk = "/" + settings.ADMIN_PATH
        self.servers = reader_servers()
        self.minimum = minimum_version()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.desk):
            return self.get_response(request)
        if (error := refusal(request)) is not None:
            return time_limit_response(request, error)
        version = required_version(request)
        for alias in self.servers.candidates(with_primary=bool(version)):
            check_reader_connection(alias)
            with reading_publicly(alias), limited_work(request):
                response = self._respond(request, version)
            if response is not None:
                self.servers.mark_present(alias)
                if version:
                    patch_cache_control(response, private=True)
                return response
        return no_server_response(request)

    def _respond(self, request: HttpRequest, version: int) -> HttpResponseBase | None:
        """The response of the present server; None if it is away, or behind the version."""
        request.META.pop(_SERVER_LOST, None)
        try:
            if self._is_behind(version):
                return None
            response = self.get_response(request)
            if isinstance(response, StreamingHttpResponse):
                response = self._stream_response(request, response)
        except Error as error:
            if not self._is_lost(error):
                raise
            return None
        return None if _SERVER_LOST in request.META else response

    def _is_behind(self, version: int) -> bool:
        """Whether the present server lacks the version, or what all servers of readers must have.

        It need not be asked if the memory for responses has just asked it.
        """
        alias, minimum = reading_alias(), self.minimum.current()
        if self.servers.is_known_to_have(alias, max(version, minimum)):
            return False
        number = current_number()
        return not self.servers.admits(alias, number, minimum) or number < version

    def _is_lost(self, error: Exception) -> bool:
        """Whether another server may answer; then this one is noted."""
        if not (self.servers.has_choice and is_server_error(error)):
            return False
        note_server_error(reading_alias())
        return True

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer 503 if a view has reached the time limit, or its database does not answer."""
        if request.path_info.startswith(self.desk):
            return None
        if isinstance(error, ReaderTimeLimit):
            return time_limit_response(request, error)
        if self._is_lost(error):
            request.META[_SERVER_LOST] = True
            return no_server_response(request)
        if (reason := unavailable_reason(error)) is not None:
            logger.warning("database unavailable", extra={"fields": {"reason": reason.value}})
            return no_server_response(request, reason)
        return None

    def _stream_response(
        self, request: HttpRequest, response: StreamingHttpResponse
    ) -> HttpResponseBase:
        """Return the response with its first piece ready, or 503 if that takes too long.

        The server reads the other pieces after the middleware has returned.
        """
        pieces = response.streaming_content
        if not isinstance(pieces, Iterator):
            raise TypeError("The site runs under WSGI and has no asynchronous responses.")
        try:
            response.streaming_content = LimitedPieces(request, pieces)
        except ReaderTimeLimit as error:
            # Not response.close(), which would say that the request has ended.
            return time_limit_response(request, error)
        return response
