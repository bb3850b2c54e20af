"""What templates may ask about sign-in. Nothing here is worked out before a template asks."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kb.desk.signin.paths import SIGN_IN_NAMES, is_desk
from kb.desk.signin.pending_forms import form_owner_signature


def signin_context(request: HttpRequest) -> dict[str, Any]:
    """``whose_form`` on the desk; on the sign-in pages the admin's context and ``passkeys`` too."""
    if not is_desk(request):
        return {}
    given: dict[str, Any] = {
        "whose_form": SimpleLazyObject(lambda: form_owner_signature(request.user))
    }
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    if name.startswith(SIGN_IN_NAMES):
        given |= admin.site.each_context(request)
        given["passkeys"] = passkeys_work(request)
    return given


def passkeys_work(request: HttpRequest) -> bool:
    """Whether browsers make passkeys here: for a name, not a number, and over a safe line."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False
