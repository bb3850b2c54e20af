"""The contents of robots.txt, security.txt and the web manifest."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.record.addresses import absolute_url

ICON_SIZES = (192, 512)
# The background of static/css/tokens.css.
BACKGROUND_COLOR = "#fbfbf8"
SECURITY_TXT_MONTHS = 7


class ManifestIcon(TypedDict):
    src: str
    sizes: str
    type: str


class WebManifest(TypedDict):
    """The parts of a web manifest, as its specification names them."""

    id: str
    name: str
    short_name: str
    description: str
    start_url: str
    scope: str
    display: str
    background_color: str
    theme_color: str
    icons: list[ManifestIcon]


def robots_text() -> str:
    """Crawlers may read everything except what has endless addresses or is a part of a page."""
    return (
        "User-agent: *\n"
        "Disallow: /search/\n"
        "Disallow: /*/search/\n"
        "Disallow: /*/options/\n"
        "Disallow: /*/numbers/\n"
        "Disallow: /*/fragment/\n"
        "Disallow: /record/\n"
        "Allow: /\n"
        "\n"
        f"Sitemap: {absolute_url(reverse('sitemap'))}\n"
    )


def security_text() -> str | None:
    """security.txt (RFC 9116); None if the settings name no contact."""
    contact = " ".join(getattr(settings, "SECURITY_CONTACT", "").split())
    if not contact:
        return None
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    return (
        f"Contact: {contact}\n"
        f"Expires: {_expiry(timezone.now().date()).isoformat()}T00:00:00Z\n"
        "Preferred-Languages: en, zh\n"
        f"Canonical: {absolute_url(reverse('security-txt'))}\n"
    )


def web_manifest() -> WebManifest:
    """The name and icon that a phone shows on its home screen."""
    icons: list[ManifestIcon] = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICON_SIZES
    ]
    icons.append({"src": static("img/favicon.svg"), "sizes": "any", "type": "image/svg+xml"})
    return {
        "id": f"{settings.SITE_PATH}/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "description": _("Who said what and when, with sources"),
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "browser",
        "background_color": BACKGROUND_COLOR,
        "theme_color": BACKGROUND_COLOR,
        "icons": icons,
    }


def _expiry(today: date) -> date:
    """The first day of the seventh month from now, so the text changes once a month at most."""
    months = today.year * 12 + today.month - 1 + SECURITY_TXT_MONTHS
    return date(months // 12, months % 12 + 1, 1)
