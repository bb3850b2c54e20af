"""What is wrong with a parameter of an address, as a sentence in the language of the page."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

MAX_QUOTED_LENGTH = 40


def unknown_parameter(known: Collection[str]) -> str:
    """No parameter has this name; ``known`` are the names that the address takes."""
    if not known:
        return _("No parameter has this name.")
    names = {"names": ", ".join(known)}
    return _("No parameter has this name. Choose one of: %(names)s.") % names


def invalid_value(value: str, allowed: Collection[str]) -> str:
    """The value is not one of those allowed."""
    return _("“%(value)s” is not a valid value. Choose one of: %(values)s.") % {
        "value": value[:MAX_QUOTED_LENGTH],
        "values": ", ".join(allowed),
    }


def repeated_parameter() -> str:
    """The parameter is there more than once."""
    return _("This parameter can be given only once.")


def too_long(length: int) -> str:
    """The value has more than ``length`` characters."""
    return _("Enter no more than %(most)d characters.") % {"most": length}
