"""The sign-in view that allauth does not have: the QR code as an image."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


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
