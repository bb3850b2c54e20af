"""Who sends something, for limits: a digest of the address that nobody can turn back."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

DIGEST_LENGTH = 32


def client_digest(request: HttpRequest, purpose: str) -> str:
    """A keyed digest of the client's network address and of the day (UTC), in 32 characters.

    It is another one for each ``purpose``.
    The address itself is stored nowhere, and two days of one client cannot be put together. Of
    IPv6 the network counts, because one client has many addresses in it.
    """
    day = timezone.now().date().isoformat()
    network = _network(_address(request))
    digest = salted_hmac(f"kb.client {purpose}", f"{day} {network}", algorithm="sha256")
    return digest.hexdigest()[:DIGEST_LENGTH]


def _address(request: HttpRequest) -> str:
    """The address of the client; behind a proxy the last one that the proxy has added."""
    if settings.BEHIND_PROXY and (forwarded := request.headers.get("X-Forwarded-For")):
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network((parsed, 64), strict=False))
