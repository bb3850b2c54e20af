"""The sign-in views that allauth does not have: sessions, the QR code, and a tidy sign-out."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kb.desk.signin.live_sessions import end_sessions, ended_message, live_sessions
from kb.desk.signin.signin_log import log_ended_sessions


@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, or sign out and let the browser drop the pages of the desk that it could go back to.

    Not ``"storage"``: readers' pages of this host, and other sites of it, keep what they keep. The
    script ``drafts.js`` removes the texts of the desk.
    """
    response: HttpResponse = account.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """List the sessions of the account; end one or all others after asking for the password."""
    # Called and not written as a decorator, because the decorator of allauth has no types.
    view: Callable[[HttpRequest], HttpResponse] = reauthentication_required(
        app="allauth.mfa", allow_get=True
    )(_sessions)
    return login_required(view)(request)


def _sessions(request: HttpRequest) -> HttpResponse:
    key = request.session.session_key
    if request.method == "POST":
        name = request.POST.get("session", "")
        if name or "others" in request.POST:
            count = end_sessions(request.user, name=name, but=key)
            messages.success(request, ended_message(count))
            log_ended_sessions(request.user, count)
        return HttpResponseRedirect(reverse("account_sessions"))
    context = {"sessions": live_sessions(request.user, key)}
    return render(request, "account/sessions.html", context)


@require_safe
@never_cache
def totp_picture(request: HttpRequest) -> HttpResponse:
    """Return the secret of the set-up page as a QR code in SVG.

    It has its own URL, because the Content-Security-Policy forbids ``data:`` images.
    """
    # Called and not written as a decorator, because the decorator of allauth has no types.
    view: Callable[[HttpRequest], HttpResponse] = reauthentication_required(app="allauth.mfa")(
        _qr_code
    )
    return view(request)


def _qr_code(request: HttpRequest) -> HttpResponse:
    adapter = get_adapter()
    user = cast("AbstractBaseUser", request.user)
    picture = adapter.build_totp_svg(adapter.build_totp_url(user, get_totp_secret()))
    return HttpResponse(picture, content_type="image/svg+xml")
