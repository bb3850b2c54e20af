"""The addresses of a list on a page: for other queries, and for its values and parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import urlencode

from kb.record.query import TimelineQuery
from kb.site.http.list_order import page_order


@dataclass(frozen=True)
class ListPath:
    """The path of a page with a list of entries.

    ``fixed`` are the parameters that its path decides; ``extra`` are parameters of the page itself,
    which every link to it has too. ``display`` are those that only change how the page looks: a
    file of the same list has none of them.
    """

    path: str
    fixed: tuple[str, ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    display: tuple[tuple[str, str], ...] = ()

    def with_display(self, display: tuple[tuple[str, str], ...]) -> ListPath:
        """The same list, displayed in another way."""
        return replace(self, display=display)

    def pairs(self, query: TimelineQuery) -> list[tuple[str, str]]:
        """The parameters of the page for a query."""
        return [*self.display, *self.extra, *self.own_pairs(query)]

    def own_pairs(self, query: TimelineQuery) -> list[tuple[str, str]]:
        """Those of the query itself, without what the path decides and without default values."""
        return [pair for pair in query.pairs(self._order) if pair[0] not in self.fixed]

    def file_pairs(self, query: TimelineQuery) -> list[tuple[str, str]]:
        """The parameters of a file of the list."""
        pairs = (pair for pair in query.pairs() if pair[0] not in self.fixed)
        return [*self.extra, *pairs]

    def url(self, query: TimelineQuery) -> str:
        return _joined(self.path, self.pairs(query))

    def options_url(self, query: TimelineQuery, name: str, **extra: str) -> str:
        """The address of all values of a filter; ``extra`` are parameters of that page."""
        pairs = [*self.pairs(query.with_()), *((key, text) for key, text in extra.items() if text)]
        return _joined(f"{self.path}options/{name}/", pairs)

    def numbers_url(self, query: TimelineQuery) -> str:
        """The address of the histogram as a table."""
        return _joined(f"{self.path}numbers/", self.pairs(query.with_()))

    @cached_property
    def _order(self) -> str:
        """The order of the page if its address names none, looked up once for all its links."""
        return page_order(self.path)

    @property
    def nav(self) -> str:
        """The item of the navigation to which the page belongs: the part of the site it is in."""
        return next(
            part for part in ("incidents", "actors", "timeline") if f"/{part}/" in self.path
        )

    @property
    def fragment_path(self) -> str:
        """The path of the parts of the page that depend on the query."""
        return f"{self.path}fragment/"


def _joined(path: str, pairs: list[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(pairs)}" if pairs else path
