"""What a page that is no timeline takes from its query string."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.record.query import InvalidQuery
from kb.text.normalise import MAX_QUERY_LENGTH


class InvalidParameters(InvalidQuery):
    """An address that a page which is no timeline cannot read: there is no form to show again."""


# Stands for "any words", in a table of parameters.
ANY_TEXT: tuple[str, ...] = ()
MAX_CURSOR_DIGITS = 18  # of digits: below the greatest key of both databases


def clean_parameters(request: HttpRequest, known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Each known parameter with its value, "" where it is not given.

    ``known`` has the values that each may take; ``WORDS`` means any text. Raises Unreadable
    that names every parameter which is unknown, given twice, or has another value.
    """
    given = request.GET
    errors = {}
    for name in given:
        if name not in known:
            there_are = (
                _("Choose one of: %(names)s.") % {"names": ", ".join(known)} if known else ""
            )
            errors[name] = f"{_('There is no parameter of this name.')} {there_are}".strip()
        elif len(given.getlist(name)) > 1:
            errors[name] = _("This parameter can be given only once.")
        elif known[name] and given[name] and given[name] not in known[name]:
            errors[name] = _("“%(value)s” is not a valid value. Choose one of: %(values)s.") % {
                "value": given[name][:40],
                "values": ", ".join(known[name]),
            }
        elif len(given[name]) > MAX_QUERY_LENGTH:
            errors[name] = _("Enter no more than %(most)d characters.") % {"most": MAX_QUERY_LENGTH}
    if errors:
        raise InvalidParameters(errors, given)
    return {name: given.get(name, "") for name in known}


def clean_cursor(request: HttpRequest, given: str) -> int:
    """The mark of the page before, 0 for none. Raises Unreadable when it is no mark."""
    if given and not (given.isascii() and given.isdigit() and len(given) <= MAX_CURSOR_DIGITS):
        wrong = _("This page link is not valid. Go back to the first page.")
        raise InvalidParameters({"after": wrong}, request.GET)
    return int(given or 0)
