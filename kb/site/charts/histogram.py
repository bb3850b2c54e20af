"""The histogram above a timeline: the shapes of when things happened, x in percent, y in pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict

from django.utils.translation import gettext as _

from kb.record.histogram import Column, Histogram
from kb.record.query import TimelineQuery
from kb.site.charts.axis import ColumnAxis
from kb.site.charts.histogram_labels import MAX_LABELS, Label, column_labels
from kb.site.charts.histogram_words import (
    column_words,
    counts_words,
    histogram_title,
    peak_words,
    scale_words,
)
from kb.site.charts.wide_dates import (
    LABELS_HEIGHT,
    LANE_HEIGHT,
    Band,
    Lane,
    lane_ends,
    wide_date_band,
    wide_date_lanes,
)

BARS_HEIGHT = 96  # pixels that the highest column may take
BLOCK_HEIGHT = 16  # of one entry, while every entry is drawn as a block
TOP_HEIGHT = 20  # above the bars, for the number
FLAG_HEIGHT = 16  # above that, for the words of the day in "as known on"
MIN_SEPARATE_HEIGHT = 6  # of an entry that is drawn apart from the others of its column
PLAIN_KINDS = ("event", "statement", "request")

Address = Callable[[TimelineQuery], str]


class Block(TypedDict):
    kind: str
    y: float
    height: float


class Bar(TypedDict):
    """One column; the keys after ``possible`` are there only when it holds entries or may do so.

    ``patterned`` are the blocks with a pattern, which a shape for all columns would distort.
    """

    is_break: bool
    is_stub: bool
    x: float
    width: float
    left: float
    middle: float
    labels: list[Label]
    total: int
    events: int
    statements: int
    requests: int
    later: int
    possible: int
    words: NotRequired[str]
    description: NotRequired[str]
    url: NotRequired[str]
    blocks: NotRequired[list[Block]]
    patterned: NotRequired[list[Block]]
    top: NotRequired[float]
    height: NotRequired[float]
    number_y: NotRequired[float]
    has_number: NotRequired[bool]


class Flag(TypedDict):
    """The day of "as known on"."""

    x: float
    words: str
    before: bool


class SelectedRange(TypedDict):
    x: float
    width: float
    end: float


class HistogramChart(TypedDict):
    """What ``timeline/_histogram.html`` draws.

    ``span`` and ``peak`` are the words of the strip; ``strip_box`` is its ``viewBox``. ``stubs``
    are those of ``columns`` that stand for all the time before or after the others.
    """

    title: str
    span: str
    peak: str
    strip_box: str
    height: int
    base: int
    columns: list[Bar]
    stubs: list[Bar]
    bars: list[tuple[str, str]]
    ticks: str
    ends: str
    lanes: list[Lane]
    band: Band | None
    requests: bool
    later: bool
    flag: Flag | None
    label_y: int
    range: SelectedRange
    stops: str


def histogram_chart(
    histogram: Histogram | None, query: TimelineQuery, url: Address
) -> HistogramChart | None:
    """The chart of a query's histogram; None when no entry has a date.

    ``url`` gives the address of a query on the page that shows the chart.
    """
    if histogram is None or not histogram.columns:
        return None
    axis = ColumnAxis(histogram.columns)
    flag = _flag(query, axis)
    base = TOP_HEIGHT + _bars_height(histogram) + (FLAG_HEIGHT if flag else 0)
    lanes = wide_date_lanes(histogram.spans, axis, base)
    band = wide_date_band(histogram, axis, base)
    most = _most(histogram)
    columns = [
        _bar(column, axis, base, histogram.scale, most, query, url) for column in axis.columns
    ]
    lane_count = 2 if band else max((lane["lane"] for lane in lanes), default=-1) + 1
    return {
        "title": histogram_title(histogram),
        "span": scale_words(histogram),
        "peak": peak_words(histogram),
        "strip_box": f"0 {base - _bars_height(histogram)} 100 {_bars_height(histogram)}",
        "height": base + LABELS_HEIGHT + lane_count * LANE_HEIGHT + 4,
        "base": base,
        "columns": columns,
        "stubs": [bar for bar in columns if bar["is_stub"]],
        "bars": _filled_bars(columns, most, base),
        "ticks": "".join(f"M{bar['left']:g} {base}v4" for bar in columns),
        "ends": "".join(map(lane_ends, lanes)),
        "lanes": lanes,
        "band": band,
        "requests": _has_requests(histogram),
        "later": _has_later(histogram),
        "flag": flag,
        "label_y": base + 16,
        "range": _selected_range(query, axis),
        "stops": _stops(axis),
    }


def _has_requests(histogram: Histogram) -> bool:
    return any(column.requests for column in histogram.columns) or any(
        span.requests for span in histogram.spans
    )


def _has_later(histogram: Histogram) -> bool:
    return any(column.later for column in histogram.columns) or any(
        span.later for span in histogram.spans
    )


def _selected_range(query: TimelineQuery, axis: ColumnAxis) -> SelectedRange:
    if not query.has_range:
        return {"x": 0.0, "width": 0, "end": 100.0}
    start = axis.position(query.earliest, 0.0)
    end = axis.position(query.latest, 100.0, end=True)
    return {"x": start, "width": round(end - start, 2), "end": end}


def _stops(axis: ColumnAxis) -> str:
    """Where the handles of the script stop, a line for each column.

    Left and right end, the date to write, and its words if they differ from it, separated by |.
    """
    lines = []
    for column in axis.columns:
        if not column.is_break:
            words = str(column.when.words())
            parts = [f"{axis.left(column):g}", f"{axis.right(column):g}", column.edtf]
            lines.append("|".join([*parts, words] if words != column.edtf else parts))
    return "\n".join(lines)


def _flag(query: TimelineQuery, axis: ColumnAxis) -> Flag | None:
    """Where the day of "as known on" is; None outside the chart."""
    day = query.as_of_day
    if query.known is None or day is None or not axis.columns[0].first <= day:
        return None
    if day > axis.columns[-1].last:
        return None
    x = axis.position(day, 100.0, end=True)
    words = _("Known on %(day)s") % {"day": query.known.words()}
    return {"x": x, "words": words, "before": x > 50}


def _bars_height(histogram: Histogram) -> int:
    """The height of the bars: little where every date is wider than a column."""
    return BARS_HEIGHT if any(column.total for column in histogram.columns) else LANE_HEIGHT


def _bar(
    column: Column,
    axis: ColumnAxis,
    base: int,
    scale: str,
    most: int,
    query: TimelineQuery,
    url: Address,
) -> Bar:
    gap = axis.width * 0.16
    bar: Bar = {
        "is_break": column.is_break,
        "is_stub": column.is_stub,
        "x": round(axis.left(column) + gap, 2),
        "width": round(axis.width - 2 * gap, 2),
        "left": axis.left(column),
        "middle": round(axis.left(column) + axis.width / 2, 2),
        "labels": column_labels(column, axis, scale),
        "total": column.total,
        "events": column.events,
        "statements": column.statements,
        "requests": column.requests,
        "later": column.later,
        "possible": column.possible,
    }
    words = column_words(column)
    if column.possible:
        bar["words"] = words
    if not column.total:
        return bar
    height = _block_height(most)
    blocks = _blocks(column, base, height)
    bar |= {
        "words": words,
        "description": counts_words(words, column),
        "url": url(query.with_(since=column.when, until=column.when)),
        "blocks": blocks,
        "patterned": [block for block in blocks if block["kind"] not in PLAIN_KINDS],
        "top": round(base - column.total * height, 1),
        "height": round(column.total * height, 1),
        "number_y": round(base - column.total * height - 6, 1),
        "has_number": column.is_stub or len(axis.columns) <= MAX_LABELS or column.total == most,
    }
    return bar


def _block_height(most: int) -> float:
    """The height of one entry; ``most`` are in the highest column."""
    return min(BLOCK_HEIGHT, BARS_HEIGHT / max(most, 1))


def _most(histogram: Histogram) -> int:
    return max(column.total for column in histogram.columns)


def _filled_bars(columns: Sequence[Bar], most: int, base: int) -> list[tuple[str, str]]:
    """The class and the path of each shape that is drawn for all columns at once.

    x is in percent and y in pixels. The last shape separates the entries of a bar, while each of
    them can be seen.
    """
    shapes = {f"bar-{kind}": "" for kind in PLAIN_KINDS} | {"gap": ""}
    height = _block_height(most)
    for bar in columns:
        for block in bar.get("blocks", []):
            if block["kind"] in PLAIN_KINDS:
                shapes[f"bar-{block['kind']}"] += _box(bar, block["y"], block["height"])
        if height > MIN_SEPARATE_HEIGHT:
            for number in range(1, bar["total"]):
                shapes["gap"] += f"M{bar['x']:g} {base - number * height:g}h{bar['width']:g}"
    return [(name, path) for name, path in shapes.items() if path]


def _box(bar: Bar, y: float, height: float) -> str:
    return f"M{bar['x']:g} {y:g}h{bar['width']:g}v{height:g}h-{bar['width']:g}z"


def _blocks(column: Column, base: int, height: float) -> list[Block]:
    """Events at the bottom, then statements, requests, and what was not yet known."""
    parts = (
        ("event", column.events),
        ("statement", column.statements),
        ("request", column.requests),
        ("later", column.later),
    )
    y, blocks = float(base), list[Block]()
    for kind, count in parts:
        y -= count * height
        if count:
            blocks.append({"kind": kind, "y": round(y, 1), "height": round(count * height, 1)})
    return blocks
