"""Below the columns of the histogram: dates that are wider than a column, as lanes or as one band.

x and widths are in percent, y and heights in pixels.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import TypedDict

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.record.histogram import Histogram, Span
from kb.site.charts.axis import ColumnAxis
from kb.site.charts.histogram_words import counts_words

LABELS_HEIGHT = 22  # above the lanes, for the names of the columns
LANE_HEIGHT = 17
BAND_HEIGHT = 28  # of the column in which most wide dates are possible
LETTER_WIDTH = 0.62  # percent of the width that a letter of a label takes, at most


class Lane(TypedDict):
    """One date that is wider than a column, with its words beside it."""

    lane: int
    y: int
    x: float
    right: float
    width: float
    open_left: bool
    open_right: bool
    shape: str
    words: str
    events: int
    statements: int
    requests: int
    later: int
    is_later: bool
    label: str
    label_x: float
    before: bool


class BandPart(TypedDict):
    """Neighbouring columns of the band in which about as many wide dates could lie."""

    x: float
    width: float
    y: float
    height: float


class Band(TypedDict):
    """All wide dates as one band, where there are too many to draw each for itself.

    ``count`` is the number of entries that have them, ``most`` the number in the highest part.
    """

    count: int
    most: int
    words: str
    most_words: str
    parts: list[BandPart]


def lane_ends(lane: Lane) -> str:
    """The path of the lines at the known ends of a wide date."""
    ends = ((lane["x"], lane["open_left"]), (lane["right"], lane["open_right"]))
    return "".join(f"M{x:g} {lane['y'] - 2}v13" for x, is_open in ends if not is_open)


def wide_date_band(histogram: Histogram, axis: ColumnAxis, base: int) -> Band | None:
    """The wide dates as one band below the columns; None where each is drawn for itself."""
    most = max(column.possible for column in histogram.columns)
    if not most:
        return None
    bottom = base + LABELS_HEIGHT + 2 * LANE_HEIGHT
    parts: list[BandPart] = []
    for height, group in groupby(
        axis.columns, lambda column: math.ceil(BAND_HEIGHT * column.possible / most)
    ):
        columns = list(group)
        if height:
            x, end = axis.left(columns[0]), axis.right(columns[-1])
            part: BandPart = {
                "x": x,
                "width": round(end - x, 2),
                "y": bottom - height,
                "height": height,
            }
            parts.append(part)
    words = ngettext(
        "%(n)d entry has a date that is wider than a column.",
        "%(n)d entries have dates that are wider than a column.",
        histogram.wide,
    ) % {"n": histogram.wide}
    most_words = _("At most %(n)d could be in one column.") % {"n": most}
    return {
        "count": histogram.wide,
        "most": most,
        "words": words,
        "most_words": most_words,
        "parts": parts,
    }


def wide_date_lanes(spans: list[Span], axis: ColumnAxis, base: int) -> list[Lane]:
    """The wide dates, each in the first lane where it and its words have room."""
    ends: list[float] = []
    lanes = []
    for span in spans:
        x, right = _ends(span, axis)
        label = counts_words(str(span.when.words()), span)
        label_width = len(label) * LETTER_WIDTH + 1
        before = right + label_width > 100 and x - label_width >= 0
        first, last = (x - label_width, right) if before else (x, right + label_width)
        lane = next((n for n, end in enumerate(ends) if end + 1 < first), len(ends))
        ends[lane:] = [last, *ends[lane + 1 :]]
        lanes.append(_lane(span, lane, base, x, right, label, before=before))
    return lanes


def _ends(span: Span, axis: ColumnAxis) -> tuple[float, float]:
    """Where a span begins and ends; one that is open at an end is drawn short."""
    when = span.when
    x = axis.position(when.earliest, 0.0)
    right = axis.position(when.latest, 100.0, end=True)
    if when.earliest is None:
        x = round(max(0.0, right - 8), 2)
    if when.latest is None:
        right = round(min(100.0, x + 8), 2)
    return x, right


def _lane(
    span: Span, lane: int, base: int, x: float, right: float, label: str, *, before: bool
) -> Lane:
    when = span.when
    return {
        "lane": lane,
        "y": base + LABELS_HEIGHT + lane * LANE_HEIGHT + 4,
        "x": x,
        "right": right,
        "width": round(max(right - x, 0.4), 2),
        "open_left": when.earliest is None,
        "open_right": when.latest is None,
        "shape": _shape(span),
        "words": str(capfirst(when.words())),
        "events": span.events,
        "statements": span.statements,
        "requests": span.requests,
        "later": span.later,
        "is_later": _is_later(span),
        "label": label,
        "label_x": round(x - 0.6 if before else right + 0.6, 2),
        "before": before,
    }


def _is_later(span: Span) -> bool:
    """Whether nothing of this date was known on the chosen day."""
    return not (span.events or span.statements or span.requests)


def _shape(span: Span) -> str:
    """How a wide date is drawn: the class of its bar."""
    when = span.when
    if _is_later(span):
        return "bar-later"
    if when.earliest is None:
        return "fade-left"
    if when.latest is None:
        return "fade-right"
    return "soft" if when.qualifier else "wide"
