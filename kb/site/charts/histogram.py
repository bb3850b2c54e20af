"""The density ribbon: the shapes of when things happened, x in percent and y in pixels."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.dates import MONTHS
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.record.histogram import Column, Histogram, Span, histogram
from kb.record.query import TimelineQuery

BARS_HEIGHT = 96  # pixels that the highest column may take
BLOCK = 16  # of one entry, while all can be drawn as blocks
TOP = 20  # above the bars, for the number
FLAG = 16  # above that, for the words of the day that is looked at
LABELS = 22  # below them, for the names of the columns
LANE = 17
CHARACTER = 0.62  # percent of the width that a letter of a label takes, at most
MAX_LABELS = 16


def histogram_chart(
    query: TimelineQuery, url: Callable[[TimelineQuery], str]
) -> dict[str, Any] | None:
    """What ``timeline/_ribbon.html`` draws; None when nothing that was found has a date.

    ``url`` gives the address of a query on the page that the ribbon stands on.
    """
    found = histogram(query)
    if found is None or not found.columns:
        return None
    axis = _Axis(found.columns)
    flag = _flag(query, axis)
    base = TOP + _tall(found) + (FLAG if flag else 0)
    lanes = _lanes(found.spans, axis, base)
    height = base + LABELS + (max((one["lane"] for one in lanes), default=-1) + 1) * LANE + 4
    start, end = axis.x(query.earliest, 0.0), axis.x(query.latest, 100.0, after=True)
    return {
        "title": _title(found),
        "height": height,
        "base": base,
        "columns": [_bar(column, axis, base, found, query, url) for column in axis.columns],
        "lanes": lanes,
        "unshown": found.unshown,
        "later": any(one.later for one in (*found.columns, *found.spans)),
        "flag": flag,
        "label_y": base + 16,
        "range": {"x": start, "width": round(end - start, 2), "end": end}
        if query.has_range
        else {"x": 0.0, "width": 0, "end": 100.0},
        # What the handles of the script stop at: where, what it writes, and how it is said.
        "stops": json.dumps(
            [
                [axis.left(column), axis.right(column), column.edtf, str(column.when.words())]
                for column in axis.columns
                if not column.is_break
            ]
        ),
    }


def _title(found: Histogram) -> str:
    by = {
        "day": _("by day"),
        "month": _("by month"),
        "quarter": _("by quarter"),
        "year": _("by year"),
        "decade": _("by decade"),
    }[found.scale]
    first, last = found.columns[0].first.year, found.columns[-1].last.year
    years = str(first) if first == last else f"{first}–{last}"
    return _("When it happened: %(years)s, %(by)s") % {"years": years, "by": by}


def _flag(query: TimelineQuery, axis: _Axis) -> dict[str, Any] | None:
    """Where the day stands on which the record is to be known; None off the paper."""
    if query.known is None or not axis.columns[0].first <= query.known.latest:
        return None
    if query.known.latest > axis.columns[-1].last:
        return None
    x = axis.x(query.known.latest, 100.0, after=True)
    words = _("Known on %(day)s") % {"day": query.known.words()}
    return {"x": x, "words": words, "before": x > 50}


def _tall(found: Histogram) -> int:
    """The height of the bars: little where every date is wider than a column."""
    return BARS_HEIGHT if any(column.total for column in found.columns) else LANE


class _Axis:
    """Columns of equal width from 0 to 100 percent; days lie between them in proportion."""

    def __init__(self, columns: list[Column]) -> None:
        self.columns = columns
        self.width = 100 / len(columns)
        self.places = {id(column): place for place, column in enumerate(columns)}

    def left(self, column: Column) -> float:
        return round(self.places[id(column)] * self.width, 2)

    def right(self, column: Column) -> float:
        return round((self.places[id(column)] + 1) * self.width, 2)

    def x(self, day: date | None, otherwise: float, *, after: bool = False) -> float:
        """Where a day begins, or with ``after`` ends; ``otherwise`` where there is none."""
        if day is None:
            return otherwise
        if day < self.columns[0].first:
            return 0.0
        for place, column in enumerate(self.columns):
            if day <= column.last:
                days = (column.last - column.first).days + 1
                part = ((day - column.first).days + after) / days
                return round((place + part) * self.width, 2)
        return 100.0


def _bar(
    column: Column,
    axis: _Axis,
    base: int,
    found: Histogram,
    query: TimelineQuery,
    url: Callable[[TimelineQuery], str],
) -> dict[str, Any]:
    most = max(one.total for one in found.columns)
    block = min(BLOCK, BARS_HEIGHT / max(most, 1))
    parts = (("event", column.events), ("statement", column.statements), ("later", column.later))
    gap = axis.width * 0.16
    label, short = _labels(column, axis, found.scale)
    shape: dict[str, Any] = {
        "is_break": column.is_break,
        "x": round(axis.left(column) + gap, 2),
        "width": round(axis.width - 2 * gap, 2),
        "left": axis.left(column),
        "middle": round(axis.left(column) + axis.width / 2, 2),
        "label": label,
        "short": short,
        "total": column.total,
        "events": column.events,
        "statements": column.statements,
        "later": column.later,
    }
    if not column.total:
        return shape
    words = str(capfirst(column.when.words()))
    y, blocks = float(base), []
    for kind, count in parts:
        y -= count * block
        if count:
            blocks.append({"kind": kind, "y": round(y, 1), "height": round(count * block, 1)})
    return shape | {
        "words": words,
        "said": _said(words, column),
        "url": url(query.with_(since=column.when, until=column.when)),
        "blocks": blocks,
        # Between blocks, while each entry can be seen as one.
        "lines": [round(base - n * block, 1) for n in range(1, column.total)] if block > 6 else [],
        "number_y": round(y - 6, 1),
        "numbered": axis.width > 1.6,
    }


def _said(when: str, of: Column | Span) -> str:
    """ "April 2023: 2 events, 1 statement"."""
    said = []
    if of.events:
        said.append(ngettext("%(n)d event", "%(n)d events", of.events) % {"n": of.events})
    if of.statements:
        text = ngettext("%(n)d statement", "%(n)d statements", of.statements)
        said.append(text % {"n": of.statements})
    if of.later:
        said.append(_("%(n)d not yet in a cited source") % {"n": of.later})
    counts = pgettext("between parts of a list", ", ").join(said)
    return pgettext("a date and what it holds", "%(when)s: %(counts)s") % {
        "when": when,
        "counts": counts,
    }


def _labels(column: Column, axis: _Axis, scale: str) -> tuple[str, str]:
    """The name under a column and its short form; "" where there is no room for either."""
    day, place, count = column.first, axis.places[id(column)], len(axis.columns)
    if column.is_break:
        return "…", "…"
    if scale == "month":
        name = str(MONTHS[day.month])
        if count <= MAX_LABELS:
            return (name[:3] if name.isascii() else name), (name[0] if name.isascii() else "")
        return (str(day.year), str(day.year)) if day.month == 1 or place == 0 else ("", "")
    if scale == "day":
        shown = place % max(1, count // MAX_LABELS) == 0
        return (str(day.day), str(day.day) if place % 4 == 0 else "") if shown else ("", "")
    if scale == "quarter":
        return (str(day.year), "") if day.month == 1 or place == 0 else ("", "")
    step = max(1, -(-count // MAX_LABELS))
    return (
        (str(day.year), str(day.year) if place % (step * 3) == 0 else "")
        if (place % step == 0)
        else ("", "")
    )


def _lanes(spans: list[Span], axis: _Axis, base: int) -> list[dict[str, Any]]:
    """The wide dates, each in the first lane where it and its words have room."""
    ends: list[float] = []
    found = []
    for span in spans:
        when = span.when
        x, right = axis.x(when.earliest, 0.0), axis.x(when.latest, 100.0, after=True)
        if when.earliest is None:
            x = max(0.0, right - 8)
        if when.latest is None:
            right = min(100.0, x + 8)
        label = _said(str(when.words()), span)
        needs = len(label) * CHARACTER + 1
        before = right + needs > 100 and x - needs >= 0
        first, last = (x - needs, right) if before else (x, right + needs)
        lane = next((n for n, end in enumerate(ends) if end + 1 < first), len(ends))
        ends[lane:] = [last, *ends[lane + 1 :]]
        found.append(
            {
                "lane": lane,
                "y": base + LABELS + lane * LANE + 4,
                "x": x,
                "right": right,
                "width": round(max(right - x, 0.4), 2),
                "open_left": when.earliest is None,
                "open_right": when.latest is None,
                "shape": _shape(span),
                "words": str(capfirst(when.words())),
                "events": span.events,
                "statements": span.statements,
                "later": span.later,
                "is_later": not (span.events or span.statements),
                "label": label,
                "label_x": round(x - 0.6 if before else right + 0.6, 2),
                "before": before,
            }
        )
    return found


def _shape(span: Span) -> str:
    """How a wide date is drawn: the class of its bar."""
    when = span.when
    if not (span.events or span.statements):
        return "bar-later"
    if when.earliest is None:
        return "fade-left"
    if when.latest is None:
        return "fade-right"
    return "soft" if when.qualifier else "wide"
