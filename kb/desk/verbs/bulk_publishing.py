"""Publish very many drafts, a few at a time, so that other editors can save in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kb.desk.documents import MODELS
from kb.desk.models import Publishable
from kb.desk.models.base import WorkflowState
from kb.desk.verbs.dependencies import rows_with_documents
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish_all, publish_errors
from kb.desk.verbs.reviewing import lacks_approval

# How long a batch may keep others from writing, on average. The next one is larger or smaller.
SECONDS_IN_LOCK = 0.08
SECONDS_OF_PAUSE = 0.03
MIN_BATCH, MAX_BATCH = 1, 200
DRAFT_STATES = (WorkflowState.DRAFT, WorkflowState.IN_REVIEW)
# What others name comes first, and claims after the statements that take a position on them.
KINDS = ("topic", "incident", "actor", "source", "event", "statement", "request", "proposition")

# The keys of drafts, by kind.
DraftKeys = dict[str, list[int]]


@dataclass
class BulkResult:
    """The number of documents published, and why each of the other rows was not."""

    published: int = 0
    refused: list[tuple[Publishable, list[str]]] = field(default_factory=list)


class DraftRows:
    """The rows that are still drafts, of one kind at a time, in lists of ``size``."""

    def __init__(self, keys: DraftKeys, size: int) -> None:
        self._keys, self.size = keys, size

    def __iter__(self) -> Iterator[list[Publishable]]:
        for kind in KINDS:
            remaining = self._keys.get(kind, [])
            while remaining:
                chunk, remaining = remaining[: self.size], remaining[self.size :]
                rows = MODELS[kind]._default_manager.filter(pk__in=chunk, state__in=DRAFT_STATES)
                yield list(rows.order_by("pk"))


def publish_drafts(keys: DraftKeys, *, progress: Callable[[int], None] | None = None) -> BulkResult:
    """Publish these drafts, each batch as one publication version.

    What cannot be published is left out with its reasons, and the rest goes on. If a second person
    must approve, only what was approved is published. ``progress`` is called with the number of
    rows done.
    """
    result, done, batches = BulkResult(), 0, DraftRows(keys, MIN_BATCH)
    for rows in batches:
        started = time.perf_counter()
        _publish_together(rows, result)
        factor = SECONDS_IN_LOCK / (time.perf_counter() - started)
        batches.size = min(MAX_BATCH, max(MIN_BATCH, int(batches.size * min(2.0, factor))))
        done += len(rows)
        if progress:
            progress(done)
        time.sleep(SECONDS_OF_PAUSE)
    return result


def check_drafts(keys: DraftKeys, *, progress: Callable[[int], None] | None = None) -> BulkResult:
    """Return what ``publish_drafts`` would do, without writing anything.

    Links between drafts that contradict each other or their dates are found only on publishing.
    """
    result, done = BulkResult(), 0
    passing: dict[str, Publishable] = {}
    for rows in DraftRows(keys, MAX_BATCH):
        for row in rows:
            along = {row.public_id: row, **passing}
            carried, documents = rows_with_documents([row])
            others = [other for other in carried if other.public_id not in passing]
            reasons = publish_errors(row, along=along.values())
            for other in others:
                reasons += publish_errors(other)
            for checked in (row, *others):
                reasons += filter(None, [lacks_approval(checked, documents[checked.public_id])])
            if reasons:
                result.refused.append((row, reasons))
            else:
                passing |= {other.public_id: other for other in (row, *others)}
        done += len(rows)
        if progress:
            progress(done)
    result.published = len(passing)
    return result


def _publish_together(rows: Sequence[Publishable], result: BulkResult) -> None:
    """Publish rows as one version; if that is refused, one half after the other."""
    if not rows:
        return
    try:
        result.published += len(publish_all(rows, by=None, needs_approval=True))
    except ActionRefused as refusal:
        if len(rows) == 1:
            result.refused.append((rows[0], refusal.reasons))
            return
        middle = len(rows) // 2
        time.sleep(SECONDS_OF_PAUSE)
        for half in (rows[:middle], rows[middle:]):
            # Read again, because a refused attempt has changed their state in memory, and the
            # first half may have taken some of the second along.
            keys = [row.pk for row in half]
            drafts = type(rows[0])._default_manager.filter(pk__in=keys, state__in=DRAFT_STATES)
            _publish_together(list(drafts.order_by("pk")), result)
