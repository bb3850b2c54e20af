"""Times of day as a source states them, no more exact than it does: "18", "18:05", "18:05:30".

``split_time`` takes the time and the zone off a typed date, and ``clean_time`` reads a time that is
typed by itself. "24:00" is the end of a day, "23:59:60" a leap second.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kb.dates.edtf import DateError, quote, refuse
from kb.dates.zones import clean_zone

MAX_TYPED_TIME = 40

_STORED = re.compile("(?:[01][0-9]|2[0-3])(?::[0-5][0-9](?::[0-5][0-9])?)?|24:00|23:59:60")
_CLOCK = (
    "(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?: ?(?P<half>[ap])\.?m\b\.?)?"
    r"|(?P<hour12>[0-9]{1,2})(?:\.(?P<minute12>[0-9]{2}))? ?(?P<half12>[ap])\.?m\b\.?)"
)
_OFFSET = "(?:utc|gmt)? ?[+-][0-9]{1,2}(?::?[0-9]{2})?"
_ZONE = rf"(?P<zone>\(?{_OFFSET}\)?|\(?[a-z][a-z_]*(?:/[a-z0-9_+-]+)*(?: time)?\)?)"
# Before a date, only capitals are a zone, and not those of a month or weekday.
_NAMES = "ON|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|MON|TUE|WED|THU|FRI|SAT|SUN"
_LEADING_ZONE = rf"(?P<zone>\(?{_OFFSET}\)?|(?-i:(?!(?:{_NAMES})[A-Z]*\b)[A-Z]{{1,5}}))"
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # The hour alone only after T, where it cannot be a part of the date.
        "(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<hour>[0-9]{2})"
        r"(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)?)?"
        f"(?: ?(?P<zone>z|{_OFFSET}))?",
        f"(?P<day>.+?),? (?:at )?{_CLOCK}(?:,? ?{_ZONE})?",
        f"(?:at )?{_CLOCK}(?: ?{_LEADING_ZONE})?(?:,? on|,)? (?P<day>.+)",
    )
]
_CLOCK_ZH = (
    "(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|晚)?(?P<hour>[0-9]{1,2})"
    "(?:[时点](?:(?P<minute>[0-9]{1,2})分(?:(?P<second>[0-9]{1,2})秒)?|(?P<half>半)|整)?"
    "|:(?P<colon>[0-9]{2})(?::(?P<last>[0-9]{2}))?)"
)
_ZONE_ZH = rf"\(?(?:北京时间|当地时间)\)?|z|\(?{_OFFSET}\)?|\(?[a-z]+(?:/[a-z_]+)*\)?"
_CHINESE = re.compile(
    "(?P<lead>北京时间|当地时间)?,?"
    r"(?P<day>.+?[日号](?:\((?:星期|周|礼拜).\)|(?:星期|周).)?)"
    f"{_CLOCK_ZH}(?P<zone>{_ZONE_ZH})?",
    re.IGNORECASE,
)
_ALONE = [re.compile(pattern, re.IGNORECASE) for pattern in (_CLOCK, _CLOCK_ZH)]
_AFTERNOON = ("下午", "傍晚")
_NIGHT = ("晚上", "晚间", "晚")


@dataclass(frozen=True, slots=True)
class ReadTime:
    """A time of day and its zone, as they are stored; the zone is "" if it is not stated."""

    time: str
    zone: str = ""


def check_time(text: str) -> None:
    """Raise DateError for a text that is not a time as it is stored."""
    if not _STORED.fullmatch(text):
        _refuse_time(text)


def clean_time(text: str) -> str:
    """Return a typed time as it is stored: "18", "18:05" or "18:05:30". Raises DateError."""
    typed = " ".join(unicodedata.normalize("NFKC", text).split())
    if not typed or _STORED.fullmatch(typed):
        return typed
    if re.fullmatch("[0-9]", typed):
        return f"0{typed}"
    plain, chinese = _ALONE
    if len(typed) <= MAX_TYPED_TIME:
        if match := plain.fullmatch(typed):
            return _time(match, text)
        if match := chinese.fullmatch(typed.replace(" ", "")):
            return _time_zh(match, text)
    message = _(
        "%(text)s is not a time of day. Write 18:05, 18:05:30 or 6:05 pm. The time zone has its "
        "own field."
    )
    refuse(message, text)


def split_time(text: str) -> tuple[str, ReadTime | None]:
    """Return the text without its time and zone, and these; the text itself if it has none.

    ``text`` is normalised (NFKC). Raises DateError, with the whole text in it, for a time or a zone
    that there cannot be.
    """
    match = _match(text)
    if not match:
        return text, None
    is_chinese = match.re is _CHINESE
    groups = match.groupdict()
    time = _time_zh(match, text) if is_chinese else _time(match, text)
    if _has_two_readings(match, text):
        message = _(
            "%(text)s can end with a time zone or with a second time. Write the zone in its own "
            "field, or only the first time."
        )
        refuse(message, text)
    try:
        zone = clean_zone(groups["zone"] or groups.get("lead") or "")
    except DateError as error:
        raise DateError(f"{quote(text)}: {error}") from error
    return groups["day"].strip(" ,"), ReadTime(time, zone)


def clock_seconds(time: str) -> tuple[int, int]:
    """Return the second of the day at which a stored time begins, and how long it is."""
    hour, minute, second = (*map(int, time.split(":")), 0, 0)[:3]
    start = hour * 3600 + minute * 60 + min(second, 59)
    return start, (3600, 60, 1)[time.count(":")]


def _match(text: str) -> re.Match[str] | None:
    if re.search("[日号]", text):
        return _CHINESE.fullmatch(text.replace(" ", "")) or _PATTERNS[1].fullmatch(text)
    matches = (pattern.fullmatch(text) for pattern in _PATTERNS)
    return next((match for match in matches if match), None)


def _has_two_readings(match: re.Match[str], text: str) -> bool:
    """Whether the zone of "9:00-10:00" may be the end; after T or seconds it is an offset."""
    zone = match["zone"] or ""
    return (
        match.re is not _PATTERNS[0]
        and re.fullmatch("-[0-9]{1,2}:[0-9]{2}", zone) is not None
        and match["second"] is None
        and text.partition(zone)[0][-1:].isdigit()
    )


def _time(match: re.Match[str], text: str) -> str:
    groups = match.groupdict()
    hour = int(groups["hour"] or groups["hour12"])
    minute = groups["minute"] or groups.get("minute12")
    if half := groups.get("half") or groups.get("half12"):
        if not 1 <= hour <= 12:
            refuse(_("%(text)s: a time with a.m. or p.m. has an hour from 1 to 12."), text)
        hour = hour % 12 + (12 if half in "pP" else 0)
    return _stored(hour, minute, groups["second"], text)


def _time_zh(match: re.Match[str], text: str) -> str:
    groups = match.groupdict()
    hour, part = int(groups["hour"]), groups["part"]
    if part in _NIGHT and hour < 5:
        refuse(_("%(text)s: write an hour at night from 0 to 24, without 晚上."), text)
    is_later = {"中午": 1 <= hour <= 2, **dict.fromkeys(_AFTERNOON, 1 <= hour < 12)}
    if is_later.get(part) or (part in _NIGHT and hour <= 12):
        hour += 12
    elif part in ("凌晨", "清晨") and hour == 12:
        hour = 0
    minute = groups["minute"] or groups["colon"] or ("30" if groups["half"] else None)
    return _stored(hour, minute, groups["second"] or groups["last"], text)


def _stored(hour: int, minute: str | None, second: str | None, text: str) -> str:
    parts = [f"{hour:02}", *(part.zfill(2) for part in (minute, second) if part)]
    if parts[0] == "24" and set(parts[1:]) <= {"00"}:
        return "24:00"
    time = ":".join(parts)
    if not _STORED.fullmatch(time):
        _refuse_time(text)
    return time


def _refuse_time(text: str) -> None:
    message = _(
        "%(text)s does not contain a valid time. Hours go up to 23, minutes and seconds up to 59."
    )
    refuse(message, text)
