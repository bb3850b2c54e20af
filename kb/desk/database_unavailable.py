"""The response of the desk when the database cannot do its work: busy, full, read-only or away.

A form that was sent comes back on the page, with a button that sends it again. The change forms
handle most cases themselves and show the typed values in their fields (``kb.desk.admin.saving``);
this is for all other views, and for what fails before or after a view (``kb.urls``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import get_template
from django.utils.translation import gettext_lazy as _

from kb.desk.signin.desk_only import desk_only
from kb.desk.signin.paths import is_signin_page
from kb.desk.signin.pending_forms import OWNER_FIELD, form_owner
from kb.record.event_counts import Happening, count
from kb.record.unavailable import UnavailableReason, unavailable_reason

logger = logging.getLogger(__name__)

# Shorter values of a form are choices and keys; a text has one of these characters.
MIN_TEXT_LENGTH = 20
_MANAGEMENT_FIELDS = ("-TOTAL_FORMS", "-INITIAL_FORMS", "-MIN_NUM_FORMS", "-MAX_NUM_FORMS")


@dataclass(frozen=True)
class Advice:
    """What the page says: a title, why, and in how many seconds it may be better."""

    title: Any
    why: Any
    retry_after: int


ADVICE = {
    UnavailableReason.BUSY: Advice(
        _("The database is busy"),
        _("A large import or its undoing can block the database for a while. Wait a minute."),
        60,
    ),
    UnavailableReason.FULL: Advice(
        _("The disk of the server is full"),
        _(
            "Nothing can be saved until there is space again. Tell the person who operates the "
            "server. Pages can still be read."
        ),
        300,
    ),
    UnavailableReason.READ_ONLY: Advice(
        _("The database is read-only"),
        _(
            "Nothing can be saved until the database can be written again. Tell the person who "
            "operates the server. Pages can still be read."
        ),
        300,
    ),
    UnavailableReason.AWAY: Advice(
        _("The database does not answer"),
        _(
            "It may be starting again. Wait some seconds. If that does not help, tell the person "
            "who operates the server."
        ),
        10,
    ),
}


@desk_only
class DatabaseUnavailableMiddleware:
    """Answers 503 with advice and the typed text if a view of the desk fails for this reason."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        reason = unavailable_reason(exception)
        return None if reason is None else desk_unavailable_response(request, reason)


def desk_unavailable_response(request: HttpRequest, reason: UnavailableReason) -> HttpResponse:
    """503: why, and the form that was sent. It needs no database.

    The form is shown only to the account that owns it, so that no other site can put words on the
    page.
    """
    logger.warning("database unavailable", extra={"fields": {"reason": reason.value}})
    count(Happening.UNAVAILABLE, reason.value)
    advice = ADVICE[reason]
    fields = _fields(request) if form_owner(request) else []
    context = {
        "advice": advice,
        "is_post": request.method == "POST",
        "is_sign_in": is_signin_page(request.resolver_match),
        "address": request.get_full_path(),
        "fields": fields,
        "texts": [(_label(name), value) for name, value in fields if _is_text(name, value)],
        "files": [file.name for _name, files in request.FILES.lists() for file in files],
    }
    # Rendered without the request: its context processors would ask the database.
    body = get_template("admin/desk/unavailable.html").render(context)
    response = HttpResponse(body, status=503)
    response.headers["Retry-After"] = str(advice.retry_after)
    response.headers["Cache-Control"] = "no-store"
    return response


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """All fields of the form, also its token, which is valid as long as the browser's cookie."""
    return [(name, value) for name, values in request.POST.lists() for value in values]


def _is_text(name: str, value: str) -> bool:
    if name in (OWNER_FIELD, "csrfmiddlewaretoken") or name.endswith(_MANAGEMENT_FIELDS):
        return False
    return len(value) >= MIN_TEXT_LENGTH or " " in value.strip()


def _label(name: str) -> str:
    """The name of a field for people: ``citations-0-exact`` is “citations 1: exact”."""
    prefix, _dash, rest = name.partition("-")
    number, _dash, field = rest.partition("-")
    words = f"{prefix} {int(number) + 1}: {field}" if field and number.isdecimal() else name
    return words.replace("_", " ").strip()
