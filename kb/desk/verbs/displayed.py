"""Rows as an editor saw them on a page, so that nothing newer is published or approved unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

from kb.desk.models import Publishable
from kb.record.documents import Document, digest


class DisplayedRow(NamedTuple):
    """The version of a row and the digest of its document when a page showed it."""

    kind: str
    key: int
    version: int
    sha256: str


# By kind and key.
DisplayedRows = Mapping[tuple[str, int], DisplayedRow]


def displayed_rows(rows: Iterable[DisplayedRow]) -> DisplayedRows:
    """The rows by kind and key."""
    return {(row.kind, row.key): row for row in rows}


def displayed_row(row: Publishable, document: Document) -> DisplayedRow:
    """What a page that shows this row notes of it."""
    return DisplayedRow(row.kind, row.pk, row.version, digest(document))


def changed_row_errors(
    rows: Iterable[Publishable],
    documents: Mapping[str, Document],
    displayed: DisplayedRows,
) -> list[str]:
    """Return a reason for each row that differs from what was displayed, or was not displayed.

    Call it in the transaction that publishes: it locks the rows. A row that somebody is saving
    at the moment counts as changed, so the two do not wait for each other.
    """
    rows = list(rows)
    versions = locked_versions(rows)
    reasons = []
    for row in rows:
        shown = displayed.get((row.kind, row.pk))
        if shown is None:
            reasons.append(
                _("“%(row)s” would be published as well, but was not on the page. Read it first.")
                % {"row": row}
            )
        elif (
            versions.get((row.kind, row.pk)) != shown.version
            or digest(documents[row.public_id]) != shown.sha256
        ):
            reasons.append(
                _("Someone changed “%(row)s” after you opened the page. Read it again first.")
                % {"row": row}
            )
    return reasons


def locked_versions(rows: Iterable[Publishable]) -> dict[tuple[str, int], int]:
    """Lock the rows, and return their stored versions by kind and key; a query for each kind.

    Rows that another transaction holds are left out.
    """
    keys: dict[type[Publishable], list[int]] = {}
    for row in rows:
        keys.setdefault(type(row), []).append(row.pk)
    return {
        (model.kind, key): version
        for model, model_keys in keys.items()
        for key, version in model._default_manager.select_for_update(skip_locked=True)
        .filter(pk__in=model_keys)
        .order_by("pk")
        .values_list("pk", "version")
    }
