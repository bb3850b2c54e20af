"""What stands in the place of removed words."""

from __future__ import annotations

import re
from datetime import date

from kb.record.documents.types import PublicId

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MARKER = re.compile(rf"\[Removed by order on \d{{1,2}} (?:{'|'.join(_MONTHS)}) \d{{4}}\]")


def removal_marker(day: date) -> str:
    """The text that documents have in the place of removed words, in English."""
    return f"[Removed by order on {day.day} {_MONTHS[day.month - 1]} {day.year:04}]"


def is_removal_marker(words: str) -> bool:
    """Whether these words are the marker alone."""
    return bool(_MARKER.fullmatch(words.strip()))


def removal_slug(public_id: PublicId) -> str:
    """The slug of a record whose address had removed words in it."""
    return f"removed-{public_id}"
