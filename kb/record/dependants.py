"""Which entries of the read index depend on another record, and on what of it.

An entry is found by the names of actors and topics, by the dates, publishers and origins of
sources, and by the actors of the events that it is about. A change of anything else, such as
a summary, changes no other entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import NamedTuple

from kb.record.chunks import in_chunks
from kb.record.documents import Document
from kb.record.entry_origins import ANCESTOR
from kb.record.entry_values import NAMED, FacetPair
from kb.record.models import Facet


class RecordChange(NamedTuple):
    """A record before and after a publication; None where it was or is not live."""

    before: Document | None
    after: Document | None

    @property
    def kind(self) -> str:
        document = self.after or self.before
        return document["kind"] if document else ""

    def differs(self, part: Callable[[Document], object]) -> bool:
        """Whether this part differs, or the record has appeared or disappeared."""
        if self.before is None or self.after is None:
            return True
        return part(self.before) != part(self.after)


def _names(document: Document) -> object:
    return document["title"], [name["name"] for name in document.get("other_names", ())]


def _origins(document: Document) -> object:
    return document["published"], document["publisher"], document["parents"]


def _actors(document: Document) -> object:
    return {participant["actor"] for participant in document["actors"]}


def _whole(document: Document) -> object:
    return document["part_of"]


def _published(document: Document) -> object:
    return document["published"]


# For each kind: a part of its document, and the facets of the entries that depend on that part.
_DEPENDENCIES: dict[str, tuple[tuple[Callable[[Document], object], tuple[str, ...]], ...]] = {
    "actor": ((_names, ("actor", NAMED)), (_whole, (ANCESTOR,))),
    "topic": ((_names, ("topic", NAMED)),),
    "source": ((_origins, ("source", ANCESTOR)),),
    "event": ((_actors, ("event",)),),
}


class Dependants(NamedTuple):
    """The entries that changes concern: a few by public id, all others by a facet they have."""

    public_ids: set[str]
    facets: list[FacetPair]


def find_dependants(changes: Mapping[str, RecordChange], limit: int) -> Dependants:
    """The entries that these changes concern, besides the records themselves.

    At most ``limit`` of them by id. Costs a query for each kind of facet if there are no more, and
    reads no more than that of the others.
    """
    values: defaultdict[str, set[str]] = defaultdict(set)
    for public_id, change in changes.items():
        for part, names in _DEPENDENCIES.get(change.kind, ()):
            if change.differs(part):
                for name in names:
                    values[name].add(public_id)
    public_ids: set[str] = set()
    facets: list[FacetPair] = []
    for name, wanted in values.items():
        for chunk in in_chunks(sorted(wanted)):
            entries = _entries_with(name, chunk, limit)
            if len(public_ids | entries) <= limit:
                public_ids |= entries
                continue
            for value in chunk:
                entries = _entries_with(name, [value], limit)
                if len(public_ids | entries) <= limit:
                    public_ids |= entries
                else:
                    facets.append((name, value))
    return Dependants(public_ids - changes.keys(), facets)


def _entries_with(name: str, values: list[str], limit: int) -> set[str]:
    """The ids of entries with such a facet, one more than the limit if there are too many."""
    # The name is given, because the index of facets begins with it.
    rows = Facet.objects.filter(name=name, value__in=values).order_by()
    return set(rows.values_list("entry__public_id", flat=True).distinct()[: limit + 1])


def changed_wholes(changes: Mapping[str, RecordChange]) -> set[str]:
    """The actors among these of which what they are part of may have changed."""
    return {
        public_id
        for public_id, change in changes.items()
        if change.kind == "actor" and change.differs(_whole)
    }


def changed_days(changes: Mapping[str, RecordChange]) -> set[str]:
    """The sources among these that may have become public on another day."""
    return {
        public_id
        for public_id, change in changes.items()
        if change.kind == "source" and change.differs(_published)
    }
