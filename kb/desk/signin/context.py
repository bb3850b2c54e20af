"""Context processor with what templates need for signing in."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kb.desk.signin.factors import has_codes
from kb.desk.signin.paths import SIGN_IN_NAMES, is_desk
from kb.desk.signin.pending_forms import form_owner_signature


def signin_context(request: HttpRequest) -> dict[str, Any]:
    """Return ``whose_form`` on the desk; on the sign-in pages also the admin context and more."""
    if not is_desk(request):
        return {}
    context: dict[str, Any] = {
        "whose_form": SimpleLazyObject(lambda: form_owner_signature(request.user))
    }
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    if name.startswith(SIGN_IN_NAMES):
        context |= admin.site.each_context(request)
        context["passkeys"] = passkeys_work(request)
        stage = getattr(request, "_login_stage", None)  # set by allauth between the two steps
        context["asks_for_code"] = stage is None or has_codes(stage.login.user)
    return context


def passkeys_work(request: HttpRequest) -> bool:
    """Return whether passkeys can be used: they need a host name, not an IP address, and HTTPS."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False
