"""What every request passes through: headers out, hostile input refused, the wall around readers.

Synchronous WSGI only. Nothing here touches the database or the session.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.utils.html import format_html

from kb.record.wall import reading_publicly
from kb.site.http.problems import METHODS, is_api_request, problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]

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
# A page made to be framed: by anybody, so it may load only what it is drawn with, and send nothing.
FRAMED_POLICY = "; ".join(
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
# The static files of such pages, and the script that other sites load. The sandbox of a frame gives
# it an origin of its own, to which our own files are another site's.
FRAMED_FILES = ("fonts/", "css/framed", "js/embed.", "js/embed_frame.")
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
    """The headers that Django's own SecurityMiddleware does not set.

    Written here and not with Django's CSP setting, which 5.2 does not have. A view says with
    Django's ``xframe_options_exempt`` that its answer may be framed; no other answer may.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.framed_files = tuple(settings.STATIC_URL + one for one in FRAMED_FILES)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Asked before: a language's prefix is taken off the path further in.
        is_file = request.path_info.startswith(self.framed_files)
        response = self.get_response(request)
        is_framed = getattr(response, "xframe_options_exempt", False)
        if is_framed or is_file:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if is_file:
            response.headers["Access-Control-Allow-Origin"] = "*"
        policy = FRAMED_POLICY if is_framed else CONTENT_SECURITY_POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


# Django's pages for a developer hold their style and script in themselves.
DEBUG_PAGE_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'; style-src 'self'",
    "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'",
)


class Development:
    """What makes a developer's browser useful. ``kb.settings`` adds it with ``KB_DEBUG`` only.

    Django's debug pages are shown with their style and script, and a page is sent again after a
    template has changed: its ETag is of the program as it was when the server started.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(settings.STATIC_URL):
            request.META.pop("HTTP_IF_NONE_MATCH", None)
            request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
        response = self.get_response(request)
        if response.status_code >= 400:
            response.headers.setdefault("Content-Security-Policy", DEBUG_PAGE_POLICY)
        return response


# --- Addresses for programs ------------------------------------------------------------------

SERVICE = '</api/openapi.json>; rel="service-desc", </api/>; rel="service-doc"'
EXPOSED = "Content-Disposition, ETag, Last-Modified, Link"
PREFLIGHT = {
    "Allow": ", ".join(METHODS),
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, If-Modified-Since, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class PublicData:
    """Opens what is published to programs and to pages of other sites, and only to read.

    By address, so that errors are as open as answers: a script on another site must be able to
    read why it was refused. No credentials: nothing here depends on who asks.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._answer(request)
        # Asked afterwards: Accept may have made it an answer for programs.
        if is_api_request(request):
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
            response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin")
            links = (response.headers.get("Link"), SERVICE)
            response.headers["Link"] = ", ".join(filter(None, links))
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        # Here, because the check of forms would answer 403 before any view is asked.
        if is_api_request(request) and request.method not in METHODS:
            return problem_response(request, "method-not-allowed")
        if is_api_request(request) and request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        return self.get_response(request)


# --- Hostile input ---------------------------------------------------------------------------

# Path and query together, in bytes as sent. Below gunicorn's limit for the request line (8,190),
# so that it is this page that answers and not gunicorn's.
MAX_ADDRESS_BYTES = 8000
# A form with a file of 10 MB (kb.desk.importers.rows) and room for its other fields. What is larger
# is refused by what it says of its size, before a byte of it is read.
MAX_FORM_BYTES = 12_000_000
BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Django decodes the path and puts the bytes that are not UTF-8 back as percent signs.
UNDECODED = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]")
# C0 and DEL, but not the tab: people paste it into search boxes.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


