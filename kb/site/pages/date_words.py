"""Dates and times in words, for templates and for sentences made in Python."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.dates import MONTHS_3
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kb.dates import FuzzyDate
from kb.record.documents import Date

# Words that keep their capital letter in the middle of an English sentence.
MONTHS = frozenset(
    (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    )
)


def day_words(value: date | datetime | str | None) -> str:
    """A day, a time or an ISO text as "24 November 2026"; "" for nothing."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = localtime(value).date()
    day = value.isoformat() if isinstance(value, date) else value[:10]
    return str(FuzzyDate(day).words())


def short_day_words(day: date) -> str:
    """A day for a button: "15 Dec 2023"."""
    values = {"day": day.day, "month": capfirst(MONTHS_3[day.month]), "number": day.month}
    return pgettext("date", "%(day)d %(month)s %(year)d") % {**values, "year": day.year}


def moment_words(value: datetime) -> str:
    """A time to the minute, in the site's time zone: "24 November 2026, 15:04"."""
    moment = localtime(value)
    return _("%(day)s, %(time)s") % {"day": day_words(moment), "time": f"{moment:%H:%M}"}


def date_words(when: Date | None) -> str:
    """A date of a document in the language of the page; "" where no date is stated."""
    return str(FuzzyDate.from_json(dict(when)).words()) if when and when["edtf"] else ""


def date_note(when: Date | None) -> str:
    """The explanation that belongs to ``date_words``, such as "approximate"; often ""."""
    return str(FuzzyDate.from_json(dict(when)).note()) if when and when["edtf"] else ""


def mid_sentence(words: str) -> str:
    """The words of a date for the middle of a sentence: "on or after 17 December 2023"."""
    first_word = words.split(" ", 1)[0].rstrip(",")
    return words if first_word in MONTHS else words[:1].lower() + words[1:]
