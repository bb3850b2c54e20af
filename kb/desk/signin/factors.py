"""Second factors: who needs one, who has one, and removing lost ones."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

# Permissions to change what readers see, to approve it, or to give others such a permission.
NEEDS_SECOND_FACTOR = (
    "desk.publish_record",
    "desk.approve_draft",
    "auth.change_user",
    "auth.change_group",
)
# Recovery codes replace one of these, but are not a factor on their own.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def needs_second_factor(user: Any) -> bool:
    """Return whether this account can use the desk only with a second factor."""
    return bool(settings.SECOND_FACTOR) and any(
        user.has_perm(permission) for permission in NEEDS_SECOND_FACTOR
    )


def has_second_factor(user: Any) -> bool:
    """Return whether an authenticator app or a passkey is set up for this account."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def has_codes(user: Any) -> bool:
    """Return whether this account has an authenticator app or recovery codes."""
    types = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    return Authenticator.objects.filter(user=user, type__in=types).exists()


def remove_second_factors(user: Any) -> int:
    """Delete all second factors and recovery codes of an account; return how many there were."""
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    return removed
