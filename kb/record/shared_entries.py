"""The entries that name at least two of some actors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

from kb.record.entry_source import EntrySource
from kb.record.filter_fields import Choice
from kb.record.models import Entry
from kb.record.query import TimelineQuery


class SharedEntries(NamedTuple):
    """The first entries in the order of time, and the number of all of them."""

    entries: list[Entry]
    total: int


def shared_entries(source: EntrySource, actors: Sequence[Choice], limit: int) -> SharedEntries:
    """The first ``limit`` entries that name two or more of the actors, oldest first.

    Two to four actors. The number is counted from those of pairs, of three and of all four: an
    entry that names three is in three pairs, one that names four in six.
    """
    entries: dict[int, Entry] = {}
    for pair in combinations(actors, 2):
        query = query_for_all(pair).with_(size=limit)
        entries |= {entry.pk: entry for entry in source.page(query).entries}
    total = sum(
        sign * source.count(query_for_all(group))
        for size, sign in ((2, 1), (3, -2), (4, 3))
        for group in combinations(actors, size)
    )
    ordered = sorted(entries.values(), key=lambda entry: entry.sort_key)
    return SharedEntries(ordered[:limit], total)


def query_for_all(actors: Sequence[Choice]) -> TimelineQuery:
    """The entries that name all of these actors."""
    return TimelineQuery().with_values("all_actor", tuple(actors))


def query_for_one(actor: Choice, others: Sequence[Choice]) -> TimelineQuery:
    """The entries that name an actor and none of the others."""
    query = TimelineQuery().with_values("actor", (actor,))
    return query.with_values("not_actor", tuple(others))
