"""An index of actors, of sources or of incidents: found by name, in some order, page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kb.record.models import Facet, Revision
from kb.site.http.parameters import ANY_TEXT, InvalidParameters, clean_parameters
from kb.site.http.representations import format_links
from kb.site.pages.page_meta import page_head
from kb.text.normalise import matches, query_terms, search_text

# From rows of (pk, title, document) to rows of (pk, all that the thing is found by).
Texts = Callable[[Iterable[tuple[int, str, dict[str, Any]]]], Iterable[tuple[int, list[str]]]]
PAGE_SIZE = 100
MIN_ROWS_FOR_FORM = 3
ON = ("0", "1")


@dataclass(frozen=True)
class RecordList:
    """What one index is of, and what may be asked of it.

    ``orders`` are the words of the orders that it has, the default first; ``kinds`` those of its
    kinds, none where it has one. ``newest`` is an expression without nulls, the greatest of which
    comes first in the order of that name. ``rows`` makes what programs are told, one for each
    revision and in the same order.
    """

    name: str
    kind: str
    label: Any
    noun: tuple[str, str]
    orders: Mapping[str, Any]
    newest: Any
    texts: Texts
    rows: Callable[[Sequence[Revision]], Sequence[Mapping[str, Any]]]
    kinds: Mapping[str, Any]

    @property
    def order(self) -> str:
        return next(iter(self.orders))

    def parameters(self) -> dict[str, Sequence[str]]:
        """Each parameter with the values that it may take, as ``parameters`` wants them."""
        kinds = {"kind": list(self.kinds)} if self.kinds else {}
        marks = {"after": ANY_TEXT, "before": ANY_TEXT}
        return {"q": ANY_TEXT, **kinds, "order": list(self.orders), **marks}


class Selection:
    """The records of an index that an address asks for. Raises Unreadable when made.

    ``switches`` are parameters besides, each "1" when it is on: ``on`` has those that are. A page
    costs two queries, one more for words, and one for any but the first page.
    """

    def __init__(
        self, directory: RecordList, request: HttpRequest, switches: Iterable[str] = ()
    ) -> None:
        self.directory, self.request = directory, request
        own = dict.fromkeys(switches, ON)
        asked = clean_parameters(request, {**directory.parameters(), **own})
        self.on = frozenset(name for name in own if asked[name] == "1")
        self.q = " ".join(asked["q"].split())
        self.kind = asked.get("kind", "")
        self.order = asked["order"] or directory.order
        self.after, self.before = asked["after"], asked["before"]
        if self.after and self.before:
            both = _("Use either “after” or “before”, not both.")
            raise InvalidParameters({"before": both}, request.GET)
        self._mark = self._at_mark()

    @cached_property
    def revisions(self) -> list[Revision]:
        """Those of this page."""
        return self._page[0]

    @cached_property
    def total(self) -> int:
        """How many there are on all pages."""
        return self._wanted.count()

    @property
    def previous(self) -> dict[str, str]:
        """The mark of the page before; empty where there is none."""
        return {"before": self.revisions[0].public_id} if self._page[1] and self.revisions else {}

    @property
    def next(self) -> dict[str, str]:
        """The mark of the page after; empty where there is none."""
        return {"after": self.revisions[-1].public_id} if self._page[2] and self.revisions else {}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.kind)

    def pairs(self, **more: str) -> list[tuple[str, str]]:
        """The parameters in their one order, without those that say the default."""
        order = "" if self.order == self.directory.order else self.order
        own = {"q": self.q, "kind": self.kind, "order": order, **more}
        return sorted((name, value) for name, value in own.items() if value)

    def url(self, path: str, **more: str) -> str:
        """The path with the parameters, and ``more`` besides."""
        text = urlencode(self.pairs(**more))
        return f"{path}?{text}" if text else path

    def describe(self) -> str:
        """What is asked for, in words: "Actors, Person, found by “li”, most entries first"."""
        parts = [str(self.directory.label)]
        if self.kind:
            parts.append(str(self.directory.kinds[self.kind]))
        if self.q:
            parts.append(_("matching “%(q)s”") % {"q": self.q})
        if self.order != self.directory.order:
            parts.append(str(self.directory.orders[self.order]))
        return ", ".join(parts)

    def batches(self, size: int) -> Iterator[list[Revision]]:
        """All of them, whatever the page, ``size`` at a time and read through a cursor."""
        found = self._ordered.iterator(chunk_size=size)
        while batch := list(islice(found, size)):
            yield batch

    @cached_property
    def _wanted(self) -> QuerySet[Revision]:
        wanted = self._all
        if self.kind:
            wanted = wanted.filter(**{f"document__{self.directory.kind}_kind": self.kind})
        if self.q:
            wanted = Revision.objects.filter(pk__in=self._found(wanted))
        return wanted

    @property
    def _all(self) -> QuerySet[Revision]:
        return Revision.objects.standing().filter(kind=self.directory.kind)

    def _found(self, wanted: QuerySet[Revision]) -> list[int]:
        """Those whose names hold the words, folded as everywhere: letters, scripts, accents."""
        terms = query_terms(self.q)
        rows = self.directory.texts(wanted.values_list("pk", "title", "document"))
        return [pk for pk, parts in rows if terms and matches(search_text(*parts), terms)]

    def _ranked(self, wanted: QuerySet[Revision]) -> QuerySet[Revision]:
        """With ``rank``, of which the greatest comes first, and ``name``, which decides then."""
        own = Facet.objects.filter(name=self.directory.kind, value=OuterRef("public_id"))
        counted = own.order_by().values("value").annotate(found=Count("entry")).values("found")
        entries: Any = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
        ranks = {"entries": {"rank": entries}, "newest": {"rank": self.directory.newest}}
        return wanted.annotate(name=Lower("title"), **ranks.get(self.order, {}))

    @property
    def _by_rank(self) -> list[str]:
        return [] if self.order == "name" else ["-rank"]

    @property
    def _ordered(self) -> QuerySet[Revision]:
        return self._ranked(self._wanted).order_by(*self._by_rank, "name", "public_id")

    @cached_property
    def _page(self) -> tuple[list[Revision], bool, bool]:
        """The rows after or before a mark, and whether there are more on either side."""
        size = PAGE_SIZE
        if self._mark is None:
            found = list(self._ordered[: size + 1])
            return found[:size], False, len(found) > size
        if self.after:
            found = list(self._ordered.filter(self._beyond("gt", "lt"))[: size + 1])
            return found[:size], True, len(found) > size
        rows = self._ordered.filter(self._beyond("lt", "gt")).reverse()[: size + 1]
        found = list(rows)
        return found[:size][::-1], len(found) > size, True

    def _at_mark(self) -> Any:
        """The row at the mark, None without one: whatever is left out, a place in all of them.

        Files that hold all rows have no use for it; a mark that is none is refused there too.
        """
        given = self.after or self.before
        if not given:
            return None
        mark = self._ranked(self._all).filter(public_id=given).first()
        if mark is None:
            wrong = _("This page link is not valid. Go back to the first page.")
            raise InvalidParameters({"after" if self.after else "before": wrong}, self.request.GET)
        return mark

    def _beyond(self, side: str, rank_side: str) -> Q:
        """Rows on one side of the mark, in the order of rank, name and public id."""
        mark = self._mark
        further = Q(**{f"name__{side}": mark.name})
        further |= Q(name=mark.name, **{f"public_id__{side}": mark.public_id})
        if self._by_rank:
            further = Q(**{f"rank__{rank_side}": mark.rank}) | (Q(rank=mark.rank) & further)
        return further


def list_page(selection: Selection, said: str) -> dict[str, Any]:
    """The context of ``_list_page.html`` without its ``rows``: the form, and the pages beside.

    ``said`` is what the index is, in a sentence.
    """
    request, directory = selection.request, selection.directory
    path, heading = request.path, str(directory.label)
    return {
        "heading": heading,
        "said": said,
        "head": page_head(request, heading, said),
        "formats": format_links(directory.name, path, selection.pairs()),
        "form": {
            "action": path,
            "q": selection.q,
            "kind": selection.kind,
            "order": selection.order,
            "kinds": list(directory.kinds.items()),
            "orders": list(directory.orders.items()),
            "in_use": selection.is_narrowed,
            # A list of a few needs no tool.
            "is_needed": selection.is_narrowed or selection.total > MIN_ROWS_FOR_FORM,
            "is_default": not request.GET,
        },
        "pages": {
            "total": selection.total,
            "shown": len(selection.revisions),
            "previous": selection.url(path, **selection.previous) if selection.previous else None,
            "next": selection.url(path, **selection.next) if selection.next else None,
        },
    }
