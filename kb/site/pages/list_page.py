"""A list of actors, sources or incidents: search by name, order, and pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypedDict
from urllib.parse import urlencode

from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kb.formats.view import FormatRow
from kb.record.listed_search import records_matching
from kb.record.models import ListedRecord, ListTotal
from kb.site.http.parameters import ANY_TEXT, InvalidParameters, clean_parameters
from kb.site.http.representations import format_links
from kb.site.pages.page_meta import Head, page_head

Labels = Mapping[str, str | Promise]
PAGE_SIZE = 100
PAGE_SIZE_WITH_CHARTS = 25
MIN_ROWS_FOR_FORM = 3
SWITCH_VALUES = ("0", "1")
# The orders that have a number for each record, of which the greatest comes first.
NUMBERED_ORDERS = ("newest", "entries")


@dataclass(frozen=True)
class RecordList:
    """What a list contains, and the parameters that it takes.

    ``orders`` are the labels of its orders, the default first; ``kinds`` those of its kinds,
    empty if the records have none. ``rows`` makes the rows of the data formats, one for each
    record and in the same order. ``has_charts``: the rows of the page have a chart each.
    """

    name: str
    kind: str
    label: str | Promise
    noun: tuple[str, str]
    orders: Labels
    rows: Callable[[Sequence[ListedRecord]], Sequence[FormatRow]]
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


class Selection:
    """The records of a list that an address asks for. Raises InvalidParameters when created.

    ``switches`` are names of further parameters that are on with the value "1"; ``on`` has those
    that are. A page costs two queries, and two more for any but the first page.
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
        self._cursor = self._cursor_record()

    @cached_property
    def records(self) -> list[ListedRecord]:
        """The records of this page, with their revisions."""
        return self._page[0]

    @cached_property
    def total(self) -> int:
        """The number of records on all pages."""
        if self.q:
            return self._matching.count()
        totals = ListTotal.objects.filter(kind=self.record_list.kind)
        if self.kind:
            totals = totals.filter(own_kind=self.kind)
        return totals.aggregate(records=Sum("records"))["records"] or 0

    @property
    def previous(self) -> dict[str, str]:
        """The parameter of the previous page; empty if there is none."""
        return {"before": self.records[0].public_id} if self._page[1] and self.records else {}

    @property
    def next(self) -> dict[str, str]:
        """The parameter of the next page; empty if there is none."""
        return {"after": self.records[-1].public_id} if self._page[2] and self.records else {}

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

    def batches(self, size: int) -> Iterator[list[ListedRecord]]:
        """The records of all pages, ``size`` at a time, read through a database cursor."""
        records = self._in_order(self._matching).iterator(chunk_size=size)
        while batch := list(islice(records, size)):
            yield batch

    @property
    def _all(self) -> QuerySet[ListedRecord]:
        return ListedRecord.objects.filter(kind=self.record_list.kind).select_related("revision")

    @property
    def _matching(self) -> QuerySet[ListedRecord]:
        records = self._all
        if self.kind:
            records = records.filter(own_kind=self.kind)
        return records_matching(records, self.q) if self.q else records

    @property
    def _number(self) -> str:
        """The column that has the numbers of the order; "" in the order of names."""
        return self.order if self.order in NUMBERED_ORDERS else ""

    def _in_order(
        self, records: QuerySet[ListedRecord], *, is_backwards: bool = False
    ) -> QuerySet[ListedRecord]:
        order = [*([f"-{self._number}"] if self._number else []), "name_key"]
        ordered = records.order_by(*order)
        return ordered.reverse() if is_backwards else ordered

    @cached_property
    def _page(self) -> tuple[list[ListedRecord], bool, bool]:
        """The records of the page, and whether there are others before and after it."""
        size = PAGE_SIZE_WITH_CHARTS if self.record_list.has_charts else PAGE_SIZE
        if self._cursor is None:
            records = list(self._in_order(self._matching)[: size + 1])
            return records[:size], False, len(records) > size
        records = self._beyond(self._cursor, size + 1, is_backwards=bool(self.before))
        if self.after:
            return records[:size], True, len(records) > size
        return records[:size][::-1], len(records) > size, True

    def _cursor_record(self) -> ListedRecord | None:
        """The record that ``after`` or ``before`` names; None without either.

        It is looked up among all records of the list, whatever the search leaves out. Raises
        InvalidParameters if there is no such record, also for files that contain all rows.
        """
        public_id = self.after or self.before
        if not public_id:
            return None
        records = list(self._all.filter(public_id=public_id).order_by())
        if not records:
            error = _("This page link is not valid. Go back to the first page.")
            name = "after" if self.after else "before"
            raise InvalidParameters({name: error}, self.request.GET)
        return records[0]

    def _beyond(
        self, record: ListedRecord, limit: int, *, is_backwards: bool
    ) -> list[ListedRecord]:
        """The records on one side of this one, the nearest first: one or two ranges of an index."""
        by_name = {f"name_key__{'lt' if is_backwards else 'gt'}": bytes(record.name_key)}
        if not self._number:
            ranges = [by_name]
        else:
            number = getattr(record, self._number)
            others = f"{self._number}__{'gt' if is_backwards else 'lt'}"
            ranges = [{self._number: number, **by_name}, {others: number}]
        records: list[ListedRecord] = []
        for condition in ranges:
            if len(records) < limit:
                rows = self._in_order(self._matching.filter(**condition), is_backwards=is_backwards)
                records += rows[: limit - len(records)]
        return records


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
            "shown": len(selection.records),
            "previous": selection.url(path, **selection.previous) if selection.previous else None,
            "next": selection.url(path, **selection.next) if selection.next else None,
        },
    }
