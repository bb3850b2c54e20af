"""The words of a stored date in the language of the page."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language

from kb.dates import FuzzyDate
from kb.record.documents import Date


def date_with_words(when: Date) -> Date:
    """A stored date with its words in the language of the page; stored are those of the main.

    Documents from before there were times have no ``time``: here it is always there.
    """
    when = {**when, "time": when.get("time", "")}
    if get_language() in (None, settings.LANGUAGE_CODE):
        return when
    worded = FuzzyDate.from_json(when)
    return {**when, "words": worded.words(), "note": worded.note()}
