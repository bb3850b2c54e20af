"""The query string of a page that is not a timeline."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from kb.record.parameter_errors import (
    invalid_value,
    repeated_parameter,
    too_long,
    unknown_parameter,
)
from kb.record.query import InvalidQuery
from kb.text.normalise import MAX_QUERY_LENGTH


class InvalidParameters(InvalidQuery):
    """Parameters that a page without a filter form cannot read."""


# Allows any text, in a table of parameters.
ANY_TEXT: tuple[str, ...] = ()
MAX_DIGITS = 12  # of other numbers
MAX_CURSOR_DIGITS = 18  # of digits: below the greatest key of both databases


def clean_parameters(request: HttpRequest, known: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Each known parameter with its value, "" where the address does not have it.

    ``known`` holds the values that each may take; ``ANY_TEXT`` allows any text. Raises
    InvalidParameters that names every parameter which is unknown, repeated, or has another value.
    """
    data = request.GET
    errors = {}
    for name in data:
        if name not in known:
            errors[name] = unknown_parameter(known)
        elif len(data.getlist(name)) > 1:
            errors[name] = repeated_parameter()
        elif known[name] and data[name] and data[name] not in known[name]:
            errors[name] = invalid_value(data[name], known[name])
        elif len(data[name]) > MAX_QUERY_LENGTH:
            errors[name] = too_long(MAX_QUERY_LENGTH)
    if errors:
        raise InvalidParameters(errors, data)
    return {name: data.get(name, "") for name in known}


def pop_choice(data: QueryDict, name: str, choices: Sequence[str]) -> str:
    """Remove a parameter from ``data`` and return its value; the first choice if it is absent.

    Raises InvalidParameters when it is repeated or is no choice.
    """
    values = data.pop(name, [])
    if len(values) > 1:
        raise InvalidParameters({name: repeated_parameter()}, data)
    value = (values and values[0]) or choices[0]
    if value not in choices:
        raise InvalidParameters({name: invalid_value(value, choices)}, data)
    return value


def clean_cursor(data: QueryDict, cursor: str) -> int:
    """The cursor of the page before, 0 for none. Raises InvalidParameters for anything else."""
    is_number = cursor.isascii() and cursor.isdigit() and len(cursor) <= MAX_CURSOR_DIGITS
    if cursor and not is_number:
        error = _("This page link is not valid. Go back to the first page.")
        raise InvalidParameters({"after": error}, data)
    return int(cursor or 0)
