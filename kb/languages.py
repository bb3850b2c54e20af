"""The language of a page is part of its address: /zh-hans/… is Chinese, the rest English.

No cookie and no Accept-Language decide, so one address says the same to everybody and to every
cache. The desk and everything that machines read exist once, without a prefix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.http import escape_leading_slashes

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# Paths without a suffix that machines ask for all the same.
API_PREFIXES = ("/healthz", "/oembed", "/.well-known/", "/static/")


class LanguagePrefix:
    """Serves /zh-hans/… as if the whole site were mounted there, in that language.

    The prefix becomes the script prefix, so `reverse()`, `{% url %}` and `request.path` carry it
    and no view or URL pattern knows of it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.english = settings.LANGUAGE_CODE
        self.prefixed = [code for code, _ in settings.LANGUAGES if code != self.english]
        self.desk = "/" + settings.ADMIN_PATH

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        code, slash, rest = request.path_info[1:].partition("/")
        if code == self.english:
            return _moved(request, "/" + rest)
        if code not in self.prefixed:
            return self._answer(request, self.english, get_script_prefix())
        if not slash:
            return _moved(request, f"/{code}/")
        path = "/" + rest
        if path.startswith(API_PREFIXES) or "." in path.rpartition("/")[2]:
            return _moved(request, path)
        root = get_script_prefix()
        # The desk keeps its whole path, which no pattern matches: its 404 is in the language,
        # and behind the wall.
        if not path.startswith(self.desk):
            request.META["SCRIPT_NAME"] = f"{root}{code}"
            request.path = f"{root}{code}{path}"
            request.path_info = path
        return self._answer(request, code, f"{root}{code}/")

    def _answer(self, request: HttpRequest, code: str, prefix: str) -> HttpResponseBase:
        with _speaking(code, prefix):
            response: Any = self.get_response(request)
        if response.streaming:
            # The server reads a stream after this method has returned.
            response.streaming_content = _spoken(response.streaming_content, code, prefix)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", code)
        return response


def _moved(request: HttpRequest, path: str) -> HttpResponsePermanentRedirect:
    """To another path of this site, with the query. Two slashes would name another host."""
    query = request.META.get("QUERY_STRING", "")
    address = get_script_prefix().rstrip("/") + escape_leading_slashes(iri_to_uri(path) or "/")
    return HttpResponsePermanentRedirect(address + (f"?{iri_to_uri(query)}" if query else ""))


@contextmanager
def _speaking(code: str, prefix: str) -> Iterator[None]:
    """The language and the prefix of links inside the block; after it what was before."""
    before = get_script_prefix()
    set_script_prefix(prefix)
    try:
        with translation.override(code):
            yield
    finally:
        set_script_prefix(before)


def _spoken(chunks: Iterable[bytes], code: str, prefix: str) -> Iterator[bytes]:
    """The same chunks, each of them made in the language."""
    source = iter(chunks)
    while True:
        # For each chunk, not around the loop: between two chunks another request may run.
        with _speaking(code, prefix):
            try:
                chunk = next(source)
            except StopIteration:
                return
        yield chunk
