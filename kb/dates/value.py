"""``FuzzyDate``, a date that is no more exact than its source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kb.dates import bounds, words
from kb.dates.edtf import DateError, Shape, parse_shape
from kb.dates.moments import ZonedSpan, is_before
from kb.dates.times import check_time
from kb.dates.zones import offset_range


@dataclass(frozen=True, slots=True)
class FuzzyDate:
    """A date in EDTF, with the wording of the source.

    ``edtf`` is "" if the date is not known, otherwise a date or interval that ``parse_edtf``
    accepts (not a date-time). ``phrase`` is the wording of the source. ``time`` is the local time
    of a single day, with the precision of the source: "18", "18:05", "18:05:30", or "24:00" for
    the end of the day. Other text in ``edtf`` and ``time`` raises DateError, so every FuzzyDate is
    valid. ``zone`` is the time zone that the source gives: "Z", "+08:00" or "Asia/Shanghai"; "" or
    other text, which old dates may have, counts as not stated. ``rule`` is the id of the rule that
    read the phrase; it is not stored and not compared.
    """

    edtf: str = ""
    phrase: str = ""
    zone: str = ""
    time: str = ""
    rule: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        shape = parse_shape(self.edtf)
        if self.time:
            check_time(self.time)
            if shape.precision != "day":
                raise DateError(
                    _(
                        "A time of day needs a single day, such as 2023-12-15. Enter the day, or "
                        "remove the time."
                    )
                )

    def __str__(self) -> str:
        return self.words()

    @property
    def _shape(self) -> Shape:
        return parse_shape(self.edtf)

    @property
    def earliest(self) -> date | None:
        """The first possible day; None if the beginning is open or not known."""
        return self._shape.earliest

    @property
    def latest(self) -> date | None:
        """The last possible day; None if the end is open or not known."""
        return self._shape.latest

    @property
    def qualifier(self) -> str:
        """ "" | "uncertain" | "approximate" | "both". It does not widen the bounds."""
        return self._shape.qualifier

    @property
    def precision(self) -> str:
        """day, month, season, quarter, quadrimester, half, year, decade, century, part, interval
        or unknown."""
        return self._shape.precision

    @property
    def is_unknown(self) -> bool:
        """True if neither end is known, as in "../.." and the empty text."""
        return self._shape.precision == "unknown"

    @property
    def is_exact_day(self) -> bool:
        """True for a single day without a mark."""
        return self._shape.precision == "day" and not self._shape.qualifier

    @property
    def _span(self) -> ZonedSpan:
        return ZonedSpan(self.earliest, self.latest, self.time, self.zone)

    @property
    def middle_day(self) -> date | None:
        """The middle of the days as stated, or the end that is known; None if undated."""
        return self._span.middle_day

    @property
    def sort_key(self) -> tuple[int, int]:
        """(middle, width) in minutes of UTC; see ``ZonedSpan.sort_key``."""
        return self._span.sort_key()

    def moments(self) -> tuple[int | None, int | None]:
        """Return the first and last possible minute in UTC since 0001-01-01T00:00, None if open.

        The last is exclusive. Without a zone, a date is as wide as all zones together: it begins
        14 hours before its first day in UTC and ends 12 hours after the last. A time is as wide as
        its precision, at least a minute.
        """
        return self._span.minutes()

    @property
    def has_zone(self) -> bool:
        """Whether a zone is stated that can be read."""
        return self._span.has_zone

    def seconds(self, *, in_one_zone: bool = False) -> tuple[int | None, int | None]:
        """Return the same in seconds; see ``ZonedSpan.seconds``."""
        return self._span.seconds(in_one_zone=in_one_zone)

    def before(self, other: "FuzzyDate") -> bool:
        """Whether this date is certainly before the other; False if an end is open.

        Two dates that both state no zone are compared as if in the same one: the 15th is before
        the 16th. If one of them states its zone, they are compared as ``moments``, to the second.
        """
        return is_before(self._span, other._span)

    def overlaps(self, other: "FuzzyDate") -> bool:
        """Whether neither is certainly before the other. An undated entry overlaps every date."""
        return not self.before(other) and not other.before(self)

    def mixes_zones_with(self, other: "FuzzyDate") -> bool:
        """Whether both state a time of day and only one of them its zone."""
        return bool(self.time and other.time) and self.has_zone != other.has_zone

    def edtf_datetime(self) -> str:
        """Return the date-time of EDTF level 0, or "" where there is none.

        The standard demands a complete representation, so only a time with seconds has one, on a
        day without a mark; to add ":00" would say more than the source.
        """
        is_complete = len(self.time) == len("18:05:30") and self.is_exact_day
        return f"{self.edtf}T{self.time}{self._offset()}" if is_complete else ""

    def iso_datetime(self) -> str:
        """Return the date-time of ISO 8601 with its offset; "" without a zone or without minutes.

        "24:00" and leap seconds give "", because many programs cannot read them.
        """
        offset = self._offset()
        return f"{self.edtf}T{self.time}{offset}" if offset and self._has_plain_time else ""

    def local_datetime(self) -> datetime | None:
        """Return the day and the time as stated, without a zone; None without a time.

        "24:00" is the beginning of the next day, and None on the last day of all.
        """
        day = self.earliest
        if not self.time or day is None:
            return None
        if self.time == "24:00":
            return (
                datetime.combine(day + timedelta(days=1), datetime.min.time())
                if day < date.max
                else None
            )
        hour, minute, second = (*map(int, self.time.split(":")), 0, 0)[:3]
        return datetime(day.year, day.month, day.day, hour, minute, min(second, 59))

    def utc_datetime(self) -> datetime | None:
        """Return the instant at which the stated time begins; None without a time or a zone."""
        local, first = self.local_datetime(), self._span.seconds()[0]
        if local is None or first is None or not self._span.has_zone:
            return None
        try:
            return datetime(1, 1, 1, tzinfo=UTC) + timedelta(seconds=first)
        except OverflowError:
            return None

    @property
    def _has_plain_time(self) -> bool:
        return self.is_exact_day and ":" in self.time and self.time not in ("24:00", "23:59:60")

    def _offset(self) -> str:
        """Return the offset of the stated time: "Z", "+08:00"; "" if there is not exactly one."""
        day = self.earliest
        if self.zone == "Z" or not self.zone or not self.time or day is None:
            return self.zone
        hour, minute = (*map(int, self.time.split(":")), 0)[:2]
        least, most = offset_range(self.zone, day, hour * 60 + minute) or (0, 1)
        if least != most:
            return ""
        return f"{'-' if least < 0 else '+'}{abs(least) // 60:02}:{abs(least) % 60:02}"

    def relation(self, earliest: date | None, latest: date | None) -> bounds.Relation:
        """ "certain", "possible" or "none" for the range; None is an open end of it.

        By the calendar days as stated, whatever the zone. An undated entry is in no range. See
        ``bounds.relation``.
        """
        return bounds.relation(self.earliest, self.latest, earliest, latest)

    def words(self) -> str:
        """The date in words, in the active language: "April 2023", "Mid-2023".

        With a time, "15 December 2023, 18:05 (UTC+8)".
        """
        return words.with_time(words.leading_words(self._shape), self.time, self.zone)

    def day_words(self) -> str:
        """The same without the time: "15 December 2023"."""
        return words.leading_words(self._shape)

    def note(self) -> str:
        """The note below the words: "month only", "read as May–August"."""
        note = words.precision_note(self._shape)
        return words.with_zone_note(note) if self.time and not self.zone else note

    def span_words(self) -> str:
        """The words for use within a sentence, with the days: "mid-2023 (1 May – 31 August)"."""
        return words.with_time(words.words_with_days(self._shape), self.time, self.zone)

    def to_json(self) -> dict[str, str | None]:
        """The form in documents: days as ISO strings or None, words in the active language."""
        earliest, latest = self.earliest, self.latest
        return {
            "edtf": self.edtf,
            "phrase": self.phrase,
            "earliest": earliest.isoformat() if earliest else None,
            "latest": latest.isoformat() if latest else None,
            "zone": self.zone,
            "words": self.words(),
            "note": self.note(),
            "qualifier": self.qualifier,
            "time": self.time,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "FuzzyDate":
        """Return the date of a document. Only edtf, phrase, zone and time are read.

        Documents from before there were times have none. Raises DateError if the EDTF or the time
        cannot be read; the zone may be any text.
        """
        return cls(
            document.get("edtf") or "",
            document.get("phrase") or "",
            document.get("zone") or "",
            document.get("time") or "",
        )


UNKNOWN = FuzzyDate()
