"""What was published, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.record.addresses import path_of
from kb.record.models import Revision
from kb.record.prose import html
from kb.record.rows import Names
from kb.site.citing import cite_record, reference_files
from kb.site.directory import directory
from kb.site.heads import page_head, source_head
from kb.site.parameters import parameters
from kb.site.relays import ABOVE, BELOW, Relay, Relays, relays_of
from kb.site.representations import format_links
from kb.site.resting import ALONE, MOST, resting_on
from kb.site.views.decorators import negotiated, reader_page
from kb.site.views.errors import standing_or_answer
from kb.site.views.formats import list_as
from kb.site.words import SOURCE_KINDS

ORDERS = {
    "name": gettext_lazy("by title"),
    "entries": gettext_lazy("most entries first"),
    "newest": gettext_lazy("latest published first"),
}


@reader_page
def sources(request: HttpRequest) -> HttpResponse:
    published = Coalesce(_day("latest"), _day("earliest"), Value("", output_field=TextField()))
    ctx = directory(
        request,
        kind="source",
        kinds=SOURCE_KINDS,
        orders=ORDERS,
        newest=published,
        texts=_texts,
    )
    names = Names([one.document for one in ctx["revisions"]])
    ctx["sources"] = [
        {
            "title": one.title,
            "language": one.document["language"],
            "url": path_of("source", one.slug),
            "kind_words": SOURCE_KINDS[one.document["source_kind"]],
            "publisher": names.actor(one.document["publisher"]),
            "published": one.document["published"],
            "entries": ctx["counts"].get(one.public_id, 0),
        }
        for one in ctx["revisions"]
    ]
    said = _("What the record rests on. Each page says which entries rest on that source alone.")
    ctx["head"] = page_head(request, _("Sources"), said)
    return render(request, "sources/sources.html", {**ctx, "nav": "sources"})


def _day(end: str) -> NullIf:
    """An end of the publication date; SQLite gives JSON's null as a word."""
    return NullIf(KT(f"document__published__{end}"), Value("null", output_field=TextField()))


def _texts(rows: Iterable[tuple[int, str, dict[str, Any]]]) -> Iterable[tuple[int, list[str]]]:
    """Title, byline, address and all names of the publisher."""
    found = list(rows)
    ids = {document["publisher"] for _pk, _title, document in found} - {None}
    publishers = dict(
        Revision.objects.standing().filter(public_id__in=ids).values_list("public_id", "document")
    )
    for pk, title, document in found:
        parts = [title, document["byline"], document["url"]]
        if publisher := publishers.get(document["publisher"]):
            parts += [publisher["title"], *(one["name"] for one in publisher["other_names"])]
        yield pk, parts


@negotiated("source", list_as)
@reader_page
def source(request: HttpRequest, slug: str) -> HttpResponse:
    revision = standing_or_answer(request, "source", slug)
    only = parameters(request, {"only": (ALONE,)})["only"]
    document = revision.document
    relays = relays_of(document)
    names = Names([document, *relays.documents])
    rests = resting_on(revision.public_id, relays.passed_on)
    card = {
        **{name: document[name] for name in ("byline", "published", "language", "url")},
        **{name: document[name] for name in ("archive_url", "archived_on", "accessed_on")},
        "id": revision.public_id,
        "title": revision.title,
        "path": path_of("source", slug),
        "kind_words": SOURCE_KINDS[document["source_kind"]],
        "publisher": names.actor(document["publisher"]),
        "note_html": html(document["note"]),
        "derives_from": names.link(document["derives_from"]),
    }
    data = format_links("source", request.path)
    ctx = {
        "source": card,
        "rests": rests.rows(revision.public_id, only),
        "counts": rests.counts,
        "total": rests.total,
        "only": only,
        "most": MOST,
        "entries_url": f"{reverse('timeline')}?{urlencode({'source': slug})}",
        "tree": _tree(document, relays, names),
        "data": data,
        "formats": [*data, *reference_files("source", slug)],
        "cite": cite_record(revision, publisher=card["publisher"]),
        "head": source_head(request, revision, card),
        "nav": "sources",
    }
    return render(request, "sources/source.html", ctx)


def _tree(document: dict[str, Any], relays: Relays, names: Names) -> dict[str, Any]:
    """Where it got it, nearest first, and who passed it on, as the template prints them."""
    above = []
    later = document
    for one in relays.above:
        above.append(_link(one, names) | {"words": ABOVE[later["derivation"]]})
        later = one
    return {
        "above": above,
        "below": [_node(one, names) for one in relays.below],
        "cut": relays.cut,
    }


def _node(relay: Relay, names: Names) -> dict[str, Any]:
    return _link(relay.document, names) | {
        "words": BELOW[relay.document["derivation"]],
        "below": [_node(one, names) for one in relay.below],
    }


def _link(document: dict[str, Any], names: Names) -> dict[str, Any]:
    return {
        "title": document["title"],
        "language": document["language"],
        "url": path_of("source", document["slug"]),
        "publisher": names.actor(document["publisher"]),
        "published": document["published"],
    }
