"""Making the whole read index again from the revisions, without emptying it first.

Each batch compares what the index should hold with what it holds, and writes the difference. So
readers never see an index with gaps, and what is right already costs no write.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Exists, OuterRef

from kb.record.addresses import PLURALS
from kb.record.chunks import in_chunks
from kb.record.contested import index_claims
from kb.record.entry_order import neighbours, order_entries
from kb.record.entry_rows import prepare, store
from kb.record.index_changes import note_changes, note_rows, noting_changes
from kb.record.known_documents import KnownDocuments
from kb.record.list_rebuild import rebuild_steps
from kb.record.models import AddressIndex, ClaimActor, Entry, Facet, ListedRecord, Revision
from kb.record.near_addresses import index_addresses
from kb.record.publication_version import bump_version, current_number
from kb.record.statistics import analyze_tables
from kb.record.vocabulary import CONTESTED, ENTRY_KINDS, RecordKind

BATCH_SIZE = 500
SECONDS_OF_PAUSE = 0.02

Progress = Callable[[int], None]


def rebuild_index(progress: Progress | None = None, *, in_batches: bool = False) -> int:
    """Make the index equal to the revisions; return the number of entries in it.

    In one transaction, which may be the caller's; or ``in_batches``, each a transaction and a
    publication version of its own, so that others can publish between them. ``progress`` is called
    with the number of entries done.
    """
    rebuild = _Rebuild(in_batches)
    if in_batches:
        rebuild.run(progress)
    else:
        with transaction.atomic(), noting_changes():
            rebuild.run(progress)
    return Entry.objects.count()


class _Rebuild:
    def __init__(self, in_batches: bool) -> None:
        self._in_batches = in_batches
        self._known = KnownDocuments()

    def run(self, progress: Progress | None) -> None:
        for addresses in _batches(tuple(PLURALS)):
            with self._batch():
                index_addresses(_live(addresses, with_documents=False))
        done = 0
        for public_ids in _batches(ENTRY_KINDS):
            self._index_entries(public_ids)
            done += len(public_ids)
            if progress:
                progress(done)
        # After the events, which have the facets of claims.
        for public_ids in _batches((RecordKind.PROPOSITION,)):
            with self._batch():
                index_claims(_live(public_ids))
        with self._batch():
            _remove_what_is_gone()
        # After the entries, which are counted.
        for step in rebuild_steps():
            with self._batch():
                step()
        with self._batch():
            analyze_tables([Revision, Entry, Facet, AddressIndex, ClaimActor, ListedRecord])

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

    def _index_entries(self, public_ids: list[str]) -> None:
        """Index entries. They are computed before the transaction, again if others published."""
        self._known.forget_changed()
        number = current_number()
        prepared = prepare(_live(public_ids), keeps_order=False, known=self._known)
        with self._batch():
            if self._in_batches and current_number() != number + 1:
                self._known.forget_changed()
                prepared = prepare(_live(public_ids), keeps_order=False, known=self._known)
            before = neighbours(public_ids)
            store(prepared)
            order_entries(public_ids, before=before)


def _batches(kinds: tuple[str, ...]) -> Iterator[list[str]]:
    """The ids of the live records of these kinds, in batches, in the order of ids."""
    rows = Revision.objects.live().filter(kind__in=kinds).order_by("public_id")
    last = ""
    while True:
        ids = list(rows.filter(public_id__gt=last).values_list("public_id", flat=True)[:BATCH_SIZE])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _live(public_ids: list[str], *, with_documents: bool = True) -> list[Revision]:
    rows = Revision.objects.live().filter(public_id__in=public_ids)
    return list(rows if with_documents else rows.defer("document"))


def _remove_what_is_gone() -> None:
    """Remove the rows of records that are no longer live, which a correct index does not have."""
    live = Revision.objects.live().filter(public_id=OuterRef("public_id"))
    entries = Entry.objects.filter(~Exists(live.filter(kind__in=ENTRY_KINDS)))
    gone = dict(entries.values_list("pk", "public_id"))
    note_changes(gone.values())
    for chunk in in_chunks(gone):
        Entry.objects.filter(pk__in=chunk).delete()
    AddressIndex.objects.filter(~Exists(live)).delete()
    claims = Revision.objects.live().filter(kind=RecordKind.PROPOSITION)
    contested = Facet.objects.filter(name=CONTESTED)
    orphans = contested.filter(~Exists(claims.filter(public_id=OuterRef("value"))))
    note_rows(set(orphans.values_list("entry_id", flat=True)))
    orphans.delete()
    ClaimActor.objects.filter(~Exists(claims.filter(public_id=OuterRef("claim")))).delete()
