"""What stands in the place of removed words.

Documents and files have one form of it, in English: programs recognise it, and a removal replaces
words with it wherever they are. Pages show it in their own language (``kb.removal_markers``).
"""

from __future__ import annotations

import re
from datetime import date

from django.utils.translation import gettext as _

from kb.dates.value import FuzzyDate
from kb.record.documents.types import PublicId

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
MARKER_WORDS = "Removed by order on "
_DAY = rf"(\d{{1,2}}) ({'|'.join(_MONTHS)}) (\d{{4}})"
_MARKER = re.compile(rf"\[{MARKER_WORDS}{_DAY}\]", re.ASCII)
# What readers copy from a page is Markdown or wikitext, which escape the brackets.
_MARKER_IN_PAGE = re.compile(rf"(\[|#91;){MARKER_WORDS}{_DAY}", re.ASCII)


def removal_marker(day: date) -> str:
    """The text that documents have in the place of removed words, in English."""
    return f"[{MARKER_WORDS}{day.day} {_MONTHS[day.month - 1]} {day.year:04}]"


def is_removal_marker(words: str) -> bool:
    """Whether these words are the marker alone."""
    return bool(_MARKER.fullmatch(words.strip()))


def in_page_language(text: str) -> str:
    """The text with each marker in the language of the page that is being made."""
    return _MARKER_IN_PAGE.sub(_translated, text)


def _translated(marker: re.Match[str]) -> str:
    bracket, day, month, year = marker.groups()
    try:
        removed_on = date(int(year), _MONTHS.index(month) + 1, int(day))
    except ValueError:
        return marker[0]
    words = _("[Removed by order on %(day)s]") % {"day": FuzzyDate(removed_on.isoformat()).words()}
    return bracket + words[1:-1]


def removal_slug(public_id: PublicId) -> str:
    """The slug of a record whose address had removed words in it."""
    return f"removed-{public_id}"
