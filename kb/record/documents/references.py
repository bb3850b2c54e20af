"""Which other records a document names, and the document without some of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypedDict, cast

from kb.record.documents.types import Document, PublicId, SourceParent


class FirstParent(TypedDict):
    derives_from: PublicId | None
    derivation: str


_SINGLE = {
    "publisher",
    "derives_from",
    "part_of",
    "in_reply_to",
    "incident",
    "attributed_by",
    "asked_by",
    "answer",
}
_PLAIN_LISTS = {"incidents", "topics", "about", "events", "asked", "claims", "moments"}
# The ids that carry an item of a list: it goes when one of them is not public.
_CARRIED_LISTS: dict[str, tuple[str, ...]] = {
    "citations": ("source", "via"),
    "actors": ("actor",),
    "affiliations": ("organisation",),
    "parents": ("source",),
    "according_to": ("statement", "source"),
    "links": ("to", "source"),
    "figures": ("source",),
    "stances": ("proposition",),
    "accounts": ("statement", "source"),
}
# The ids of an item that are left out alone when they are not public.
_OPTIONAL_IDS: dict[str, tuple[str, ...]] = {
    "citations": ("addressee",),
    "stances": ("actor",),
    "accounts": ("holder", "actor"),
}
_VOICE_SINGLE = {"speaker", "on_behalf_of", "same_speaker"}
_VOICE_LISTS = {"speakers", "principals", "to"}
_IDS_OF_ITEMS = {name: (*ids, *_OPTIONAL_IDS.get(name, ())) for name, ids in _CARRIED_LISTS.items()}
_NAMING = frozenset({*_SINGLE, *_PLAIN_LISTS, *_IDS_OF_ITEMS, "voice"})


def referenced_ids(document: Document) -> set[PublicId]:
    """Every public id that a document names."""
    fields = _fields(document)
    ids: set[PublicId] = set()
    for name in _NAMING & fields.keys():
        value = fields[name]
        if not value:
            continue
        if name in _PLAIN_LISTS:
            ids.update(value)
        elif name in _SINGLE:
            ids.add(value)
        elif name == "voice":
            ids.update([value[part] for part in _VOICE_SINGLE if value.get(part)])
            for part in _VOICE_LISTS:
                ids.update(value.get(part, ()))
        else:
            for key in _IDS_OF_ITEMS[name]:
                ids.update([public_id for item in value if (public_id := item.get(key))])
    return ids


def without_unpublished(document: Document, public: Collection[PublicId]) -> Document:
    """The document without references to anything that is not in ``public``, their ids too."""
    pruned = _fields(document)
    for name in _SINGLE & pruned.keys():
        pruned[name] = _if_public(pruned[name], public)
    for name in _PLAIN_LISTS & pruned.keys():
        pruned[name] = [public_id for public_id in pruned[name] if public_id in public]
    for name, ids in _CARRIED_LISTS.items():
        if name in pruned:
            pruned[name] = [
                _without_optional(item, _OPTIONAL_IDS.get(name, ()), public)
                for item in pruned[name]
                if all(item[key] in public for key in ids if item.get(key))
            ]
    if "parents" in pruned:
        pruned |= first_parent(pruned["parents"])
    if voice := pruned.get("voice"):
        pruned["voice"] = {
            **voice,
            **{name: _if_public(voice[name], public) for name in _VOICE_SINGLE if name in voice},
            **{
                name: [public_id for public_id in voice[name] if public_id in public]
                for name in _VOICE_LISTS
                if name in voice
            },
        }
    return cast(Document, pruned)


def first_parent(parents: Sequence[SourceParent]) -> FirstParent:
    """The fields of a source that repeat its first parent, for programs that know one only."""
    if not parents:
        return {"derives_from": None, "derivation": ""}
    return {"derives_from": parents[0]["source"], "derivation": parents[0]["derivation"]}


def _if_public(public_id: PublicId | None, public: Collection[PublicId]) -> PublicId | None:
    return public_id if public_id in public else None


def _without_optional(
    item: dict[str, Any], names: tuple[str, ...], public: Collection[PublicId]
) -> dict[str, Any]:
    return {**item, **{name: _if_public(item[name], public) for name in names if name in item}}


def _fields(document: Document) -> dict[str, Any]:
    """A copy of the document's fields, for code that takes their names from the tables above."""
    return {**document}
