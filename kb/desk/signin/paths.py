"""Recognise requests for the desk, and for its sign-in pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch

# Prefixes of the URL names that can be requested before the sign-in is complete.
SIGN_IN_NAMES = ("account_", "mfa_")


def is_desk(request: HttpRequest) -> bool:
    """Return whether the path of the request is below ADMIN_PATH, as ``PublicWall`` does."""
    return request.path_info.startswith("/" + settings.ADMIN_PATH)


def is_signin_page(match: ResolverMatch | None) -> bool:
    """Return whether the URL is a sign-in page, or the translations for the admin's scripts."""
    name = (match.url_name or "") if match else ""
    return name.startswith(SIGN_IN_NAMES) or name == "jsi18n"