class HostileInput:
    """Answers 400, 413 or 414 to input that no honest client sends, before anything reads it.

    PostgreSQL refuses NUL with an error where SQLite stores it; a lone surrogate raises on both;
    bytes that are not UTF-8 would silently become U+FFFD. One refusal here, with the reason,
    instead of a 500 from wherever the value happens to arrive.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_too_long(request):
            too_much = (
                f"It has more than {MAX_ADDRESS_BYTES:,} bytes. Use fewer filters or a shorter "
                "search."
            )
            if is_api_request(request):
                return problem_response(request, "address-too-long", too_much)
            return refusal_response(414, "This address is too long", too_much)
        if is_too_large(request):
            return refusal_response(
                413,
                "This is too much at once",
                f"It has more than {MAX_FORM_BYTES // 1_000_000} MB. The desk takes files of up to "
                "10 MB; larger ones are loaded on the server, with the commands.",
            )
        complaint = input_error(request)
        if complaint and is_api_request(request):
            return problem_response(request, "bad-request", complaint)
        if complaint:
            return refusal_response(400, "This request cannot be read", complaint)
        return self.get_response(request)


def is_too_long(request: HttpRequest) -> bool:
    """Whether the path and the query together exceed what is answered."""
    # `path_info` is decoded already, so it is never longer than what was sent.
    sent = len(request.META.get("QUERY_STRING", "")) + len(request.path_info)
    return sent > MAX_ADDRESS_BYTES


def is_too_large(request: HttpRequest) -> bool:
    """Whether the request says that its body is larger than any form of ours."""
    sent = request.META.get("CONTENT_LENGTH") or "0"
    return not sent.isdecimal() or len(sent) > 12 or int(sent) > MAX_FORM_BYTES


def input_error(request: HttpRequest) -> str:
    """What is wrong with the request, in a sentence for a person; "" when nothing is."""
    return (
        _complaint_about_path(request)
        or _complaint_about_query(request)
        or _complaint_about_cookies(request)
        or _complaint_about_form(request)
    )


def _complaint_about_path(request: HttpRequest) -> str:
    # The server has decoded the path already; where it hands over the path as sent, look there.
    as_sent = request.META.get("RAW_URI", "").partition("?")[0]
    if BROKEN_PERCENT.search(as_sent):
        return "The path holds a percent sign that two hexadecimal digits do not follow."
    if UNDECODED.search(request.path_info):
        return "The path is not UTF-8 text, or it was percent-encoded twice."
    if CONTROL.search(request.path_info):
        return "The path holds a control character."
    return ""


def _complaint_about_query(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    if BROKEN_PERCENT.search(query):
        return (
            "The query holds a percent sign that two hexadecimal digits do not follow. "
            "Write %25 for a percent sign."
        )
    try:
        decoded = unquote_to_bytes(query.encode("latin-1")).decode("utf-8")
    except UnicodeError:
        return "The query is not UTF-8 text."
    return "The query holds a control character." if CONTROL.search(decoded) else ""


def _complaint_about_cookies(request: HttpRequest) -> str:
    # A quoted cookie may spell NUL as \000, and a session key goes straight to the database.
    if "HTTP_COOKIE" in request.META and any(
        CONTROL.search(value) for value in request.COOKIES.values()
    ):
        return "A cookie holds a control character."
    return ""


def _complaint_about_form(request: HttpRequest) -> str:
    if request.method != "POST" or request.content_type not in FORM_TYPES:
        return ""
    try:
        fields = list(request.POST.lists())
    except UnreadablePostError:
        return "The form did not arrive whole."
    for name, values in fields:
        if "\x00" in name or any("\x00" in value for value in values):
            return "The form holds a NUL character. Remove it and send the form again."
    return ""


def refusal_response(status: int, title: str, message: str) -> HttpResponse:
    """The page that says what was refused and why, without the database and without the request.

    From ``templates/errors/<status>.html``, else ``errors/400.html``, else from this line.
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
    """Readers' answers packed, streams piece by piece. The desk's are not.

    Packing tells an eavesdropper how long a secret beside his own words is (BREACH). Public pages
    hold no secret: no cookie, no token, nothing that is not the same for everybody.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if request.path_info.startswith("/" + settings.ADMIN_PATH):
            return response
        return super().process_response(request, response)


# --- The wall --------------------------------------------------------------------------------


class PublicWall:
    """Serves every request outside the desk's path inside ``reading_publicly()``.

    By path and not by view: a view that is forgotten here is behind the wall, not before it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.desk = "/" + settings.ADMIN_PATH

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.desk):
            return self.get_response(request)
        with reading_publicly():
            response: Any = self.get_response(request)
        if response.streaming:
            # The server reads a stream after this method has returned.
            response.streaming_content = _walled(response.streaming_content)
        return response


def _walled(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same chunks, each of them made inside the wall."""
    source = iter(chunks)
    try:
        while True:
            # Entered for each chunk, not around the loop: between two chunks control is with
            # the server, whose context must not be left changed.
            with reading_publicly():
                try:
                    chunk = next(source)
                except StopIteration:
                    return
            yield chunk
    finally:
        close = getattr(source, "close", None)
        if close:
            with reading_publicly():
                close()
