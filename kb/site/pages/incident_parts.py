"""The actors, sources and changes of an incident, for the pages that list them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TypedDict

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.addresses import PLURALS, record_path
from kb.record.answers import ActorLink, RecordLink
from kb.record.documents import Date
from kb.record.models import Facet, Revision
from kb.record.rows import Names
from kb.record.vocabulary import ACTOR_KIND_LABELS, Change
from kb.site.pages.corrections import revision_page
from kb.site.pages.incident import (
    IncidentCard,
    incident_card,
    incident_entries,
    incident_revisions,
)
from kb.site.pages.page_meta import Head, page_head
from kb.text.markdown import markdown_to_text

# The roles of an actor in the entries of an incident, in the order in which they are shown.
PART_LABELS = {
    "acted": gettext_lazy("acted"),
    "affected": gettext_lazy("affected"),
    "announced": gettext_lazy("announced"),
    "reported": gettext_lazy("reported"),
    "regulated": gettext_lazy("regulated"),
    "involved": gettext_lazy("involved"),
    "by": gettext_lazy("spoke"),
    "for": gettext_lazy("represented"),
    "to": gettext_lazy("addressed"),
    "about": gettext_lazy("discussed"),
}


class PartCount(TypedDict):
    """How many entries have the actor in one role."""

    words: str
    count: int


class IncidentActor(TypedDict):
    name: str
    url: str
    kind_words: str
    parts: list[PartCount]
    entries: int
    entries_url: str


class IncidentSource(RecordLink):
    """A source, how many entries cite it, and of how many it is the only source."""

    publisher: ActorLink | None
    published: Date
    entries: int
    entries_url: str
    sole: int


class IncidentChange(TypedDict):
    on: datetime
    change_words: str
    note: str
    title: str
    url: str


class ForwardLinks(TypedDict):
    first: str | None
    next: str | None


class IncidentPage(TypedDict):
    """What each of the three pages has besides its list."""

    incident: IncidentCard
    head: Head
    nav: str


class IncidentActorsContext(IncidentPage):
    actors: list[IncidentActor]


class IncidentSourcesContext(IncidentPage):
    sources: list[IncidentSource]


class IncidentChangesContext(IncidentPage):
    changes: list[IncidentChange]
    pages: ForwardLinks


def incident_actors_context(request: HttpRequest, revision: Revision) -> IncidentActorsContext:
    page = _incident_page(request, revision, "actors", _("Actors"))
    return {**page, "actors": incident_actors(revision)}


def incident_sources_context(request: HttpRequest, revision: Revision) -> IncidentSourcesContext:
    page = _incident_page(request, revision, "sources", _("Sources"))
    return {**page, "sources": incident_sources(revision)}


def incident_changes_context(
    request: HttpRequest, revision: Revision, cursor: int
) -> IncidentChangesContext:
    """Newest first; ``cursor`` is 0 for the first page."""
    page = revision_page(incident_revisions(revision.public_id), cursor)
    next_url = f"{request.path}?after={page.next_cursor}" if page.next_cursor else None
    return {
        **_incident_page(request, revision, "changes", _("Changes")),
        "changes": [_incident_change(change, revision.slug) for change in page.revisions],
        "pages": {"first": request.path if cursor else None, "next": next_url},
    }


def _incident_page(request: HttpRequest, revision: Revision, view: str, name: str) -> IncidentPage:
    title = _("%(view)s: %(incident)s") % {"view": name, "incident": revision.title}
    return {
        "incident": incident_card(revision, current=view),
        "head": page_head(request, title, markdown_to_text(revision.document["summary"])),
        "nav": "home",
    }


def _incident_change(change: Revision, incident_slug: str) -> IncidentChange:
    if change.kind in PLURALS:
        url = record_path(change.kind, change.slug)
    else:
        url = f"{reverse('claims', args=[incident_slug])}#{change.slug}"
    return {
        "on": change.published_at,
        "change_words": str(Change(change.change).label),
        "note": change.note,
        "title": change.title,
        "url": url,
    }


def incident_actors(revision: Revision) -> list[IncidentActor]:
    """The actors of an incident with their roles, those in most entries first."""
    counts = _part_counts(revision.public_id)
    actors = Revision.objects.live().filter(kind="actor", public_id__in=counts)
    path = reverse("incident", args=[revision.slug])
    rows: list[IncidentActor] = [
        {
            "name": title,
            "url": reverse("actor", args=[slug]),
            "kind_words": str(ACTOR_KIND_LABELS.get(kind, kind)),
            "parts": [
                {"words": str(words), "count": counts[public_id][part]}
                for part, words in PART_LABELS.items()
                if counts[public_id][part]
            ],
            "entries": counts[public_id]["actor"],
            "entries_url": f"{path}?actor={slug}",
        }
        for public_id, slug, title, kind in actors.values_list(
            "public_id", "slug", "title", "document__actor_kind"
        )
    ]
    return sorted(rows, key=lambda row: (-row["entries"], row["name"]))


def _part_counts(incident_id: str) -> dict[str, Counter[str]]:
    """For each actor, the number of entries by role, and of all its entries as "actor"."""
    entries = incident_entries(incident_id).order_by()
    names = ["actor", "by", "for", "to", "about"]
    facets = Facet.objects.filter(entry__in=entries.values("pk"), name__in=names).order_by()
    counts: dict[str, Counter[str]] = {}
    for name, actor, count in facets.values_list("name", "value").annotate(n=Count("entry")):
        counts.setdefault(actor, Counter())[name] = count
    events = entries.filter(kind="event").values_list("revision__document__actors", flat=True)
    for participants in events:
        for participant in participants:
            counts.setdefault(participant["actor"], Counter())[participant["role"]] += 1
    return counts


def incident_sources(revision: Revision) -> list[IncidentSource]:
    """The sources of an incident, those that most entries cite first."""
    entries = incident_entries(revision.public_id).order_by()
    citing: Counter[str] = Counter()
    sole: Counter[str] = Counter()
    for citations in entries.values_list("revision__document__citations", flat=True):
        citing.update({citation["source"] for citation in citations})
        supporting = {
            citation["source"]
            for citation in citations
            if citation["bearing"] == "supports" and not citation.get("via")
        }
        if len(supporting) == 1:
            sole.update(supporting)
    names = Names([], also=citing.keys())
    path = reverse("incident", args=[revision.slug])
    rows: list[IncidentSource] = []
    for source_id, count in citing.items():
        if link := names.link(source_id):
            source = names.documents[source_id]
            rows.append(
                {
                    **link,
                    "publisher": names.actor(source["publisher"]),
                    "published": source["published"],
                    "entries": count,
                    "entries_url": f"{path}?source={source['slug']}",
                    "sole": sole[source_id],
                }
            )
    return sorted(rows, key=lambda row: (-row["entries"], row["title"]))
