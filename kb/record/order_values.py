"""What the order of entries rests on, read from dates and documents: bounds, links, lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from kb.dates import FuzzyDate
from kb.record.documents import CitationPart, Document
from kb.record.graph import adjacency, component
from kb.record.ordering import (
    UNDATED_BOUNDS,
    BeforeLink,
    Bounds,
    DateConflictError,
    LinkCycleError,
    OrderedEntry,
    find_contradiction,
    find_cycle,
    tighten,
)
from kb.record.vocabulary import ORDERING_LINKS, Bearing


@dataclass(frozen=True)
class OrderConflict:
    """Links that cannot all be true: a cycle, or two entries whose dates contradict them.

    ``ids`` are those of the cycle, the earlier first, or of the two: the first is linked before the
    second, but its date is certainly later.
    """

    ids: tuple[str, ...]
    is_cycle: bool


def bounds_of(when: FuzzyDate, *, in_one_zone: bool = False) -> Bounds:
    """The first and the last second of a date in UTC, for ``kb.record.ordering``.

    A date without a zone is as wide as all zones together, unless all are ``in_one_zone``.
    """
    first, last = when.seconds(in_one_zone=in_one_zone)
    return Bounds(first, None if last is None else last - 1)


class DatePlace(NamedTuple):
    """What the place of an entry depends on of its date, as ``OrderedEntry`` has it."""

    bounds: Bounds
    anchor: int | None
    has_zone: bool | None


def ordered_entry(document: Document) -> OrderedEntry:
    """What the place of an event, a statement or a request depends on, besides links."""
    when = document["date"]
    carrier, position = list_of(document["citations"])
    # Dates of documents from before there were times have none.
    place = date_place(when["edtf"] or "", when["zone"] or "", when.get("time") or "")
    return OrderedEntry(
        id=document["id"],
        bounds=place.bounds,
        carrier=carrier,
        position=position,
        anchor=place.anchor,
        has_zone=place.has_zone,
    )


@lru_cache(maxsize=16384)
def date_place(edtf: str, zone: str, time: str) -> DatePlace:
    """The place of a date. Remembered, because entries share their dates."""
    when = FuzzyDate(edtf, "", zone, time)
    is_moment = bool(time)
    return DatePlace(
        bounds=bounds_of(when),
        anchor=None if is_moment or when.is_unknown else when.sort_key[0] * 60,
        has_zone=when.has_zone if is_moment else None,
    )


def list_of(citations: Iterable[CitationPart]) -> tuple[str, int | None]:
    """The source that lists an entry among its points, and its place there.

    It is the first supporting source that was read and has a position; ("", None) without any.
    """
    for citation in citations:
        is_read = citation["bearing"] == Bearing.SUPPORTS and citation["via"] is None
        if is_read and citation["position"] is not None:
            return citation["source"], citation["position"]
    return "", None


def links_of(document: Document) -> list[BeforeLink]:
    """The ordering links of an entry, each from the entry that it leads to."""
    return [
        BeforeLink(link["to"], document["id"], link["kind"])
        for link in document["links"]
        if link["kind"] in ORDERING_LINKS
    ]


def find_conflict(
    dates: Mapping[str, FuzzyDate], links: Iterable[BeforeLink]
) -> OrderConflict | None:
    """Return a cycle of links, or two dates that contradict the links between them, or None.

    Two dates that state no zone are compared as if in the same one; others as moments.
    """
    links = list(links)
    if cycle := find_cycle(links):
        return OrderConflict(tuple(cycle), is_cycle=True)
    in_one_zone = {
        public_id: UNDATED_BOUNDS if when.has_zone else bounds_of(when, in_one_zone=True)
        for public_id, when in dates.items()
    }
    as_moments = {public_id: bounds_of(when) for public_id, when in dates.items()}
    for bounds in (in_one_zone, as_moments):
        if pair := find_contradiction(bounds, links):
            return OrderConflict(pair, is_cycle=False)
    return None


def possible_links(
    entries: Iterable[OrderedEntry], links: Iterable[BeforeLink]
) -> list[BeforeLink]:
    """The links without those of each connected part in which they cannot all be true."""
    bounds = {entry.id: entry.bounds for entry in entries}
    links = list(links)
    ends = adjacency([pair for link in links for pair in _both_ways(link)])
    by_earlier: defaultdict[str, list[BeforeLink]] = defaultdict(list)
    for link in links:
        by_earlier[link.earlier].append(link)
    finished: set[str] = set()
    possible: list[BeforeLink] = []
    for public_id in ends:
        if public_id in finished:
            continue
        part = component([public_id], _neighbours_in(ends))
        finished |= part
        own = [link for member in sorted(part) for link in by_earlier.get(member, ())]
        try:
            tighten({member: bounds[member] for member in part & bounds.keys()}, own)
        except (LinkCycleError, DateConflictError):
            continue
        possible += own
    return possible


def _neighbours_in(
    ends: Mapping[str, Collection[str]],
) -> Callable[[Collection[str]], Iterable[str]]:
    return lambda batch: {end for public_id in batch for end in ends.get(public_id, ())}


def _both_ways(link: BeforeLink) -> list[tuple[str, str]]:
    return [(link.earlier, link.later), (link.later, link.earlier)]
