"""Time zones as a source states them: an offset from UTC, "Z", or a name of the IANA database.

``clean_zone`` reads what somebody types and refuses what it does not know. Stored zones may be
older than that rule, so the other functions take any text: one that they cannot read counts as not
stated.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils.translation import gettext as _

from kb.dates.edtf import refuse

# The offsets in use, in minutes: a zone that is not stated lies between them.
WESTERNMOST, EASTERNMOST = -12 * 60, 14 * 60
MINUTES_IN_DAY = 24 * 60

_STORED_OFFSET = re.compile("(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2})")
_TYPED_OFFSET = re.compile(
    "(?:UTC|GMT)? ?(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?"
)
_NOT_STATED = ("", "LOCAL", "LOCAL TIME", "当地时间")
# Abbreviations that mean one offset wherever they are printed. All others are refused.
_OFFSETS = {
    "Z": "Z", "UTC": "Z", "GMT": "Z",
    "EST": "-05:00", "EDT": "-04:00", "MST": "-07:00", "MDT": "-06:00", "PDT": "-07:00",
    "AKST": "-09:00", "AKDT": "-08:00", "HST": "-10:00",
    "WEST": "+01:00", "CET": "+01:00", "CEST": "+02:00", "EET": "+02:00", "EEST": "+03:00",
    "MSK": "+03:00", "PKT": "+05:00", "HKT": "+08:00", "SGT": "+08:00", "JST": "+09:00",
    "KST": "+09:00", "AWST": "+08:00", "AEST": "+10:00", "AEDT": "+11:00", "NZST": "+12:00",
    "NZDT": "+13:00", "BEIJING TIME": "+08:00", "北京时间": "+08:00",
}  # fmt: skip
_AMBIGUOUS = {
    "CST": ("-06:00", "+08:00"),
    "CDT": ("-05:00", "-04:00"),
    "PST": ("-08:00", "+08:00"),
    "AST": ("-04:00", "+03:00"),
    "BST": ("+01:00", "+06:00"),
    "IST": ("+05:30", "+02:00"),
    "ET": ("-05:00", "-04:00"),
    "CT": ("-06:00", "-05:00"),
    "MT": ("-07:00", "-06:00"),
    "PT": ("-08:00", "-07:00"),
}


def clean_zone(text: str) -> str:
    """Return a typed zone as it is stored: "", "Z", "+08:00" or "Asia/Shanghai".

    Words such as "local time" name no zone and give "". Raises DateError for a zone that is not
    known, or that has two readings.
    """
    typed = " ".join(unicodedata.normalize("NFKC", text).replace("\u2212", "-").split())
    plain = typed.strip("() ").upper()
    if plain in _NOT_STATED:
        return ""
    if plain in _OFFSETS:
        return _OFFSETS[plain]
    if match := _TYPED_OFFSET.fullmatch(plain):
        return _offset(match, text)
    if readings := _AMBIGUOUS.get(plain):
        first, other = readings
        message = _(
            "%(text)s can mean %(first)s or %(other)s. Write %(offset)s or %(other_offset)s."
        )
        names = {"first": zone_words(first), "other": zone_words(other)}
        refuse(message, text, offset=first, other_offset=other, **names)
    if name := _iana_names().get(plain.replace(" ", "_")):
        return name
    message = _(
        "%(text)s is not a known time zone. Write an offset such as +08:00, UTC, or a name such as "
        "Asia/Shanghai."
    )
    refuse(message, text)


def zone_words(zone: str) -> str:
    """Return a stored zone in words: "UTC", "UTC+8", "UTC−5:30", "Asia/Shanghai"."""
    match = _STORED_OFFSET.fullmatch(zone)
    if not match:
        return "UTC" if zone == "Z" else zone
    sign = "+" if match["sign"] == "+" else "\u2212"
    minutes = "" if match["minutes"] == "00" else f":{match['minutes']}"
    return f"UTC{sign}{int(match['hours'])}{minutes}"


def offset_range(zone: str, day: date, minute: int) -> tuple[int, int] | None:
    """Return the least and the greatest offset of a zone, in minutes; None if it is not known.

    ``minute`` is the local time in minutes after midnight, at most 1440. Both ends differ only in
    the hour that is repeated when clocks go back.
    """
    if zone == "Z":
        return 0, 0
    if match := _STORED_OFFSET.fullmatch(zone):
        minutes = int(match["hours"]) * 60 + int(match["minutes"])
        minutes = minutes if match["sign"] == "+" else -minutes
        return (minutes, minutes) if WESTERNMOST <= minutes <= EASTERNMOST else None
    region = _region(zone)
    if region is None:
        return None
    if minute == MINUTES_IN_DAY:
        day, minute = (day + timedelta(days=1), 0) if day < date.max else (day, minute - 1)
    local = datetime.combine(day, time(*divmod(minute, 60)), tzinfo=region)
    offsets = [local.replace(fold=fold).utcoffset() or timedelta() for fold in (0, 1)]
    # Before about 1900 offsets were those of the sun, with seconds.
    return min(offsets) // timedelta(minutes=1), -(-max(offsets) // timedelta(minutes=1))


def _offset(match: re.Match[str], text: str) -> str:
    sign, hours, minutes = match["sign"], int(match["hours"]), int(match["minutes"] or 0)
    most = -WESTERNMOST if sign == "-" else EASTERNMOST
    if minutes > 59 or hours * 60 + minutes > most or (sign == "-" and not hours + minutes):
        message = _(
            "%(text)s is not a valid time zone. Offsets range from -12:00 to +14:00, and -00:00 is "
            "not allowed."
        )
        refuse(message, text)
    return f"{sign}{hours:02}:{minutes:02}"


@lru_cache(maxsize=1)
def _iana_names() -> dict[str, str]:
    """Return the names with a region, by the name in capitals."""
    return {name.upper(): name for name in available_timezones() if "/" in name}


@lru_cache(maxsize=256)
def _region(zone: str) -> ZoneInfo | None:
    if "/" not in zone or not zone.isascii() or not zone.isprintable():
        return None
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
