"""The one sign-in page that allauth does not have."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import get_totp_secret
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
@reauthentication_required(app="allauth.mfa")
def totp_picture(request: HttpRequest) -> HttpResponse:
    """The secret that the page beside it shows, as a QR code in SVG.

    An address of its own, because the policy of the pages forbids ``data:`` pictures.
    """
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, get_totp_secret()))
    return HttpResponse(picture, content_type="image/svg+xml")
