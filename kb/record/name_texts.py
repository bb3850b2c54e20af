"""The names of the record in memory, and which of them have the words of a search.

They are read once in a process. After a publication, only the records that it changed are read
again: they are kept beside those that were read first, and stand in their places.
"""

from __future__ import annotations

import os
import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from kb.record.chunks import in_chunks
from kb.record.documents import Document, PublicId
from kb.record.models import Epoch, Revision, RevisionQuerySet, Suppression
from kb.record.vocabulary import RecordKind
from kb.text.normalise import (
    SearchQuery,
    Term,
    join_normalised,
    matches,
    normalised_text,
    search_text,
)
from kb.text.text_collection import TextCollection

NAMED_KINDS = (
    RecordKind.ACTOR.value,
    RecordKind.INCIDENT.value,
    RecordKind.PROPOSITION.value,
    RecordKind.SOURCE.value,
)
# More changed records than this are not kept beside the others: all are put in order again.
MAX_CHANGED = 500
# After more revisions than this, all names are read again.
MAX_REVISIONS = 10_000
# States that a process remembers, because replicas may be at different ones.
MAX_STATES = 2


class NamedRecord(NamedTuple):
    """A record that is found by its names; ``search_text`` is everything it is found by.

    ``owner`` is the public id of the publisher of a source, else "".
    """

    public_id: str
    kind: str
    own_kind: str
    title: str
    slug: str
    also: tuple[str, ...]
    summary: str
    search_text: str
    owner: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.title, *self.also)

    def is_named(self, terms: Sequence[Term]) -> bool:
        """Whether one of its names matches, and not only its summary or other text."""
        return any(matches(search_text(name), terms) for name in self.names)


class NameTexts:
    """Named records by their numbers, with the texts by which they are found and ranked."""

    def __init__(self, records: tuple[NamedRecord, ...]) -> None:
        self.records = records
        self.texts = TextCollection(record.search_text for record in records)
        names = [(number, name) for number, record in enumerate(records) for name in record.names]
        normalised = [normalised_text(name) for _number, name in names]
        words = [text.words for text in normalised]
        self._owners = [number for number, _name in names]
        # Each name on its own, in the spelling of the record alone and with the other spellings.
        self._words = TextCollection(words)
        self._spelled = TextCollection(join_normalised([text]) for text in normalised)
        self._exact: dict[str, set[int]] = {}
        for text, number in zip(words, self._owners, strict=True):
            self._exact.setdefault(text, set()).add(number)

    @cached_property
    def numbers_by_id(self) -> dict[PublicId, int]:
        """The number of each record by its public id."""
        return {record.public_id: number for number, record in enumerate(self.records)}

    def tiers(
        self, exactly: str, typed: SearchQuery, required: SearchQuery
    ) -> list[AbstractSet[int]]:
        """The records by how well they match, best first: the whole name is what was typed,
        all words are in a name as typed or in another spelling, or in any text as typed.
        """
        return [
            self._exact.get(exactly, frozenset()),
            {self._owners[name] for name in self._words.found_by(typed)},
            {self._owners[name] for name in self._spelled.found_by(required)},
            set(self.texts.found_by(typed)),
        ]


class NamesPart(NamedTuple):
    """Records that were read together, and the public ids of those that are no longer as they were.

    What is made of ``names`` can be kept with them: they are the same after a publication.
    """

    names: NameTexts
    replaced: AbstractSet[PublicId]


class CurrentNames:
    """All live named records: those that were read together, and those that changed since.

    The numbers of the changed ones follow those of the others. In lists of numbers, records are by
    title and then by public id, wherever they are. ``parts`` are both.
    """

    def __init__(
        self,
        first: NameTexts,
        changed_ids: AbstractSet[PublicId] = frozenset(),
        changed: tuple[NamedRecord, ...] = (),
    ) -> None:
        """``changed`` are those of ``changed_ids`` that are live, in order."""
        self.changed_ids = changed_ids
        self.changed = changed
        self._first = first
        self._later = NameTexts(changed)
        numbers = first.numbers_by_id if changed_ids else {}
        self._replaced = {numbers[key] for key in changed_ids if key in numbers}
        self._size = len(first.records)
        replaced = frozenset(first.records[number].public_id for number in self._replaced)
        self.parts = (NamesPart(first, replaced), NamesPart(self._later, frozenset()))
        # Before which of the first records each of the others stands.
        self._places = [bisect_left(first.records, _order(row), key=_order) for row in changed]

    def with_changes(
        self, changed_ids: AbstractSet[PublicId], changed: Iterable[NamedRecord]
    ) -> CurrentNames:
        """The same after these records changed; ``changed`` are those that are live."""
        all_ids = self.changed_ids | changed_ids
        others = (record for record in self.changed if record.public_id not in changed_ids)
        rows = tuple(sorted((*others, *changed), key=_order))
        names = CurrentNames(self._first, all_ids, rows)
        if len(all_ids) > MAX_CHANGED:
            return CurrentNames(NameTexts(tuple(names)))
        return names

    def __iter__(self) -> Iterator[NamedRecord]:
        """All records, in order."""
        numbers = self._live(range(self._size), range(len(self.changed)))
        return (self.record(number) for number in numbers)

    def record(self, number: int) -> NamedRecord:
        """The record with this number."""
        if number < self._size:
            return self._first.records[number]
        return self.changed[number - self._size]

    def found_by(self, query: SearchQuery) -> list[int]:
        """The numbers of the records with the words of a query in any of their texts."""
        return self._live(self._first.texts.found_by(query), self._later.texts.found_by(query))

    def tiers(
        self, exactly: str, typed: SearchQuery, required: SearchQuery
    ) -> list[AbstractSet[int]]:
        """As ``NameTexts.tiers``; records that were replaced may be among them."""
        if not self.changed:
            return self._first.tiers(exactly, typed, required)
        pairs = zip(
            self._first.tiers(exactly, typed, required),
            self._later.tiers(exactly, typed, required),
            strict=True,
        )
        return [first | {self._size + number for number in later} for first, later in pairs]

    def _live(self, first: Iterable[int], later: Iterable[int]) -> list[int]:
        numbers = list(first)
        if self._replaced:
            numbers = [number for number in numbers if number not in self._replaced]
        others = [self._size + number for number in later]
        return sorted((*numbers, *others), key=self._place) if others else numbers

    def _place(self, number: int) -> tuple[int, bool, int]:
        if number < self._size:
            return number, True, 0
        return self._places[number - self._size], False, number


