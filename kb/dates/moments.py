"""When a date begins and ends on the clock of UTC, and the order that follows from it.

A moment is a number of minutes since the beginning of the year 1 in UTC; the end of a span is
exclusive. A date without a zone may be meant in any zone, so it begins with the easternmost of them
and ends with the westernmost.
"""

from dataclasses import dataclass
from datetime import date

from kb.dates.bounds import OPEN_WIDTH, UNDATED
from kb.dates.times import clock_seconds
from kb.dates.zones import EASTERNMOST, MINUTES_IN_DAY, WESTERNMOST, offset_range

_NOON = MINUTES_IN_DAY // 2
# The middle of all zones is an hour east of UTC.
_EARLY = (EASTERNMOST + WESTERNMOST) // 2
_DAY = MINUTES_IN_DAY * 60


@dataclass(frozen=True, slots=True)
class ZonedSpan:
    """The bounds of a date with its time and zone, as ``FuzzyDate`` has them."""

    earliest: date | None
    latest: date | None
    time: str = ""
    zone: str = ""

    @property
    def has_zone(self) -> bool:
        """Whether a zone is stated that can be read."""
        day = self.earliest or self.latest
        return bool(self.zone and day and offset_range(self.zone, day, 0))

    def seconds(self, *, in_one_zone: bool = False) -> tuple[int | None, int | None]:
        """Return the first and last possible second in UTC; the last is exclusive.

        ``in_one_zone`` leaves the zone out, to compare two dates that do not state one.
        """
        start, length = clock_seconds(self.time) if self.time else (0, _DAY)
        first = last = None
        if self.earliest:
            _least, most = self._offsets(self.earliest, start // 60, in_one_zone)
            first = _midnight(self.earliest) + start - most * 60
        if self.latest:
            # The end of a timed span has the offset of its start.
            minute = start // 60 if self.time else MINUTES_IN_DAY
            least, _most = self._offsets(self.latest, minute, in_one_zone)
            last = _midnight(self.latest) + start + length - least * 60
        return first, last

    def minutes(self) -> tuple[int | None, int | None]:
        """Return the same in whole minutes, rounded outwards."""
        first, last = self.seconds()
        return (
            None if first is None else first // 60,
            None if last is None else -(-last // 60),
        )

    def sort_key(self) -> tuple[int, int]:
        """Return the middle and the width in minutes.

        The middle of a date without a time is noon of its middle day, so that days, months and
        years keep their order whatever their zone. A date with one open end sorts at the known
        end, after every closed span with the same middle. Undated entries sort last.
        """
        day = self.middle_day
        if day is None:
            return UNDATED
        first, last = self.minutes()
        width = OPEN_WIDTH if first is None or last is None else last - first
        if self.time and first is not None and last is not None:
            return (first + last) // 2, width
        least, most = self._offsets(day, _NOON, in_one_zone=False)
        return _midnight(day) // 60 + _NOON - (least + most) // 2, width

    @property
    def middle_day(self) -> date | None:
        """The middle of the days, or the end that is known; None if undated."""
        if self.earliest and self.latest:
            return date.fromordinal((self.earliest.toordinal() + self.latest.toordinal()) // 2)
        return self.earliest or self.latest

    def _offsets(self, day: date, minute: int, in_one_zone: bool) -> tuple[int, int]:
        if in_one_zone:
            return 0, 0
        return offset_range(self.zone, day, minute) or (WESTERNMOST, EASTERNMOST)


def is_before(first: ZonedSpan, other: ZonedSpan) -> bool:
    """Whether the first certainly ends before the other begins.

    Two dates that state no zone are compared as if in the same one, by the days and times that are
    printed. If only one of them states its zone, the other is as wide as all zones together.
    """
    in_one_zone = not first.has_zone and not other.has_zone
    end = first.seconds(in_one_zone=in_one_zone)[1]
    start = other.seconds(in_one_zone=in_one_zone)[0]
    return end is not None and start is not None and end <= start


def _midnight(day: date) -> int:
    return (day.toordinal() - 1) * _DAY
