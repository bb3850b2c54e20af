"""How published documents follow what moved on the desk: from snapshots, never from desk rows.

Desk rows may hold edits that nobody has published; a snapshot holds what somebody has.
"""

from __future__ import annotations

from typing import Any

from kb.record.documents import Document, referenced_ids


def replace_id(value: Any, old: str, new: str) -> Any:
    """A document in which every ``old`` is ``new``, and no list says anything twice by that."""
    if isinstance(value, dict):
        return {key: replace_id(one, old, new) for key, one in value.items()}
    if isinstance(value, list):
        found = [replace_id(one, old, new) for one in value]
        return [one for place, one in enumerate(found) if one not in found[:place]]
    return new if value == old else value


def merge_documents(kept: Document, gone: Document, on_the_desk: Document) -> Document:
    """``kept`` with all that ``gone`` lists (names, citations, parts), in the desk's order.

    Both as they were published. The title of an actor that is gone stays as another name.
    """
    gone = replace_id({**gone, "id": ""}, gone["id"], kept["id"])
    result = dict(kept)
    for name, value in kept.items():
        if isinstance(value, list):
            more = [*gone.get(name, ()), *_own_name(name, kept, gone)]
            listed = _once([*value, *more], by="name" if name == "other_names" else "")
            listed = [one for one in listed if not _is_itself(name, one, kept)]
            result[name] = sort_like(listed, on_the_desk.get(name))
    if "voice" in kept:
        to = sorted({*kept["voice"]["to"], *gone["voice"]["to"]})
        result["voice"] = {**kept["voice"], "to": to}
    for name in ("part_of", "derives_from", "in_reply_to"):
        if result.get(name) in (kept["id"], gone["id"]) and name in result:
            result[name] = None
    return result


def document_change(before: Document, after: Document, target: str) -> dict[str, Any]:
    """What undoing needs of a document that followed: the fields that changed, both ways.

    Not the whole of it twice: a merge may have thousands. ``named`` says whether the document
    named the target before.
    """
    names = [one for one in after if before.get(one) != after[one]]
    return {
        "id": after["id"],
        "before": {one: before.get(one) for one in names},
        "after": {one: after[one] for one in names},
        "named": target in referenced_ids(before),
    }


def _own_name(name: str, kept: Document, gone: Document) -> list[dict[str, str]]:
    if name != "other_names":
        return []
    return [{"name": gone["title"], "language": "", "kind": "alias"}]


def _is_itself(name: str, one: Any, kept: Document) -> bool:
    if name == "other_names":
        return bool(one["name"] == kept["title"])
    return name == "affiliations" and one["organisation"] == kept["id"]


def _once(listed: list[Any], *, by: str) -> list[Any]:
    seen: list[Any] = []
    found = []
    for one in listed:
        key = one[by] if by else one
        if key not in seen:
            seen.append(key)
            found.append(one)
    return found


def sort_like(listed: list[Any], order: Any) -> list[Any]:
    """The same items in the order that another list has them; the others after those."""
    known = order if isinstance(order, list) else []
    places = {id(one): known.index(one) if one in known else len(known) for one in listed}
    return sorted(listed, key=lambda one: places[id(one)])


def apply_change(before: Any, after: Any, current: Any) -> Any:
    """``current`` with the change from ``before`` to ``after``, wherever it still says ``before``.

    What somebody has changed since stays as it is now. The way back is the same with the first
    two the other way round.
    """
    if before == after:
        return current
    if current == before:
        return after
    if isinstance(before, dict) and isinstance(after, dict) and isinstance(current, dict):
        return {
            name: apply_change(before.get(name), after.get(name), value)
            for name, value in current.items()
        }
    if isinstance(before, list) and isinstance(after, list) and isinstance(current, list):
        if len(before) == len(after) == len(current):
            triples = zip(before, after, current, strict=True)
            found = [apply_change(*three) for three in triples]
        else:
            stays = [one for one in current if one in after or one not in before]
            found = stays + [one for one in after if one not in before]
        return sort_like(_once(found, by=""), after)
    return current
