"""A form that was sent after its sign-in had ended: kept until the same person is back.

Kept in the session, for one hour, fields only. Each form of the desk says in a signed field whose
it is, so what one person typed is never shown to another; and since nobody else can make that
field, no other site can plant a text.
"""

from __future__ import annotations

import time
from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict

OWNER_FIELD = "_whose"
SALT = "kb.desk.signin.pending_forms"
SESSION_NAME = "kept_forms"
# A page may stay open over a long weekend.
SIGNED_FOR_SECONDS = 7 * 24 * 3600
MAX_AGE_SECONDS = 3600
MAX_CHARACTERS = 1_000_000
MAX_FORMS = 5


def form_owner_signature(user: Any) -> str:
    """The value of the signed field in the forms of this account; "" for a stranger."""
    return signing.dumps(str(user.pk), salt=SALT) if user.is_authenticated else ""


def form_owner(request: HttpRequest) -> str:
    """The key of the account whose form was sent, as text; "" when it does not say or is forged."""
    try:
        return signing.loads(
            request.POST.get(OWNER_FIELD, ""), salt=SALT, max_age=SIGNED_FOR_SECONDS
        )
    except signing.BadSignature:
        return ""


def save_pending_form(request: HttpRequest) -> bool:
    """Keep the fields of this POST for the person whose form it is. False when it cannot be.

    It cannot when the form does not say whose it is, when somebody else is signed in by now, and
    beyond MOST_CHARACTERS.
    """
    owner = form_owner(request)
    if not owner or (request.user.is_authenticated and str(request.user.pk) != owner):
        return False
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name not in (OWNER_FIELD, "csrfmiddlewaretoken")
    }
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MAX_CHARACTERS:
        return False
    form = {
        "path": request.path,
        "owner": owner,
        "at": int(time.time()),
        "fields": fields,
        "files": [one.name for files in request.FILES.lists() for one in files[1]],
    }
    request.session[SESSION_NAME] = [*_kept(request), form][-MAX_FORMS:]
    return True


def pop_pending_form(request: HttpRequest) -> dict[str, Any] | None:
    """Take the kept form of this address out of the session, if it is this person's."""
    for form in _kept(request):
        if form["path"] == request.path and form["owner"] == str(request.user.pk):
            rest = [one for one in request.session[SESSION_NAME] if one != form]
            request.session[SESSION_NAME] = rest
            return form
    return None


def form_data(form: dict[str, Any]) -> QueryDict:
    """The fields of a kept form as ``request.POST`` has them."""
    data = QueryDict(mutable=True)
    for name, values in form["fields"].items():
        data.setlist(name, values)
    data._mutable = False  # type: ignore[attr-defined]
    return data


def _kept(request: HttpRequest) -> list[dict[str, Any]]:
    since = time.time() - MAX_AGE_SECONDS
    return [one for one in request.session.get(SESSION_NAME, []) if one["at"] > since]


def drop_foreign_forms(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: what others typed goes, and what is too old."""
    if SESSION_NAME in request.session:
        theirs = [one for one in _kept(request) if one["owner"] == str(user.pk)]
        request.session[SESSION_NAME] = theirs
