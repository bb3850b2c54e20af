"""The context of an actor's page, apart from the list of its entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypedDict

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.answers import ActorLink
from kb.record.documents import Date, Document
from kb.record.entry_source import EntrySource
from kb.record.filter_fields import choice_of_revision
from kb.record.models import ListedRecord, Revision
from kb.record.named_records import Names
from kb.record.query import TimelineQuery
from kb.record.reading.current import entry_source
from kb.record.rendering import summary_html
from kb.record.vocabulary import ACTOR_KIND_LABELS, NAME_KIND_LABELS
from kb.site.charts.swimlanes import LANES, LANES_IF_ANY
from kb.site.http.compare_parameters import compare_url
from kb.site.pages.actor_lanes import actor_lanes
from kb.site.pages.page_meta import Head, actor_head
from kb.site.pages.reply_ledger import ReplyLedger, reply_ledger
from kb.site.pages.speakers import MAX_STATEMENTS, Speaker, Speakers, speakers

MAX_COMPANIONS = 6


class OtherName(TypedDict):
    name: str
    language: str
    kind: str
    kind_words: str


class ActorAffiliation(TypedDict):
    title: str
    organisation: ActorLink | None
    since: Date
    until: Date


class PartLink(TypedDict):
    """A part of the actor, such as a department."""

    name: str
    url: str
    kind_words: str


class SpeakerRow(TypedDict):
    """A row of the table of speakers. ``url`` is "" for an unnamed speaker."""

    name: str
    url: str
    role: str
    count: int
    last: date | None


class ActorCard(TypedDict):
    """The actor itself: names, affiliations, parts and speakers."""

    name: str
    id: str
    kind: str
    kind_words: str
    summary_html: SafeString
    other_names: list[OtherName]
    affiliations: list[ActorAffiliation]
    part_of: ActorLink | None
    parts: list[PartLink]
    website: str
    wikidata: str
    speakers: list[SpeakerRow]
    speaks_for: list[SpeakerRow]


class ActorFacts(TypedDict):
    """Counts for the head of the page; all but ``incidents`` and ``speakers`` count entries."""

    entries: int
    incidents: int
    events: int
    said_events: int
    statements: int
    statements_for: int
    speakers: int
    statements_about: int


class LaneLink(TypedDict):
    key: str
    label: str
    count: int
    url: str
    current: bool


class Companion(ActorLink):
    """Another actor, and how many entries name both. ``percent`` is of the greatest count.

    ``entries_url`` leads to those entries, ``compare_url`` to both side by side.
    """

    count: int
    percent: int
    entries_url: str
    compare_url: str


class ActorContext(TypedDict):
    actor: ActorCard
    facts: ActorFacts
    lanes: list[LaneLink]
    chart: Mapping[str, object] | None
    companions: list[Companion]
    ledger: ReplyLedger | None
    speakers_limit: int
    head: Head
    nav: str


def actor_context(request: HttpRequest, revision: Revision, lane: str) -> ActorContext:
    """The context besides the list of entries; ``lane`` is the key of the lane that is shown."""
    voices = speakers(revision.public_id)
    source = entry_source()
    query = TimelineQuery().with_values("actor", (choice_of_revision(revision),))
    counts, chart = actor_lanes(source, query, revision.public_id, revision.title)
    companion_counts = _companion_counts(source, query, revision.public_id)
    names = Names([revision.document], also=voices.ids | companion_counts.keys())
    card = _card(revision, names, voices)
    return {
        "actor": card,
        "facts": {
            "entries": counts.get("actor", 0),
            "incidents": source.distinct_counts(query, ["incident"])["incident"],
            "events": counts.get("did", 0),
            "said_events": counts.get("said_did", 0),
            "statements": counts.get("by", 0),
            "statements_for": counts.get("for", 0),
            "speakers": len({speaker["name"] for speaker in card["speakers"]}),
            "statements_about": counts.get("about", 0),
        },
        "lanes": _lane_links(revision.slug, counts, lane),
        "chart": chart,
        "companions": _companions(revision.slug, companion_counts, names),
        "ledger": _ledger(revision) if counts.get("asked") else None,
        "speakers_limit": MAX_STATEMENTS,
        "head": actor_head(request, revision, card),
        "nav": "actors",
    }


def _ledger(revision: Revision) -> ReplyLedger | None:
    url = reverse("actor", args=[revision.slug]) + "?lane=asked"
    return reply_ledger("asked", revision.public_id, url)


def _lane_links(slug: str, counts: Mapping[str, int], current: str) -> list[LaneLink]:
    path = reverse("actor", args=[slug])
    return [
        {
            "key": key,
            "label": str(label),
            "count": counts.get(parameter, 0),
            "url": path if key == "all" else f"{path}?lane={key}",
            "current": key == current,
        }
        for parameter, key, label in LANES
        if counts.get(parameter) or parameter not in LANES_IF_ANY or key == current
    ]


def _card(revision: Revision, names: Names, voices: Speakers) -> ActorCard:
    document = revision.document
    return {
        "name": revision.title,
        "id": revision.public_id,
        "kind": document["actor_kind"],
        "kind_words": str(ACTOR_KIND_LABELS[document["actor_kind"]]),
        "summary_html": summary_html(document["summary"]),
        "other_names": [
            {
                "name": name["name"],
                "language": name["language"],
                "kind": name["kind"],
                "kind_words": str(NAME_KIND_LABELS[name["kind"]]),
            }
            for name in document["other_names"]
        ],
        "affiliations": _affiliations(document, names),
        "part_of": names.actor(document["part_of"]),
        "parts": _parts(revision.public_id),
        "website": document["website"],
        "wikidata": document["wikidata"],
        "speakers": [_speaker_row(speaker, names) for speaker in voices.for_them],
        "speaks_for": [
            _speaker_row(party, names) for party in voices.they_for if names.actor(party.actor)
        ],
    }


def _affiliations(document: Document, names: Names) -> list[ActorAffiliation]:
    return [
        {
            "title": affiliation["title"],
            "organisation": names.actor(affiliation["organisation"]),
            "since": affiliation["since"],
            "until": affiliation["until"],
        }
        for affiliation in document["affiliations"]
    ]


def _parts(public_id: str) -> list[PartLink]:
    parts = ListedRecord.objects.filter(kind="actor", owner=public_id)
    rows = parts.order_by("name_key").values_list("revision__title", "revision__slug", "own_kind")
    return [
        {
            "name": title,
            "url": record_path("actor", slug),
            "kind_words": str(ACTOR_KIND_LABELS[own_kind]),
        }
        for title, slug, own_kind in rows
    ]


def _speaker_row(speaker: Speaker, names: Names) -> SpeakerRow:
    actor = names.actor(speaker.actor)
    return {
        "name": (actor and actor["name"]) or speaker.label or _("An unnamed speaker"),
        "url": actor["url"] if actor else "",
        "role": speaker.role,
        "count": speaker.statements,
        "last": speaker.last,
    }


def _companion_counts(source: EntrySource, query: TimelineQuery, public_id: str) -> dict[str, int]:
    """The actors that most entries name together with this one, with the number of entries."""
    # One more, because the actor itself is among them.
    frequent = source.frequent_values(query, ["actor"], most=MAX_COMPANIONS + 1, also={})
    counts = frequent["actor"].counts
    others = {value: count for value, count in counts.items() if value != public_id}
    most = sorted(others.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_COMPANIONS]
    return dict(most)


def _companions(slug: str, counts: Mapping[str, int], names: Names) -> list[Companion]:
    greatest = max(counts.values(), default=1)
    return [
        {
            **actor,
            "count": count,
            "percent": round(100 * count / greatest),
            "entries_url": f"{reverse('timeline')}?all_actor={slug}&all_actor={actor['slug']}",
            "compare_url": compare_url([slug, actor["slug"]]),
        }
        for public_id, count in counts.items()
        if (actor := names.actor(public_id))
    ]
