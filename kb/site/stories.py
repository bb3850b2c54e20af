"""Incidents as a list shows them: counts, and a small chart of when each happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Max, Min

from kb.record.addresses import path_of
from kb.record.models import Facet, Revision
from kb.record.prose import html
from kb.site.incident import dates_at, span_words
from kb.site.sparks import sparks


def stories_of(revisions: Sequence[Revision]) -> dict[str, Any]:
    """The context of ``incidents/_list.html``, in eight queries however many there are."""
    ids = [one.public_id for one in revisions]
    own = Facet.objects.filter(name="incident", value__in=ids).order_by().values_list("value")
    entries = dict(own.annotate(found=Count("entry")))
    cited = own.filter(entry__facets__name="source")
    sources = dict(cited.annotate(found=Count("entry__facets__value", distinct=True)))
    claims = Counter(
        Revision.objects.standing()
        .filter(kind="proposition", document__incident__in=ids)
        .values_list("document__incident", flat=True)
    )
    axis, charts = sparks(ids)
    spans = _spans(ids)
    incidents = [
        {
            "title": one.title,
            "url": path_of("incident", one.slug),
            "summary_html": html(one.document["summary"]),
            "entries": entries.get(one.public_id, 0),
            "sources": sources.get(one.public_id, 0),
            "contested": claims[one.public_id],
            "changed": one.published_at,
            "span": spans.get(one.public_id, ""),
            "chart": charts.get(one.public_id),
        }
        for one in revisions
    ]
    return {"incidents": incidents, "axis": axis}


def _spans(incident_ids: Sequence[str]) -> dict[str, str]:
    """By incident, from when to when its dated entries are, in words. Two queries."""
    own = Facet.objects.filter(name="incident", value__in=incident_ids, entry__dated=True)
    ends = own.order_by().values_list("value").annotate(
        first=Min("entry__sort_key"), last=Max("entry__sort_key")
    )  # fmt: skip
    found = {incident: (first, last) for incident, first, last in ends}
    dates = dates_at(key for pair in found.values() for key in pair)
    return {one: span_words(dates[first], dates[last]) for one, (first, last) in found.items()}
