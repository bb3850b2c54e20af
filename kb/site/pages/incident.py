"""The head of an incident's pages, and what belongs to the incident."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate
from kb.record.entry_source import EntrySource
from kb.record.filter_fields import choice_of_revision
from kb.record.listed_claims import claim_count
from kb.record.models import Entry, Facet, ListedClaim, Revision
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.rendering import summary_html
from kb.record.vocabulary import CHANGE_HEADINGS, ENTRY_KINDS, TOMBSTONE_CHANGES, Change
from kb.site.pages.date_words import mid_sentence


class IncidentFact(TypedDict):
    """A line of the head; with ``on`` the value is a link followed by that day.

    ``reason`` is that of a correction, withdrawal or merge.
    """

    label: str
    value: str
    on: NotRequired[datetime]
    url: NotRequired[str]
    reason: NotRequired[str]


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
    claims = ListedClaim.objects.filter(incident=incident_id).order_by().values("claim")
    earlier = Revision.objects.filter(
        kind="proposition", superseded_at__isnull=False, document__incident=incident_id
    )
    own = Revision.objects.filter(public_id=incident_id)
    # One list of ids, each of which the database looks up; alternatives would read all revisions.
    parts = [part.order_by().values("public_id") for part in (own, withdrawn, earlier)]
    scope = entries.order_by().union(*parts, claims)
    changes = Revision.objects.exclude(change=Change.LINK).filter(public_id__in=scope)
    return changes.order_by("-pk")


def incident_card(
    revision: Revision,
    *,
    current: str,
    claims: int | None = None,
    known: FuzzyDate | None = None,
) -> IncidentCard:
    """The head of an incident's pages; ``current`` names the view that is open.

    ``claims`` saves a query if the caller has counted the claims. With ``known`` the entries are
    counted as of that day, and links to views that support it keep it. Costs seven queries at most.
    """
    source = entry_source()
    query = TimelineQuery().with_values("incident", (choice_of_revision(revision),))
    query = query.with_(known=known)
    kinds = {kind: count for (_, kind), count in source.value_counts(query, ["kind"]).items()}
    distinct = source.distinct_counts(query, ["actor", "source"])
    changes = incident_revisions(revision.public_id)
    counts = {
        "timeline": sum(kinds.values()),
        "claims": claim_count(revision.public_id) if claims is None else claims,
        "statements": kinds.get("statement", 0),
        "requests": kinds.get("request", 0),
        "actors": distinct["actor"],
        "sources": distinct["source"],
        "changes": changes.count(),
    }
    facts: list[IncidentFact] = [
        {"label": _("Period"), "value": _period(source, query)},
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


def _last_change(change: Revision, slug: str) -> IncidentFact:
    return {
        "label": _("Last change"),
        "value": str(Change(change.change).label),
        "on": change.published_at,
        "url": reverse("incident-changes", args=[slug]),
        "reason": change.note if change.change in CHANGE_HEADINGS else "",
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
        "speakers": (_("Who speaks"), reverse("incident-speakers", args=[slug]), ""),
        "actors": (_("Actors"), reverse("incident-actors", args=[slug]), ""),
        "sources": (_("Sources"), reverse("incident-sources", args=[slug]), ""),
        "changes": (_("Changes"), reverse("incident-changes", args=[slug]), ""),
    }
    return [
        {
            "label": label,
            "url": f"{path}?{query}" if query else path,
            # The other views show the record of today, so their counts would be wrong for a day.
            "count": None if known and not is_past_view(name) else counts.get(name),
            "current": name == current,
        }
        for name, (label, path, query) in views.items()
        if _is_offered(name, counts) or current == name
    ]


def _is_offered(view: str, counts: dict[str, int]) -> bool:
    """Whether a view has something to show. Most incidents have no request."""
    needed = {"requests": "requests", "speakers": "statements"}.get(view)
    return needed is None or bool(counts[needed])


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


def span_words(first: FuzzyDate, last: FuzzyDate) -> str:
    """From the first date to the last, in words."""
    words = {"first": str(first.words()), "last": mid_sentence(str(last.words()))}
    if first.words() == last.words():
        return words["first"]
    return _("%(first)s to %(last)s") % words


def _period(source: EntrySource, query: TimelineQuery) -> str:
    """The time between the first and the last dated entry of a query, in words."""
    # Undated entries are the last ones in both orders.
    ends = [
        FuzzyDate.from_json(entry.revision.document["date"])
        for order in ("oldest", "newest")
        for entry in source.page(query.with_(order=order, size=1)).entries
        if entry.dated
    ]
    return span_words(*ends) if ends else _("No dated entry")
