"""One page of a timeline: the rows, the counts, and where the next page begins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from kb.record import publication_version
from kb.record.facets import FacetOption, facet_options
from kb.record.models import Entry
from kb.record.query import TimelineQuery
from kb.record.rows import Row, rows_for_entries


@dataclass(frozen=True)
class Count:
    """Entries certainly in the range, and those that only may be; without a range, all certain."""

    certain: int
    possible: int

    @property
    def shown(self) -> int:
        return self.certain + self.possible


class TimelinePage:
    """What every format is made from. Each part is fetched when it is first asked for."""

    def __init__(self, query: TimelineQuery, *, with_later: bool = False) -> None:
        """``with_later``: the rows, not the counts, include what was not yet known."""
        self.query = query
        self.with_later = with_later

    @cached_property
    def epoch(self) -> int:
        return publication_version.current_number()

    @cached_property
    def count(self) -> Count:
        certain = self.query.entries(match="certain").count()
        if not self.query.has_range or self.query.match == "certain":
            return Count(certain, 0)
        return Count(certain, self.query.entries().count() - certain)

    @cached_property
    def facets(self) -> dict[str, list[FacetOption]]:
        return facet_options(self.query)

    @cached_property
    def _slice(self) -> tuple[list[Entry], bool, bool]:
        """The entries of this page, and whether there are more before and after them."""
        query = self.query
        entries = query.entries(with_later=self.with_later).select_related("revision")
        key, is_rising = query.sorting
        if query.before:
            side = "lt" if is_rising else "gt"
            entries = entries.filter(**{f"{key}__{side}": query.before}).reverse()
            found = list(entries[: query.size + 1])
            return found[: query.size][::-1], len(found) > query.size, True
        if query.after:
            side = "gt" if is_rising else "lt"
            entries = entries.filter(**{f"{key}__{side}": query.after})
        found = list(entries[: query.size + 1])
        return found[: query.size], bool(query.after), len(found) > query.size

    @cached_property
    def rows(self) -> list[Row]:
        return rows_for_entries(self._slice[0], self.query)

    @property
    def previous(self) -> TimelineQuery | None:
        entries, more, _ = self._slice
        return self.query.with_(before=self._mark(entries[0])) if more and entries else None

    @property
    def next(self) -> TimelineQuery | None:
        entries, _, more = self._slice
        return self.query.with_(after=self._mark(entries[-1])) if more and entries else None

    def _mark(self, entry: Entry) -> str:
        return str(getattr(entry, self.query.sorting[0]))
