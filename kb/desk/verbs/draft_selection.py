"""Which rows wait to be published: all of them, or those of a source, an incident or an import."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from kb.desk.documents import MODELS
from kb.desk.models import (
    ImportBatch,
    ImportedRow,
    Incident,
    Publishable,
    ReviewRequest,
    Source,
)
from kb.desk.models.base import WorkflowState

DRAFT_STATES = (WorkflowState.DRAFT, WorkflowState.IN_REVIEW)
# What others name comes first, and claims after the statements that take a position on them.
KINDS = ("topic", "incident", "actor", "source", "event", "statement", "request", "proposition")
CITING_KINDS = ("event", "statement", "request")

# The keys of rows, by kind.
DraftKeys = dict[str, list[int]]


def is_unpublished(*, with_changes: bool = True) -> Q:
    """The condition of drafts, and of published rows whose changes were sent for review.

    Without ``with_changes``, of drafts only.
    """
    condition = Q(state__in=DRAFT_STATES)
    return condition | _asked_for(WorkflowState.PUBLISHED) if with_changes else condition


def is_sent() -> Q:
    """The condition of rows that wait for a reviewer.

    Among them are withdrawn rows that are to be published again.
    """
    return Q(state=WorkflowState.IN_REVIEW) | _asked_for(
        WorkflowState.PUBLISHED, WorkflowState.WITHDRAWN
    )


def _asked_for(*states: str) -> Q:
    sent = ReviewRequest.objects.values("public_id")
    return Q(state__in=states, public_id__in=sent)


class DraftRows:
    """Those of the rows that still wait to be published, one kind at a time, in lists of ``size``.

    ``changed`` are the keys of published rows that are to be published again, sent for review or
    not.
    """

    def __init__(self, keys: DraftKeys, size: int, changed: DraftKeys | None = None) -> None:
        self._keys, self.size, self._changed = keys, size, changed or {}

    def __iter__(self) -> Iterator[list[Publishable]]:
        for kind in KINDS:
            remaining = self._keys.get(kind, [])
            while remaining:
                chunk, remaining = remaining[: self.size], remaining[self.size :]
                rows = MODELS[kind]._default_manager.filter(pk__in=chunk).order_by("pk")
                changed = Q(pk__in=self._changed.get(kind, []))
                yield list(rows.filter(is_unpublished() | changed))


def published_keys(keys: DraftKeys) -> DraftKeys:
    """Those of the keys whose rows are published."""
    return {
        kind: list(
            MODELS[kind]
            ._default_manager.filter(pk__in=kind_keys, state=WorkflowState.PUBLISHED)
            .values_list("pk", flat=True)
        )
        for kind, kind_keys in keys.items()
    }


def draft_keys(
    *,
    source: Source | None = None,
    incident: Incident | None = None,
    batch: ImportBatch | None = None,
    with_changes: bool = False,
    only_sent: bool = False,
) -> DraftKeys:
    """Return the keys of the drafts that belong to all of these; of every draft without any.

    To a source belongs what cites it, to an incident its entries and claims, and to both
    themselves. ``with_changes`` adds published rows whose changes were sent for review;
    ``only_sent`` leaves out what was not sent for review.
    """
    keys: DraftKeys = {}
    for kind, model in MODELS.items():
        condition = is_sent() if only_sent else is_unpublished(with_changes=with_changes)
        rows = model._default_manager.filter(condition)
        if source is not None:
            rows = rows.filter(_of_source(model, source))
        if incident is not None:
            rows = rows.filter(_of_incident(model, incident))
        if batch is not None:
            imported = ImportedRow.objects.filter(batch=batch, kind=kind)
            rows = rows.filter(public_id__in=imported.values("public_id"))
        keys[kind] = list(rows.order_by("pk").distinct().values_list("pk", flat=True))
    return keys


def _of_incident(model: type[Publishable], incident: Incident) -> Q:
    if model.kind in CITING_KINDS:
        return Q(incidents=incident)
    if model.kind == "proposition":
        return Q(incident=incident)
    return Q(pk=incident.pk if model is Incident else None)


def _of_source(model: type[Publishable], source: Source) -> Q:
    if model.kind in CITING_KINDS:
        return Q(citations__source=source)
    if model.kind == "proposition":
        return Q(stances__source=source) | Q(stances__statement__citations__source=source)
    return Q(pk=source.pk if model is Source else None)
