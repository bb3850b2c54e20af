"""Structured logs and request ids: one line for each event, as ``key=value`` or as JSON.

A log call passes its fields as ``extra={"fields": {…}}``. Fields hold ids, kinds, numbers and
settings, never text that a person wrote: no names, titles, quotations, addresses or search words.
docs/operating.md lists the events.
"""

from __future__ import annotations

import json
import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from kb.record.wall import is_wall_violation

REQUEST_ID_HEADER = "X-Request-ID"
# What a proxy may pass on. Anything else could forge a log line, so it is replaced.
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
# A value that needs no quotation marks in a line of key=value.
_BARE = re.compile(r"[A-Za-z0-9_./:+-]+\Z")

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_logger = logging.getLogger("kb.request")


def logging_settings(*, level: str, formatter: str) -> dict[str, Any]:
    """The value of ``LOGGING``: everything to stderr, in lines of ``key-value`` or ``json``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "key-value": {"()": "kb.logs.KeyValueFormatter"},
            "json": {"()": "kb.logs.JsonFormatter"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": formatter}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            # Replaces Django's handlers, one of which sends mail.
            "django": {"handlers": ["stderr"], "level": level, "propagate": False},
            "kb": {"handlers": ["stderr"], "level": level, "propagate": False},
        },
    }


def current_request_id() -> str:
    """The id of the request that is being answered; "" outside a request."""
    return _request_id.get()


def well_formed_request_id(header: str) -> str:
    """Return the id that a request's header holds, or a new one if it is not well formed."""
    return header if _REQUEST_ID.match(header) else uuid.uuid4().hex


@contextmanager
def request_id_in_logs(request_id: str) -> Iterator[None]:
    """Put the id into the log lines of the block."""
    token = _request_id.set(request_id)
    try:
        yield
    finally:
        _request_id.reset(token)


class RequestLog:
    """Middleware: gives every request an id, and logs the slow ones.

    The id is the ``X-Request-ID`` header of the request if it is well formed, else a new one. It
    is in every log line, in ``request.request_id`` and in the response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = well_formed_request_id(request.headers.get(REQUEST_ID_HEADER, ""))
        request.request_id = request_id  # type: ignore[attr-defined]  # our own attribute
        started = time.monotonic()
        with request_id_in_logs(request_id):
            response = self.get_response(request)
            response.headers[REQUEST_ID_HEADER] = request_id
            self._log_if_slow(request, response, time.monotonic() - started)
            return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Log an attempt of readers' code to leave the record; Django logs the error itself."""
        if is_wall_violation(error):
            fields = {"view": _view_name(request)}
            _logger.error("wall violation", extra={"fields": fields})

    def _log_if_slow(
        self, request: HttpRequest, response: HttpResponseBase, seconds: float
    ) -> None:
        """Log the name of the view, not the address: an address may hold search words."""
        limit = settings.SLOW_REQUEST_MS
        if not limit or seconds * 1000 < limit:
            return
        fields = {
            "view": _view_name(request),
            "method": request.method,
            "status": response.status_code,
            "ms": round(seconds * 1000),
        }
        _logger.warning("slow request", extra={"fields": fields})


class KeyValueFormatter(logging.Formatter):
    """``time=… level=… logger=… event="…" request=… key=value …``"""

    def format(self, record: logging.LogRecord) -> str:
        return " ".join(f"{key}={_quoted(value)}" for key, value in _entry(record).items())


class JsonFormatter(logging.Formatter):
    """One JSON object for each event."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_entry(record), ensure_ascii=False, default=str)


def _entry(record: logging.LogRecord) -> dict[str, object]:
    entry: dict[str, object] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": record.getMessage(),
    }
    if request_id := current_request_id():
        entry["request"] = request_id
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        # Django's own message ends with the path, which may hold anything that was typed.
        entry["event"] = record.getMessage().partition(":")[0]
        entry["view"] = _view_name(request)
        entry["method"] = request.method
        entry["status"] = getattr(record, "status_code", "")
    fields = getattr(record, "fields", None)
    if isinstance(fields, Mapping):
        entry |= {key: value for key, value in fields.items() if key not in entry}
    if record.exc_info and record.exc_info[1] is not None:
        entry |= _exception(record.exc_info[1])
    return entry


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


def _exception(error: BaseException) -> dict[str, object]:
    """The type of an error and where it was raised.

    Its message is left out, except in debug: a database error quotes the values of the row.
    """
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{frame.filename}:{frame.lineno}:{frame.name}" for frame in frames]
    entry: dict[str, object] = {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "trace": " > ".join(places),
    }
    if settings.DEBUG:
        entry["error_message"] = str(error)
    return entry


def _quoted(value: object) -> str:
    """The value as text that cannot end its line or its field early."""
    text = str(value)
    return text if _BARE.match(text) else json.dumps(text, ensure_ascii=False)
