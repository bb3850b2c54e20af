"""The change log of the read index: what copies of the index have to read again.

Whoever changes rows of ``Entry`` or ``Facet`` says so here, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from kb.record.models import Entry, EntryChange, Epoch

# Beyond so many changes in one transaction, copies are made anew instead of brought up to date.
MAX_NOTED = 10_000
BATCH_SIZE = 500


@dataclass
class _Pending:
    """What a block has noted so far."""

    public_ids: set[str] = field(default_factory=set)
    is_everything: bool = False


_pending: ContextVar[_Pending | None] = ContextVar("pending_index_changes", default=None)


@contextmanager
def noting_changes(*, everything: bool = False) -> Iterator[None]:
    """Write what is noted inside the block to the log at its end, each entry once.

    With ``everything``, one line stands for all of it. Inside another such block, nothing is
    written until that one ends.
    """
    outer = _pending.get()
    if outer is not None:
        outer.is_everything |= everything
        yield
        return
    pending = _Pending(is_everything=everything)
    token = _pending.set(pending)
    try:
        yield
    finally:
        _pending.reset(token)
    _write(pending)


def note_changes(public_ids: Collection[str]) -> None:
    """Note that the index rows of these entries changed, or that they were removed."""
    pending = _pending.get()
    if pending is None:
        _write(_Pending(set(public_ids)))
    else:
        pending.public_ids.update(public_ids)


def note_rows(keys: Collection[int]) -> None:
    """Note the same by the primary keys of entries. Costs one query for each 500 of them."""
    pending = _pending.get()
    if pending is not None and pending.is_everything:
        return
    rows = sorted(keys)
    for start in range(0, len(rows), BATCH_SIZE):
        entries = Entry.objects.filter(pk__in=rows[start : start + BATCH_SIZE])
        note_changes(set(entries.values_list("public_id", flat=True)))


def note_everything() -> None:
    """Note that the rows of any entry may have changed."""
    with noting_changes(everything=True):
        pass


def _write(pending: _Pending) -> None:
    public_ids = sorted(pending.public_ids)
    if pending.is_everything or len(public_ids) > MAX_NOTED:
        public_ids = [""]
    if not public_ids:
        return
    now = timezone.now()
    with transaction.atomic(savepoint=False):
        # The lock puts writers in a queue, so that lines become visible in the order of their keys.
        epochs = Epoch.objects.select_for_update().values_list("number", flat=True)
        version = epochs.first() or 0
        EntryChange.objects.bulk_create(
            [
                EntryChange(version=version, public_id=public_id, noted_at=now)
                for public_id in public_ids
            ],
            batch_size=BATCH_SIZE,
        )
