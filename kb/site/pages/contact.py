"""How readers reach the operator of the site, from the settings."""

from __future__ import annotations

import re
from typing import TypedDict
from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

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


def report_address(page: str = "") -> str:
    """The address of a link to report an error on a page; ``page`` is its absolute address.

    With an email address it opens a message that names the page. Otherwise it leads to the page
    that says how to report an error.
    """
    email = _email(" ".join(settings.SECURITY_CONTACT.split()))
    if not email:
        return f"{reverse('method-corrections')}#report"
    # RFC 6068: spaces are %20, and "+" is a plus sign.
    subject = quote(_("Error or reply: %(address)s") % {"address": page}, safe=":/")
    return f"mailto:{email}?subject={subject}" if page else f"mailto:{email}"


def _email(words: str) -> str:
    """The email address that the words are, also after ``mailto:``; "" for anything else."""
    address = words.removeprefix("mailto:")
    return address if _EMAIL.fullmatch(address) else ""
