"""Middleware that runs for requests to the desk only.

Django's middleware for sessions, CSRF and messages sets cookies and ``Vary: Cookie`` when a request
has a cookie that it cannot read. Outside the path of the desk none of it runs, so the response to a
reader depends on no cookie.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware import csrf

from kb.desk.signin.paths import is_desk
from kb.record.unavailable import unavailable_reason

logger = logging.getLogger(__name__)

Middleware = TypeVar("Middleware", bound=type)

# What Django calls on a middleware besides the instance itself. None means: go on.
_HOOKS = ("process_view", "process_exception")


def desk_only(middleware: Middleware) -> Middleware:
    """Return a subclass of the middleware that passes other requests on unchanged."""
    attributes: dict[str, Any] = {
        "__module__": middleware.__module__,
        "__doc__": middleware.__doc__,
        "__call__": _limited(middleware.__call__, otherwise=_pass_on),
    }
    for name in _HOOKS:
        if hasattr(middleware, name):
            attributes[name] = _limited(getattr(middleware, name), otherwise=_go_on)
    return type(middleware)(middleware.__name__, (middleware,), attributes)


def _limited(method: Callable[..., Any], *, otherwise: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def limited(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        action = method if is_desk(request) else otherwise
        return action(self, request, *args, **kwargs)

    return limited


def _pass_on(self: Any, request: HttpRequest) -> Any:
    return self.get_response(request)


def _go_on(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
    return None


class _LenientSessions(sessions.SessionMiddleware):
    """Sends a page although the session cannot be stored: the desk can be read on a full disk.

    Only the time of the last request is lost then. What a form stores in it is an error still.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Return the response, with the session stored if possible."""
        try:
            return super().process_response(request, response)
        except DatabaseError as error:
            is_reading = request.method in ("GET", "HEAD") or response.status_code == 503
            if not is_reading or unavailable_reason(error) is None:
                raise
            logger.warning("session not stored")
            return response


class _NoStore:
    """Lets no browser and no cache keep a response of the desk, whatever it is.

    The admin's own pages say so themselves; those of signing in, redirects and errors do not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


NoStore = desk_only(_NoStore)
SessionMiddleware = desk_only(_LenientSessions)
CsrfViewMiddleware = desk_only(csrf.CsrfViewMiddleware)
AuthenticationMiddleware = desk_only(auth.AuthenticationMiddleware)
MessageMiddleware = desk_only(messages.MessageMiddleware)
