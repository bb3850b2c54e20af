"""The language of a page is part of its address: /zh-hans/… is Chinese, all others are English.

Cookies and Accept-Language are not read, so an address has the same content for every reader and
every cache. The API has no prefix. Other names of a language, such as /zh-CN/ and /en/, redirect to
its addresses.

The desk has no prefix either: its addresses are the same for all editors. Its language is the one
in the cookie that ``set_language`` sets for the path of the desk, otherwise the browser's,
otherwise English.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes

from kb.record.addresses import language_named
from kb.site.http.probe_paths import PROBE_PATHS

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Paths for programs that have no suffix.
API_PREFIXES = (*PROBE_PATHS, "/oembed", "/.well-known/", "/static/")


class LanguagePrefix:
    """Serves /zh-hans/… as if the whole site were mounted there, in that language.

    The prefix becomes the script prefix, so `reverse()`, `{% url %}` and `request.path` include it,
    and views and URL patterns do not depend on it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.english = settings.LANGUAGE_CODE
        self.desk = "/" + settings.ADMIN_PATH

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(self.desk):
            return self._respond_on_desk(request)
        segment, slash, rest = request.path_info[1:].partition("/")
        code, path = language_named(segment), f"/{rest}"
        if not code:
            return self._respond(request, self.english, get_script_prefix())
        is_file = path.startswith(API_PREFIXES) or "." in path.rpartition("/")[2]
        if code == self.english or is_file:
            return _redirect(request, path)
        if segment != code or not slash:
            return _redirect(request, f"/{code}{path}")
        root = get_script_prefix()
        # The desk keeps its complete path, which no pattern matches: its 404 page is in the
        # language, and public.
        if not path.startswith(self.desk):
            request.META["SCRIPT_NAME"] = f"{root}{code}"
            request.path = f"{root}{code}{path}"
            request.path_info = path
        return self._respond(request, code, f"{root}{code}/")

    def _respond_on_desk(self, request: HttpRequest) -> HttpResponseBase:
        code = translation.get_language_from_request(request)
        response = self._respond(request, code, get_script_prefix())
        patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response

    def _respond(self, request: HttpRequest, code: str, prefix: str) -> HttpResponseBase:
        with _language(code, prefix):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            # The server reads a stream after this method has returned.
            response.streaming_content = _localised(response.streaming_content, code, prefix)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", code)
        return response


def _redirect(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """Return a redirect to a path of this site, with the query. Two slashes would be a host."""
    query = request.META.get("QUERY_STRING", "")
    address = get_script_prefix().rstrip("/") + escape_leading_slashes(iri_to_uri(path) or "/")
    return HttpResponsePermanentRedirect(address + (f"?{iri_to_uri(query)}" if query else ""))


@contextmanager
def _language(code: str, prefix: str) -> Iterator[None]:
    """Activate the language and the prefix of links inside the block."""
    previous = get_script_prefix()
    set_script_prefix(prefix)
    try:
        with translation.override(code):
            yield
    finally:
        set_script_prefix(previous)


def _localised(
    chunks: Iterator[bytes] | AsyncIterator[bytes], code: str, prefix: str
) -> Iterator[bytes]:
    """Yield the same chunks, each created with the language active."""
    if not isinstance(chunks, Iterator):
        raise TypeError("The site runs under WSGI and has no asynchronous responses.")
    while True:
        # For each chunk, not around the loop: between two chunks another request may run.
        with _language(code, prefix):
            try:
                chunk = next(chunks)
            except StopIteration:
                return
        yield chunk
