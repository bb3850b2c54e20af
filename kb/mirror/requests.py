"""Asks the program for a page as an anonymous reader does, in this process, without a network."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from types import TracebackType
from urllib.parse import unquote_to_bytes, urlsplit
from wsgiref.types import WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from kb.mirror.addresses import site_root
from kb.record.export import snapshot
from kb.record.publication_version import VERSION_KEY
from kb.record.reader_connection import answering_in_transaction

# A page that takes longer is a fault; a reader is refused much earlier.
TIMEOUT_MS = 600_000
_request_logger = logging.getLogger("kb.request")


@dataclass
class Answer:
    """The answer to a request. Use it in a ``with`` block, which ends the request."""

    status: int
    headers: dict[str, str]
    chunks: Iterable[bytes]
    environ: WSGIEnvironment

    @property
    def publication(self) -> int | None:
        """The publication version that it was made from; None for what is not of the record."""
        number = self.environ.get(VERSION_KEY)
        return number if isinstance(number, int) else None

    @property
    def media_type(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left out for lack of time."""
        return "no-store" not in self.headers.get("cache-control", "")

    def read(self) -> bytes:
        """The whole body."""
        return b"".join(self.chunks)

    def __enter__(self) -> Answer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        close = getattr(self.chunks, "close", None)
        if close is not None:
            close()


class AnonymousReader:
    """Sends GET requests to the program, without a cookie, as the host of ``KB_SITE_URL``."""

    def __init__(self, application: WSGIApplication | None = None) -> None:
        # Not kb.wsgi: its memory of finished responses would fill with pages asked for once.
        self._application: WSGIApplication = application or WSGIHandler()

    def get(self, address: str, etag: str = "") -> Answer:
        """The answer for an address with its query, which begins with ``site_root()``.

        With the ETag of an earlier answer it is 304 without a body if it would be the same again.
        """
        heads: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: object = None, /
        ) -> Callable[[bytes], object]:
            heads.append((status, headers))
            return _write

        environ = _environ(address)
        if etag:
            environ["HTTP_IF_NONE_MATCH"] = etag
        chunks = self._application(environ, start_response)
        status, headers = heads[-1]
        names = {name.lower(): value for name, value in headers}
        return Answer(int(status[:3]), names, chunks, environ)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Let all requests in this block read one state of the record (``kb.record.export``).

    Django closes a connection inside a transaction when a request begins or ends; here it must not.
    """
    signals = request_started, request_finished
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        with snapshot(), answering_in_transaction():
            yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


@contextmanager
def patient_limits() -> Iterator[None]:
    """In this block a request may take as long as it needs: no reader waits for it.

    Slow requests are not logged either.
    """
    limit, level = settings.READER_TIMEOUT_MS, _request_logger.level
    settings.READER_TIMEOUT_MS = TIMEOUT_MS
    _request_logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        settings.READER_TIMEOUT_MS = limit
        _request_logger.setLevel(level)


def _environ(address: str) -> WSGIEnvironment:
    site = urlsplit(settings.SITE_URL)
    path, _mark, query = address.partition("?")
    inner = "/" + path.removeprefix(site_root())
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": settings.SITE_PATH,
        "PATH_INFO": unquote_to_bytes(inner).decode("latin-1"),
        "QUERY_STRING": query,
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": site.netloc,
        "HTTP_X_FORWARDED_PROTO": site.scheme,
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _write(piece: bytes) -> object:
    raise NotImplementedError("Django does not use the write() of WSGI.")
