"""The stored facets of many entries, those of each entry as one text.

A row for each facet takes many times as long to read, and mostly all are what they should be.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from kb.record.chunks import in_chunks
from kb.record.entry_values import FacetPair
from kb.record.models import Facet

# Between name and value, and between facets. No name or value has them, because they are white
# space, and folded names have no other than single spaces (``fold_name``).
_INNER, _OUTER = "\x1f", "\x1e"
_JOIN = {"sqlite": "group_concat", "postgresql": "string_agg"}


class FacetText(str):
    """The facets of an entry as the database puts them together, in any order."""

    __slots__ = ()

    def are(self, pairs: Collection[FacetPair]) -> bool:
        """Whether they are these."""
        return set(self.split(_OUTER)) == {f"{name}{_INNER}{value}" for name, value in pairs}

    def has(self, name: str) -> bool:
        """Whether one of them has this name."""
        return f"{_OUTER}{name}{_INNER}" in f"{_OUTER}{self}"

    def pairs(self) -> set[FacetPair]:
        """All of them."""
        parts = (facet.partition(_INNER) for facet in self.split(_OUTER) if facet)
        return {(name, value) for name, _separator, value in parts}


NO_FACETS = FacetText("")


def stored_facets(keys: Collection[int]) -> dict[int, FacetText]:
    """The facets of these entries by primary key, without those that have none.

    Costs a query for 500 entries.
    """
    quoted = connection.ops.quote_name
    table = quoted(Facet._meta.db_table)
    texts: dict[int, FacetText] = {}
    with connection.cursor() as cursor:
        for chunk in in_chunks(keys):
            places = ", ".join(["%s"] * len(chunk))
            cursor.execute(
                f"SELECT entry_id, {_JOIN[connection.vendor]}("  # noqa: S608 (own names)
                "name || CAST(%s AS text) || value, CAST(%s AS text)) "
                f"FROM {table} WHERE entry_id IN ({places}) GROUP BY entry_id",
                [_INNER, _OUTER, *chunk],
            )
            texts.update((key, FacetText(text)) for key, text in cursor.fetchall())
    return texts
