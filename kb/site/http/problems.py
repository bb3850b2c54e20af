"""Errors for programs: problem details (RFC 9457), one kind for each thing that can be wrong.

The type of each is an address on the page about the API, which explains it. Nothing here needs the
database, so that it answers when nothing else does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext_lazy as _

from kb.formats import FORMATS
from kb.formats.references import REFERENCE_FILES

MEDIA_TYPE = "application/problem+json"
# Addresses that programs read end with one of these.
SUFFIXES = frozenset(("json", *FORMATS, *REFERENCE_FILES))
_ENDINGS = tuple(f".{suffix}" for suffix in sorted(SUFFIXES))
WITHOUT_SUFFIX = ("/oembed", "/.well-known/api-catalog")
METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class ProblemKind:
    """One kind of problem: its name in addresses, its status, and what it means."""

    name: str
    status: int
    title: Any
    meaning: Any

    @property
    def anchor(self) -> str:
        return f"problem-{self.name}"

    @property
    def address(self) -> str:
        return f"{settings.SITE_URL}/api/#{self.anchor}"


PROBLEM_KINDS = {
    kind.name: kind
    for kind in (
        ProblemKind(
            "bad-parameter",
            400,
            _("Invalid parameter"),
            _(
                "No filter was applied. “errors” lists each invalid parameter and how to correct "
                "it. Unknown parameters are errors too, so a typing mistake never widens a list."
            ),
        ),
        ProblemKind(
            "bad-request",
            400,
            _("Invalid request"),
            _(
                "The request contains bytes that are not UTF-8, a control character or an invalid "
                "percent-encoding."
            ),
        ),
        ProblemKind(
            "not-found",
            404,
            _("Page not found"),
            _("Published records are never deleted, so the URL was probably mistyped."),
        ),
        ProblemKind(
            "method-not-allowed",
            405,
            _("Method not allowed"),
            _("Use GET, HEAD or OPTIONS. The API is read-only."),
        ),
        ProblemKind(
            "not-acceptable",
            406,
            _("Format not available"),
            _("This URL has no format that the Accept header allows."),
        ),
        ProblemKind(
            "withdrawn",
            410,
            _("The record was withdrawn"),
            _("“withdrawn” contains its title and the reason and time of the withdrawal."),
        ),
        ProblemKind(
            "address-too-long",
            414,
            _("The URL is too long"),
            _("A URL can have at most 8,000 bytes. Use fewer filters or a shorter search."),
        ),
        ProblemKind(
            "no-such-format",
            501,
            _("Unsupported format"),
            _("The value of “format” is not available for this URL."),
        ),
        ProblemKind(
            "database-away",
            503,
            _("The database does not answer"),
            _("Try again after the seconds in the Retry-After header."),
        ),
        ProblemKind(
            "time-limit",
            503,
            _("The request takes too long"),
            _(
                "The database did not finish in time, or too many slow requests are waiting. Use a "
                "narrower filter, or try again after the seconds in the Retry-After header."
            ),
        ),
        ProblemKind(
            "past-pending",
            503,
            _("The record of that day is being prepared"),
            _(
                "The record as published on the day of “on” is created when it is first asked for. "
                "Try again after the seconds in the Retry-After header."
            ),
        ),
        ProblemKind(
            "server-error",
            500,
            _("Server error"),
            _("The server could not answer the request. Try again later."),
        ),
    )
}


def is_api_request(request: HttpRequest) -> bool:
    """Whether the address is one that programs read, so that its errors are for programs too."""
    path = request.path_info
    if getattr(request, "is_for_machines", False):
        return True
    # What the desk hands out is its editors' own, whatever its address ends with.
    if path.startswith(f"/{settings.ADMIN_PATH}"):
        return False
    return path.endswith(_ENDINGS) or path in WITHOUT_SUFFIX


def mark_api_request(request: HttpRequest) -> None:
    """Say that a program asks, where the address alone does not: ``Accept`` decided."""
    request.is_for_machines = True  # type: ignore[attr-defined]  # our own attribute


def problem_response(
    request: HttpRequest, name: str, detail: str = "", **more: Any
) -> HttpResponse:
    """The answer of this kind. ``detail`` is a sentence about this request; ``more`` is added."""
    kind = PROBLEM_KINDS[name]
    content = {
        "type": kind.address,
        "title": str(kind.title),
        "status": kind.status,
        "detail": detail or str(kind.meaning),
        "instance": escape_uri_path(request.path),
        **more,
    }
    if name == "address-too-long":
        del content["instance"]
    text = json.dumps(content, ensure_ascii=False, indent=1)
    response = HttpResponse(text, status=kind.status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if kind.status == 405:
        response["Allow"] = ", ".join(METHODS)
    return response
