"""What a page that is no timeline takes from its query string."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.record.query import InvalidQuery
from kb.text.fold import LONGEST_QUERY


class Unreadable(InvalidQuery):
    """An address that a page which is no timeline cannot read: there is no form to show again."""


# Stands for "any words", in a table of parameters.
WORDS: tuple[str, ...] = ()
LONGEST_MARK = 18  # of digits: below the greatest key of both databases


def parameters(request: HttpRequest, known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Each known parameter with its value, "" where it is not given.

    ``known`` has the values that each may take; ``WORDS`` means any text. Raises Unreadable
    that names every parameter which is unknown, given twice, or has another value.
    """
    given = request.GET
    errors = {}
    for name in given:
        if name not in known:
            message = _("There is no parameter of this name.")
            there_are = _("There are: %(names)s.") % {"names": ", ".join(known)} if known else ""
            errors[name] = f"{message} {there_are}".strip()
        elif len(given.getlist(name)) > 1:
            errors[name] = _("Give this parameter once.")
        elif known[name] and given[name] and given[name] not in known[name]:
            errors[name] = _("“%(value)s” is none of %(values)s.") % {
                "value": given[name][:40],
                "values": ", ".join(known[name]),
            }
        elif len(given[name]) > LONGEST_QUERY:
            errors[name] = _("Give at most %(most)d characters.") % {"most": LONGEST_QUERY}
    if errors:
        raise Unreadable(errors, given)
    return {name: given.get(name, "") for name in known}


def page_mark(request: HttpRequest, given: str) -> int:
    """The mark of the page before, 0 for none. Raises Unreadable when it is no mark."""
    if given and not (given.isascii() and given.isdigit() and len(given) <= LONGEST_MARK):
        wrong = _("This page mark is not one of ours: start from the first page.")
        raise Unreadable({"after": wrong}, request.GET)
    return int(given or 0)
