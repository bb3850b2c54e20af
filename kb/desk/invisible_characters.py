"""The invisible characters that no text may contain, with names for editors.

``kb.text.clean`` refuses them, because a pasted text may be a quotation. In a form, a script names
them and takes them out when the editor asks for it (``invisible.js``).
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Invisible(NamedTuple):
    """One kind of character: its name, and a regular expression of JavaScript (flag ``u``)."""

    name: str | Promise
    pattern: str


# A joiner is needed between two characters of which neither is ASCII.
_STRAY_JOINER = r"(?<![^\u0000-\u007f])[\u200c\u200d]|[\u200c\u200d](?![^\u0000-\u007f])"
INVISIBLE_CHARACTERS: tuple[Invisible, ...] = (
    Invisible(_("soft hyphen"), r"\u00ad"),
    Invisible(_("byte order mark"), r"\ufeff"),
    Invisible(_("zero-width space"), r"[\u200b\u2060\u180e]"),
    Invisible(_("zero-width joiner"), _STRAY_JOINER),
    Invisible(_("mark of direction"), r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"),
    Invisible(
        _("invisible sign"),
        r"[\u2061-\u2064\u206a-\u206f\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]",
    ),
    Invisible(
        _("control character"),
        r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]",
    ),
)
