"""What stands under the columns of the histogram, also where there is little room."""

from __future__ import annotations

from typing import TypedDict

from django.utils.dates import MONTHS

from kb.record.histogram import Column
from kb.site.charts.axis import ColumnAxis

# With more columns, not each of them has a label.
MAX_LABELS = 16
# "class" is a keyword, so the class form cannot name it.
Label = TypedDict("Label", {"class": str, "text": str})


def column_labels(column: Column, axis: ColumnAxis, scale: str) -> list[Label]:
    """The full words for a wide chart and the short ones for a narrow one, or one for both."""
    words, short = _label_words(column, axis, scale)
    if words and words == short:
        return [{"class": "col", "text": words}]
    labels: list[Label] = [
        {"class": "col full", "text": words},
        {"class": "col short", "text": short},
    ]
    return [label for label in labels if label["text"]]


def _label_words(column: Column, axis: ColumnAxis, scale: str) -> tuple[str, str]:
    """The name under a column and its short form; "" where there is no room for either."""
    day, place, count = column.first, axis.place(column), len(axis.columns)
    if column.is_break or column.is_stub:
        return "…", "…"
    if scale == "month":
        name = str(MONTHS[day.month])
        if count <= MAX_LABELS:
            return (name[:3] if name.isascii() else name), (name[0] if name.isascii() else "")
        return (str(day.year), str(day.year)) if day.month == 1 or place == 0 else ("", "")
    if scale == "day":
        is_labelled = place % max(1, count // MAX_LABELS) == 0
        return (str(day.day), str(day.day) if place % 4 == 0 else "") if is_labelled else ("", "")
    if scale == "quarter":
        return (str(day.year), "") if day.month == 1 or place == 0 else ("", "")
    step = max(1, -(-count // MAX_LABELS))
    if place % step:
        return "", ""
    return str(day.year), str(day.year) if place % (step * 3) == 0 else ""
