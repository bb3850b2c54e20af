"""Apply a merge or split to published documents.

The new documents are built from snapshots, because desk rows may have unpublished edits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

from kb.record.documents import Document, first_parent, referenced_ids

# What no two items of a list have in common.
_KEYS = {"other_names": "name", "parents": "source"}
# Some fields of a document.
PartialDocument = Mapping[str, Any]


class DocumentChange(TypedDict):
    """How a merge or split changed a published document: the changed fields before and after.

    ``before`` is None for a document that a split created, ``after`` for one that a merge
    removed. ``named`` says whether the document named the target before.
    """

    id: str
    before: PartialDocument | None
    after: PartialDocument | None
    named: NotRequired[bool]


def replace_id(document: Document, old: str, new: str) -> Document:
    """Return the document with ``new`` for every ``old``, and without duplicates in its lists."""
    return cast("Document", _replace(document, old, new))


def _replace(value: object, old: str, new: str) -> object:
    if isinstance(value, dict):
        return {key: _replace(item, old, new) for key, item in value.items()}
    if isinstance(value, list):
        items = [_replace(item, old, new) for item in value]
        return [item for place, item in enumerate(items) if item not in items[:place]]
    return new if value == old else value


def merge_documents(target: Document, origin: Document, desk_document: Document) -> Document:
    """Return ``target`` with the names, citations and other list items of ``origin`` added.

    Both are published documents. Lists are in the order of ``desk_document``. The title of an
    actor that is merged becomes another name of the target.
    """
    target_values: dict[str, Any] = {**target}
    origin_values: dict[str, Any] = {**replace_id({**origin, "id": ""}, origin["id"], target["id"])}
    if "text" in origin_values and "citations" in origin_values:
        # The target shows its own words; those of the other carriers are kept.
        origin_values["citations"] = [
            {**citation, "quoted": False} for citation in origin_values["citations"]
        ]
    order: dict[str, Any] = {**desk_document}
    merged = dict(target_values)
    for name, value in target_values.items():
        if isinstance(value, list):
            items = [*value, *origin_values.get(name, ()), *_title_as_name(name, origin_values)]
            items = _without_duplicates(items, by=_KEYS.get(name, ""))
            items = [item for item in items if not _names_itself(name, item, target_values)]
            merged[name] = sort_like(items, order.get(name))
    if "voice" in target_values:
        addressees = sorted({*target_values["voice"]["to"], *origin_values["voice"]["to"]})
        merged["voice"] = {**target_values["voice"], "to": addressees}
    if "parents" in merged:
        merged |= first_parent(merged["parents"])
    for name in ("part_of", "in_reply_to"):
        if name in merged and merged[name] in (target_values["id"], origin_values["id"]):
            merged[name] = None
    return cast(Document, merged)


def document_change(before: Document, after: Document, target: str) -> DocumentChange:
    """Return the fields of a document that changed, with both values.

    Only these fields, not two whole documents: a merge may change thousands of documents.
    """
    old: dict[str, Any] = {**before}
    new: dict[str, Any] = {**after}
    names = [name for name in new if old.get(name) != new[name]]
    return {
        "id": new["id"],
        "before": {name: old.get(name) for name in names},
        "after": {name: new[name] for name in names},
        "named": target in referenced_ids(before),
    }


def _title_as_name(name: str, origin_values: dict[str, Any]) -> list[dict[str, str]]:
    if name != "other_names":
        return []
    return [{"name": origin_values["title"], "language": "", "kind": "alias", "note": ""}]


def _names_itself(name: str, item: Any, fields: dict[str, Any]) -> bool:
    if name == "other_names":
        return bool(item["name"] == fields["title"])
    if name == "parents":
        return bool(item["source"] == fields["id"])
    return name == "affiliations" and bool(item["organisation"] == fields["id"])


def _without_duplicates(items: list[Any], *, by: str = "") -> list[Any]:
    keys: list[Any] = []
    distinct = []
    for item in items:
        key = item[by] if by else item
        if key not in keys:
            keys.append(key)
            distinct.append(item)
    return distinct


def sort_like(items: list[Any], order: object) -> list[Any]:
    """Return the items in the order of another list; those that it does not have come last."""
    ordered = order if isinstance(order, list) else []
    places = {id(item): ordered.index(item) if item in ordered else len(ordered) for item in items}
    return sorted(items, key=lambda item: places[id(item)])


def apply_change(before: PartialDocument, after: PartialDocument, current: Document) -> Document:
    """Return ``current`` with the difference between ``before`` and ``after`` applied to it.

    Values that were changed since are kept. To undo a change, swap ``before`` and ``after``.
    """
    return cast("Document", _apply_change(before, after, current))


def _apply_change(before: object, after: object, current: object) -> object:
    if before == after:
        return current
    if current == before:
        return after
    if isinstance(before, dict) and isinstance(after, dict) and isinstance(current, dict):
        return {
            name: _apply_change(before.get(name), after.get(name), value)
            for name, value in current.items()
        }
    if isinstance(before, list) and isinstance(after, list) and isinstance(current, list):
        if len(before) == len(after) == len(current):
            items = [_apply_change(*values) for values in zip(before, after, current, strict=True)]
        else:
            items = [item for item in current if item in after or item not in before]
            items += [item for item in after if item not in before]
        return sort_like(_without_duplicates(items), after)
    return current
