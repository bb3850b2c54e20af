"""Incidents as a list shows them: counts, and a small chart of when each happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.dates import FuzzyDate
from kb.record.answers import IncidentRow
from kb.record.list_rows import incident_rows
from kb.record.models import Revision
from kb.record.rendering import summary_html
from kb.site.charts.sparklines import sparklines
from kb.site.pages.incident import span_words


def incident_list(revisions: Sequence[Revision]) -> dict[str, Any]:
    """The context of ``incidents/_list.html``, in eight queries however many there are."""
    axis, charts = sparklines([one.public_id for one in revisions])
    incidents = [
        {
            **row,
            "summary_html": summary_html(row["summary"]),
            "changed": one.published_at,
            "span": _span(row),
            "chart": charts.get(one.public_id),
        }
        for row, one in zip(incident_rows(revisions), revisions, strict=True)
    ]
    return {"incidents": incidents, "axis": axis}


def _span(row: IncidentRow) -> str:
    """From when to when its dated entries are, in words; "" where none is dated."""
    if row["first"] is None or row["last"] is None:
        return ""
    first, last = (FuzzyDate.from_json(dict(one)) for one in (row["first"], row["last"]))
    return span_words(first, last)
