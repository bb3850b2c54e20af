"""Documents as bytes: the order of their fields, their digest, and their JSON Schema."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from kb.record.documents import types
from kb.record.documents.types import DOCUMENTS, Document
from kb.record.schema import json_schema_for

# The parts of documents, by the names of their fields.
_PARTS = {
    frozenset(part.__annotations__): part
    for part in (
        types.Date,
        types.Name,
        types.AffiliationPart,
        types.SourceParent,
        types.CitationPart,
        types.Participant,
        types.AccountSource,
        types.Link,
        types.Place,
        types.Number,
        types.Figure,
        types.Original,
        types.Voice,
        types.StancePart,
        types.Account,
    )
}


def in_declared_order(value: Any) -> Any:
    """A document or a part of one with its fields in the order in which they are declared here.

    PostgreSQL keeps them in an order of its own. What is not declared comes last.
    """
    if isinstance(value, list):
        return [in_declared_order(item) for item in value]
    if not isinstance(value, dict):
        return value
    shape = _PARTS.get(frozenset(value)) or DOCUMENTS.get(value.get("kind", ""))
    declared = list(shape.__annotations__) if shape else []
    names = [*(name for name in declared if name in value), *sorted(value.keys() - set(declared))]
    return {name: in_declared_order(value[name]) for name in names}


def digest(document: Document) -> str:
    """SHA-256 of the document's canonical JSON, as 64 hexadecimal digits."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def documents_json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of every document, made from the types above."""
    return json_schema_for("A document of the record", *DOCUMENTS.values(), closed=True)
