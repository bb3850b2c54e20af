"""The actors, sources and changes of an incident, for the pages that list them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TypedDict

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.answers import ActorLink, RecordLink
from kb.record.documents import Date
from kb.record.entry_origins import read_supporting_ids
from kb.record.headlines import ACCOUNT_STANDINGS, Headline
from kb.record.models import Facet, Revision
from kb.record.named_records import Names
from kb.record.revision_headlines import revision_headlines, revision_path
from kb.record.role_words import SAID_ROLE_VERBS, role_verbs
from kb.record.vocabulary import ACTOR_KIND_LABELS, Change
from kb.site.pages.corrections import revision_page
from kb.site.pages.incident import (
    IncidentCard,
    incident_card,
    incident_entries,
    incident_revisions,
)
from kb.site.pages.page_meta import Head, page_head
from kb.site.pages.reply_ledger import ReplyLedger, reply_ledger
from kb.text.markdown import markdown_to_text


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
    headline: str
    url: str


class ForwardLinks(TypedDict):
    first: str | None
    next: str | None


class IncidentPage(TypedDict):
    """What each view of an incident has besides its list."""

    incident: IncidentCard
    head: Head
    nav: str


class IncidentActorsContext(IncidentPage):
    actors: list[IncidentActor]
    ledger: ReplyLedger | None


class IncidentSourcesContext(IncidentPage):
    sources: list[IncidentSource]


class IncidentChangesContext(IncidentPage):
    changes: list[IncidentChange]
    pages: ForwardLinks


def incident_actors_context(request: HttpRequest, revision: Revision) -> IncidentActorsContext:
    page = incident_page(request, revision, "actors", _("Actors"))
    requests_url = reverse("incident", args=[revision.slug]) + "?kind=request"
    return {
        **page,
        "actors": incident_actors(revision),
        "ledger": reply_ledger("incident", revision.public_id, requests_url),
    }


def incident_sources_context(request: HttpRequest, revision: Revision) -> IncidentSourcesContext:
    page = incident_page(request, revision, "sources", _("Sources"))
    return {**page, "sources": incident_sources(revision)}


def incident_changes_context(
    request: HttpRequest, revision: Revision, cursor: int
) -> IncidentChangesContext:
    """Newest first; ``cursor`` is 0 for the first page."""
    page = revision_page(incident_revisions(revision.public_id), cursor)
    headlines = revision_headlines(page.revisions)
    next_url = f"{request.path}?after={page.next_cursor}" if page.next_cursor else None
    return {
        **incident_page(request, revision, "changes", _("Changes")),
        "changes": [_incident_change(change, headlines[change.pk]) for change in page.revisions],
        "pages": {"first": request.path if cursor else None, "next": next_url},
    }


def incident_page(request: HttpRequest, revision: Revision, view: str, name: str) -> IncidentPage:
    """What a view of an incident has besides its list; ``name`` is that of the view."""
    title = _("%(view)s: %(incident)s") % {"view": name, "incident": revision.title}
    return {
        "incident": incident_card(revision, current=view),
        "head": page_head(request, title, markdown_to_text(revision.document["summary"])),
        "nav": "incidents",
    }


def _incident_change(change: Revision, headline: Headline) -> IncidentChange:
    return {
        "on": change.published_at,
        "change_words": str(Change(change.change).label),
        "note": change.note,
        "title": headline.title,
        "headline": headline.words,
        "url": revision_path(change, headline),
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
                {"words": words, "count": counts[public_id][part]}
                for part, words in role_verbs()
                if counts[public_id][part]
            ],
            "entries": counts[public_id]["actor", False],
            "entries_url": f"{path}?actor={slug}",
        }
        for public_id, slug, title, kind in actors.values_list(
            "public_id", "slug", "title", "document__actor_kind"
        )
    ]
    return sorted(rows, key=lambda row: (-row["entries"], row["name"]))


def _part_counts(incident_id: str) -> dict[str, Counter[tuple[str, bool]]]:
    """For each actor, the number of entries by role, and of all its entries as "actor".

    The second of a key is whether the role is somebody's account and not a fact.
    """
    entries = incident_entries(incident_id).order_by()
    names = ["actor", "by", "for", "to", "attributed_to", "about", "asked_by", "asked"]
    facets = Facet.objects.filter(entry__in=entries.values("pk"), name__in=names).order_by()
    counts: dict[str, Counter[tuple[str, bool]]] = {}
    for name, actor, count in facets.values_list("name", "value").annotate(n=Count("entry")):
        counts.setdefault(actor, Counter())[name, False] = count
    events = entries.filter(kind="event").values_list("standing", "revision__document__actors")
    for standing, participants in events:
        for participant in participants:
            role = participant["role"]
            is_account = standing in ACCOUNT_STANDINGS and role in SAID_ROLE_VERBS
            counts.setdefault(participant["actor"], Counter())[role, is_account] += 1
    return counts


def incident_sources(revision: Revision) -> list[IncidentSource]:
    """The sources of an incident, those that most entries cite first."""
    entries = incident_entries(revision.public_id).order_by()
    citing: Counter[str] = Counter()
    sole: Counter[str] = Counter()
    for citations in entries.values_list("revision__document__citations", flat=True):
        citing.update({citation["source"] for citation in citations})
        supporting = read_supporting_ids(citations)
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
