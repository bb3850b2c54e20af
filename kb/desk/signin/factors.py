"""Second factors: who must have one, who has one, and taking a lost one away."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings

# Whoever holds one of these can change what readers see, or who else can.
NEEDS_SECOND_FACTOR = ("desk.publish_record", "auth.change_user", "auth.change_group")
# Recovery codes stand in for one of these; alone they are not a factor.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def needs_second_factor(user: Any) -> bool:
    """Whether this account may do nothing on the desk without a second factor."""
    return settings.SECOND_FACTOR and any(user.has_perm(one) for one in NEEDS_SECOND_FACTOR)


def has_second_factor(user: Any) -> bool:
    """Whether an authenticator app or a passkey is set up."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def remove_second_factors(user: Any) -> int:
    """Take away every second factor and the recovery codes; return how many there were."""
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    return removed
