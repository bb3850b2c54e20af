"""What later imports and undoing need to know about the rows of an import."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core import serializers

from kb.desk.importers.dry_run import CHANGE, ImportOutcome
from kb.desk.models import ImportBatch, ImportedRow, Publishable

# The relations whose rows belong to an entry or a claim, by kind.
ENTRY_PARTS = {
    "event": ("according_to", "participations", "citations", "figures", "links"),
    "statement": ("citations", "links"),
    "request": ("citations", "links"),
    # Claims are no entries, but imports change their positions.
    "proposition": ("stances",),
}
# One serialized row, as ``ImportedRow.before`` stores it.
SerializedRow = dict[str, Any]


def imported_entry(
    batch: ImportBatch, outcome: ImportOutcome, before: dict[str, list[SerializedRow]]
) -> ImportedRow:
    """The ImportedRow of an entry; for a changed one with what was there before."""
    row = imported_row(batch, outcome.entry, outcome.row.external_id, outcome.digest)
    earlier = outcome.earlier
    if outcome.action == CHANGE and earlier and earlier.batch_id == batch.pk:
        # An interrupted import that goes on: what was there before it stays the same.
        row.is_new, row.before = earlier.is_new, earlier.before
    elif outcome.action == CHANGE and outcome.earlier:
        row.is_new = False
        row.before = {
            "rows": before[outcome.entry.public_id],
            "batch": outcome.earlier.batch_id,
            "digest": outcome.earlier.digest,
            "is_new": outcome.earlier.is_new,
            "before": outcome.earlier.before,
        }
    return row


def stored_positions(row: ImportedRow | None) -> list[int]:
    """The keys of the positions that a row of an earlier import stored.

    An import that was interrupted has not noted its own yet: those before it are still there.
    """
    before = (row.before if row else None) or {}
    if "positions" not in before:
        before = before.get("before") or {}
    keys: list[int] = before.get("positions") or []
    return keys


def note_positions(row: ImportedRow, keys: list[int]) -> None:
    """Note which positions the row has stored, for its next import. Does not save it."""
    row.before = {**(row.before or {}), "positions": keys}


def imported_row(
    batch: ImportBatch, record: Publishable, external_id: str = "", digest: str = ""
) -> ImportedRow:
    """The ImportedRow of a new record."""
    return ImportedRow(
        batch=batch,
        origin=batch.origin,
        external_id=external_id,
        kind=record.kind,
        public_id=record.public_id,
        version=record.version,
        digest=digest,
        is_new=True,
    )


def serialized_rows(entry: Publishable, parts: Iterable[str]) -> list[SerializedRow]:
    """The entry and the rows that belong to it, as plain values."""
    rows = [
        row for name in parts for row in sorted(getattr(entry, name).all(), key=lambda row: row.pk)
    ]
    serialized: list[SerializedRow] = serializers.serialize("python", [entry, *rows])
    return serialized
