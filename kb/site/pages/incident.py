"""One incident as its pages begin: facts, and its views with counts; and what lies in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kb.dates import FuzzyDate
from kb.record.models import Entry, Facet, Revision
from kb.record.rendering import summary_html
from kb.record.rows import Names
from kb.record.vocabulary import ACTOR_KIND_LABELS, ROLE_VERBS, Change
from kb.site.pages.date_words import mid_sentence


def incident_entries(incident_id: str) -> QuerySet[Entry]:
    own = Facet.objects.filter(name="incident", value=incident_id)
    return Entry.objects.filter(pk__in=own.values("entry"))


def incident_revisions(incident_id: str) -> QuerySet[Revision]:
    """Revisions of an incident, its entries and its claims, newest first.

    Entries that were withdrawn while they were part of it are among them; links are no news.
    """
    entries = incident_entries(incident_id).values("public_id")
    buried = Revision.objects.current().filter(
        change__in=[Change.WITHDRAWAL, Change.MERGE], kind__in=["event", "statement"]
    )
    # A tombstone names no incident any more: the versions under it do.
    were = Revision.objects.filter(
        public_id__in=buried.values("public_id"),
        document__incidents__icontains=f'"{incident_id}"',
    )
    claims = Revision.objects.filter(kind="proposition", document__incident=incident_id)
    scope = (
        Q(public_id=incident_id)
        | Q(public_id__in=entries)
        | Q(public_id__in=were.values("public_id"))
        | Q(public_id__in=claims.values("public_id"))
    )
    return Revision.objects.exclude(change=Change.LINK).filter(scope).order_by("-pk")


def incident_card(
    revision: Revision,
    *,
    current: str,
    claims: int | None = None,
    known: FuzzyDate | None = None,
) -> dict[str, Any]:
    """The context of ``timeline/_incident_head.html``; ``current`` names the view that is open.

    ``claims`` saves a query to whoever has counted them. With ``known`` the entries are counted
    as of that day, and the views that know of days keep it. Costs six queries at most.
    """
    own = incident_entries(revision.public_id)
    if known:
        own = own.filter(known_since__lte=known.latest)
    found = own.aggregate(
        total=Count("pk"),
        statements=Count("pk", filter=Q(kind="statement")),
        first=Min("sort_key", filter=Q(dated=True)),
        last=Max("sort_key", filter=Q(dated=True)),
    )
    named = dict(
        Facet.objects.filter(entry__in=own.values("pk"), name__in=["actor", "source"])
        .order_by()
        .values_list("name")
        .annotate(found=Count("value", distinct=True))
    )
    if claims is None:
        claims = (
            Revision.objects.standing()
            .filter(kind="proposition", document__incident=revision.public_id)
            .count()
        )
    changes = incident_revisions(revision.public_id)
    last = changes.first()
    counts = {
        "timeline": found["total"],
        "claims": claims,
        "statements": found["statements"],
        "actors": named.get("actor", 0),
        "sources": named.get("source", 0),
        "changes": changes.count(),
    }
    facts = [
        {"label": _("Period"), "value": _span(found["first"], found["last"])},
        {"label": _("Record"), "value": _extent(counts, known)},
    ]
    if last:
        address = reverse("incident-changes", args=[revision.slug])
        change = Change(last.change).label
        fact = {"label": _("Last change"), "value": change, "on": last.published_at}
        facts.append(fact | {"url": address})
    return {
        "id": revision.public_id,
        "title": revision.title,
        "summary_html": summary_html(revision.document["summary"]),
        "facts": facts,
        "views": _views(revision.slug, counts, current, known),
    }


def _views(
    slug: str, counts: dict[str, int], current: str, known: FuzzyDate | None
) -> list[dict[str, Any]]:
    on = f"known={known.edtf}" if known else ""
    timeline = reverse("incident", args=[slug])
    views = {
        "timeline": (_("Timeline"), timeline, on),
        "claims": (_("Contested claims"), reverse("claims", args=[slug]), on),
        "statements": (_("Statements"), timeline, "kind=statement" + (f"&{on}" if on else "")),
        "actors": (_("Actors"), reverse("incident-actors", args=[slug]), ""),
        "sources": (_("Sources"), reverse("incident-sources", args=[slug]), ""),
        "changes": (_("Changes"), reverse("incident-changes", args=[slug]), ""),
    }
    return [
        {
            "label": label,
            "url": f"{path}?{query}" if query else path,
            # Behind the last ones lies the record of today, so a count as of a day would be wrong.
            "count": None if known and not is_past_view(name) else counts[name],
            "current": name == current,
        }
        for name, (label, path, query) in views.items()
    ]


def is_past_view(view: str) -> bool:
    """Whether what a view's count says is known for a day in the past."""
    return view in ("timeline", "statements")


