"""What rests on a source: the entries that cite it, and which of them have no other origin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from kb.record.models import Entry, Facet
from kb.record.rendering import row_with_html
from kb.record.rows import Row, rows_for_entries

MAX_CITING_ENTRIES = 100
SOLE, DERIVED, INDEPENDENT = "alone", "relayed", "beside"
_ORDER = (SOLE, DERIVED, INDEPENDENT)


@dataclass(frozen=True)
class SourceUsage:
    """Keys of the entries that cite a source, in the order of time, by how they rest on it."""

    by_standing: dict[str, list[int]]

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(keys) for name, keys in self.by_standing.items()}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def rows(self, source_id: str, only: str = "") -> list[dict[str, Any]]:
        """The first hundred, those that rest on it alone first; or only those."""
        keys = [
            (key, name) for name in ([only] if only else _ORDER) for key in self.by_standing[name]
        ][:MAX_CITING_ENTRIES]
        found = {
            entry.pk: entry
            for entry in Entry.objects.filter(pk__in=[key for key, _ in keys]).select_related(
                "revision"
            )
        }
        shown = [(found[key], name) for key, name in keys if key in found]
        rows = rows_for_entries([entry for entry, _ in shown])
        return [
            _line(row_with_html(row), name, source_id)
            for row, (_, name) in zip(rows, shown, strict=True)
        ]


def source_usage(source_id: str, relays: Collection[str]) -> SourceUsage:
    """The entries that cite the source, in one query.

    Alone: no other source supports the entry. Relayed: the others that do, ``relays``, got it
    from this one. Beside: it has other origins, or this source does not support it.
    """
    rows = (
        Facet.objects.filter(name="source", value=source_id)
        .order_by("entry__sort_key")
        .values_list("entry_id", "entry__revision__document__citations")
    )
    found: dict[str, list[int]] = {name: [] for name in _ORDER}
    for key, citations in rows:
        supporting = {one["source"] for one in citations if one["bearing"] == "supports"}
        if supporting == {source_id}:
            found[SOLE].append(key)
        elif source_id in supporting and supporting - {source_id} <= set(relays):
            found[DERIVED].append(key)
        else:
            found[INDEPENDENT].append(key)
    return SourceUsage(found)


def _line(row: Row, name: str, source_id: str) -> dict[str, Any]:
    own = [one for one in row["citations"] if one["source"]["id"] == source_id]
    others = {one["source"]["id"] for one in row["citations"]} - {source_id}
    return {
        "row": row,
        "rests": name,
        "others": len(others),
        "excerpts": [one for one in own if one["exact"]],
        "notes": [one["note"] for one in own if one["note"]],
        "bearing": own[0]["bearing"] if own else "",
        "places": list(dict.fromkeys(one["locator"] for one in own if one["locator"])),
    }
