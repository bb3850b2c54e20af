"""The head of an incident's pages, and what belongs to the incident."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NotRequired, TypedDict

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate
from kb.record.models import Entry, Facet, Revision
from kb.record.rendering import summary_html
from kb.record.vocabulary import ENTRY_KINDS, TOMBSTONE_CHANGES, Change
from kb.site.pages.date_words import mid_sentence


class IncidentFact(TypedDict):
    """A line of the head; with ``on`` the value is a link followed by that day."""

    label: str
    value: str
    on: NotRequired[datetime]
    url: NotRequired[str]


class IncidentView(TypedDict):
    """A link to one view of an incident; ``count`` is None if it is not known for the day."""

    label: str
    url: str
    count: int | None
    current: bool


class IncidentCard(TypedDict):
    """The context of ``timeline/_incident_head.html``."""

    id: str
    title: str
    summary_html: SafeString
    facts: list[IncidentFact]
    views: list[IncidentView]


def incident_entries(incident_id: str) -> QuerySet[Entry]:
    facets = Facet.objects.filter(name="incident", value=incident_id)
    return Entry.objects.filter(pk__in=facets.values("entry"))


def incident_revisions(incident_id: str) -> QuerySet[Revision]:
    """Revisions of an incident, its entries and its claims, newest first.

    They include entries that belonged to it when they were withdrawn, but no revisions that only
    update links.
    """
    entries = incident_entries(incident_id).values("public_id")
    tombstones = Revision.objects.current().filter(
        change__in=TOMBSTONE_CHANGES, kind__in=ENTRY_KINDS
    )
    # A tombstone names no incident, but the earlier versions of the entry do.
    withdrawn = Revision.objects.filter(
        public_id__in=tombstones.values("public_id"),
        document__incidents__icontains=f'"{incident_id}"',
    )
    claims = Revision.objects.filter(kind="proposition", document__incident=incident_id)
    scope = (
        Q(public_id=incident_id)
        | Q(public_id__in=entries)
        | Q(public_id__in=withdrawn.values("public_id"))
        | Q(public_id__in=claims.values("public_id"))
    )
    return Revision.objects.exclude(change=Change.LINK).filter(scope).order_by("-pk")


def incident_card(
    revision: Revision,
    *,
    current: str,
    claims: int | None = None,
    known: FuzzyDate | None = None,
) -> IncidentCard:
    """The head of an incident's pages; ``current`` names the view that is open.

    ``claims`` saves a query if the caller has counted the claims. With ``known`` the entries are
    counted as of that day, and links to views that support it keep it. Costs six queries at most.
    """
    entries = incident_entries(revision.public_id)
    if known:
        entries = entries.filter(known_since__lte=known.latest)
    totals = entries.aggregate(
        total=Count("pk"),
        statements=Count("pk", filter=Q(kind="statement")),
        requests=Count("pk", filter=Q(kind="request")),
        first=Min("sort_key", filter=Q(dated=True)),
        last=Max("sort_key", filter=Q(dated=True)),
    )
    facets = Facet.objects.filter(entry__in=entries.values("pk"), name__in=["actor", "source"])
    distinct = dict(
        facets.order_by().values_list("name").annotate(total=Count("value", distinct=True))
    )
    changes = incident_revisions(revision.public_id)
    counts = {
        "timeline": totals["total"],
        "claims": _claim_count(revision.public_id) if claims is None else claims,
        "statements": totals["statements"],
        "requests": totals["requests"],
        "actors": distinct.get("actor", 0),
        "sources": distinct.get("source", 0),
        "changes": changes.count(),
    }
    facts: list[IncidentFact] = [
        {"label": _("Period"), "value": _period(totals["first"], totals["last"])},
        {"label": _("Record"), "value": _extent(counts, known)},
    ]
    if last_change := changes.first():
        facts.append(_last_change(last_change, revision.slug))
    return {
        "id": revision.public_id,
        "title": revision.title,
        "summary_html": summary_html(revision.document["summary"]),
        "facts": facts,
        "views": _views(revision.slug, counts, current, known),
    }


def _claim_count(incident_id: str) -> int:
    claims = Revision.objects.live().filter(kind="proposition")
    return claims.filter(document__incident=incident_id).count()


def _last_change(change: Revision, slug: str) -> IncidentFact:
    return {
        "label": _("Last change"),
        "value": str(Change(change.change).label),
        "on": change.published_at,
        "url": reverse("incident-changes", args=[slug]),
    }


def _views(
    slug: str, counts: dict[str, int], current: str, known: FuzzyDate | None
) -> list[IncidentView]:
    known_pair = f"known={known.edtf}" if known else ""
    known_suffix = f"&{known_pair}" if known_pair else ""
    timeline = reverse("incident", args=[slug])
    views = {
        "timeline": (_("Timeline"), timeline, known_pair),
        "claims": (_("Claims"), reverse("claims", args=[slug]), known_pair),
        "statements": (_("Statements"), timeline, f"kind=statement{known_suffix}"),
        "requests": (_("Requests for comment"), timeline, f"kind=request{known_suffix}"),
        "actors": (_("Actors"), reverse("incident-actors", args=[slug]), ""),
        "sources": (_("Sources"), reverse("incident-sources", args=[slug]), ""),
        "changes": (_("Changes"), reverse("incident-changes", args=[slug]), ""),
    }
    return [
        {
            "label": label,
            "url": f"{path}?{query}" if query else path,
            # The other views show the record of today, so their counts would be wrong for a day.
            "count": None if known and not is_past_view(name) else counts[name],
            "current": name == current,
        }
        for name, (label, path, query) in views.items()
        # Most incidents have no request.
        if name != "requests" or counts[name] or current == name
    ]


def is_past_view(view: str) -> bool:
    """Whether the count of a view is known for a day in the past."""
    return view in ("timeline", "statements", "requests")


def _extent(counts: dict[str, int], known: FuzzyDate | None) -> str:
    total, sources = counts["timeline"], counts["sources"]
    entries = ngettext("%(n)d entry", "%(n)d entries", total) % {"n": total}
    if known or not sources:
        return entries
    source_words = ngettext("%(n)d source", "%(n)d sources", sources) % {"n": sources}
    return _("%(entries)s from %(sources)s") % {"entries": entries, "sources": source_words}


def dates_for_sort_keys(sort_keys: Iterable[str]) -> dict[str, FuzzyDate]:
    """The dates of the entries with these sort keys."""
    entries = Entry.objects.filter(sort_key__in=set(sort_keys))
    rows = entries.values_list("sort_key", "revision__document__date")
    return {key: FuzzyDate.from_json(when) for key, when in rows}


def span_words(first: FuzzyDate, last: FuzzyDate) -> str:
    """From the first date to the last, in words."""
    words = {"first": str(first.words()), "last": mid_sentence(str(last.words()))}
    if first.words() == last.words():
        return words["first"]
    return _("%(first)s to %(last)s") % words


def _period(first: str | None, last: str | None) -> str:
    """The time between two sort keys, in words."""
    if not first or not last:
        return _("No dated entry")
    dates = dates_for_sort_keys([first, last])
    return span_words(dates[first], dates[last])
