"""The browser and system of a session in words, from what the browser says of itself."""

from __future__ import annotations

from django.utils.translation import gettext

# In this order, because browsers also name those that they resemble.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Return "browser/system" of a User-Agent header, each "" if it is not known.

    No version and nothing else of the header is in it, so it tells little about a person.
    """
    return "/".join(
        next((name for mark, name in names if mark in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    )


def device_words(device: str) -> str:
    """Return the result of ``device_of`` in the current language; "" is an unknown device."""
    browser, _, system = device.partition("/")
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("Unknown device")
