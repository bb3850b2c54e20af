"""Comparing what the read index holds of all entries with what it should hold, a range at a time.

In this process or in several others, which only read. What differs is written by the caller.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator, Set
from dataclasses import dataclass
from multiprocessing.pool import AsyncResult
from typing import NamedTuple

import django

from kb.record.chunks import in_chunks
from kb.record.entry_order import are_in_order, linked_from
from kb.record.entry_rows import (
    PreparedEntries,
    RevisionDocument,
    StoredEntries,
    add_named,
    compare_entries,
    may_be_needed,
    needed_parts,
)
from kb.record.entry_values import AFTER
from kb.record.known_documents import KnownDocuments, last_revision
from kb.record.models import Entry, Revision, RevisionQuerySet
from kb.record.order_values import links_of
from kb.record.stored_facets import NO_FACETS
from kb.record.vocabulary import ENTRY_KINDS

BATCH_SIZE = 1_000  # revisions
PART_SIZE = 100  # entries that are written together
MAX_WAITING = 3  # comparisons of each process that nobody has written yet


class KeyRange(NamedTuple):
    """The entries of which the live revisions have keys after ``first`` and up to ``last``.

    So they are read in the order in which they are stored, most of them with what they are linked
    with.
    """

    first: int
    last: int


@dataclass(frozen=True)
class Comparison:
    """What is to be written for the entries of a range.

    It is in ``parts`` of at most 100 entries, with the ids of all entries of each. It holds as long
    as ``last_revision`` is the last. ``is_right`` if nothing is to be written, nor to be ordered.
    """

    keys: KeyRange
    parts: list[tuple[list[str], PreparedEntries]]
    last_revision: int
    is_right: bool

    @property
    def entries(self) -> int:
        """How many entries were compared."""
        return sum(len(public_ids) for public_ids, _prepared in self.parts)


def comparisons(processes: int = 1) -> Iterator[Comparison]:
    """Compare all entries, in the order of their revisions.

    With several ``processes``, they work ahead of the caller. Then nobody may have a transaction
    open that they should see.
    """
    if processes > 1:
        yield from _by_processes(processes)
        return
    known = KnownDocuments()
    for keys in _ranges():
        yield compare_range(keys, known)


def compare_range(keys: KeyRange, known: KnownDocuments) -> Comparison:
    """Compare the entries of a range. ``known`` is kept from one range to the next."""
    known.forget_changed()
    revisions = RevisionDocument.among(
        _entry_revisions().filter(pk__gt=keys.first, pk__lte=keys.last)
    )
    documents = {revision.public_id: revision.document for revision in revisions}
    stored = _stored_entries(keys, documents.keys())
    linked = linked_from(documents.keys())
    linked |= {public_id for public_id, document in documents.items() if links_of(document)}
    linked |= {
        entry.public_id
        for entry in stored.entries.values()
        if entry.pk is not None and stored.facets.get(entry.pk, NO_FACETS).has(AFTER)
    }
    known |= {
        public_id: needed_parts(document)
        for public_id, document in documents.items()
        if may_be_needed(document)
    }
    referenced = add_named(revisions, known)
    parts = []
    for chunk in in_chunks(revisions, PART_SIZE):
        prepared = PreparedEntries()
        compare_entries(chunk, referenced, stored, prepared, known, linked)
        parts.append(([revision.public_id for revision in chunk], prepared))
    sort_keys = {key: entry.columns.sort_key for key, entry in stored.entries.items()}
    is_right = not any(prepared.changed_ids() for _ids, prepared in parts) and are_in_order(
        linked & documents.keys(), known=documents, stored=sort_keys
    )
    # What was published while this was read may have been read in part.
    is_right = is_right and last_revision() == known.last_revision
    return Comparison(keys, parts, known.last_revision, is_right)


def _stored_entries(keys: KeyRange, public_ids: Set[str]) -> StoredEntries:
    """The stored rows of these entries, most of which are of the revisions with these keys."""
    rows = Entry.objects.filter(revision__gt=keys.first, revision__lte=keys.last)
    of_range = set(rows.order_by().values_list("public_id", flat=True))
    others = [
        Entry.objects.filter(public_id__in=chunk) for chunk in in_chunks(public_ids - of_range)
    ]
    return StoredEntries.of(rows, *others)


def _ranges() -> Iterator[KeyRange]:
    """Ranges of all revisions, those too that are published meanwhile."""
    first = 0
    while first < last_revision():
        yield KeyRange(first, first + BATCH_SIZE)
        first += BATCH_SIZE


def _entry_revisions() -> RevisionQuerySet:
    return Revision.objects.live().filter(kind__in=ENTRY_KINDS)


def _by_processes(processes: int) -> Iterator[Comparison]:
    """Let processes of their own, with a connection of their own, compare the ranges."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, django.setup) as pool:
        pending: deque[AsyncResult[Comparison]] = deque()
        for keys in _ranges():
            pending.append(pool.apply_async(_compare_in_process, (keys,)))
            if len(pending) > MAX_WAITING * processes:
                yield pending.popleft().get()
        while pending:
            yield pending.popleft().get()


_known_in_process: list[KnownDocuments] = []


def _compare_in_process(keys: KeyRange) -> Comparison:
    if not _known_in_process:
        _known_in_process.append(KnownDocuments())
    return compare_range(keys, _known_in_process[0])
