"""Who acts and speaks."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from kb.record.addresses import path_of
from kb.record.models import Facet, Revision
from kb.record.query import TimelineQuery
from kb.record.rows import Names
from kb.site.listing import listing
from kb.site.prose import html
from kb.site.views.decorators import reader_page
from kb.site.views.errors import standing_or_answer
from kb.site.words import ACTOR_KINDS, NAME_KINDS

# The lanes of an actor's page: the parameter that finds each, and its name.
LANES = (
    ("actor", "all", "Everything"),
    ("did", "did", "Did"),
    ("by", "said", "Said"),
    ("for", "for", "Said for them"),
    ("to", "to", "Said to them"),
    ("about", "about", "Said about them"),
)


@reader_page
def actors(request: HttpRequest) -> HttpResponse:
    found = Revision.objects.standing().filter(kind="actor").order_by("title", "pk")
    counts = dict(
        Facet.objects.filter(name="actor").values_list("value").annotate(entries=Count("entry"))
    )
    ctx = {
        "actors": [
            {
                "name": one.title,
                "url": path_of("actor", one.slug),
                "kind_words": ACTOR_KINDS[one.document["actor_kind"]],
                "entries": counts.get(one.public_id, 0),
            }
            for one in found
        ],
        "nav": "actors",
    }
    return render(request, "actors/actors.html", ctx)


@reader_page
def actor(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "actor", slug)
    data = QueryDict(request.META["QUERY_STRING"], mutable=True)
    lane = (data.pop("lane", None) or ["all"])[-1]
    param = next((name for name, key, _ in LANES if key == lane), "actor")
    data.update(_lane_parameters(param, slug))
    query = TimelineQuery.parse(data)
    ctx = listing(
        query,
        path=request.path,
        fixed=("actor", "by", "for", "to", "about", "kind"),
        with_ribbon=False,
        keep=(("lane", lane),) if param != "actor" else (),
    )
    path = reverse("actor", args=[slug])
    ctx["lanes"] = [
        {
            "name": key,
            "label": label,
            "count": _lane(name, slug).entries().count(),
            "url": path if key == "all" else f"{path}?lane={key}",
            "current": key == lane,
        }
        for name, key, label in LANES
    ]
    ctx["actor"] = _actor(revision)
    ctx["together"] = _together(revision)
    return render(request, "actors/actor.html", {**ctx, "nav": "actors"})


def _lane_parameters(name: str, slug: str) -> dict[str, str]:
    return {"actor": slug, "kind": "event"} if name == "did" else {name: slug}


def _lane(name: str, slug: str) -> TimelineQuery:
    data = QueryDict(mutable=True)
    data.update(_lane_parameters(name, slug))
    return TimelineQuery.parse(data)


def _actor(revision: Revision) -> dict:
    document = revision.document
    names = Names([document])
    parts = Revision.objects.standing().filter(kind="actor", document__part_of=revision.public_id)
    return {
        "name": revision.title,
        "id": revision.public_id,
        "kind_words": ACTOR_KINDS[document["actor_kind"]],
        "summary_html": html(document["summary"]),
        "other_names": [
            one | {"kind_words": NAME_KINDS[one["kind"]]} for one in document["other_names"]
        ],
        "affiliations": [
            {
                "title": one["title"],
                "organisation": names.actor(one["organisation"]),
                "words": one["since"]["words"] if one["since"]["edtf"] else "",
            }
            for one in document["affiliations"]
        ],
        "part_of": names.actor(document["part_of"]),
        "parts": [
            {
                "name": one.title,
                "url": path_of("actor", one.slug),
                "kind_words": ACTOR_KINDS[one.document["actor_kind"]],
            }
            for one in parts
        ],
        "website": document["website"],
        "wikidata": document["wikidata"],
    }


def _together(revision: Revision) -> list[dict]:
    """The actors that most entries name beside this one. A count, not a relationship."""
    own = Facet.objects.filter(name="actor", value=revision.public_id).values("entry")
    counts = (
        Facet.objects.filter(name="actor", entry__in=own)
        .exclude(value=revision.public_id)
        .values_list("value")
        .annotate(entries=Count("entry"))
        .order_by("-entries", "value")[:6]
    )
    found = dict(counts)
    most = max(found.values(), default=1)
    others = {
        one.public_id: one for one in Revision.objects.standing().filter(public_id__in=list(found))
    }
    return [
        {
            "name": others[value].title,
            "url": path_of("actor", others[value].slug),
            "count": count,
            "percent": round(100 * count / most),
        }
        for value, count in found.items()
        if value in others
    ]
