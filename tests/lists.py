"""The rows that the lists of records are read from, to compare them."""

from __future__ import annotations

from typing import Any

from kb.record.models import ListedClaim, ListedRecord, ListTotal, SourceParent

LIST_MODELS = (ListedRecord, ListTotal, ListedClaim, SourceParent)


def list_rows() -> tuple[list[tuple[Any, ...]], ...]:
    """Everything in these tables but keys and totals of 0."""
    records = ListedRecord.objects.order_by("public_id").values_list(
        "public_id", "revision__number", "kind", "own_kind", "owner", "newest", "entries",
        "is_unused", "search_text", "initial", "name_key",
    )  # fmt: skip
    totals = ListTotal.objects.exclude(records=0).order_by("kind", "own_kind", "initial")
    claims = ListedClaim.objects.order_by("claim")
    return (
        [(*columns, bytes(name_key)) for *columns, name_key in records],
        list(totals.values_list("kind", "own_kind", "initial", "records")),
        list(claims.values_list("claim", "incident", "contested")),
        list(SourceParent.objects.order_by("source", "parent").values_list("source", "parent")),
    )
