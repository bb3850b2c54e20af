"""What an import leaves out of a line of JSON Lines, as sentences for the report of its row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints, is_typeddict

from django.utils.translation import gettext as _

from kb.desk.importers.rows import printable
from kb.record.answers import EntryRow
from kb.record.vocabulary import LinkKind
from kb.text.links import LinkError, safe_url

MAX_OMISSIONS = 20  # that one row lists
# The keys of an object, each with those of the objects below it; None where any may be.
Keys: TypeAlias = "dict[str, Keys | None]"
# Written by hand: what is read, but is in no published list.
_ALSO_READ: Keys = {
    "citations": {"source": {"parents": None}},
    "figures": {"number": None},
    "stances": {"source": None, "note": None},
}


def omissions(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """What is left out of an entry: the key, why, and what to do. At most ``MAX_OMISSIONS``.

    A key that a published list has is none, although its value may follow from other keys.
    """
    sentences = [
        _("%(key)s: No field has this key, so it is not read. Correct or remove it.")
        % {"key": f"“{printable(key)[:80]}”"}
        for key in dict.fromkeys(_unknown_keys(entry, _known_keys(), ""))
    ]
    for place, link in enumerate(_objects(entry, "links"), start=1):
        if (kind := str(link.get("kind", ""))) not in LinkKind.values:
            sentences.append(
                _("links, %(place)s: “%(kind)s” is not a kind of link. Choose one of: %(kinds)s.")
                % {
                    "place": place,
                    "kind": printable(kind)[:40],
                    "kinds": ", ".join(LinkKind.values),
                }
            )
    for place, citation in enumerate(_objects(entry, "citations"), start=1):
        source = citation.get("source")
        address = source.get("archive_url") if isinstance(source, dict) else ""
        if address and not is_safe(str(address)):
            sentences.append(
                _(
                    "citations, %(place)s, archive_url: “%(address)s” is not an address that "
                    "readers can open. Correct it, or enter it in the source."
                )
                % {"place": place, "address": printable(str(address))[:80]}
            )
    if len(sentences) > MAX_OMISSIONS:
        others = len(sentences) - MAX_OMISSIONS
        sentences = sentences[:MAX_OMISSIONS]
        sentences.append(_("And %(number)s more.") % {"number": f"{others:,}"})
    return tuple(sentences)


def is_safe(url: str) -> bool:
    """Whether readers may be led to this address."""
    try:
        return bool(safe_url(url))
    except LinkError:
        return False


def _unknown_keys(value: object, known: Keys, path: str) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _unknown_keys(item, known, path)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if key not in known:
                yield f"{path}{key}"
            elif below := known[key]:
                yield from _unknown_keys(part, below, f"{path}{key}.")


@cache
def _known_keys() -> Keys:
    """The keys of a published entry of any kind, and what else is read."""
    return _merged(_keys_of(EntryRow) or {}, _ALSO_READ)


def _keys_of(hint: Any) -> Keys | None:
    if is_typeddict(hint):
        return {name: _keys_of(part) for name, part in get_type_hints(hint).items()}
    if get_origin(hint) in (None, dict):
        return None
    if get_origin(hint) in (Union, UnionType, list) or get_args(hint):
        keys: Keys = {}
        for part in get_args(hint):
            keys = _merged(keys, _keys_of(part) or {})
        return keys or None
    return None


def _merged(keys: Keys, others: Keys) -> Keys:
    merged = dict(keys)
    for name, below in others.items():
        earlier = merged.get(name)
        merged[name] = _merged(earlier, below) if earlier and below else below
    return merged


def _objects(values: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    parts = values.get(name)
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