def _extent(counts: dict[str, int], known: FuzzyDate | None) -> str:
    total, sources = counts["timeline"], counts["sources"]
    entries = ngettext("%(n)d entry", "%(n)d entries", total) % {"n": total}
    if known or not sources:
        return entries
    found = ngettext("%(n)d source", "%(n)d sources", sources) % {"n": sources}
    return _("%(entries)s from %(sources)s") % {"entries": entries, "sources": found}


def dates_for_sort_keys(sort_keys: Iterable[str]) -> dict[str, FuzzyDate]:
    """The dates of the entries with these sort keys."""
    rows = Entry.objects.filter(sort_key__in=set(sort_keys))
    found = rows.values_list("sort_key", "revision__document__date")
    return {key: FuzzyDate.from_json(when) for key, when in found}


def span_words(first: FuzzyDate, last: FuzzyDate) -> str:
    """From the first date to the last, in the reader's words."""
    words = {"first": str(first.words()), "last": mid_sentence(str(last.words()))}
    if first.words() == last.words():
        return words["first"]
    return _("%(first)s to %(last)s") % words


def _span(first: str | None, last: str | None) -> str:
    if not first or not last:
        return _("No dated entry")
    dates = dates_for_sort_keys([first, last])
    return span_words(dates[first], dates[last])


def incident_actors(revision: Revision) -> list[dict[str, Any]]:
    """Who has a part in an incident: which parts, how often, and in how many entries."""
    own = incident_entries(revision.public_id).order_by()
    facets = Facet.objects.filter(entry__in=own.values("pk")).order_by()
    counts: dict[str, Counter[str]] = {}
    names = ["actor", "by", "for", "to", "about"]
    rows = facets.filter(name__in=names).values_list("name", "value").annotate(n=Count("entry"))
    for name, actor, number in rows:
        counts.setdefault(actor, Counter())[name] = number
    events = own.filter(kind="event").values_list("revision__document__actors", flat=True)
    for part in (part for parts in events for part in parts):
        counts.setdefault(part["actor"], Counter())[part["role"]] += 1
    found = Revision.objects.standing().filter(kind="actor", public_id__in=counts)
    path = reverse("incident", args=[revision.slug])
    actors = [
        {
            "name": title,
            "url": reverse("actor", args=[slug]),
            "kind_words": ACTOR_KIND_LABELS.get(kind, kind),
            "parts": [
                {"words": words, "count": counts[public_id][part]}
                for part, words in ROLE_VERBS.items()
                if counts[public_id][part]
            ],
            "entries": counts[public_id]["actor"],
            "entries_url": f"{path}?actor={slug}",
        }
        for public_id, slug, title, kind in found.values_list(
            "public_id", "slug", "title", "document__actor_kind"
        )
    ]
    return sorted(actors, key=lambda one: (-one["entries"], one["name"]))


def incident_sources(revision: Revision) -> list[dict[str, Any]]:
    """What an incident rests on: how many entries cite each source, and rest on it alone."""
    own = incident_entries(revision.public_id).order_by()
    citing: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for citations in own.values_list("revision__document__citations", flat=True):
        citing.update({one["source"] for one in citations})
        supporting = {one["source"] for one in citations if one["bearing"] == "supports"}
        if len(supporting) == 1:
            alone.update(supporting)
    names = Names([], also=citing.keys())
    path = reverse("incident", args=[revision.slug])
    sources = [
        {
            **(names.link(one) or {}),
            "publisher": names.actor(names.documents[one]["publisher"]),
            "published": names.documents[one]["published"],
            "entries": citing[one],
            "entries_url": f"{path}?source={names.documents[one]['slug']}",
            "alone": alone[one],
        }
        for one in citing
        if one in names.documents
    ]
    return sorted(sources, key=lambda one: (-one["entries"], one["title"]))
