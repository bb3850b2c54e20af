"""Rows that are probably the same thing twice, for an editor who may merge them.

Actors by their names, sources by their addresses, events by date and title. Nothing is merged here.
A pair that an editor has marked as different is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations
from typing import Any

from kb.desk.models import Actor, ActorName, DistinctPair, Event, Publishable, Source
from kb.desk.models.base import WorkflowState
from kb.record.chunks import in_chunks
from kb.text.links import address_key
from kb.text.normalise import fold_name

SIMILARITY = 0.86  # of the titles of events of one date, as in `warnings`
MAX_EVENTS_OF_A_DATE = 60
MAX_DOUBLES = 100


@dataclass(frozen=True)
class Double:
    """Two rows of one kind: ``origin`` would be merged into ``target``."""

    origin: Publishable
    target: Publishable

    @property
    def kind(self) -> str:
        return self.target.kind


def probable_doubles() -> list[Double]:
    """The pairs, of at most 100 groups of each kind.

    Costs eight queries at most, and three more for each 500 rows that are marked as different.
    Reads all names and dates.
    """
    marked = list(DistinctPair.objects.values_list("first", "second"))
    return [
        *_pairs(Actor, _actors(), marked),
        *_pairs(Source, _sources(), marked),
        *_pairs(Event, _events(), marked),
    ]


def _name_key(name: str) -> str:
    return "".join(letter for letter in fold_name(name) if letter.isalnum())


def _actors() -> Iterator[list[int]]:
    """The keys of actors of one kind that share a name, however it is written."""
    actors = Actor.objects.exclude(state=WorkflowState.WITHDRAWN)
    kinds: dict[int, str] = {}
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for key, kind, name in actors.values_list("pk", "actor_kind", "name"):
        kinds[key] = kind
        groups[kind, _name_key(name)].append(key)
    for key, name in ActorName.objects.values_list("actor", "name"):
        if key in kinds:
            groups[kinds[key], _name_key(name)].append(key)
    yield from (keys for (_kind, name), keys in groups.items() if name)


def _sources() -> Iterator[list[int]]:
    """The keys of sources whose addresses differ only in what seldom chooses the page."""
    groups: dict[str, list[int]] = defaultdict(list)
    sources = Source.objects.exclude(state=WorkflowState.WITHDRAWN).exclude(url="")
    for key, url in sources.values_list("pk", "url"):
        groups[address_key(url)].append(key)
    yield from (keys for address, keys in groups.items() if address)


def _events() -> Iterator[list[int]]:
    """The keys of events of one date with nearly one title."""
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    events = Event.objects.exclude(state=WorkflowState.WITHDRAWN).exclude(happened="")
    for key, day, title in events.values_list("pk", "happened", "title"):
        groups[getattr(day, "edtf", day)].append((key, fold_name(title)))
    yield from (pair for group in groups.values() for pair in _similar(group))


def _similar(events: list[tuple[int, str]]) -> Iterator[list[int]]:
    for number, (key, title) in enumerate(events[:MAX_EVENTS_OF_A_DATE]):
        matcher = SequenceMatcher(None, "", title)
        for other, other_title in events[number + 1 : MAX_EVENTS_OF_A_DATE]:
            matcher.set_seq1(other_title)
            if matcher.quick_ratio() >= SIMILARITY and matcher.ratio() >= SIMILARITY:
                yield [key, other]


def _pairs(
    model: type[Publishable], groups: Iterable[list[int]], marked: Sequence[tuple[str, str]]
) -> Iterator[Double]:
    """Each further row of a group with the first one that may be the same.

    First comes a published row, or else the oldest.
    """
    distinct = _distinct_keys(model, marked)
    chosen: list[list[int]] = []
    for group in groups:
        keys = sorted(set(group))
        if any(frozenset(pair) not in distinct for pair in combinations(keys, 2)):
            chosen.append(keys)
        if len(chosen) == MAX_DOUBLES:
            break
    rows = model._default_manager.in_bulk({key for keys in chosen for key in keys})
    pairs = set()
    for keys in chosen:
        members = sorted(
            (rows[key] for key in keys if key in rows),
            key=lambda row: (row.state != WorkflowState.PUBLISHED, row.pk),
        )
        for number, origin in enumerate(members):
            candidates = (
                row for row in members[:number] if frozenset((origin.pk, row.pk)) not in distinct
            )
            target = next(candidates, None)
            if target and (origin.pk, target.pk) not in pairs:
                pairs.add((origin.pk, target.pk))
                yield Double(origin, target)


def _distinct_keys(
    model: type[Publishable], marked: Sequence[tuple[str, str]]
) -> set[frozenset[int]]:
    """The keys of the rows of this model that are marked as different, pair by pair."""
    ids = {public_id for pair in marked for public_id in pair}
    keys: dict[str, int] = {}
    for chunk in in_chunks(ids):
        rows = model._default_manager.filter(public_id__in=chunk)
        keys.update(rows.values_list("public_id", "pk"))
    return {
        frozenset((keys[first], keys[second]))
        for first, second in marked
        if first in keys and second in keys
    }


def mark_distinct(double: Double, *, by: Any) -> DistinctPair:
    """Mark two rows as different. They are no longer listed as doubles."""
    first, second = DistinctPair.ids_of(double.origin, double.target)
    pair, _created = DistinctPair.objects.get_or_create(
        first=first, second=second, defaults={"marked_by": by}
    )
    return pair
