"""The parameter ``on``: the day or the moment whose published record is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from kb.dates import DateError, FuzzyDate, parse, parse_edtf

MAX_LENGTH = 100
_LAST_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class PublicationTime:
    """A day, up to its end in the time zone of the site, or an exact moment.

    ``text`` is the value of the parameter that means the same: ``2023-12-14`` or
    ``2023-12-14T15:30:00Z``. What was published at ``moment`` itself is included.
    """

    text: str
    moment: datetime

    def words(self) -> str:
        """ "14 December 2023", or with a time "14 December 2023, 15:30:00 UTC"."""
        if "T" not in self.text:
            return parse_edtf(self.text).words()
        values = {
            "day": parse_edtf(self.moment.astimezone(UTC).date().isoformat()).words(),
            "time": self.text.partition("T")[2].removesuffix("Z"),
        }
        return _("%(day)s, %(time)s UTC") % values


def read_publication_time(text: str) -> PublicationTime | None:
    """The time that a parameter names; None for an empty one.

    A month or a year means its last day, as for ``known``. A moment is in ISO 8601, in the time
    zone of the site unless it has another one. Raises ValidationError for anything else, and for
    what has not come yet.
    """
    text = text.strip()
    if not text:
        return None
    if len(text) > MAX_LENGTH:
        raise ValidationError(_("Shorten the date to 100 characters or fewer."))
    when = _moment(text) if ":" in text else _day(text)
    begins_on = timezone.localdate(when.moment)
    if begins_on > timezone.localdate() or (":" in text and when.moment > timezone.now()):
        raise ValidationError(_("That is in the future. Choose a day up to today."))
    return when


def _moment(text: str) -> PublicationTime:
    try:
        # A plus sign in an address is a space unless it is encoded.
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment, timezone.get_default_timezone())
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise ValidationError(
            _("Enter a day, or a time such as 2023-12-14T15:30:00Z.")
        ) from problem
    return PublicationTime(moment.isoformat().replace("+00:00", "Z"), moment)


def _day(text: str) -> PublicationTime:
    try:
        when: FuzzyDate = parse(text, edtf_first=True)
    except DateError as problem:
        raise ValidationError(str(problem)) from problem
    if when.earliest is None or when.latest is None:
        raise ValidationError(_("Enter a date with a known start and end, such as 2023-04."))
    return PublicationTime(when.latest.isoformat(), _end_of(when.latest))


def _end_of(day: date) -> datetime:
    """The last moment of a day in the time zone of the site."""
    zone = timezone.get_default_timezone()
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return midnight.astimezone(UTC) - _LAST_MOMENT