class _LastRevision(NamedTuple):
    """The newest revision of the record: another record has another one with this key."""

    pk: int
    sha256: str
    published_at: datetime


class _State(NamedTuple):
    """Which state of the record names were read from."""

    number: int
    changed_at: datetime | None
    last: _LastRevision | None
    removals: int


_names: OrderedDict[_State, CurrentNames] = OrderedDict()
_lock = threading.Lock()


def live_names() -> CurrentNames:
    """The live actors, incidents, claims and sources, by title.

    Costs one query if nothing was published since the last call, and at most five if a little was.
    """
    columns = ("number", "changed_at", "minimum")
    number, changed_at, minimum = Epoch.objects.values_list(*columns).first() or (0, None, 0)
    if (names := _names_at(number, changed_at)) is not None:
        return names
    with _lock:
        # Another thread may have read them in the meantime.
        if (names := _names_at(number, changed_at)) is not None:
            return names
        removals = Suppression.objects.count()
        last, names = _brought_up_to(number, minimum, removals) or _read_all()
        _names[_State(number, changed_at, last, removals)] = names
        while len(_names) > MAX_STATES:
            _names.popitem(last=False)
        return names


def _names_at(number: int, changed_at: datetime | None) -> CurrentNames | None:
    for state, names in list(_names.items()):
        if (state.number, state.changed_at) == (number, changed_at):
            return names
    return None


def _brought_up_to(
    number: int, minimum: int, removals: int
) -> tuple[_LastRevision, CurrentNames] | None:
    """The newest names in memory with what was published since; None without such names.

    Those from before a removal are not used: words were removed from revisions that are there
    already. A removal raises the minimum, and one that a restore repeats is stored.
    """
    for state, names in reversed(_names.items()):
        if state.last is None or state.removals != removals:
            continue
        if not minimum <= state.number < number:
            continue
        rows = Revision.objects.filter(pk__gte=state.last.pk).order_by("pk")
        columns = (*_LastRevision._fields, "kind", "public_id")
        revisions = list(rows.values_list(*columns)[: MAX_REVISIONS + 2])
        # The first is the one that is known; any other is that of another record.
        if not revisions or len(revisions) > MAX_REVISIONS + 1:
            continue
        if _LastRevision(*revisions[0][:3]) != state.last:
            continue
        changed = {public_id for *_row, kind, public_id in revisions[1:] if kind in NAMED_KINDS}
        if changed:
            names = names.with_changes(changed, _read_some(changed))
        return _LastRevision(*revisions[-1][:3]), names
    return None


def _read_all() -> tuple[_LastRevision | None, CurrentNames]:
    # Before the names: what is published in between is read again.
    row = Revision.objects.order_by("-pk").values_list(*_LastRevision._fields).first()
    # Not by the collation of the database, which differs from one to the other.
    records = tuple(sorted(_records(Revision.objects.live()), key=_order))
    return _LastRevision(*row) if row else None, CurrentNames(NameTexts(records))


def _read_some(public_ids: Collection[PublicId]) -> Iterator[NamedRecord]:
    for chunk in in_chunks(sorted(public_ids)):
        yield from _records(Revision.objects.live().filter(public_id__in=chunk))


def _records(live: RevisionQuerySet) -> Iterator[NamedRecord]:
    # A claim is found by its title alone; its document has all positions on it.
    others = [kind for kind in NAMED_KINDS if kind != RecordKind.PROPOSITION]
    columns = ("public_id", "kind", "title", "slug")
    rows = live.filter(kind__in=others).order_by().values_list(*columns, "document")
    for public_id, kind, title, slug, document in rows:
        yield _named_record(public_id, kind, title, slug, document)
    claims = live.filter(kind=RecordKind.PROPOSITION).order_by().values_list(*columns)
    for public_id, kind, title, slug in claims:
        yield NamedRecord(public_id, kind, "", title, slug, (), "", search_text(title))


def _named_record(
    public_id: str, kind: str, title: str, slug: str, document: Document
) -> NamedRecord:
    also = tuple(name["name"] for name in document.get("other_names", ()))
    summary = document.get("summary", "")
    texts = [document.get("byline", ""), summary, document.get("url", "")]
    own_kind = document.get("actor_kind", "") or document.get("source_kind", "")
    text, owner = search_text(title, *also, *texts), document.get("publisher") or ""
    return NamedRecord(public_id, kind, own_kind, title, slug, also, summary, text, owner)


def _order(record: NamedRecord) -> tuple[str, str]:
    return record.title, record.public_id


def _forget_lock() -> None:
    """After a fork: the lock may be held by a thread that is not there."""
    global _lock
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_forget_lock)
