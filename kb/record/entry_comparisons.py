"""Comparing what the read index holds of all entries with what it should hold, a range at a time.

In this process or in several others, which only read. What differs is written by the caller.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.pool import AsyncResult
from typing import NamedTuple

import django

from kb.record.entry_order import are_in_order, linked_entries
from kb.record.entry_rows import PreparedEntries, RevisionDocument, prepare_range
from kb.record.known_documents import KnownDocuments, last_revision
from kb.record.models import Entry, Revision, RevisionQuerySet
from kb.record.order_values import links_of
from kb.record.vocabulary import ENTRY_KINDS

BATCH_SIZE = 500
MAX_WAITING = 3  # comparisons of each process that nobody has written yet


class IdRange(NamedTuple):
    """The entries of which the ids are after ``first`` and up to ``last``."""

    first: str
    last: str


@dataclass(frozen=True)
class Comparison:
    """What is to be written for the entries of a range.

    It holds as long as ``last_revision`` is the last. ``is_right`` if nothing is to be written, nor
    to be ordered.
    """

    ids: IdRange
    public_ids: list[str]
    prepared: PreparedEntries
    last_revision: int
    is_right: bool


def comparisons(processes: int = 1) -> Iterator[Comparison]:
    """Compare all entries, in the order of their ids.

    With several ``processes``, they work ahead of the caller. Then nobody may have a transaction
    open that they should see.
    """
    if processes > 1:
        yield from _by_processes(processes)
        return
    known = KnownDocuments()
    for ids in _ranges():
        yield compare_range(ids, known)


def compare_range(ids: IdRange, known: KnownDocuments) -> Comparison:
    """Compare the entries of a range. ``known`` is kept from one range to the next."""
    known.forget_changed()
    between = {"public_id__gt": ids.first, "public_id__lte": ids.last}
    revisions = RevisionDocument.among(_entry_revisions().filter(**between))
    entries = Entry.objects.filter(**between)
    documents = {revision.public_id: revision.document for revision in revisions}
    linked = linked_entries(entries)
    linked |= {public_id for public_id, document in documents.items() if links_of(document)}
    prepared = prepare_range(revisions, entries, linked=linked, known=known)
    is_right = not prepared.changed_ids() and are_in_order(linked, known=documents)
    # What was published while this was read may have been read in part.
    is_right = is_right and last_revision() == known.last_revision
    return Comparison(ids, [*documents], prepared, known.last_revision, is_right)


def _ranges() -> Iterator[IdRange]:
    ids = _entry_revisions().order_by("public_id").values_list("public_id", flat=True)
    first = ""
    while batch := list(ids.filter(public_id__gt=first)[:BATCH_SIZE]):
        yield IdRange(first, batch[-1])
        first = batch[-1]


def _entry_revisions() -> RevisionQuerySet:
    return Revision.objects.live().filter(kind__in=ENTRY_KINDS)


def _by_processes(processes: int) -> Iterator[Comparison]:
    """Let processes of their own, with a connection of their own, compare the ranges."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(processes, django.setup) as pool:
        pending: deque[AsyncResult[Comparison]] = deque()
        for ids in _ranges():
            pending.append(pool.apply_async(_compare_in_process, (ids,)))
            if len(pending) > MAX_WAITING * processes:
                yield pending.popleft().get()
        while pending:
            yield pending.popleft().get()


_known_in_process: list[KnownDocuments] = []


def _compare_in_process(ids: IdRange) -> Comparison:
    if not _known_in_process:
        _known_in_process.append(KnownDocuments())
    return compare_range(ids, _known_in_process[0])
