"""Split a time of day from the end of a text: "2023-04-03 00:00:00", "1/2/2018 0:00"."""

import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from kb.dates.edtf import refuse, zone_offset

_CLOCK = re.compile(
    r"\+?(?P<day>[^:]*(?:[0-9](?=[Tt, ])|[日号]))(?:[Tt]|,? ?)"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})"
    r"(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)? ?(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
)


class ClockSplit(NamedTuple):
    """The text before the time of day, and the zone after it: "", "Z" or "+hh:mm"."""

    day: str
    zone: str


def split_clock(text: str) -> ClockSplit | None:
    """Return the text before a time of day, and its zone; None if the text does not end with one.

    24:00 is the end of the day that is named, and a second 60 is a leap second. Raises DateError
    for hours and minutes that no clock shows.
    """
    match = _CLOCK.fullmatch(text)
    if not match:
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    if (hour, minute, second) > (24, 0, 0) or minute > 59 or second > 60:
        message = _(
            "%(text)s does not contain a valid time. Hours go up to 23, minutes and seconds up to "
            "59."
        )
        refuse(message, text)
    zone = (match["zone"] or "").upper()
    return ClockSplit(match["day"], zone if zone in ("", "Z") else zone_offset(zone))
