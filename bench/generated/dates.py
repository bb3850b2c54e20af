"""Dates of the generated record: of every width, most in a few dense years, some centuries ago.

A date is read by the project's own code once; entries on the same day share what it gives.
"""

from __future__ import annotations

import random
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from bench.generated.templates import canonical
from kb.dates import FuzzyDate
from kb.record.order_values import bounds_of
from kb.record.ordering import KEY_OFFSET, Bounds, OrderedEntry, order_key_alone

# How often a date is how wide, in percent, with how it is written.
_STYLES = (
    (62, "{y:04}-{m:02}-{d:02}"), (8, "{y:04}-{m:02}"), (4, "{y:04}"), (2, "{y:04}-{q}"),
    (2, "{y:04}-{m:02}~"), (2, "../{y:04}-{m:02}-{d:02}"), (2, "{y:04}-{m:02}-{d:02}/.."),
    (1, "{y:04}?-{m:02}-{d:02}"), (1, "{y:04}-01~/{y:04}-04~"), (2, "{decade}X"),
    (1, "{century}XX"), (2, ""), (3, "{y:04}-{m:02}-01/{y:04}-{m:02}-{d:02}"),
    (1, "{y:04}-{season}"), (1, "{y:04}-{m:02}-{d:02}%"), (6, "{y:04}-{m:02}-{d:02} time"),
)  # fmt: skip
_STYLE_TABLE = [style for share, style in _STYLES for _ in range(share)]
_TIMES = ("06", "09:30", "12:05", "18:05", "23:59:30")
_ZONES = ("Z", "+08:00", "-07:00", "", "+01:00")


def _ordinal(year: int) -> int:
    return date(year, 1, 1).toordinal()


_DAY_SECONDS = 24 * 60 * 60
_MODEL_DAY = date(2000, 1, 1)
_DENSE = (_ordinal(2015), _ordinal(2024))


class When(NamedTuple):
    """A date as a document has it, and what the index takes from it."""

    json: str
    earliest: str | None
    latest: str | None
    is_dated: bool
    # The beginning of the sort key, which the date alone decides.
    place: str
    bounds: Bounds
    anchor: int | None

    def ordered_as(self, public_id: str, carrier: str, position: int | None) -> OrderedEntry:
        """What the place of an entry with this date depends on."""
        return OrderedEntry(public_id, self.bounds, carrier, position, self.anchor)


@lru_cache(maxsize=400_000)
def when_of(edtf: str, phrase: str = "", time: str = "", zone: str = "") -> When:
    """The date and all that an entry needs of it."""
    fuzzy = FuzzyDate(edtf, phrase, time=time, zone=zone)
    is_moment = bool(fuzzy.time)
    entry = OrderedEntry(
        id="a",
        bounds=bounds_of(fuzzy),
        anchor=None if is_moment or fuzzy.is_unknown else fuzzy.sort_key[0] * 60,
    )
    key = order_key_alone(entry)
    return When(
        canonical(fuzzy.to_json()),
        fuzzy.earliest.isoformat() if fuzzy.earliest else None,
        fuzzy.latest.isoformat() if fuzzy.latest else None,
        not fuzzy.is_unknown,
        f"{key.middle + KEY_OFFSET:012d}.{key.width:012d}",
        entry.bounds,
        entry.anchor,
    )


def first_day(draw: random.Random) -> int:
    """A day, as its ordinal, on which a sequence of entries begins."""
    period = draw.random()
    if period < 0.65:
        return _DENSE[0] + int(draw.random() * (_DENSE[1] - _DENSE[0]))
    # Before the dense years on few days, so that there are not as many dates as entries.
    first = 1995 if period < 0.88 else 1900 if period < 0.97 else 1500
    return _ordinal(first + int(draw.random() * (2015 - first))) + 30 * int(draw.random() * 12)


def date_near(day: int, draw: random.Random, phrase: str = "") -> When:
    """A date of a random width on or around a day."""
    style = _STYLE_TABLE[int(draw.random() * len(_STYLE_TABLE))]
    if style is _STYLE_TABLE[0] and not phrase:
        return exact_day(day)
    when = date.fromordinal(day)
    edtf, _, has_time = style.partition(" ")
    edtf = edtf.format(
        y=when.year,
        m=when.month,
        d=8 if when.day < 15 else 22,
        q=33 + (when.month - 1) // 3,
        season=21 + when.month % 4,
        decade=f"{when.year // 10:03}",
        century=f"{when.year // 100:02}",
    )
    if has_time:
        place = int(draw.random() * len(_TIMES))
        return when_of(edtf, phrase, _TIMES[place], _ZONES[place])
    return when_of(edtf, phrase)


@lru_cache(maxsize=200_000)
def exact_day(day: int) -> When:
    """The date of a day since the year 1000, by its ordinal: as ``when_of``, from another day's.

    Most dates are such, and reading each costs as much as the rest of its entry.
    """
    model, distance = when_of(_MODEL_DAY.isoformat()), day - _MODEL_DAY.toordinal()
    when = date.fromordinal(day)
    text = when.isoformat()
    middle, width = model.place.split(".")
    first, last = model.bounds.earliest, model.bounds.latest
    assert first is not None and last is not None and model.anchor is not None  # noqa: S101
    return When(
        f'{{"earliest":"{text}","edtf":"{text}","latest":"{text}","note":"exact day, {when:%A}",'
        f'"phrase":"","qualifier":"","time":"","words":"{when.day} {when:%B} {when.year}",'
        '"zone":""}',
        text,
        text,
        True,
        f"{int(middle) + 2 * _DAY_SECONDS * distance:012d}.{width}",
        Bounds(first + _DAY_SECONDS * distance, last + _DAY_SECONDS * distance),
        model.anchor + _DAY_SECONDS * distance,
    )
