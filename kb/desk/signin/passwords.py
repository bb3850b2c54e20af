"""Validators of new passwords: no leaked ones, and none of the names around this site."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from kb.desk.signin.leaked_passwords import is_leaked

LEAST_WORD, LEAST_REST = 4, 8


class LeakedPasswordValidator:
    """Refuses passwords that have leaked from other sites (leaked_passwords.py)."""

    def validate(self, password: str, user: Any = None) -> None:
        if is_leaked(password):
            raise ValidationError(self.get_help_text(), code="password_leaked")

    def get_help_text(self) -> str:
        return gettext("Your password can’t be one that has leaked from another site.")


class SiteWordsValidator:
    """Refuses passwords of names that everybody knows: of the site, its host, who operates it and
    the account.

    The names may be part of a password. Without them, and in whatever letters, at least eight
    letters, digits or signs must be left.
    """

    def validate(self, password: str, user: Any = None) -> None:
        rest = password.casefold()
        for word in site_words(user):
            rest = rest.replace(word, "")
        if len("".join(rest.split())) < LEAST_REST:
            raise ValidationError(self.get_help_text(), code="password_of_names")

    def get_help_text(self) -> str:
        return gettext(
            "Without the names of this site, its address, its operator and your account, your "
            "password must have at least 8 characters."
        )


def site_words(user: Any = None) -> list[str]:
    """Return the words of four letters and more in these names, and the names themselves, in lower
    case, the longest first: ``KB_SITE_NAME``, the host of ``KB_SITE_URL``, ``KB_OPERATOR``, the
    path of the desk, and the name of the account."""
    names = [
        settings.SITE_NAME,
        urlsplit(settings.SITE_URL).hostname or "",
        settings.OPERATOR,
        settings.ADMIN_PATH,
    ]
    if user is not None:
        names += [user.get_username(), user.first_name, user.last_name]
    words = set()
    for name in names:
        parts = re.findall(r"\w+", name.casefold())
        words |= {name.casefold().strip("/ "), "".join(parts), *parts}
    return sorted(
        (word for word in words if len(word) >= LEAST_WORD), key=lambda word: (-len(word), word)
    )
