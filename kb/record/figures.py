"""The figures of an event in words: "at least 40 people injured"."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import pgettext

from kb.record.answers import NumberedFigure
from kb.record.documents import Document, Figure
from kb.record.named_records import Names
from kb.record.number_words import number_words


def figure_rows(
    document: Document, names: Names, numbers: Mapping[str, int]
) -> list[NumberedFigure]:
    """The figures of an entry whose sources are public, each with its source's number."""
    return [
        {
            "words": figure_words(figure),
            "label": figure["label"],
            "unit": figure["unit"],
            **figure["number"],
            "source": source,
            "exact": figure["exact"],
            "locator": figure["locator"],
            "number": numbers.get(figure["source"], 0),
        }
        for figure in document.get("figures", ())
        if (source := names.link(figure["source"]))
    ]


def figure_words(figure: Figure) -> str:
    """The number with its limit and what it counts, in the language of the page."""
    number = number_words(figure["number"])
    if not figure["unit"]:
        words = pgettext("a figure", "%(number)s %(label)s")
    else:
        words = pgettext("a figure", "%(label)s: %(number)s %(unit)s")
    return words % {"number": number, "label": figure["label"], "unit": figure["unit"]}
