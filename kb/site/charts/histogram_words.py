"""What the histogram says in words: its title, its peak, and each column and wide date."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kb.record.histogram import Column, Histogram, Span


def histogram_title(histogram: Histogram) -> str:
    """ "When it happened: 2023, by month"."""
    return _("When it happened: %(span)s") % {"span": scale_words(histogram)}


def scale_words(histogram: Histogram) -> str:
    """ "2023, by month"."""
    by = {
        "day": _("by day"),
        "month": _("by month"),
        "quarter": _("by quarter"),
        "year": _("by year"),
        "decade": _("by decade"),
    }[histogram.scale]
    columns = [column for column in histogram.columns if not column.is_stub]
    first, last = columns[0].first.year, columns[-1].last.year
    years = str(first) if first == last else f"{first}–{last}"
    return pgettext("years and the width of columns", "%(years)s, %(by)s") % {
        "years": years,
        "by": by,
    }


def peak_words(histogram: Histogram) -> str:
    """The highest column, "13 in December 2023"; "" if several are as high, or none has entries."""
    peak = max(histogram.columns, key=lambda column: column.total)
    heights = [column.total for column in histogram.columns]
    if not peak.total or heights.count(peak.total) > 1:
        return ""
    if histogram.scale == "day":
        pattern = pgettext("number of entries", "%(n)d on %(when)s")
    else:
        pattern = pgettext("number of entries", "%(n)d in %(when)s")
    return pattern % {"n": peak.total, "when": column_words(peak)}


def column_words(column: Column) -> str:
    """The time of a column in words; of a break or a stub, its years."""
    if column.is_break or column.is_stub:
        return f"{column.first.year}–{column.last.year}"
    return str(capfirst(column.when.words()))


def counts_words(when: str, counted: Column | Span) -> str:
    """ "April 2023: 2 events, 1 statement"."""
    parts = []
    if counted.events:
        text = ngettext("%(n)d event", "%(n)d events", counted.events)
        parts.append(text % {"n": counted.events})
    if counted.statements:
        text = ngettext("%(n)d statement", "%(n)d statements", counted.statements)
        parts.append(text % {"n": counted.statements})
    if counted.requests:
        text = ngettext("%(n)d request for comment", "%(n)d requests for comment", counted.requests)
        parts.append(text % {"n": counted.requests})
    if counted.later:
        parts.append(_("%(n)d not yet in a cited source") % {"n": counted.later})
    counts = pgettext("between parts of a list", ", ").join(parts)
    return pgettext("a date and what it holds", "%(when)s: %(counts)s") % {
        "when": when,
        "counts": counts,
    }
