"""Numbers as sources limit them, in words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import pgettext

from kb.record.documents import Number
from kb.record.vocabulary import NumberBound


def number_words(number: Number, unit: str = "") -> str:
    """The number with its limit and its unit in the active language: "at least 1,200 people"."""
    ends = [_digits(end) for end in dict.fromkeys((number["low"], number["high"])) if end]
    words = "–".join(ends)
    if number["bound"] != NumberBound.EXACT:
        bound = str(NumberBound(number["bound"]).label)
        pattern = pgettext("a number with its limit", "%(bound)s %(number)s")
        words = pattern % {"bound": bound, "number": words}
    return f"{words} {unit}".rstrip()


def _digits(text: str) -> str:
    return str(number_format(Decimal(text), use_l10n=True, force_grouping=True))
