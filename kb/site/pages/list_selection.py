"""Which records of a list an address asks for: actors, sources or incidents.

By words, kind and first letter; in an order; a page at a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kb.formats.view import FormatRow
from kb.record.initials import DIGITS, INITIALS, OTHER
from kb.record.listed_search import ListSearch
from kb.record.models import ListedRecord, ListTotal
from kb.record.past.serving import served_time
from kb.site.http.parameters import ANY_TEXT, InvalidParameters, clean_parameters
from kb.site.http.past_links import words_of_day

Labels = Mapping[str, str | Promise]
PAGE_SIZE = 100
PAGE_SIZE_WITH_CHARTS = 25
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
        words = {"q": ANY_TEXT, **kinds, "letter": list(INITIALS)}
        return {**words, "order": list(self.orders), **cursors}

    @property
    def page_size(self) -> int:
        """How many records a page has."""
        return PAGE_SIZE_WITH_CHARTS if self.has_charts else PAGE_SIZE


class Selection:
    """The records of a list that an address asks for. Raises InvalidParameters when created.

    ``switches`` are names of further parameters that are on with the value "1"; ``on`` has those
    that are. In the order of names, records without entries are at the end. A page costs three
    queries, and two more for any but the first page.
    """

    def __init__(
        self, record_list: RecordList, request: HttpRequest, switches: Iterable[str] = ()
    ) -> None:
        self.record_list, self.request = record_list, request
        switch_parameters = dict.fromkeys(switches, SWITCH_VALUES)
        values = clean_parameters(request, {**record_list.parameters(), **switch_parameters})
        self.on = frozenset(name for name in switch_parameters if values[name] == "1")
        self.q = " ".join(values["q"].split())
        self.kind, self.letter = values.get("kind", ""), values["letter"]
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
        counts = self.counts_by_kind
        return counts[self.kind] if self.kind else counts.total()

    @cached_property
    def unused(self) -> int:
        """How many of them have no entry."""
        return self._matching.filter(is_unused=1).order_by().count()

    @cached_property
    def counts_by_kind(self) -> Counter[str]:
        """The number of records of each kind, of those that the words and the letter leave."""
        if self.q:
            return self._search.counts_by_kind(self.letter)
        counts: Counter[str] = Counter()
        for total in self._totals:
            if self.letter in ("", total.initial):
                counts[total.own_kind] += total.records
        return counts

    def counts_by_letter(self) -> Counter[str]:
        """The number of records under each letter, of those of the chosen kind.

        A search has no letters: they would have to be counted in all its results.
        """
        counts: Counter[str] = Counter()
        for total in [] if self.q else self._totals:
            if self.kind in ("", total.own_kind):
                counts[total.initial] += total.records
        return counts

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
        return bool(self.q or self.kind or self.letter)

    @property
    def is_by_name(self) -> bool:
        """Whether the order is that of names."""
        return not self._number

    def pairs(self, **extra: str) -> list[tuple[str, str]]:
        """The parameters and ``extra`` in their canonical order, without default values.

        ``extra`` has priority: an empty value removes a parameter.
        """
        order = "" if self.order == self.record_list.order else self.order
        when = served_time()
        own = {"q": self.q, "kind": self.kind, "letter": self.letter, "order": order}
        own["on"] = when.text if when else ""
        parameters = {**own, **extra}
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
        if self.letter:
            parts.append(letter_label(self.letter))
        if self.q:
            parts.append(_("matching “%(q)s”") % {"q": self.q})
        if self.order != self.record_list.order:
            parts.append(str(self.record_list.orders[self.order]))
        return words_of_day(", ".join(parts))

    def batches(self, size: int) -> Iterator[list[ListedRecord]]:
        """The records of all pages, ``size`` at a time, read through a database cursor."""
        records = self._in_order(self._matching).iterator(chunk_size=size)
        while batch := list(islice(records, size)):
            yield batch

    @property
    def _all(self) -> QuerySet[ListedRecord]:
        return ListedRecord.objects.filter(kind=self.record_list.kind)

    @cached_property
    def _search(self) -> ListSearch:
        return ListSearch(self.record_list.kind, self.q)

    @property
    def _matching(self) -> QuerySet[ListedRecord]:
        records = self._search.records() if self.q else self._all
        if self.letter:
            records = records.filter(initial=self.letter)
        if self.kind:
            records = records.filter(own_kind=self.kind)
        return records.select_related("revision")

    @cached_property
    def _totals(self) -> list[ListTotal]:
        return list(ListTotal.objects.filter(kind=self.record_list.kind).order_by())

    @property
    def _number(self) -> str:
        """The column that has the numbers of the order; "" in the order of names."""
        return self.order if self.order in NUMBERED_ORDERS else ""

    def _in_order(
        self, records: QuerySet[ListedRecord], *, is_backwards: bool = False
    ) -> QuerySet[ListedRecord]:
        first = f"-{self._number}" if self._number else "is_unused"
        ordered = records.order_by(first, "name_key")
        return ordered.reverse() if is_backwards else ordered

    @cached_property
    def _page(self) -> tuple[list[ListedRecord], bool, bool]:
        """The records of the page, and whether there are others before and after it."""
        size = self.record_list.page_size
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
        records = list(self._all.select_related("revision").filter(public_id=public_id).order_by())
        if not records:
            error = _("This page link is not valid. Go back to the first page.")
            name = "after" if self.after else "before"
            raise InvalidParameters({name: error}, self.request.GET)
        return records[0]

    def _beyond(
        self, record: ListedRecord, limit: int, *, is_backwards: bool
    ) -> list[ListedRecord]:
        """The records on one side of this one, the nearest first: one or two ranges of an index."""
        column, is_falling = (self._number, True) if self._number else ("is_unused", False)
        value = getattr(record, column)
        by_name = {f"name_key__{'lt' if is_backwards else 'gt'}": bytes(record.name_key)}
        others = f"{column}__{'lt' if is_falling != is_backwards else 'gt'}"
        ranges = [{column: value, **by_name}, {others: value}]
        records: list[ListedRecord] = []
        for condition in ranges:
            if len(records) < limit:
                rows = self._in_order(self._matching.filter(**condition), is_backwards=is_backwards)
                records += rows[: limit - len(records)]
        return records


def letter_label(letter: str) -> str:
    """A letter of the list in words: "A", "0–9", "Other scripts"."""
    if letter == OTHER:
        return _("Other scripts")
    return "0–9" if letter == DIGITS else letter.upper()
