"""How readers reach the operator of the site, from the settings."""

from __future__ import annotations

import re
from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

_EMAIL = re.compile(r"[^\s@:/<>]+@[^\s@:/<>]+")


class Contact(TypedDict):
    """The contact in words, and its address; ``url`` is "" for words that are no address."""

    words: str
    url: str


def contact() -> Contact | None:
    """The contact in ``KB_SECURITY_CONTACT``; None if there is none."""
    words = " ".join(settings.SECURITY_CONTACT.split())
    if not words:
        return None
    if email := _email(words):
        return {"words": email, "url": f"mailto:{email}"}
    is_web = words.startswith(("https://", "http://")) and " " not in words
    return {"words": words, "url": words if is_web else ""}


def report_address(public_id: str = "", version: int = 0) -> str:
    """The address of the form to report something; without an id, about the whole site.

    ``version`` is the number of the version that the reader sees, 0 for the current one.
    """
    path = reverse("report")
    if not public_id:
        return path
    query = {"about": public_id} | ({"version": str(version)} if version else {})
    return f"{path}?{urlencode(query)}"


def _email(words: str) -> str:
    """The email address that the words are, also after ``mailto:``; "" for anything else."""
    address = words.removeprefix("mailto:")
    return address if _EMAIL.fullmatch(address) else ""
