"""Addresses of archived copies, which contain the address of the page and the day of the copy."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

# The Wayback Machine: 4 to 14 digits, then a mark of how the copy is shown, such as "if_".
_WAYBACK = re.compile(
    r"https?://(?:web|wayback)\.archive\.org/web/(\d{4,14})(?:[a-z]{2}_)?/(.+)", re.IGNORECASE
)


class ArchivedCopy(NamedTuple):
    """The page that was copied, and the day of the copy if the address has it."""

    url: str
    day: date | None


def wayback_copy(url: str) -> ArchivedCopy | None:
    """What an address of the Wayback Machine is a copy of; None for any other address."""
    match = _WAYBACK.fullmatch(url.strip())
    if match is None:
        return None
    page = match[2] if "://" in match[2] else f"http://{match[2]}"
    # Proxies between the archive and an editor write "http:/example.org".
    if not urlsplit(page).netloc:
        return None
    return ArchivedCopy(page, _day(match[1]))


def _day(stamp: str) -> date | None:
    try:
        return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8]))
    except ValueError:
        return None
