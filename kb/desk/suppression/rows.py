"""Removing the words of a part from the desk row of a record, and from its snapshots and log."""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.db.models import F, QuerySet

from kb.desk.models import Approval, AuditEntry, Publishable, Snapshot
from kb.desk.models.base import WorkflowState
from kb.desk.suppression.columns import LEFT_EMPTY, TITLE_COLUMNS, columns_of
from kb.desk.verbs.snapshots import delete_snapshot, refresh_links
from kb.record.documents.field import stored_document
from kb.record.documents.types import Document
from kb.record.models import Suppression
from kb.record.removal_marker import is_removal_marker, removal_marker, removal_slug
from kb.record.suppression.parts import moves_address
from kb.record.suppression.revisions import replacement_title
from kb.record.suppression.rewriting import without_words
from kb.record.suppression_vocabulary import SuppressedPart


def row_words(row: Publishable, order: Suppression) -> set[str]:
    """The texts of a part in the row of the desk and in its log, drafts and earlier ones too."""
    words = {
        str(value)
        for accessor, columns in columns_of(order.kind, order.part).items()
        for value in _values(row, accessor, columns)
        if value
    }
    states = AuditEntry.objects.of(row.public_id).values_list("state", flat=True)
    for state in states:
        words |= _state_words(state, order) if state else set()
    return {word for word in words if word.strip() and not is_removal_marker(word)}


def clear_row(row: Publishable, order: Suppression) -> None:
    """Put the marker in the place of the words, and end what was edited meanwhile.

    A row of which everything is removed is withdrawn, and cannot be published again.
    """
    marker = removal_marker(order.day)
    model = type(row)
    values: dict[str, Any] = {"version": F("version") + 1}
    if moves_address(order.kind, order.part):
        values["slug"] = removal_slug(row.public_id)
    for accessor, columns in columns_of(order.kind, order.part).items():
        if accessor == "other_names":
            getattr(row, accessor).all().delete()
        elif accessor:
            for other in getattr(row, accessor).all():
                cleared = _cleared(other, columns, marker)
                if cleared:
                    QuerySet(type(other)).filter(pk=other.pk).update(**cleared)
        else:
            values |= _cleared(row, columns, marker)
            title = TITLE_COLUMNS.get(order.kind, "")  # type: ignore[call-overload]
            new_title = (
                replacement_title(order, str(getattr(row, title))) if title in columns else None
            )
            if new_title:
                values[title] = new_title
    if order.part == SuppressedPart.ALL and row.state != WorkflowState.DRAFT:
        values["state"] = WorkflowState.WITHDRAWN
    QuerySet(model).filter(pk=row.pk).update(**values)
    Approval.objects.filter(public_id=row.public_id).delete()
    _clear_log(row.public_id, order, marker)
    _clear_snapshot(row.public_id, order, marker)


def _values(row: Publishable, accessor: str, columns: tuple[str, ...]) -> list[Any]:
    rows = getattr(row, accessor).all() if accessor else [row]
    return [getattr(other, column) for other in rows for column in columns]


def _cleared(row: models.Model, columns: tuple[str, ...], marker: str) -> dict[str, Any]:
    """The values in the place of those that are not empty."""
    cleared: dict[str, Any] = {}
    for column in columns:
        value = getattr(row, column)
        if not value:
            continue
        field = row._meta.get_field(column)
        if column in LEFT_EMPTY:
            cleared[column] = None if getattr(field, "null", False) else ""
        else:
            length = getattr(field, "max_length", None)
            cleared[column] = marker[:length] if length else marker
    return cleared


def _state_words(state: dict[str, Any], order: Suppression) -> set[str]:
    words: set[str] = set()
    for accessor, columns in columns_of(order.kind, order.part).items():
        for fields in state.get(accessor) or () if accessor else (state,):
            words.update(str(fields[column]) for column in columns if fields.get(column))
    return words


def _clear_log(public_id: str, order: Suppression, marker: str) -> None:
    """Remove the part from all states of the row in its log; of everything, the states."""
    rows: QuerySet[AuditEntry] = QuerySet(AuditEntry)
    entries = rows.filter(public_id=public_id).exclude(state=None)
    if order.part == SuppressedPart.ALL:
        entries.update(state=None)
        return
    for entry in entries:
        state = cast("dict[str, Any]", entry.state)
        for accessor, columns in columns_of(order.kind, order.part).items():
            for fields in state.get(accessor) or () if accessor else (state,):
                for column in columns:
                    if fields.get(column):
                        fields[column] = "" if column in LEFT_EMPTY else marker
        if moves_address(order.kind, order.part) and "slug" in state:
            state["slug"] = removal_slug(public_id)
        QuerySet(AuditEntry).filter(pk=entry.pk).update(state=state)


def _clear_snapshot(public_id: str, order: Suppression, marker: str) -> None:
    snapshot = Snapshot.objects.filter(public_id=public_id).first()
    if snapshot is None:
        return
    if order.part == SuppressedPart.ALL:
        delete_snapshot(public_id)
        refresh_links({public_id})
        return
    document = cast("Document", stored_document(snapshot.document))
    title = replacement_title(order, document["title"])
    Snapshot.objects.filter(public_id=public_id).update(
        document=without_words(document, order.part, marker, title=title)
    )
