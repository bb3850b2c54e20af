"""What distinguishes the rows of an autocomplete: kind, role, date, number of entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from kb.desk.models import (
    Actor,
    Affiliation,
    Citation,
    Event,
    Incident,
    Participation,
    Publishable,
    Request,
    Source,
    Statement,
    Topic,
)


def choice_notes(rows: Sequence[Publishable]) -> dict[int, str]:
    """A short note for each of these rows of one model, by key. At most three queries."""
    if not rows:
        return {}
    keys = [row.pk for row in rows]
    model = type(rows[0])
    if issubclass(model, Actor):
        return _actor_notes(keys)
    if issubclass(model, Incident | Topic):
        field = "incidents" if issubclass(model, Incident) else "topics"
        counts = _counts(model.objects.filter(pk__in=keys), _grouped_entries(field))
        return {key: _entries(count) for key, count in counts.items()}
    if issubclass(model, Source):
        return _source_notes(keys)
    return {row.pk: getattr(row, row.date_field).words() for row in rows if row.date_field}


def _actor_notes(keys: list[int]) -> dict[int, str]:
    reference = OuterRef("pk")
    spoken = Statement.objects.filter(Q(speaker=reference) | Q(on_behalf_of=reference))
    events = Participation.objects.filter(actor=reference)
    asked = Request.objects.filter(asked=reference)
    counts = _counts(
        Actor.objects.filter(pk__in=keys),
        [_count(spoken, "pk"), _count(events, "event"), _count(asked, "pk")],
    )
    roles: dict[int, str] = {}
    for role in Affiliation.objects.filter(person__in=keys).select_related("organisation"):
        roles[role.person_id] = f"{role.title}, {role.organisation}"  # the latest one stays
    kinds = Actor.objects.filter(pk__in=keys).select_related("part_of")
    return {
        actor.pk: _joined(
            actor.get_actor_kind_display(),
            roles.get(actor.pk) or str(actor.part_of or ""),
            _entries(counts[actor.pk]),
        )
        for actor in kinds
    }


def _source_notes(keys: list[int]) -> dict[int, str]:
    citations = Citation.objects.filter(source=OuterRef("pk"))
    sources = Source.objects.filter(pk__in=keys).select_related("publisher")
    counts = _counts(Source.objects.filter(pk__in=keys), [_count(citations, "pk")])
    return {
        source.pk: _joined(
            str(source.publisher or ""),
            source.published.words() if source.published.edtf else "",
            _entries(counts[source.pk]),
        )
        for source in sources
    }


def _grouped_entries(field: str) -> list[Subquery]:
    return [
        _count(entries.filter(**{field: OuterRef("pk")}), "pk")
        for entries in (Event.objects.all(), Statement.objects.all(), Request.objects.all())
    ]


def _count(rows: QuerySet[Any], field: str) -> Subquery:
    """The number of different values of a field in rows that refer to the row of the query."""
    grouped = rows.order_by().values(group=Value(1)).annotate(total=Count(field, distinct=True))
    return Subquery(grouped.values("total"), output_field=IntegerField())


def _counts(rows: QuerySet[Any], parts: Iterable[Subquery]) -> dict[int, int]:
    """The sum of the parts for each row, by key."""
    names = []
    for number, part in enumerate(parts):
        names.append(f"part_{number}")
        rows = rows.annotate(**{names[-1]: Coalesce(part, 0)})
    totals = rows.order_by().values_list("pk", *(F(name) for name in names))
    return {key: sum(numbers) for key, *numbers in totals}


def _entries(count: int) -> str:
    return ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count}


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
