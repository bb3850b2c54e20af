"""Warnings about times of day of which one states its zone and the other does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from django.utils.translation import gettext as _

from kb.dates import FuzzyDate
from kb.desk.entry_graph import ENTRY_MODELS, EntryInForm, ids_in_stated_order
from kb.desk.models import EntryLink, Event, Publishable, Request, Statement
from kb.desk.models.base import WorkflowState

MAX_ZONE_WARNINGS = 5
# All zones together are 26 hours wide.
_NEARBY = timedelta(days=2)


def zone_warnings(entry: Event | Statement | Request) -> Iterator[str]:
    """Warn of each entry near this one whose order with it depends on a zone that is not stated.

    Near are entries of the same incidents and the other ends of links. Nothing is said of a pair
    that links put in order. Costs no query for an entry without a time of day.
    """
    when = _date_of(entry)
    if not when.time:
        return
    unclear = {
        other.public_id: other
        for other in (*_linked(entry), *_in_same_incidents(entry, when))
        if other.public_id != entry.public_id and _is_open(when, _date_of(other))
    }
    if not unclear:
        return
    links = [(link.link_kind, link.target) for link in entry.belonging("links") if link.target]
    decided = ids_in_stated_order(EntryInForm(entry, links))
    rows = (other for public_id, other in unclear.items() if public_id not in decided)
    for other in islice(rows, MAX_ZONE_WARNINGS):
        yield _sentence(entry, other)


def _date_of(entry: Publishable) -> FuzzyDate:
    when = getattr(entry, entry.date_field)
    return when if isinstance(when, FuzzyDate) else FuzzyDate("")


def _is_open(when: FuzzyDate, other: FuzzyDate) -> bool:
    return when.mixes_zones_with(other) and when.overlaps(other)


def _sentence(entry: Publishable, other: Publishable) -> str:
    first, second = _date_of(entry), _date_of(other)
    without = other if first.has_zone else entry
    return _(
        "“%(entry)s” (%(time)s) and “%(other)s” (%(other_time)s): which "
        "came first depends on the time zone of “%(without)s”, which is "
        "not stated. Enter the zone if the source states it. Otherwise, "
        "add a link that says which came first, if a source does."
    ) % {
        "entry": entry,
        "time": first.words(),
        "other": other,
        "other_time": second.words(),
        "without": without,
    }


def _in_same_incidents(entry: Publishable, when: FuzzyDate) -> Iterator[Publishable]:
    incidents = entry.belonging("incidents")
    if not incidents or when.earliest is None:
        return
    days = (when.earliest - _NEARBY, when.earliest + _NEARBY)
    for model in ENTRY_MODELS:
        name = model.date_field
        near = {"incidents__in": incidents, f"{name}_earliest__range": days}
        rows = model._default_manager.filter(**near)
        timed = rows.exclude(**{f"{name}_time": ""}).exclude(state=WorkflowState.WITHDRAWN)
        yield from timed.distinct().order_by("pk")


def _linked(entry: Event | Statement | Request) -> Iterator[Publishable]:
    """The other ends of the links, replies and answers of an entry."""
    yield from _ends(link.target for link in entry.belonging("links"))
    if isinstance(entry, Request):
        yield from _ends([entry.answer])
    elif isinstance(entry, Statement):
        yield from _ends([entry.in_reply_to])
    if entry.pk is None:
        return
    links = EntryLink.objects.filter(**{f"to_{entry.kind}": entry})
    yield from _ends(
        link.owner for link in links.select_related("event", "statement", "request").order_by("pk")
    )
    if isinstance(entry, Statement):
        yield from Statement.objects.filter(in_reply_to=entry).order_by("pk")
        yield from Request.objects.filter(answer=entry).order_by("pk")


def _ends(rows: Iterable[Publishable | None]) -> Iterator[Publishable]:
    for row in rows:
        if row is not None and getattr(row, "state", "") != WorkflowState.WITHDRAWN:
            yield row
