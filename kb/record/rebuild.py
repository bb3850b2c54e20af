"""Making the whole read index again from the revisions, without emptying it first.

Each batch compares what the index should hold with what it holds, and writes the difference. So
readers never see an index with gaps, and what is right already costs neither a write nor a lock.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, Model, OuterRef, QuerySet, When
from django.db.models.functions import Substr

from kb.record.chunks import in_chunks
from kb.record.contested import index_claims
from kb.record.contested_days import DAY_LENGTH
from kb.record.entry_comparisons import Comparison, compare_range, comparisons
from kb.record.entry_order import neighbours, order_entries
from kb.record.entry_rows import PreparedEntries, store
from kb.record.index_changes import note_changes, note_rows, noting_changes
from kb.record.known_documents import KnownDocuments, last_revision
from kb.record.list_rebuild import rebuild_steps
from kb.record.models import (
    AddressIndex,
    ClaimInput,
    Entry,
    Facet,
    ListedRecord,
    Revision,
    RevisionQuerySet,
)
from kb.record.near_addresses import index_addresses, with_wrong_addresses
from kb.record.publication_version import bump_version, note_words_renewed
from kb.record.statistics import analyze_tables
from kb.record.vocabulary import CONTESTED, CONTESTED_SINCE, ENTRY_KINDS, RecordKind

BATCH_SIZE = 200
SECONDS_OF_PAUSE = 0.02
# Others wait as long as that to save or publish, and for the part of 100 entries that is written
# then.
SECONDS_IN_LOCK = 0.06
# So often a range is compared without a lock while others publish.
MAX_COMPARED = 5

Progress = Callable[[int], None]


def rebuild_index(
    progress: Progress | None = None, *, in_batches: bool = False, processes: int = 1
) -> int:
    """Make the index equal to the revisions; return the number of entries in it.

    In one transaction, which may be the caller's; or ``in_batches``. Then each batch that writes is
    a transaction and a publication version of its own, so that others can publish between them.
    So many ``processes`` compare, of which each starts anew and opens the database of the settings.
    ``progress`` is called with the number of entries done.
    """
    rebuild = _Rebuild(in_batches, processes)
    if in_batches:
        rebuild.run(progress)
    else:
        with transaction.atomic(), noting_changes():
            rebuild.run(progress)
    return Entry.objects.count()


class _Rebuild:
    def __init__(self, in_batches: bool, processes: int) -> None:
        self._in_batches = in_batches
        self._processes = processes if in_batches else 1
        self._known = KnownDocuments()

    def run(self, progress: Progress | None) -> None:
        for addresses in _id_batches(with_wrong_addresses(Revision.objects.live())):
            with self._batch():
                index_addresses(_live(addresses).defer("document"))
        done = 0
        for comparison in comparisons(self._processes):
            self._index_entries(comparison)
            done += comparison.entries
            if progress:
                progress(done)
        # After the events, which have the facets of claims.
        claims = Revision.objects.live().filter(kind=RecordKind.PROPOSITION)
        for public_ids in _id_batches(claims):
            with self._batch():
                index_claims(_live(public_ids))
        self._remove_what_is_gone()
        # After the entries, which are counted.
        for step in rebuild_steps():
            with self._batch():
                step()
        with self._batch():
            note_words_renewed()
            analyze_tables([Revision, Entry, Facet, AddressIndex, ClaimInput, ListedRecord])

    @contextmanager
    def _batch(self) -> Iterator[None]:
        """A transaction of its own, after a pause in which others can write."""
        if not self._in_batches:
            yield
            return
        time.sleep(SECONDS_OF_PAUSE)
        with transaction.atomic(), noting_changes():
            bump_version()
            yield

    def _index_entries(self, comparison: Comparison) -> None:
        """Write what differs. It is compared again if others published in the meantime."""
        compared = 0
        pending = deque(() if comparison.is_right else comparison.parts)
        while pending:
            with self._batch():
                if last_revision() == comparison.last_revision:
                    self._write(pending, SECONDS_IN_LOCK)
                    continue
                compared += 1
                if compared == MAX_COMPARED:  # others publish all the time
                    comparison = compare_range(comparison.keys, self._known)
                    self._write(deque(comparison.parts), inf)
                    return
            comparison = compare_range(comparison.keys, self._known)
            pending = deque(() if comparison.is_right else comparison.parts)

    def _write(self, pending: deque[tuple[list[str], PreparedEntries]], seconds: float) -> None:
        """Write parts, and remove them from those that are pending, for so many seconds."""
        end = time.perf_counter() + seconds
        while pending:
            public_ids, prepared = pending.popleft()
            before = neighbours(public_ids)
            store(prepared)
            order_entries(public_ids, before=before)
            if time.perf_counter() > end:
                return

    def _remove_what_is_gone(self) -> None:
        """Remove the rows of records that are no longer live, which a correct index has not.

        They are found before the transaction: that takes long, and there are mostly none.
        """
        gone = {
            model: list(rows.order_by().values_list("pk", flat=True))
            for model, rows in _gone_rows().items()
        }
        for model, keys in gone.items():
            for chunk in in_chunks(keys):
                with self._batch():
                    rows = _gone_rows()[model].filter(pk__in=chunk)
                    if model is Entry:
                        note_changes(rows.values_list("public_id", flat=True))
                    elif model is Facet:
                        note_rows(set(rows.values_list("entry_id", flat=True)))
                    rows.delete()


def _id_batches(revisions: RevisionQuerySet) -> Iterator[list[str]]:
    """The ids of these revisions in batches, in the order of ids."""
    rows = revisions.order_by("public_id").values_list("public_id", flat=True)
    last = ""
    while ids := list(rows.filter(public_id__gt=last)[:BATCH_SIZE]):
        yield ids
        last = ids[-1]


def _live(public_ids: list[str]) -> RevisionQuerySet:
    return Revision.objects.live().filter(public_id__in=public_ids)


def _gone_rows() -> dict[type[Model], QuerySet[Any]]:
    """The rows of the index that belong to nothing that is live."""
    live = Revision.objects.live().filter(public_id=OuterRef("public_id"))
    claims = Revision.objects.live().filter(kind=RecordKind.PROPOSITION)
    contested = Facet.objects.filter(name__in=[CONTESTED, CONTESTED_SINCE]).alias(
        claim=Case(When(name=CONTESTED, then="value"), default=Substr("value", DAY_LENGTH + 1))
    )
    return {
        Entry: Entry.objects.filter(~Exists(live.filter(kind__in=ENTRY_KINDS))),
        AddressIndex: AddressIndex.objects.filter(~Exists(live)),
        Facet: contested.filter(~Exists(claims.filter(public_id=OuterRef("claim")))),
        ClaimInput: ClaimInput.objects.filter(~Exists(claims.filter(public_id=OuterRef("claim")))),
    }
