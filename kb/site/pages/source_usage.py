"""The entries that cite a source, and which of them have no other origin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypedDict

from kb.record.answers import NumberedCitation
from kb.record.citation_rows import numbered_citations
from kb.record.entry_origins import read_supporting_ids
from kb.record.models import Entry, Facet
from kb.record.rendering import row_with_html
from kb.record.rows import Row, rows_for_entries

MAX_CITING_ENTRIES = 100
# The values of the parameter ``only`` and the keys of the counts.
SOLE, DERIVED, INDEPENDENT = "alone", "relayed", "beside"
_ORDER = (SOLE, DERIVED, INDEPENDENT)


class CitingEntry(TypedDict):
    """An entry that cites the source, with what it takes from it.

    ``usage`` is SOLE, DERIVED or INDEPENDENT; ``others`` counts the other sources it cites.
    """

    row: Row
    usage: str
    bearing: str
    others: int
    excerpts: list[NumberedCitation]
    notes: list[str]
    places: list[str]


@dataclass(frozen=True)
class SourceUsage:
    """Primary keys of the entries that cite a source, by usage, in the order of time."""

    keys_by_usage: dict[str, list[int]]

    @property
    def counts(self) -> dict[str, int]:
        return {usage: len(keys) for usage, keys in self.keys_by_usage.items()}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def rows(self, source_id: str, only: str = "") -> list[CitingEntry]:
        """The first entries, those without another source first; ``only`` takes one usage."""
        keys = [
            (key, usage)
            for usage in ([only] if only else _ORDER)
            for key in self.keys_by_usage[usage]
        ][:MAX_CITING_ENTRIES]
        entries = Entry.objects.select_related("revision").in_bulk([key for key, _usage in keys])
        listed = [(entries[key], usage) for key, usage in keys if key in entries]
        rows = rows_for_entries([entry for entry, _usage in listed])
        return [
            _citing_entry(row_with_html(row), usage, source_id)
            for row, (_entry, usage) in zip(rows, listed, strict=True)
        ]


def source_usage(source_id: str, derived_ids: Collection[str]) -> SourceUsage:
    """How each entry that cites the source uses it, in one query.

    Sources that were not read support nothing. SOLE: no other source supports the entry. DERIVED:
    the other supporting sources are all in ``derived_ids``, which got their information from this
    one. INDEPENDENT: the entry has other origins, or this source does not support it.
    """
    rows = (
        Facet.objects.filter(name="source", value=source_id)
        .order_by("entry__sort_key")
        .values_list("entry_id", "entry__revision__document__citations")
    )
    keys: dict[str, list[int]] = {usage: [] for usage in _ORDER}
    for key, citations in rows:
        supporting = read_supporting_ids(citations)
        if supporting == {source_id}:
            keys[SOLE].append(key)
        elif source_id in supporting and supporting - {source_id} <= set(derived_ids):
            keys[DERIVED].append(key)
        else:
            keys[INDEPENDENT].append(key)
    return SourceUsage(keys)


def _citing_entry(row: Row, usage: str, source_id: str) -> CitingEntry:
    citations = numbered_citations(row)
    own = [citation for citation in citations if citation["source"]["id"] == source_id]
    source_ids = {citation["source"]["id"] for citation in row["citations"]}
    return {
        "row": row,
        "usage": usage,
        "bearing": own[0]["bearing"] if own else "",
        "others": len(source_ids - {source_id}),
        "excerpts": [citation for citation in own if citation["exact"]],
        "notes": [citation["note"] for citation in own if citation["note"]],
        "places": list(
            dict.fromkeys(citation["locator"] for citation in own if citation["locator"])
        ),
    }
