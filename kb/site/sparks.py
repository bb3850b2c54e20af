"""Small charts of when each incident happened, on one axis that all of a list share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from django.db.models import Count, F
from django.db.models.functions import ExtractMonth, ExtractYear

from kb.record.models import Facet

MOST_MONTHS = 60
HEIGHT = 40  # pixels, of the highest bar


Bar = dict[str, float]


def sparks(incident_ids: Collection[str]) -> tuple[str, dict[str, list[Bar]]]:
    """The axis in words, and by incident its bars: x and width in percent, y down from the top.

    Counts entries whose date lies in one month (one year, where the axis is longer than five
    years). Two queries, however many incidents and entries there are.
    """
    by_month = _counts(incident_ids, months=True)
    if not by_month:
        return "", {}
    places = {month for counts in by_month.values() for month in counts}
    if max(places) - min(places) >= MOST_MONTHS:
        by_month = _counts(incident_ids, months=False)
        places = {month for counts in by_month.values() for month in counts}
        step = 12
    else:
        step = 1
        # Whole years, so that the axis can be said in words.
        places |= {min(places) // 12 * 12, max(places) // 12 * 12 + 11}
    first, last = min(places), max(places)
    axis = (
        first,
        step,
        (last - first) // step + 1,
        max(max(one.values()) for one in by_month.values()),
    )
    charts = {
        incident: [_bar(place, count, *axis) for place, count in sorted(counts.items())]
        for incident, counts in by_month.items()
    }
    return _axis_words(first // 12, last // 12), charts


def _axis_words(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _bar(place: int, count: int, first: int, step: int, columns: int, most: int) -> Bar:
    column, width = (place - first) // step, 100 / columns
    height = max(2, round(HEIGHT * count / most))
    return {
        "x": round(column * width + width * 0.15, 2),
        "width": round(width * 0.7, 2),
        "y": HEIGHT - height,
        "height": height,
    }


def _counts(incident_ids: Collection[str], *, months: bool) -> dict[str, Counter[int]]:
    """By incident, entries by place: months since the year 0, or Januaries for whole years."""
    rows = (
        Facet.objects.filter(name="incident", value__in=incident_ids, entry__dated=True)
        .filter(entry__earliest__year=F("entry__latest__year"))
        .order_by()
        .annotate(year=ExtractYear("entry__earliest"))
    )
    if months:
        rows = rows.filter(entry__earliest__month=F("entry__latest__month")).annotate(
            month=ExtractMonth("entry__earliest")
        )
    names = ("value", "year", "month") if months else ("value", "year")
    found: dict[str, Counter[int]] = {}
    for row in rows.values(*names).annotate(entries=Count("entry")):
        place = row["year"] * 12 + (row.get("month", 1) - 1)
        found.setdefault(row["value"], Counter())[place] += row["entries"]
    return found
