"""A list of actors, sources or incidents: search by name, order, and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import NamedTuple, TypedDict
from urllib.parse import urlencode

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kb.formats.view import FormatRow
from kb.record.documents import Document
from kb.record.models import Facet, Revision
from kb.site.http.parameters import ANY_TEXT, InvalidParameters, clean_parameters
from kb.site.http.representations import format_links
from kb.site.pages.page_meta import Head, page_head
from kb.text.normalise import matches, query_terms, search_text

# From rows of (pk, title, document) to rows of (pk, all texts that the record is found by).
SearchableTexts = Callable[[Iterable[tuple[int, str, Document]]], Iterable[tuple[int, list[str]]]]
Labels = Mapping[str, str | Promise]
PAGE_SIZE = 100
PAGE_SIZE_WITH_CHARTS = 25
MIN_ROWS_FOR_FORM = 3
SWITCH_VALUES = ("0", "1")


@dataclass(frozen=True)
class RecordList:
    """What a list contains, and the parameters that it takes.

    ``orders`` are the labels of its orders, the default first; ``kinds`` those of its kinds,
    empty if the records have none. ``newest`` is an expression without nulls; in the order of
    that name its greatest value comes first. ``rows`` makes the rows of the data formats, one for
    each revision and in the same order. ``has_charts``: the rows of the page have a chart each.
    """

    name: str
    kind: str
    label: str | Promise
    noun: tuple[str, str]
    orders: Labels
    newest: Combinable
    texts: SearchableTexts
    rows: Callable[[Sequence[Revision]], Sequence[FormatRow]]
    kinds: Labels
    has_charts: bool = False

    @property
    def order(self) -> str:
        """The default order."""
        return next(iter(self.orders))

    def parameters(self) -> dict[str, Sequence[str]]:
        """Each parameter with the values that it may take, for ``clean_parameters``."""
        kinds = {"kind": list(self.kinds)} if self.kinds else {}
        cursors = {"after": ANY_TEXT, "before": ANY_TEXT}
        return {"q": ANY_TEXT, **kinds, "order": list(self.orders), **cursors}


class ListPosition(NamedTuple):
    """The place of one record in the order of the list."""

    rank: object
    name: str
    public_id: str


class Selection:
    """The records of a list that an address asks for. Raises InvalidParameters when created.

    ``switches`` are names of further parameters that are on with the value "1"; ``on`` has those
    that are. A page costs two queries, one more with a search, and one more for any but the first
    page.
    """

    def __init__(
        self, record_list: RecordList, request: HttpRequest, switches: Iterable[str] = ()
    ) -> None:
        self.record_list, self.request = record_list, request
        switch_parameters = dict.fromkeys(switches, SWITCH_VALUES)
        values = clean_parameters(request, {**record_list.parameters(), **switch_parameters})
        self.on = frozenset(name for name in switch_parameters if values[name] == "1")
        self.q = " ".join(values["q"].split())
        self.kind = values.get("kind", "")
        self.order = values["order"] or record_list.order
        self.after, self.before = values["after"], values["before"]
        if self.after and self.before:
            error = _("Use either “after” or “before”, not both.")
            raise InvalidParameters({"before": error}, request.GET)
        self._position = self._cursor_position()

    @cached_property
    def revisions(self) -> list[Revision]:
        """The records of this page."""
        return self._page[0]

    @cached_property
    def total(self) -> int:
        """The number of records on all pages."""
        return self._matching.count()

    @property
    def previous(self) -> dict[str, str]:
        """The parameter of the previous page; empty if there is none."""
        return {"before": self.revisions[0].public_id} if self._page[1] and self.revisions else {}

    @property
    def next(self) -> dict[str, str]:
        """The parameter of the next page; empty if there is none."""
        return {"after": self.revisions[-1].public_id} if self._page[2] and self.revisions else {}

    @property
    def is_narrowed(self) -> bool:
        return bool(self.q or self.kind)

    def pairs(self, **extra: str) -> list[tuple[str, str]]:
        """The parameters and ``extra`` in their canonical order, without default values."""
        order = "" if self.order == self.record_list.order else self.order
        parameters = {"q": self.q, "kind": self.kind, "order": order, **extra}
        return sorted((name, value) for name, value in parameters.items() if value)

    def url(self, path: str, **extra: str) -> str:
        """The path with the parameters and ``extra``."""
        query_string = urlencode(self.pairs(**extra))
        return f"{path}?{query_string}" if query_string else path

    def describe(self) -> str:
        """The selection in words: "Actors, Person, matching “li”, most entries first"."""
        parts = [str(self.record_list.label)]
        if self.kind:
            parts.append(str(self.record_list.kinds[self.kind]))
        if self.q:
            parts.append(_("matching “%(q)s”") % {"q": self.q})
        if self.order != self.record_list.order:
            parts.append(str(self.record_list.orders[self.order]))
        return ", ".join(parts)

    def batches(self, size: int) -> Iterator[list[Revision]]:
        """The records of all pages, ``size`` at a time, read through a database cursor."""
        revisions = self._ordered.iterator(chunk_size=size)
        while batch := list(islice(revisions, size)):
            yield batch

    @cached_property
    def _matching(self) -> QuerySet[Revision]:
        revisions = self._all
        if self.kind:
            revisions = revisions.filter(**{f"document__{self.record_list.kind}_kind": self.kind})
        if self.q:
            revisions = Revision.objects.filter(pk__in=self._keys_matching_words(revisions))
        return revisions

    @property
    def _all(self) -> QuerySet[Revision]:
        return Revision.objects.live().filter(kind=self.record_list.kind)

    def _keys_matching_words(self, revisions: QuerySet[Revision]) -> list[int]:
        """Primary keys of the records whose names contain all words of the search."""
        terms = query_terms(self.q)
        rows = self.record_list.texts(revisions.values_list("pk", "title", "document"))
        return [pk for pk, texts in rows if terms and matches(search_text(*texts), terms)]

    def _with_rank(self, revisions: QuerySet[Revision]) -> QuerySet[Revision]:
        """Annotated with ``rank`` (greatest first) where the order has one, and ``name``."""
        facets = Facet.objects.filter(name=self.record_list.kind, value=OuterRef("public_id"))
        counts = facets.order_by().values("value").annotate(total=Count("entry")).values("total")
        ranks: dict[str, Combinable] = {
            "entries": Coalesce(Subquery(counts, output_field=IntegerField()), 0),
            "newest": self.record_list.newest,
        }
        annotations: dict[str, Combinable] = {"name": Lower("title")}
        if self.order in ranks:
            annotations["rank"] = ranks[self.order]
        return revisions.annotate(**annotations)

    @property
    def _has_rank(self) -> bool:
        return self.order != "name"

    @property
    def _ordered(self) -> QuerySet[Revision]:
        fields = [*(["-rank"] if self._has_rank else []), "name", "public_id"]
        return self._with_rank(self._matching).order_by(*fields)

    @cached_property
    def _page(self) -> tuple[list[Revision], bool, bool]:
        """The rows of the page, and whether there are rows before and after it."""
        size = PAGE_SIZE_WITH_CHARTS if self.record_list.has_charts else PAGE_SIZE
        if self._position is None:
            revisions = list(self._ordered[: size + 1])
            return revisions[:size], False, len(revisions) > size
        if self.after:
            rows = self._ordered.filter(self._beyond(self._position, "gt", "lt"))
            revisions = list(rows[: size + 1])
            return revisions[:size], True, len(revisions) > size
        rows = self._ordered.filter(self._beyond(self._position, "lt", "gt")).reverse()
        revisions = list(rows[: size + 1])
        return revisions[:size][::-1], len(revisions) > size, True

    def _cursor_position(self) -> ListPosition | None:
        """The position of the record that ``after`` or ``before`` names; None without either.

        It is looked up among all records of the list, whatever the search leaves out. Raises
        InvalidParameters if there is no such record, also for files that contain all rows.
        """
        public_id = self.after or self.before
        if not public_id:
            return None
        fields = [*(["rank"] if self._has_rank else []), "name", "public_id"]
        row = self._with_rank(self._all).filter(public_id=public_id).values(*fields).first()
        if row is None:
            error = _("This page link is not valid. Go back to the first page.")
            name = "after" if self.after else "before"
            raise InvalidParameters({name: error}, self.request.GET)
        return ListPosition(row.get("rank"), row["name"], row["public_id"])

    def _beyond(self, position: ListPosition, side: str, rank_side: str) -> Q:
        """Rows on one side of the position, in the order of rank, name and public id."""
        beyond = Q(**{f"name__{side}": position.name})
        beyond |= Q(name=position.name, **{f"public_id__{side}": position.public_id})
        if self._has_rank:
            beyond = Q(**{f"rank__{rank_side}": position.rank}) | (Q(rank=position.rank) & beyond)
        return beyond


class ListForm(TypedDict):
    """The search form of a list: its values and choices, and whether it is shown at all."""

    action: str
    q: str
    kind: str
    order: str
    kinds: list[tuple[str, str | Promise]]
    orders: list[tuple[str, str | Promise]]
    in_use: bool
    is_needed: bool
    is_default: bool


class PageLinks(TypedDict):
    total: int
    shown: int
    previous: str | None
    next: str | None


class ListPage(TypedDict):
    """The context of ``_list_page.html`` without its ``rows``."""

    heading: str
    description: str
    head: Head
    formats: Sequence[Mapping[str, object]]
    form: ListForm
    pages: PageLinks


def list_page(selection: Selection, description: str) -> ListPage:
    """The heading, form and page links of a list; ``description`` says what it contains."""
    request, record_list = selection.request, selection.record_list
    path, heading = request.path, str(record_list.label)
    return {
        "heading": heading,
        "description": description,
        "head": page_head(request, heading, description),
        "formats": format_links(record_list.name, path, selection.pairs()),
        "form": {
            "action": path,
            "q": selection.q,
            "kind": selection.kind,
            "order": selection.order,
            "kinds": list(record_list.kinds.items()),
            "orders": list(record_list.orders.items()),
            "in_use": selection.is_narrowed,
            # A short list needs no form.
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
