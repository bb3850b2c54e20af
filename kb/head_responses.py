"""Responses to HEAD: the headers of GET, without a body."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class HeadResponses:
    """Removes the body of every response to HEAD, and keeps its Content-Length.

    RFC 9110, 9.3.2, forbids a body. Django leaves its removal to the server, and gunicorn logs a
    warning for each. It is the outermost middleware, so that the others set their headers as for
    GET. A stream is not read here; who makes one for HEAD leaves its pieces out
    (``kb.site.http.representations``), because ``PublicWall`` reads the first piece.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if request.method != "HEAD":
            return response
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response.content = b""
        return response
