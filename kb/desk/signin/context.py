"""Context processor with what templates need for signing in."""

from __future__ import annotations

from base64 import b64encode
from ipaddress import ip_address
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject

from kb.desk.signin.factors import has_codes
from kb.desk.signin.paths import SIGN_IN_NAMES, is_desk
from kb.desk.signin.pending_forms import form_owner_signature


def signin_context(request: HttpRequest) -> dict[str, Any]:
    """Return what all pages of the desk need; on the sign-in pages also the admin context and more.

    ``whose_form`` is the signed owner of a form, ``draft_key`` the key of texts that were not sent.
    """
    if not is_desk(request):
        return {}
    context: dict[str, Any] = {
        "whose_form": SimpleLazyObject(lambda: form_owner_signature(request.user)),
        "draft_key": SimpleLazyObject(lambda: draft_key(request.user)),
    }
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    if name.startswith(SIGN_IN_NAMES):
        context |= admin.site.each_context(request)
        context["passkeys"] = passkeys_work(request)
        stage = getattr(request, "_login_stage", None)  # set by allauth between the two steps
        context["asks_for_code"] = stage is None or has_codes(stage.login.user)
    return context


def draft_key(user: Any) -> str:
    """Return the key with which a browser encrypts unsent texts of this account: 32 bytes, Base64.

    It is "" without a sign-in. It is the same in all sessions of the account, so that a text can be
    read again after the next sign-in, and it is stored nowhere.
    """
    if not user.is_authenticated:
        return ""
    digest = salted_hmac("kb.desk.drafts", str(user.pk), algorithm="sha256").digest()
    return b64encode(digest).decode()


def passkeys_work(request: HttpRequest) -> bool:
    """Return whether passkeys can be used: they need a host name, not an IP address, and HTTPS."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False
