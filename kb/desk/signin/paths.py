"""Which requests are the desk's, and which of those are about signing in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch

# What may be asked for before a sign-in is complete, by the name of the address.
SIGN_IN_NAMES = ("account_", "mfa_")


def is_desk(request: HttpRequest) -> bool:
    """Whether the address lies below the desk's path; the wall goes by the same test."""
    return request.path_info.startswith("/" + settings.ADMIN_PATH)


def is_signin_page(match: ResolverMatch | None) -> bool:
    """Whether the address is one of the sign-in pages, or the admin's own texts for scripts."""
    name = (match.url_name or "") if match else ""
    return name.startswith(SIGN_IN_NAMES) or name == "jsi18n"
