"""The database field of a document: JSON that is upgraded when it is read."""

from __future__ import annotations

from typing import Any, cast

from django.db import models

from kb.record.documents.editions import EDITION, upgrade
from kb.record.documents.types import Document


class UpgradedDocument(dict[str, Any]):
    """A document of an earlier edition as it is read; ``stored`` is what was published."""

    stored: dict[str, Any]


class DocumentField(models.JSONField):
    """JSON of a document. Reading gives the newest edition; what is stored never changes.

    Values of a part (``document__date``) come as they are stored.
    """

    def deconstruct(self) -> Any:
        """As a plain JSONField, which is what migrations and the database see."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        document = super().from_db_value(value, expression, connection)
        if not isinstance(document, dict) or "kind" not in document:
            return document
        if document.get("edition") == EDITION:
            return document
        newest = upgrade(cast("Document", document))
        if newest == document:
            return document
        upgraded = UpgradedDocument(newest)
        upgraded.stored = document
        return upgraded

    def value_from_object(self, obj: models.Model) -> Any:
        """The stored document, for exports that repeat it byte for byte."""
        return stored_document(super().value_from_object(obj))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(stored_document(value), connection, prepared)


def stored_document(document: Any) -> Any:
    """The document as it was stored, for one that was upgraded when it was read."""
    return document.stored if isinstance(document, UpgradedDocument) else document
