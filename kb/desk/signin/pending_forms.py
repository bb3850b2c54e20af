"""Keep a form that was sent after its session ended, until the same person signs in again.

The fields, but not the files, are kept in the session for one hour. Each form of the desk has a
signed field with its owner, so that it is never shown to another account, and no other site can
send a form that is kept.

Requests of scripts are not kept, such as the one for a preview. A script that could not save a form
submits it once more, as without a script, and that one is kept.
"""

from __future__ import annotations

import time
from typing import Any, TypedDict

from django.core import signing
from django.http import HttpRequest, QueryDict

OWNER_FIELD = "_whose"
SALT = "kb.desk.signin.pending_forms"
SESSION_FORMS = "kept_forms"
# A page may stay open over a long weekend.
SIGNATURE_MAX_AGE_SECONDS = 7 * 24 * 3600
MAX_AGE_SECONDS = 3600
MAX_CHARACTERS = 1_000_000
MAX_FORMS = 5


class PendingForm(TypedDict):
    """A form in the session: path, key of its owner, time, values by field, names of files."""

    path: str
    owner: str
    at: int
    fields: dict[str, list[str]]
    files: list[str]


def form_owner_signature(user: Any) -> str:
    """Return the value of the owner field in the forms of this account; "" without a sign-in."""
    return signing.dumps(str(user.pk), salt=SALT) if user.is_authenticated else ""


def form_owner(request: HttpRequest) -> str:
    """Return the key of the account that owns the form, as text; "" if it is missing or forged."""
    try:
        return str(
            signing.loads(
                request.POST.get(OWNER_FIELD, ""), salt=SALT, max_age=SIGNATURE_MAX_AGE_SECONDS
            )
        )
    except signing.BadSignature:
        return ""


def is_sent_by_script(request: HttpRequest) -> bool:
    """Return whether a script of the desk sent the request."""
    by_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return by_script or not request.accepts("text/html")


def save_pending_form(request: HttpRequest) -> bool:
    """Store the fields of a POST request in the session; return whether that was possible.

    It is not if a script sent the form, if the form has no valid owner, if another account has
    signed in, or if it has more than MAX_CHARACTERS.
    """
    owner = "" if is_sent_by_script(request) else form_owner(request)
    if not owner or (request.user.is_authenticated and str(request.user.pk) != owner):
        return False
    fields = {
        name: values
        for name, values in request.POST.lists()
        if name not in (OWNER_FIELD, "csrfmiddlewaretoken")
    }
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > MAX_CHARACTERS:
        return False
    form: PendingForm = {
        "path": request.path,
        "owner": owner,
        "at": int(time.time()),
        "fields": fields,
        "files": [file.name or "" for _name, files in request.FILES.lists() for file in files],
    }
    request.session[SESSION_FORMS] = [*_pending_forms(request), form][-MAX_FORMS:]
    return True


def pop_pending_form(request: HttpRequest) -> PendingForm | None:
    """Remove the newest form of this path and account from the session and return it, or None."""
    for form in reversed(_pending_forms(request)):
        if form["path"] == request.path and form["owner"] == str(request.user.pk):
            others = [other for other in request.session[SESSION_FORMS] if other != form]
            request.session[SESSION_FORMS] = others
            return form
    return None


def form_data(form: PendingForm) -> QueryDict:
    """Return the fields of a pending form in the shape of ``request.POST``."""
    data = QueryDict(mutable=True)
    for name, values in form["fields"].items():
        data.setlist(name, values)
    data._mutable = False
    return data


def _pending_forms(request: HttpRequest) -> list[PendingForm]:
    """Return the forms in the session that are not too old."""
    since = time.time() - MAX_AGE_SECONDS
    return [form for form in request.session.get(SESSION_FORMS, []) if form["at"] > since]


def drop_foreign_forms(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Receiver of ``user_logged_in``: drop the forms of other accounts, and old ones."""
    if SESSION_FORMS in request.session:
        own_forms = [form for form in _pending_forms(request) if form["owner"] == str(user.pk)]
        request.session[SESSION_FORMS] = own_forms
