"""How many entries each part of a period has: columns of equal length, and wider dates."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import accumulate, groupby

from kb.dates import FuzzyDate, parse_edtf
from kb.record.entry_source import EntrySource, WideEnds
from kb.record.main_range import main_range
from kb.record.models import Entry
from kb.record.months import MONTHS_OF_SCALE, month_number
from kb.record.query import TimelineQuery

# The longest time, in days, that each scale is used for (docs/design.md explains why).
SCALES = (("day", 45), ("month", 3 * 366), ("quarter", 12 * 366), ("year", 120 * 366))
MAX_GAP = 24  # empty columns
MAX_EMPTY_COLUMNS = 125  # of a chart without any entry in a column
MIN_COLUMNS = 7  # with fewer, one bar would fill the paper
# The shortest column of each scale, in days; the finest scale first.
DAYS_OF_SCALE = {"day": 1, "month": 28, "quarter": 90, "year": 365, "decade": 3652}
# Wide dates that are drawn each for itself, and the entries with such dates that are read for that.
MAX_SPANS = 4
MAX_WIDE_ENTRIES = 40
# What is counted for each column.
EMPTY_COUNTS = {"event": 0, "statement": 0, "request": 0, "later": 0}


@dataclass(frozen=True)
class Column:
    """One day, month, quarter, year or decade; a break is drawn in place of many empty ones.

    ``later`` counts what was not yet known on the query's day, beside what was. ``possible`` counts
    the entries whose wider dates could lie in it, where these are not drawn each for itself. A stub
    is all the time before or after the other columns.
    """

    edtf: str
    first: date
    last: date
    events: int = 0
    statements: int = 0
    requests: int = 0
    later: int = 0
    possible: int = 0
    is_break: bool = False
    is_stub: bool = False

    @property
    def total(self) -> int:
        return self.events + self.statements + self.requests + self.later

    @property
    def when(self) -> FuzzyDate:
        return parse_edtf(self.edtf)


@dataclass(frozen=True)
class Span:
    """One date that is wider than a column, and how many entries have it."""

    when: FuzzyDate
    events: int
    statements: int
    requests: int
    later: int


@dataclass(frozen=True)
class Histogram:
    """``wide`` is the number of entries whose dates are wider than a column.

    They are in ``spans``, or if there are too many for that, in ``possible`` of the columns.
    """

    scale: str
    columns: list[Column] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    wide: int = 0


def histogram(query: TimelineQuery, source: EntrySource) -> Histogram | None:
    """Where the dated entries of a query lie, whatever range it asks for; None without any.

    Where few entries lie far from most others (``main_range``), the columns are those of the time
    of the others, and the few are in a stub before or after them. Where all dates are wider than
    its columns, a scale is as coarse as it must be to count one. The source is asked once for each
    scale that is tried, and three times besides, however many entries there are. As known on a day,
    later entries are counted apart, unless the query leaves them out.
    """
    day = query.as_of_day if query.shows_later else None
    query = query.with_(since=None, until=None)
    days = source.ends_of_dates(query, with_later=bool(day))
    if days is None:
        return None
    main = days
    while True:
        first, last = _at_least(MIN_COLUMNS, *main)
        scale = scale_between(first, last)
        counts = source.column_counts(query, scale, day)
        narrower = _main_days(scale, counts, days)
        # A finer scale may show that the range is narrower still.
        if narrower[0] <= main[0] and narrower[1] >= main[1]:
            break
        main = max(main[0], narrower[0]), min(main[1], narrower[1])
    if not counts:
        # All dates are wider than a column: the first scale whose columns are wide enough for one.
        for coarser in _scales_within(scale, days):
            if counts := source.column_counts(query, coarser, day):
                scale = coarser
                first, last = _at_least(MIN_COLUMNS * DAYS_OF_SCALE[scale], *days)
                break
    columns = list(columns_between(scale, first, last, _by_day(scale, counts)))
    columns = _with_stubs(columns, scale, counts, days)
    wide = source.wide_entries(query, scale, limit=MAX_WIDE_ENTRIES + 1, with_later=bool(day))
    spans = _spans(wide, day) if len(wide) <= MAX_WIDE_ENTRIES else []
    if wide and not 0 < len(spans) <= MAX_SPANS:
        ends = source.wide_ends(query, scale, with_later=bool(day))
        columns = with_possible(scale, columns, ends)
        return Histogram(scale, _drawn_columns(columns), wide=ends.total)
    return Histogram(scale, _drawn_columns(columns), spans, len(wide))


def _main_days(
    scale: str, counts: Mapping[tuple[int, str], int], days: tuple[date, date]
) -> tuple[date, date]:
    """The first and the last day of the columns that hold most entries; all days, if none do."""
    totals: Counter[int] = Counter()
    for (place, _kind), entries in counts.items():
        totals[place] += entries
    if not totals:
        return days
    places = sorted(totals)
    main = main_range(totals)
    if main == (places[0], places[-1]):
        return days
    after = start_of_place(scale, main[1] + 1)
    return (
        max(days[0], start_of_place(scale, main[0])),
        min(days[1], after - timedelta(days=1)),
    )


def _by_day(scale: str, counts: Mapping[tuple[int, str], int]) -> dict[date, dict[str, int]]:
    """By the first day of each column, its entries of each kind."""
    by_day: dict[date, dict[str, int]] = {}
    for (place, kind), entries in counts.items():
        start = start_of_place(scale, place)
        by_day.setdefault(start, dict.fromkeys(EMPTY_COUNTS, 0))[kind] += entries
    return by_day


def _with_stubs(
    columns: list[Column],
    scale: str,
    counts: Mapping[tuple[int, str], int],
    days: tuple[date, date],
) -> list[Column]:
    """The columns, with a stub for the entries before them and one for those after them."""
    first, last = columns[0].first, columns[-1].last
    before, after = dict.fromkeys(EMPTY_COUNTS, 0), dict.fromkeys(EMPTY_COUNTS, 0)
    for (place, kind), entries in counts.items():
        start = start_of_place(scale, place)
        if start < first:
            before[kind] += entries
        elif start > last:
            after[kind] += entries
    if any(before.values()):
        columns = [_stub(days[0], first - timedelta(days=1), before), *columns]
    if any(after.values()):
        columns = [*columns, _stub(last + timedelta(days=1), days[1], after)]
    return columns


def _stub(first: date, last: date, counts: Mapping[str, int]) -> Column:
    return Column(
        f"{first.isoformat()}/{last.isoformat()}",
        first,
        last,
        events=counts["event"],
        statements=counts["statement"],
        requests=counts["request"],
        later=counts["later"],
        is_stub=True,
    )


def with_possible(scale: str, columns: list[Column], ends: WideEnds) -> list[Column]:
    """The columns with the number of wide dates that could lie in each.

    An end that is None is open; one before the first column counts as being there.
    """
    starts = [place_of_day(scale, column.first) for column in columns]
    steps = [0] * (len(columns) + 1)
    for first, entries in ends.starts.items():
        steps[0 if first is None else max(0, bisect_right(starts, first) - 1)] += entries
    for last, entries in ends.ends.items():
        steps[len(columns) if last is None else bisect_right(starts, last)] -= entries
    return [
        replace(column, possible=possible)
        for column, possible in zip(columns, accumulate(steps), strict=False)
    ]


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


def _scales_within(scale: str, days: tuple[date, date]) -> list[str]:
    """The coarser scales whose columns are not longer than the time between the two days."""
    coarser = list(DAYS_OF_SCALE)[list(DAYS_OF_SCALE).index(scale) + 1 :]
    length = (days[1] - days[0]).days + 1
    return [name for name in coarser if DAYS_OF_SCALE[name] <= length]


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


def _drawn_columns(columns: list[Column]) -> list[Column]:
    """The columns with their gaps collapsed, unless that leaves nothing but a break."""
    shortened = collapse_gaps(columns)
    is_empty = all(column.is_break for column in shortened)
    return columns if is_empty and len(columns) <= MAX_EMPTY_COLUMNS else shortened


def collapse_gaps(columns: list[Column]) -> list[Column]:
    """The columns with each long run of empty ones made into one break.

    Columns in which as many wide dates are possible are one run; a break has that number.
    """
    shortened: list[Column] = []
    for (is_empty, possible, _is_stub), group in groupby(
        columns, key=lambda column: (not column.total, column.possible, column.is_stub)
    ):
        run = list(group)
        if is_empty and len(run) > MAX_GAP:
            gap = Column("", run[0].first, run[-1].last, possible=possible, is_break=True)
            shortened.append(gap)
        else:
            shortened += run
    return shortened


def place_of_day(scale: str, day: date) -> int:
    """The number of the column of a day (``EntrySource.column_counts``)."""
    if scale == "day":
        return day.toordinal()
    return (month_number(day) or 0) // MONTHS_OF_SCALE[scale]


def start_of_place(scale: str, place: int) -> date:
    """The first day of the column with this number."""
    if scale == "day":
        return date.fromordinal(place)
    year, month = divmod(place * MONTHS_OF_SCALE[scale], 12)
    return date(max(1, year), month + 1, 1)


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
    months = MONTHS_OF_SCALE[scale]
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
