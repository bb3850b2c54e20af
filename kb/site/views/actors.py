"""Who acts and speaks."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.addresses import record_path
from kb.record.models import Facet, Revision
from kb.record.rendering import summary_html
from kb.record.rows import Names
from kb.record.vocabulary import ACTOR_KIND_LABELS, NAME_KIND_LABELS
from kb.site.charts.swimlanes import LANES, facet_groups, lane_counts, swimlanes_chart
from kb.site.http.decorators import negotiated, reader_page
from kb.site.http.errors import live_revision_or_response
from kb.site.pages.fixed_parameters import fixed_parameters, pop_lane
from kb.site.pages.list_page import Selection, list_page
from kb.site.pages.page_meta import actor_head
from kb.site.pages.record_lists import ACTORS
from kb.site.pages.speakers import Speaker, speakers
from kb.site.pages.timeline import timeline_context
from kb.site.views.formats import list_file
from kb.site.views.indexes import record_list_file
from kb.site.views.timeline import read_timeline_query

MAX_COMPANIONS = 6
MAX_NAMES = 3  # of each actor in the index


@negotiated("actors", record_list_file)
@reader_page
def actors(request: HttpRequest) -> HttpResponse:
    said = _("People, organisations and publications that act or speak in the record.")
    selection = Selection(ACTORS, request)
    ctx = list_page(selection, said)
    ctx["rows"] = [
        {
            **row,
            "kind_words": ACTOR_KIND_LABELS[row["kind"]],
            "other_names": row["other_names"][:MAX_NAMES],
        }
        for row in ACTORS.rows(selection.revisions)
    ]
    return render(request, "actors/actors.html", {**ctx, "nav": "actors"})


@negotiated("actor", list_file)
@reader_page
def actor(request: HttpRequest, slug: str) -> HttpResponse:
    revision = live_revision_or_response(request, "actor", slug)
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    lane = pop_lane(data)
    fixed = fixed_parameters("actor", slug, lane)
    list_context = timeline_context(
        read_timeline_query(request, data, **fixed),
        path=request.path,
        fixed=tuple(fixed),
        with_histogram=False,
        extra=lane.pairs,
    )
    ctx: dict[str, Any] = {**list_context}
    groups = facet_groups(revision.public_id)
    counts = lane_counts(groups)
    path = reverse("actor", args=[slug])
    ctx["lanes"] = [
        {
            "key": key,
            "label": label,
            "count": counts.get(name, 0),
            "url": path if key == "all" else f"{path}?lane={key}",
            "current": key == lane.key,
        }
        for name, key, label in LANES
    ]
    ctx["chart"] = swimlanes_chart(groups, revision.title)
    card = _card(revision)
    ctx |= {"actor": card, "together": card.pop("together"), "facts": _facts(card, counts)}
    ctx["head"] = actor_head(request, revision, card)
    return render(request, "actors/actor.html", {**ctx, "nav": "actors"})


def _facts(card: dict[str, Any], counts: dict[str, int]) -> dict[str, int]:
    speakers = {one["name"] for one in card["speakers"]}
    return {
        "entries": counts.get("actor", 0),
        "incidents": card["incidents"],
        "did": counts.get("did", 0),
        "said": counts.get("by", 0),
        "said_for": counts.get("for", 0),
        "speakers": len(speakers),
        "about": counts.get("about", 0),
    }


def _card(revision: Revision) -> dict[str, Any]:
    """Everything about the actor besides its entries."""
    document = revision.document
    voices = speakers(revision.public_id)
    together = _together(revision)
    names = Names([document], also=voices.ids | together.keys())
    parts = Revision.objects.standing().filter(kind="actor", document__part_of=revision.public_id)
    most = max(together.values(), default=1)
    return {
        "name": revision.title,
        "id": revision.public_id,
        "kind": document["actor_kind"],
        "kind_words": ACTOR_KIND_LABELS[document["actor_kind"]],
        "summary_html": summary_html(document["summary"]),
        "incidents": _incidents(revision.public_id),
        "other_names": [
            one | {"kind_words": NAME_KIND_LABELS[one["kind"]]} for one in document["other_names"]
        ],
        "affiliations": [
            {
                "title": one["title"],
                "organisation": names.actor(one["organisation"]),
                "since": one["since"],
                "until": one["until"],
            }
            for one in document["affiliations"]
        ],
        "part_of": names.actor(document["part_of"]),
        "parts": [
            {
                "name": one.title,
                "url": record_path("actor", one.slug),
                "kind_words": ACTOR_KIND_LABELS[one.document["actor_kind"]],
            }
            for one in parts.order_by("title", "pk")
        ],
        "website": document["website"],
        "wikidata": document["wikidata"],
        "speakers": [_speaker(one, names) for one in voices.for_them],
        "speaks_for": [_speaker(one, names) for one in voices.they_for if names.actor(one.actor)],
        "together": [
            {**found, "count": count, "percent": round(100 * count / most)}
            for value, count in together.items()
            if (found := names.actor(value))
        ],
    }


def _speaker(voice: Speaker, names: Names) -> dict[str, Any]:
    found = names.actor(voice.actor) or {}
    return {
        "name": found.get("name") or voice.label or _("An unnamed speaker"),
        "url": found.get("url", ""),
        "role": voice.role,
        "count": voice.statements,
        "last": voice.last,
    }


def _incidents(public_id: str) -> int:
    own = Facet.objects.filter(name="actor", value=public_id).values("entry")
    stories = Facet.objects.filter(name="incident", entry__in=own)
    return int(stories.aggregate(found=Count("value", distinct=True))["found"])


def _together(revision: Revision) -> dict[str, int]:
    """The actors that most entries name beside this one. A count, not a relationship."""
    own = Facet.objects.filter(name="actor", value=revision.public_id).values("entry")
    return dict(
        Facet.objects.filter(name="actor", entry__in=own)
        .exclude(value=revision.public_id)
        .values_list("value")
        .annotate(entries=Count("entry"))
        .order_by("-entries", "value")[:MAX_COMPANIONS]
    )
