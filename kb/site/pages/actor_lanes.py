"""How many entries each lane of an actor's page has, and the chart of when they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from kb.record.entry_source import DateCounts, EntrySource
from kb.record.query import TimelineQuery
from kb.site.charts.lane_columns import column_scale, columns_chart
from kb.site.charts.swimlanes import (
    FACETS,
    SwimlanesChart,
    facet_groups,
    lane_counts,
    lane_of,
    swimlanes_chart,
)

# Up to so many entries each date is drawn for itself; more are counted in columns.
MAX_DRAWN_ENTRIES = 200


class ActorLanes(NamedTuple):
    """``counts`` are the entries of each lane by its parameter."""

    counts: Mapping[str, int]
    chart: SwimlanesChart | None


def actor_lanes(source: EntrySource, query: TimelineQuery, public_id: str, name: str) -> ActorLanes:
    """The lanes of an actor; ``query`` finds its entries, ``name`` is for the words of the chart.

    Reads the dates of MAX_DRAWN_ENTRIES entries at most; what there is of more, the source counts.
    """
    if source.totals("actor", [public_id]).get(public_id, 0) <= MAX_DRAWN_ENTRIES:
        groups = facet_groups(public_id)
        return ActorLanes(lane_counts(groups), swimlanes_chart(groups, name))
    ends = source.ends_of_dates(query)
    scale = column_scale(*ends) if ends else "month"
    lanes = _lanes(source, public_id, scale)
    counts = {lane: dates.total for lane, dates in lanes.items()}
    return ActorLanes(counts, columns_chart(lanes, scale, *ends, name) if ends else None)


def _lanes(source: EntrySource, public_id: str, scale: str) -> dict[str, DateCounts]:
    """When the entries of each lane were, by its parameter; ``actor`` has all of them."""
    lanes: dict[str, DateCounts] = {}
    for group, dates in source.date_counts(public_id, FACETS, scale).items():
        for lane in {group.name, lane_of(*group)}:
            lanes[lane] = _sum(lanes[lane], dates) if lane in lanes else dates
    return lanes


def _sum(first: DateCounts, second: DateCounts) -> DateCounts:
    columns = Counter(first.columns)
    columns.update(second.columns)
    return DateCounts(columns, first.wide + second.wide, first.undated + second.undated)
