"""What lists of entries ask, answered from the tables of the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    Value,
    When,
    Window,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, DenseRank, RowNumber
from django.db.models.lookups import Exact

from kb.record.as_of import entries_contested_on
from kb.record.documents import Date
from kb.record.entries_with_dates import entries_with_dates
from kb.record.entry_source import (
    DateCounts,
    EntrySlice,
    FrequentValues,
    PartGroup,
    WideEnds,
    most_frequent,
)
from kb.record.models import Entry, Facet
from kb.record.months import MONTHS_OF_SCALE
from kb.record.query import TimelineQuery
from kb.record.vocabulary import CONTESTED


class SqlSource:
    """An ``EntrySource`` that asks the database, each time anew."""

    def count(self, query: TimelineQuery, *, match: str = "", with_later: bool = False) -> int:
        return query.entries(match=match, with_later=with_later).count()

    def count_with_dates(self, query: TimelineQuery, shows: str) -> int:
        return entries_with_dates(query.entries(), shows).count()

    def value_counts(
        self, query: TimelineQuery, names: Collection[str]
    ) -> dict[tuple[str, str], int]:
        if not names:
            return {}
        entries = query.entries().order_by()
        rows = (
            Facet.objects.filter(entry__in=entries.values("pk"), name__in=names)
            .values_list("name", "value")
            .annotate(entries=Count("entry"))
            .order_by()
        )
        counts = {(name, value): count for name, value, count in rows}
        if query.as_of_day and "standing" in names:
            # The index holds what is contested today.
            then = entries.filter(pk__in=entries_contested_on(query.as_of_day))
            counts.pop(("standing", CONTESTED), None)
            if count := then.count():
                counts["standing", CONTESTED] = count
        return counts

    def frequent_values(
        self,
        query: TimelineQuery,
        names: Collection[str],
        *,
        most: int | None,
        also: Mapping[str, Collection[str]],
    ) -> dict[str, FrequentValues]:
        values: dict[str, dict[str, int]] = {name: {} for name in names}
        for (name, value), count in self.value_counts(query, names).items():
            values[name][value] = count
        return {
            name: most_frequent(counts, most=most, also=also.get(name, ()))
            for name, counts in values.items()
        }

    def distinct_counts(self, query: TimelineQuery, names: Collection[str]) -> dict[str, int]:
        entries = query.entries().order_by().values("pk")
        rows = Facet.objects.filter(entry__in=entries, name__in=names).order_by()
        totals = rows.values_list("name").annotate(total=Count("value", distinct=True))
        return dict.fromkeys(names, 0) | dict(totals)

    def page(self, query: TimelineQuery, *, with_later: bool = False) -> EntrySlice:
        entries = query.entries(with_later=with_later).select_related("revision")
        if query.before:
            entries = entries.filter(query.is_beside(query.before, is_after=False)).reverse()
            fetched = list(entries[: query.size + 1])
            return EntrySlice(fetched[: query.size][::-1], len(fetched) > query.size, True)
        if query.after:
            entries = entries.filter(query.is_beside(query.after, is_after=True))
        fetched = list(entries[: query.size + 1])
        return EntrySlice(fetched[: query.size], bool(query.after), len(fetched) > query.size)

    def revision_keys(self, query: TimelineQuery, *, limit: int) -> Sequence[int]:
        return list(query.entries().values_list("revision_id", flat=True)[:limit])

    def beside(
        self, query: TimelineQuery, cursor: str, *, is_after: bool, limit: int, with_later: bool
    ) -> list[Entry]:
        entries = query.entries(with_later=with_later).select_related("revision")
        entries = entries.filter(query.is_beside(cursor, is_after=is_after))
        return list((entries if is_after else entries.reverse())[:limit])

    def ends_in_years(
        self, query: TimelineQuery, *, with_later: bool = False
    ) -> tuple[str, str] | None:
        entries = query.entries(with_later=with_later).order_by()
        in_one_year = Q(first_month=None) | Q(last_month=None) | _is_in_column("year")
        ends = entries.filter(in_one_year, dated=True).aggregate(
            first=Min("sort_key"), last=Max("sort_key")
        )
        return (ends["first"], ends["last"]) if ends["first"] else None

    def days_around(
        self, query: TimelineQuery, first: date, last: date
    ) -> tuple[date | None, date | None]:
        ends = (
            query.entries(with_later=True)
            .order_by()
            .aggregate(
                previous=Max("known_since", filter=Q(known_since__lt=first)),
                next=Min("known_since", filter=Q(known_since__gt=last)),
            )
        )
        return ends["previous"], ends["next"]

    def ends_of_dates(
        self, query: TimelineQuery, *, with_later: bool = False
    ) -> tuple[date, date] | None:
        entries = query.entries(with_later=with_later).filter(dated=True).order_by()
        ends = entries.aggregate(
            a=Min("earliest"), b=Min("latest"), c=Max("earliest"), d=Max("latest")
        )
        days = [day for day in ends.values() if day]
        return (min(days), max(days)) if days else None

    def column_counts(
        self, query: TimelineQuery, scale: str, day: date | None
    ) -> Mapping[tuple[int, str], int]:
        entries = query.entries(with_later=bool(day)).filter(dated=True).order_by()
        rows = entries.filter(_is_in_column(scale))
        parts: dict[str, Combinable] = {}
        if day:
            later = Q(known_since=None) | Q(known_since__gt=day)
            parts["is_later"] = ExpressionWrapper(later, output_field=BooleanField())
        column = "earliest"
        if scale != "day":
            column, parts["column"] = "column", _column("first_month", scale)
        names = list(dict.fromkeys(["kind", column, *parts]))
        counted: QuerySet[Entry, dict[str, Any]] = (
            rows.annotate(**parts).values(*names).annotate(entries=Count("pk"))
        )
        counts: Counter[tuple[int, str]] = Counter()
        for row in counted:
            place = row[column].toordinal() if scale == "day" else row[column]
            counts[place, "later" if row.get("is_later") else row["kind"]] += row["entries"]
        return counts

    def wide_entries(
        self, query: TimelineQuery, scale: str, *, limit: int, with_later: bool
    ) -> list[Entry]:
        entries = query.entries(with_later=with_later).filter(_is_wide(scale), dated=True)
        return list(entries.select_related("revision").order_by("sort_key")[:limit])

    def wide_ends(self, query: TimelineQuery, scale: str, *, with_later: bool) -> WideEnds:
        entries = query.entries(with_later=with_later).filter(_is_wide(scale), dated=True)
        entries = entries.order_by()
        if scale == "day":
            rows = entries.values_list("earliest", "latest").annotate(entries=Count("pk"))
            columns = [
                (first and first.toordinal(), last and last.toordinal(), count)
                for first, last, count in rows
            ]
        else:
            months = entries.annotate(
                first=_column("first_month", scale), last=_column("last_month", scale)
            )
            columns = list(months.values_list("first", "last").annotate(entries=Count("pk")))
        starts: Counter[int | None] = Counter()
        ends: Counter[int | None] = Counter()
        for first, last, count in columns:
            starts[first] += count
            ends[last] += count
        return WideEnds(starts, ends)

    def totals(self, name: str, values: Collection[str]) -> dict[str, int]:
        rows = Facet.objects.filter(name=name, value__in=values).order_by().values_list("value")
        return dict(rows.annotate(count=Count("entry")))

    def source_totals(self, name: str, values: Collection[str]) -> dict[str, int]:
        rows = Facet.objects.filter(name=name, value__in=values).order_by().values_list("value")
        # As an expression, because with the bare name SQLite reads all sources for each entry.
        cited = rows.alias(other=Coalesce("entry__facets__name", Value(""))).filter(other="source")
        return dict(cited.annotate(count=Count("entry__facets__value", distinct=True)))

    def spans(self, name: str, values: Collection[str]) -> dict[str, tuple[Date, Date]]:
        dated = Facet.objects.filter(name=name, value__in=values, entry__dated=True)
        rows = dated.order_by().values_list("value").annotate(
            first=Min("entry__sort_key"), last=Max("entry__sort_key")
        )  # fmt: skip
        ends = {value: (first, last) for value, first, last in rows}
        entries = Entry.objects.filter(sort_key__in={key for pair in ends.values() for key in pair})
        dates = dict(entries.values_list("sort_key", "revision__document__date"))
        return {value: (dates[first], dates[last]) for value, (first, last) in ends.items()}

    def month_counts(
        self, name: str, values: Collection[str], scale: str
    ) -> dict[str, Counter[int]]:
        rows = (
            Facet.objects.filter(name=name, value__in=values, entry__dated=True)
            .filter(_is_in_column(scale, "entry__"))
            .order_by()
            .annotate(column=_column("entry__first_month", scale))
            .values_list("value", "column")
            .annotate(entries=Count("entry"))
        )
        counts: dict[str, Counter[int]] = {}
        for value, column, count in rows:
            counts.setdefault(value, Counter())[column * MONTHS_OF_SCALE[scale]] += count
        return counts

    def wide_days(
        self, name: str, values: Collection[str], scale: str, *, limit: int
    ) -> dict[str, Sequence[tuple[date | None, date | None]]]:
        order = (
            F("entry__earliest").asc(nulls_first=True),
            F("entry__latest").asc(nulls_first=True),
        )
        place = Window(DenseRank(), partition_by=F("value"), order_by=order)
        rows = (
            Facet.objects.filter(name=name, value__in=values, entry__dated=True)
            .filter(_is_wide(scale, "entry__"))
            .annotate(place=place)
            .filter(place__lte=limit)
            .order_by("value", *order)
            .values_list("value", "entry__earliest", "entry__latest")
            .distinct()
        )
        days: dict[str, list[tuple[date | None, date | None]]] = {}
        for value, earliest, latest in rows:
            days.setdefault(value, []).append((earliest, latest))
        return dict(days)

    def date_counts(
        self, value: str, names: Collection[str], scale: str
    ) -> dict[PartGroup, DateCounts]:
        is_inside = _is_in_column(scale, "entry__") & Q(entry__dated=True)
        rows = (
            Facet.objects.filter(name__in=names, value=value)
            .order_by()
            .annotate(
                column=Case(
                    When(is_inside, then=_column("entry__first_month", scale)), default=None
                )
            )
            .values_list("name", "entry__kind", "entry__standing", "entry__dated", "column")
            .annotate(entries=Count("entry"))
        )
        columns: dict[PartGroup, Counter[int]] = {}
        wide: Counter[PartGroup] = Counter()
        undated: Counter[PartGroup] = Counter()
        for name, kind, standing, dated, column, count in rows:
            group = PartGroup(name, kind, standing)
            columns.setdefault(group, Counter())
            if column is not None:
                columns[group][column] += count
            else:
                (wide if dated else undated)[group] += count
        return {
            group: DateCounts(counts, wide[group], undated[group])
            for group, counts in columns.items()
        }

    def last_entries(
        self, name: str, values: Collection[str], *, limit: int
    ) -> dict[str, Sequence[int]]:
        order = F("entry__sort_key").desc()
        place = Window(RowNumber(), partition_by=F("value"), order_by=order)
        rows = (
            Facet.objects.filter(name=name, value__in=values, entry__dated=True)
            .annotate(place=place)
            .filter(place__lte=limit)
            .order_by("value", "place")
            .values_list("value", "entry_id")
        )
        keys: dict[str, list[int]] = {}
        for value, entry_id in rows:
            keys.setdefault(value, []).append(entry_id)
        return dict(keys)

    def latest(self, query: TimelineQuery) -> Entry | None:
        return query.entries().select_related("revision").order_by("-sort_key").first()


def _column(months: str, scale: str) -> Combinable:
    """The column of a month: a division of whole numbers in both databases."""
    return F(months) / Value(MONTHS_OF_SCALE[scale])


def _is_in_column(scale: str, prefix: str = "") -> Q:
    """Entries whose whole date lies in one column."""
    if scale == "day":
        return Q(**{f"{prefix}earliest": F(f"{prefix}latest")})
    if MONTHS_OF_SCALE[scale] == 1:
        return Q(**{f"{prefix}first_month": F(f"{prefix}last_month")})
    first, last = (_column(f"{prefix}{end}_month", scale) for end in ("first", "last"))
    return Q(Exact(first, last))


def _is_wide(scale: str, prefix: str = "") -> Q:
    """Entries whose date is not in one column, those with an open end included."""
    ends = ("earliest", "latest") if scale == "day" else ("first_month", "last_month")
    is_open = Q(**{f"{prefix}{ends[0]}": None}) | Q(**{f"{prefix}{ends[1]}": None})
    return is_open | ~_is_in_column(scale, prefix)
