"""How many entries each part of a period has: columns of equal length, and wider dates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, Max, Min, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import ExtractMonth, ExtractQuarter, ExtractYear

from kb.dates import FuzzyDate, parse_edtf
from kb.record.models import Entry
from kb.record.query import TimelineQuery

# The longest time, in days, that each scale is used for (docs/design.md explains why).
SCALES = (("day", 45), ("month", 3 * 366), ("quarter", 12 * 366), ("year", 120 * 366))
MAX_GAP = 24  # empty columns
MIN_COLUMNS = 7  # days: on less, one bar would fill the paper
MAX_SPANS = 40
# What is counted for each column.
EMPTY_COUNTS = {"event": 0, "statement": 0, "request": 0, "later": 0}


@dataclass(frozen=True)
class Column:
    """One day, month, quarter, year or decade; a break is drawn in place of many empty ones.

    ``later`` counts what was not yet known on the query's day, beside what was.
    """

    edtf: str
    first: date
    last: date
    events: int = 0
    statements: int = 0
    requests: int = 0
    later: int = 0
    is_break: bool = False

    @property
    def total(self) -> int:
        return self.events + self.statements + self.requests + self.later

    @property
    def when(self) -> FuzzyDate:
        return parse_edtf(self.edtf)


@dataclass(frozen=True)
class Span:
    """One date wider than a column, and how many entries have it."""

    when: FuzzyDate
    events: int
    statements: int
    requests: int
    later: int


@dataclass(frozen=True)
class Histogram:
    scale: str
    columns: list[Column] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    unshown: int = 0  # entries with wide dates beyond the first MAX_SPANS


def histogram(query: TimelineQuery) -> Histogram | None:
    """Where the dated entries of a query lie, whatever range it asks for; None without any.

    Costs three queries, however many entries there are. As known on a day, later entries are
    counted apart, unless the query leaves them out.
    """
    day = query.known.latest if query.known and query.later == "mark" else None
    entries = query.with_(since=None, until=None).entries(with_later=bool(day))
    entries = entries.filter(dated=True).order_by()
    ends = entries.aggregate(a=Min("earliest"), b=Min("latest"), c=Max("earliest"), d=Max("latest"))
    days = [day for day in ends.values() if day]
    if not days:
        return None
    first, last = _at_least(MIN_COLUMNS, min(days), max(days))
    scale = scale_between(first, last)
    counts: dict[date, dict[str, int]] = {}
    for row in _within_columns(entries, scale, day):
        start = _start_of(scale, row)
        column_counts = counts.setdefault(start, dict.fromkeys(EMPTY_COUNTS, 0))
        column_counts["later" if row.get("is_later") else row["kind"]] += row["entries"]
    wide = entries.exclude(_inside(scale)).select_related("revision").order_by("sort_key")
    rows = list(wide[: MAX_SPANS + 1])
    more = wide.count() - MAX_SPANS if len(rows) > MAX_SPANS else 0
    columns = collapse_gaps(list(columns_between(scale, first, last, counts)))
    return Histogram(scale, columns, _spans(rows[:MAX_SPANS], day), more)


def _at_least(days: int, first: date, last: date) -> tuple[date, date]:
    """The two days, moved apart evenly until so many days lie between them, themselves included."""
    missing = days - (last - first).days - 1
    if missing <= 0:
        return first, last
    before = min(missing // 2, (first - date.min).days)
    after = min(missing - before, (date.max - last).days)
    return first - timedelta(days=before), last + timedelta(days=after)


def scale_between(first: date, last: date) -> str:
    """The unit of the columns between two days."""
    days = (last - first).days + 1
    return next((scale for scale, longest in SCALES if days <= longest), "decade")


def columns_between(
    scale: str, first: date, last: date, counts: dict[date, dict[str, int]]
) -> Iterator[Column]:
    """Every column from the first day to the last, the empty ones too."""
    start = _start(scale, first)
    while start <= last:
        after = _next(scale, start)
        column_counts = counts.get(start, EMPTY_COUNTS)
        end = (after or date.max) - timedelta(days=1 if after else 0)
        yield Column(
            _edtf(scale, start),
            start,
            end,
            events=column_counts.get("event", 0),
            statements=column_counts.get("statement", 0),
            requests=column_counts.get("request", 0),
            later=column_counts.get("later", 0),
        )
        if after is None:
            return
        start = after


def collapse_gaps(columns: list[Column]) -> list[Column]:
    """The columns with each long run of empty ones made into one break."""
    shortened: list[Column] = []
    run: list[Column] = []
    for column in [*columns, None]:
        if column is not None and not column.total:
            run.append(column)
            continue
        if len(run) > MAX_GAP:
            shortened.append(Column("", run[0].first, run[-1].last, is_break=True))
        else:
            shortened += run
        run = []
        if column is not None:
            shortened.append(column)
    return shortened


def _inside(scale: str) -> Q:
    """Entries whose whole date lies in one column."""
    if scale == "day":
        return Q(earliest=F("latest"))
    same = Q(earliest__year=F("latest__year"))
    if scale in ("month", "quarter"):
        same &= Q(**{f"earliest__{scale}": F(f"latest__{scale}")})
    return Q(earliest__isnull=False, latest__isnull=False) & same


def _within_columns(
    entries: QuerySet[Entry], scale: str, day: date | None
) -> QuerySet[Entry, dict[str, Any]]:
    """Counts of the entries whose whole date lies in one column, by kind and column."""
    rows = entries.filter(_inside(scale))
    parts: dict[str, Combinable] = {}
    if day:
        later = Q(known_since=None) | Q(known_since__gt=day)
        parts["is_later"] = ExpressionWrapper(later, output_field=BooleanField())
    columns = ["kind"]
    if scale == "day":
        columns.append("earliest")
    else:
        parts["year"] = ExtractYear("earliest")
    if scale == "month":
        parts["part"] = ExtractMonth("earliest")
    elif scale == "quarter":
        parts["part"] = ExtractQuarter("earliest")
    counted: QuerySet[Entry, dict[str, Any]] = (
        rows.annotate(**parts).values(*columns, *parts).annotate(entries=Count("pk"))
    )
    return counted


def _start_of(scale: str, row: dict[str, Any]) -> date:
    if scale == "day":
        day: date = row["earliest"]
        return day
    part = row.get("part", 1)
    month = part * 3 if scale == "quarter" else part
    return _start(scale, date(row["year"], month, 1))


def _start(scale: str, day: date) -> date:
    if scale == "day":
        return day
    if scale == "month":
        return day.replace(day=1)
    if scale == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    if scale == "year":
        return date(day.year, 1, 1)
    return date(max(1, day.year // 10 * 10), 1, 1)


def _next(scale: str, start: date) -> date | None:
    """The first day of the next column; None past the end of the calendar."""
    if scale == "day":
        return None if start == date.max else start + timedelta(days=1)
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120}[scale]
    year = start.year // 10 * 10 if scale == "decade" else start.year
    place = year * 12 + start.month - 1 + months
    return date(place // 12, place % 12 + 1, 1) if place // 12 <= date.max.year else None


def _edtf(scale: str, start: date) -> str:
    year = f"{start.year:04d}"
    return {
        "day": start.isoformat(),
        "month": f"{year}-{start.month:02d}",
        "quarter": f"{year}-{33 + (start.month - 1) // 3}",
        "year": year,
        "decade": f"{year[:3]}X",
    }[scale]


def _spans(entries: list[Entry], day: date | None) -> list[Span]:
    spans: dict[str, dict[str, int]] = {}
    for entry in entries:
        counts = spans.setdefault(entry.revision.document["date"]["edtf"], {**EMPTY_COUNTS})
        is_later = day and (entry.known_since is None or entry.known_since > day)
        counts["later" if is_later else entry.kind] += 1
    return [Span(parse_edtf(edtf), *counts.values()) for edtf, counts in spans.items()]
