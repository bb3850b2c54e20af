"""Small charts of when each incident happened, on an axis that the whole list shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict

from django.db.models import Count, F, Q
from django.db.models.functions import ExtractMonth, ExtractYear

from kb.record.models import Facet

MAX_MONTHS = 60
SPARKLINE_HEIGHT = 40  # pixels, of the highest bar
FADE = 2  # months, of a date with one end

MAX_SPARKLINE_SPANS = 8  # of one incident


class Bar(TypedDict):
    x: float
    width: float
    y: int
    height: int


class Span(TypedDict):
    x: float
    width: float
    shape: str


@dataclass(frozen=True)
class Sparkline:
    """``bars``: x and width in percent, y and height in pixels down from the top.

    ``spans``: dates wider than a column, x and width in percent, ``shape`` soft or a fade.
    """

    bars: list[Bar] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)


def sparklines(incident_ids: Collection[str]) -> tuple[str, dict[str, Sparkline]]:
    """The axis in words, and the chart of each incident that has a bar.

    Bars count entries whose date lies in one month (one year, where the axis is longer than five
    years). Three queries at most, however many incidents and entries there are.
    """
    by_month = _counts(incident_ids, months=True)
    if not by_month:
        return "", {}
    places = {month for counts in by_month.values() for month in counts}
    if max(places) - min(places) >= MAX_MONTHS:
        by_month = _counts(incident_ids, months=False)
        places = {month for counts in by_month.values() for month in counts}
        step = 12
    else:
        step = 1
        # Whole years, so that the axis can be named.
        places |= {min(places) // 12 * 12, max(places) // 12 * 12 + 11}
    first, last = min(places), max(places)
    most = max(max(counts.values()) for counts in by_month.values())
    columns = (last - first) // step + 1
    spans = _spans(incident_ids, first, step * columns, months=step == 1)
    charts = {
        incident: Sparkline(
            [
                _bar((place - first) // step, count, columns, most)
                for place, count in sorted(counts.items())
            ],
            spans.get(incident, []),
        )
        for incident, counts in by_month.items()
    }
    return _axis_words(first // 12, last // 12), charts


def _axis_words(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _bar(column: int, count: int, columns: int, most: int) -> Bar:
    width = 100 / columns
    height = max(2, round(SPARKLINE_HEIGHT * count / most))
    return {
        "x": round(column * width + width * 0.15, 2),
        "width": round(width * 0.7, 2),
        "y": SPARKLINE_HEIGHT - height,
        "height": height,
    }


def _spans(
    incident_ids: Collection[str], first: int, length: int, *, months: bool
) -> dict[str, list[Span]]:
    """By incident, the first of its dates that are wider than a column, clipped to the axis."""
    rows = (
        Facet.objects.filter(name="incident", value__in=incident_ids, entry__dated=True)
        .exclude(_within(months))
        .order_by("value", "entry__earliest", "entry__latest")
        .values_list("value", "entry__earliest", "entry__latest")
        .distinct()
    )
    spans: dict[str, list[Span]] = {}
    for incident, earliest, latest in rows[: MAX_SPARKLINE_SPANS * 50]:
        start, end = _ends(earliest, latest)
        start, end = max(0.0, start - first), min(float(length), end - first)
        of_incident = spans.setdefault(incident, [])
        if end > start and len(of_incident) < MAX_SPARKLINE_SPANS:
            shape = "fade-left" if earliest is None else "fade-right" if latest is None else "soft"
            x, width = round(100 * start / length, 2), round(100 * (end - start) / length, 2)
            of_incident.append({"x": x, "width": width, "shape": shape})
    return spans


def _ends(earliest: date | None, latest: date | None) -> tuple[float, float]:
    """Where a date begins and ends, in months; a date with an open end gets a fade instead."""
    if earliest is not None:
        start = _place(earliest)
        return start, _place(latest, after=True) if latest else start + FADE
    if latest is not None:
        return _place(latest) - FADE, _place(latest, after=True)
    return 0.0, 0.0


def _place(day: date, *, after: bool = False) -> float:
    """Months since the year 0 to the beginning of a day, or with ``after`` to its end."""
    return day.year * 12 + day.month - 1 + (day.day - 1 + after) / 31


def _within(months: bool) -> Q:
    """Entries whose whole date lies in one month, or one year."""
    same = Q(entry__earliest__year=F("entry__latest__year"))
    if months:
        same &= Q(entry__earliest__month=F("entry__latest__month"))
    return Q(entry__earliest__isnull=False, entry__latest__isnull=False) & same


def _counts(incident_ids: Collection[str], *, months: bool) -> dict[str, Counter[int]]:
    """By incident, entries by place: months since the year 0, or Januaries for whole years."""
    rows = (
        Facet.objects.filter(name="incident", value__in=incident_ids, entry__dated=True)
        .filter(_within(months))
        .order_by()
        .annotate(year=ExtractYear("entry__earliest"))
    )
    if months:
        rows = rows.annotate(month=ExtractMonth("entry__earliest"))
    names = ("value", "year", "month") if months else ("value", "year")
    counts: dict[str, Counter[int]] = {}
    for row in rows.values(*names).annotate(entries=Count("entry")):
        place = row["year"] * 12 + (row.get("month", 1) - 1)
        counts.setdefault(row["value"], Counter())[place] += row["entries"]
    return counts
