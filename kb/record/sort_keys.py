"""The sort keys of entries as text: what a key says about its date, and keys between entries."""

from __future__ import annotations

import re
from datetime import date

from kb.record.ordering import (
    KEY_OFFSET,
    MAX_ID_LENGTH,
    OPEN_WIDTH,
    UNDATED_PLACE,
    OrderKey,
    encode_key,
)

# A sort key: middle, width, rank, carrier, position and public id (kb.record.ordering).
KEY = r"[0-9]{12}\.[0-9]{12}\.[0-9]{6}\.[0-9a-z]{12}\.[0-9]{6}\.[0-9a-z]{12}"
# A key from before there were links and times: the middle day, the width in days, the public id.
_KEY_IN_DAYS = re.compile(r"(?P<day>[0-9]{7})\.(?P<width>[0-9]{7})\.(?P<id>[a-z0-9]{6,12})\Z")
_DAY = 24 * 60 * 60
# The middle of all zones is an hour east of UTC; the widths of all zones together are 26 hours.
_EARLY = 60 * 60
_ALL_ZONES = 26 * 60 * 60


def is_undated_key(key: str) -> bool:
    """Whether the entry with this key is undated."""
    return int(key[:12]) >= UNDATED_PLACE[0]


def middle_of_key(key: str) -> int:
    """Return the second in UTC at which a key places its entry."""
    return (int(key[:12]) - KEY_OFFSET) // 2


def id_of_key(key: str) -> str:
    """The public id of the entry with this key."""
    return key[-MAX_ID_LENGTH:].rstrip("0")


def year_of_key(key: str) -> int:
    """Return the year of the middle of a dated entry, as if it stated no zone."""
    day = (middle_of_key(key) + _EARLY) // _DAY + 1
    return date.fromordinal(min(max(day, 1), date.max.toordinal())).year


def key_of_year(year: int) -> str:
    """Return a key just before those of a year, for dates that state no zone."""
    eve = date(year - 1, 12, 31).toordinal() if year > 1 else 0
    return encode_key(OrderKey(2 * (eve * _DAY - _EARLY), 0, 0, "", 0, "0"))


def key_of_days(text: str) -> str | None:
    """Return the key for one in days, as old addresses have it; None for other text."""
    match = _KEY_IN_DAYS.match(text)
    if match is None:
        return None
    day, width = int(match["day"]), int(match["width"])
    middle = 2 * ((day - 1) * _DAY + _DAY // 2 - _EARLY)
    place = (middle, width * _DAY + _ALL_ZONES)
    if day > date.max.toordinal():
        place = UNDATED_PLACE
    elif width > date.max.toordinal():
        place = (middle, OPEN_WIDTH)
    return encode_key(OrderKey(*place, 0, "", 0, match["id"]))
