"""Publish very many drafts, a few at a time, so that other editors can save in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.desk.models import Publishable
from kb.desk.verbs.displayed import DisplayedRows
from kb.desk.verbs.draft_selection import DraftKeys, DraftRows, published_keys
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.packages import PackagePlan
from kb.desk.verbs.publishing import publish_all

# How long a batch may keep others from writing, on average. The next one is larger or smaller.
SECONDS_IN_LOCK = 0.08
SECONDS_OF_PAUSE = 0.03
MIN_BATCH, MAX_BATCH = 1, 200


@dataclass
class BulkResult:
    """The number of documents published, and why each of the other rows was not."""

    published: int = 0
    refused: list[tuple[Publishable, list[str]]] = field(default_factory=list)


def publish_drafts(
    keys: DraftKeys,
    *,
    by: Any = None,
    displayed: DisplayedRows | None = None,
    progress: Callable[[int], None] | None = None,
) -> BulkResult:
    """Publish these rows, each batch as one publication version.

    What cannot be published is left out with its reasons, and the rest goes on. If a second person
    must approve, only what was approved is published. With ``displayed``, nothing is published
    that differs from it. ``progress`` is called with the number of rows done.
    """
    # Changes to published rows go only where a page has shown them.
    changed = published_keys(keys) if displayed is not None else {}
    result, done, batches = BulkResult(), 0, DraftRows(keys, MIN_BATCH, changed)
    for rows in batches:
        started = time.perf_counter()
        _publish_together(rows, result, by, displayed)
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
    plan, done = PackagePlan(), 0
    for rows in DraftRows(keys, MAX_BATCH):
        for row in rows:
            plan.add(row)
        done += len(rows)
        if progress:
            progress(done)
    return BulkResult(plan.count, [(line.row, line.all_reasons) for line in plan.refused])


def _publish_together(
    rows: Sequence[Publishable], result: BulkResult, by: Any, displayed: DisplayedRows | None
) -> None:
    """Publish rows as one version; if that is refused, one half after the other."""
    if not rows:
        return
    try:
        revisions = publish_all(rows, by=by, needs_approval=True, displayed=displayed)
        result.published += len(revisions)
    except ActionRefused as refusal:
        if len(rows) == 1:
            result.refused.append((rows[0], refusal.reasons))
            return
        middle = len(rows) // 2
        time.sleep(SECONDS_OF_PAUSE)
        keys = {rows[0].kind: [row.pk for row in rows]}
        changed = published_keys(keys) if displayed is not None else {}
        for half in (rows[:middle], rows[middle:]):
            # Read again, because a refused attempt has changed their state in memory, and the
            # first half may have taken some of the second along.
            keys = {rows[0].kind: [row.pk for row in half]}
            for unpublished in DraftRows(keys, len(half), changed):
                _publish_together(unpublished, result, by, displayed)
