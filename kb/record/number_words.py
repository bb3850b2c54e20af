"""A number of a document in words: "about 1,200 accounts"."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from kb.record.documents import Number
from kb.record.vocabulary import NumberBound


def number_words(number: Number, unit: str = "") -> str:
    """The number with how it is limited and what it counts, in the active language."""
    low, high = number["low"], number["high"]
    words = _grouped(low) if high in ("", low) else f"{_grouped(low)}–{_grouped(high)}"
    if number["bound"] != NumberBound.EXACT:
        bound = NumberBound(number["bound"]).label
        words = _("%(bound)s %(number)s") % {"bound": bound, "number": words}
    return f"{words} {unit}".rstrip()


def _grouped(number: str) -> str:
    return f"{Decimal(number):,f}"
