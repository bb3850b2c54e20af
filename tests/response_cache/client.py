"""A client that speaks WSGI as a server does: it iterates over the answer and closes it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from django.test.client import RequestFactory

GZIP = {"HTTP_ACCEPT_ENCODING": "gzip"}
Application = Callable[..., Any]


@dataclass(frozen=True)
class Answer:
    """What a client got: the status, the headers by name in small letters, the bytes."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        is_gzip = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if is_gzip else self.body).decode()

    @property
    def cache_status(self) -> str:
        """What the cache says of the answer: "hit" and so on; "" if it comes from Django."""
        return self.headers.get("cache-status", "").partition("; ")[2]


def environ_of(method: str, address: str) -> dict[str, Any]:
    """Return the variables of a request as a server sets them."""
    variables = RequestFactory().generic(method, address).environ
    # Django's test request has this header always, with nothing in it.
    variables.pop("HTTP_COOKIE", None)
    return variables | {"HTTP_HOST": "localhost"}


class WSGIClient:
    """Sends requests to a WSGI application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def get(self, address: str, **environ: str) -> Answer:
        return self.send("GET", address, **environ)

    def head(self, address: str, **environ: str) -> Answer:
        return self.send("HEAD", address, **environ)

    def send(self, method: str, address: str, **environ: str) -> Answer:
        variables = environ_of(method, address) | environ
        heads: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = self.application(
            variables, lambda status, headers, *_: heads.append((status, headers))
        )
        try:
            body = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        ((status, headers),) = heads
        return Answer(int(status[:3]), {key.lower(): value for key, value in headers}, body)


class CountedApplication:
    """Counts the requests that reach an application, and can hold them up."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._lock = Lock()
        self.calls = 0
        self.before: Callable[[dict[str, Any]], None] = lambda environ: None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        with self._lock:
            self.calls += 1
        self.before(environ)
        return self._application(environ, start_response)
