"""The numbers of a histogram as a table, on a page of their own."""

from __future__ import annotations

from typing import TypedDict

from django.http import HttpRequest

from kb.record.histogram import histogram
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.site.charts.histogram import HistogramChart, histogram_chart
from kb.site.pages.list_paths import ListPath
from kb.site.pages.page_meta import Head, page_head


class NumbersContext(TypedDict):
    """The context of ``timeline/numbers.html``; ``histogram`` is None where no entry has a date."""

    histogram: HistogramChart | None
    words: str
    back_url: str
    head: Head
    nav: str


def numbers_context(
    request: HttpRequest, query: TimelineQuery, list_path: ListPath
) -> NumbersContext:
    return {
        "histogram": histogram_chart(histogram(query, entry_source()), query, list_path.url),
        "words": query.describe(),
        "back_url": list_path.url(query),
        "head": page_head(request, query.describe()),
        "nav": list_path.nav,
    }
